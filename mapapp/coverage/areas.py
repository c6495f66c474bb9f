"""The areas that figures are told for, and to which of them each gmina belongs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from mapapp.territory.planning import PlannedGmina
from mapapp.territory.queries import Area
from mapapp.territory.within import GminasWithin

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Layer = Literal["gmina", "powiat", "subregion", "region"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
CITY_KINDS = frozenset({"urban", "city"})


@dataclass(frozen=True, slots=True)
class AreaRef:
    """An area by its code: TERYT of a gmina or powiat, NUTS 3 of a subregion, TERYT of the voivodeship.

    ``is_city``: an urban gmina, or a city with powiat rights; figures of cities and of the land around differ in kind.
    """

    code: str
    name: str
    kind: str
    parent_code: str
    parent_name: str
    area_km2: float

    @property
    def is_city(self) -> bool:
        """Whether it is a city, so that it can be told apart."""
        return self.kind in CITY_KINDS


@dataclass(frozen=True, slots=True)
class LayerAreas:
    """The areas of a layer by code. ``of_gmina``: (n_gmina,) index of the area that each gmina belongs to."""

    layer: Layer
    refs: tuple[AreaRef, ...]
    of_gmina: Ints

    def sums(self, by_gmina: Floats) -> Floats:
        """(n_area,) sums of a number per gmina."""
        return np.bincount(self.of_gmina, by_gmina, minlength=len(self.refs)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Areas:
    """Gminas in their order by code, and the layers above them."""

    gminas: tuple[PlannedGmina, ...]
    layers: dict[Layer, LayerAreas]
    index: dict[str, int]
    within: GminasWithin = field(compare=False, repr=False)

    def served(self, codes: Iterable[str]) -> Flags:
        """(n_gmina,) whether the areas of these codes have the gmina in them."""
        flags = np.zeros(len(self.gminas), dtype=np.bool_)
        flags[[number for code in codes for number in self.within.numbers(code)]] = True
        return flags

    @property
    def codes(self) -> tuple[str, ...]:
        """TERYT of the gminas."""
        return tuple(gmina.teryt for gmina in self.gminas)

    def town_of(self, gmina: int) -> int | None:
        """The town that a rural gmina of the same name lies around (obwarzanek); None where there is none."""
        own = self.gminas[gmina]
        if own.kind != "rural":
            return None
        for other, town in enumerate(self.gminas):
            if town.kind == "urban" and town.name == own.name and town.nuts3 == own.nuts3:
                return other
        return None


def build_areas(gminas: Sequence[PlannedGmina], units: dict[Layer, Sequence[Area]], region: AreaRef) -> Areas:
    """The layers above ``gminas``; ``units`` has the gminas, powiats and subregions by name."""
    by_layer = {layer: {unit.teryt: unit for unit in found} for layer, found in units.items()}
    keys: dict[Layer, list[str]] = {
        "gmina": [gmina.teryt for gmina in gminas],
        "powiat": [gmina.powiat_teryt for gmina in gminas],
        "subregion": [gmina.nuts3 for gmina in gminas],
        "region": [region.code] * len(gminas),
    }
    layers: dict[Layer, LayerAreas] = {}
    for layer, own in keys.items():
        codes = sorted(set(own))
        index = {code: number for number, code in enumerate(codes)}
        refs = tuple(region if layer == "region" else _ref(by_layer[layer][code]) for code in codes)
        layers[layer] = LayerAreas(layer, refs, np.array([index[code] for code in own], dtype=np.int64))
    index = {gmina.teryt: number for number, gmina in enumerate(gminas)}
    return Areas(tuple(gminas), layers, index, GminasWithin(gminas))


def _ref(unit: Area) -> AreaRef:
    return AreaRef(unit.teryt, unit.name, unit.kind, unit.parent_teryt, unit.parent_name, unit.area_km2)
