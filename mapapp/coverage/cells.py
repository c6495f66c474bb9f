"""Demand cells: the points where the people of each gmina are taken to live.

A gmina's people stand at its settlements. Nobody publishes how many live at each, so a rule shares them out:

* an urban gmina: evenly over all its positions (a town has one for every few streets);
* any other: the seat gets SEAT_SHARE, the other settlements the rest, each settlement the same, and a settlement's part
  is shared evenly over its positions. Without a seat of its own (a rural gmina around its town), all are alike.

The shares are what seats have in Lower Silesia together: GeoNames' population of 57 seats of each kind against their
gminas' (GUS 2024); single seats differ much (quartiles 0.16 to 0.38, and 0.46 to 0.69).
Every gmina's weights sum to one, so that its cells sum to its population, whatever the group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mapapp.coverage.areas import Floats, Ints
from mapapp.territory.planning import LivingPlace

SEAT_SHARE = {"rural": 0.22, "urban-rural": 0.54}


@dataclass(frozen=True, slots=True)
class Cells:
    """Where people live, ordered by gmina.

    ``xy`` : (n, 2) metres of EPSG:2180, east first        ``gmina`` : (n,) index of the gmina
    ``weight`` : (n,) share of the gmina's people        ``to_border_m`` : (n,) to the region's border, inf if unknown
    """

    xy: Floats
    gmina: Ints
    weight: Floats
    to_border_m: Floats
    names: tuple[str, ...]

    def persons(self, by_gmina: Floats) -> Floats:
        """(n,) persons at each cell."""
        return self.weight * by_gmina[self.gmina]

    def sums(self, by_cell: Floats, gminas: int) -> Floats:
        """(n_gmina,) sums of a number per cell."""
        return np.bincount(self.gmina, by_cell, minlength=gminas).astype(np.float64)


def build_cells(places: Sequence[LivingPlace], index: Mapping[str, int], kinds: Sequence[str]) -> Cells:
    """The cells of gminas by ``index``, whose kinds are ``kinds``."""
    by_gmina: dict[int, dict[str, list[LivingPlace]]] = {}
    for place in places:
        if place.gmina_teryt in index:
            by_gmina.setdefault(index[place.gmina_teryt], {}).setdefault(place.name, []).append(place)
    rows: list[tuple[LivingPlace, int, float]] = []
    for gmina, settlements in sorted(by_gmina.items()):
        rows += [(place, gmina, weight) for place, weight in _weighted(settlements, kinds[gmina])]
    return Cells(
        xy=np.array([(place.x, place.y) for place, _, _ in rows], dtype=np.float64).reshape(-1, 2),
        gmina=np.array([gmina for _, gmina, _ in rows], dtype=np.int64),
        weight=np.array([weight for _, _, weight in rows], dtype=np.float64),
        to_border_m=np.array([_border(place) for place, _, _ in rows], dtype=np.float64),
        names=tuple(place.name for place, _, _ in rows),
    )


def _border(place: LivingPlace) -> float:
    return np.inf if place.to_border_m is None else place.to_border_m


def _weighted(settlements: Mapping[str, list[LivingPlace]], kind: str) -> list[tuple[LivingPlace, float]]:
    positions = [place for places in settlements.values() for place in places]
    if kind == "urban":
        return [(place, 1 / len(positions)) for place in positions]
    seats = {name for name, places in settlements.items() if any(place.is_seat for place in places)}
    others = len(settlements) - len(seats)
    share = dict.fromkeys(settlements, 1 / len(settlements))
    if seats and others:
        seat = max(SEAT_SHARE[kind], 1 / len(settlements))
        share = {name: seat / len(seats) if name in seats else (1 - seat) / others for name in settlements}
    return [(place, share[name] / len(places)) for name, places in settlements.items() for place in places]
