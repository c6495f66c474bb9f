"""Demand cells: the points where the people of each gmina are taken to live.

Where a census grid is loaded and used, a gmina's people are at its cells as the grid has them, by age. Else they stand
at its settlements. Nobody publishes how many live at each, so a rule shares them out:

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
from scipy.spatial import cKDTree

from geo.gridded import area_shares
from mapapp.coverage.ages import OPEN_END, Ages
from mapapp.coverage.areas import Floats, Ints
from mapapp.territory.census_grid import GridPart
from mapapp.territory.planning import LivingPlace

SEAT_SHARE = {"rural": 0.22, "urban-rural": 0.54}
GRID_AGES = (Ages(0, 14), Ages(15, 64), Ages(65, OPEN_END))
AT_SETTLEMENTS = {
    "pl": "w miejscowościach gminy, według reguły",
    "en": "at the gmina’s settlements, by a rule",
    "uk": "у населених пунктах ґміни, за правилом",
}
IN_CELLS = {
    "pl": "w oczkach siatki 1 km ({source}), przeliczonych na ludność gminy",
    "en": "in cells of a 1 km grid ({source}), brought to the gmina’s population",
    "uk": "у клітинках сітки 1 км ({source}), зведених до населення ґміни",
}
NOT_IN_GRID = {
    "pl": "; gminy bez siatki, według miejscowości: {gminas}",
    "en": "; gminas without a grid, by settlements: {gminas}",
    "uk": "; ґміни без сітки, за населеними пунктами: {gminas}",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """Where people live, ordered by gmina.

    ``xy`` : (n, 2) metres of EPSG:2180, east first        ``gmina`` : (n,) index of the gmina
    ``weight`` : (n,) share of the gmina's people        ``to_border_m`` : (n,) to the region's border, inf if unknown
    ``names`` : of the settlement, or of that nearest to the cell of a grid
    ``of_ages`` : (3, n) share of the gmina's people under 15, of 15 to 64, and of 65 and over, where a grid tells them
    ``grid`` : the grid's source, None where people stand at settlements; ``without_grid``: gminas that it lacks
    """

    xy: Floats
    gmina: Ints
    weight: Floats
    to_border_m: Floats
    names: tuple[str, ...]
    of_ages: Floats | None = None
    grid: str | None = None
    without_grid: int = 0

    def persons(self, by_gmina: Floats, by_age: Floats | None = None) -> Floats:
        """(n,) persons at each cell; those of a gmina sum to its persons.

        by_age : (3, n_gmina) how the same people are under 15, of 15 to 64, and of 65 and over, where that is known
        """
        if self.of_ages is None or by_age is None:
            return self.weight * by_gmina[self.gmina]
        whole = by_age.sum(axis=0)
        mix = np.divide(by_age, whole, out=np.zeros_like(by_age), where=whole > 0)
        mixed = (self.of_ages * mix[:, self.gmina]).sum(axis=0)
        return np.where(whole[self.gmina] > 0, mixed, self.weight) * by_gmina[self.gmina]

    def sums(self, by_cell: Floats, gminas: int) -> Floats:
        """(n_gmina,) sums of a number per cell."""
        return np.bincount(self.gmina, by_cell, minlength=gminas).astype(np.float64)

    def describe(self, language: str) -> str:
        """Where people are taken to live, to be stated beside every figure of travel."""
        known = language if language in IN_CELLS else "pl"
        if self.grid is None:
            return AT_SETTLEMENTS[known]
        lacking = NOT_IN_GRID[known].format(gminas=self.without_grid) if self.without_grid else ""
        return IN_CELLS[known].format(source=self.grid) + lacking


def cells_of(
    places: Sequence[LivingPlace],
    parts: Sequence[GridPart],
    index: Mapping[str, int],
    kinds: Sequence[str],
    source: str | None,
) -> Cells:
    """The cells of a grid, and those of settlements in gminas that the grid says nothing of."""
    placed = [(part, index[part.gmina_teryt]) for part in parts if part.gmina_teryt in index]
    settled = build_cells(places, index, kinds)
    if not placed:
        return settled
    gridded, of_ages = _gridded(
        [part for part, _ in placed], np.array([gmina for _, gmina in placed]), settled, len(kinds)
    )
    lacks = ~np.isin(settled.gmina, gridded.gmina)
    gmina = np.concatenate([gridded.gmina, settled.gmina[lacks]])
    order = np.argsort(gmina, kind="stable")
    names = (*gridded.names, *(settled.names[number] for number in np.flatnonzero(lacks)))
    return Cells(
        xy=np.concatenate([gridded.xy, settled.xy[lacks]])[order],
        gmina=gmina[order],
        weight=np.concatenate([gridded.weight, settled.weight[lacks]])[order],
        to_border_m=np.concatenate([gridded.to_border_m, settled.to_border_m[lacks]])[order],
        names=tuple(names[number] for number in order),
        of_ages=np.hstack([of_ages, np.tile(settled.weight[lacks], (len(GRID_AGES), 1))])[:, order],
        grid=source,
        without_grid=len(np.unique(settled.gmina[lacks])),
    )


def _gridded(parts: Sequence[GridPart], gmina: Ints, settled: Cells, gminas: int) -> tuple[Cells, Floats]:
    """Gminas with people in the grid, and their shares by age."""
    counts = np.array(
        [(part.persons, part.under_15, part.from_15_to_64, part.from_65) for part in parts], dtype=np.float64
    )
    ground = np.array([part.part for part in parts])
    shares = area_shares(counts[:, 0], counts[:, 1:].T, ground, gmina, gminas)
    has = np.flatnonzero(~np.isnan(shares.of_all))
    xy = np.array([(part.x, part.y) for part in parts])[has]
    found = Cells(
        xy=xy,
        gmina=gmina[has],
        weight=shares.of_all[has],
        to_border_m=np.array([_border(part) for part in parts])[has],
        names=_nearest_names(xy, gmina[has], settled),
    )
    return found, shares.of_groups[:, has]


def _nearest_names(xy: Floats, gmina: Ints, settled: Cells) -> tuple[str, ...]:
    """The settlement of the same gmina that is nearest to each point."""
    found = np.empty(len(xy), dtype=np.int64)
    for number in np.unique(gmina):
        own, here = np.flatnonzero(settled.gmina == number), gmina == number
        found[here] = own[cKDTree(settled.xy[own]).query(xy[here])[1]]
    return tuple(settled.names[number] for number in found)


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


def _border(place: LivingPlace | GridPart) -> float:
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
