"""What changes when sites are added, moved, closed or resized: computed from what changed alone.

In a two-step catchment the places per person of one site depend on no other site. So a changed site changes what it
gave before and gives now; only people whose nearest site closes look for another among all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from geo.catchment import shared_out, two_step
from geo.checks import amounts
from geo.costs import Costs
from geo.decay import Decay
from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class NewSite:
    """A site that is not there yet.

    cost : (n_demand,) to it, inf where it cannot be reached or does not serve        capacity : places, nan: unknown
    area : the number of the area whose places these are
    """

    cost: Floats
    capacity: float
    area: int


@dataclass(frozen=True, slots=True, eq=False)
class Indicators:
    """What planners ask, by area.

    places     : (n_areas,) places of the sites of the area, unknown ones left out
    accessible : (n_areas,) places that its people can use in competition with others: Σ persons · score
    reached    : (n_thresholds, n_areas) persons with a site within each threshold
    gained     : (n_thresholds, n_areas) of them, those who had none before the change: nobody where nothing changed
    lost       : (n_thresholds, n_areas) persons who had one before, and have none now
    """

    places: Floats
    accessible: Floats
    reached: Floats
    gained: Floats
    lost: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """People, sites and indicators as they are: made once, then asked for any number of changes.

    persons    : (n_demand,)        area : (n_demand,) number of the area of each        n_areas : how many there are
    costs      : (n_demand, n_sites) up to the largest threshold and the cutoff of ``decay`` at least, same unit
    capacity   : (n_sites,) places, nan: unknown        site_area : (n_sites,)        thresholds : (n_thresholds,) costs
    Raises ShapeMismatch, InvalidAmount.
    """

    persons: Floats
    area: Indices
    n_areas: int
    costs: Costs
    capacity: Floats
    site_area: Indices
    decay: Decay
    thresholds: Floats
    indicators: Indicators = field(init=False)
    _by_site: csc_array = field(init=False, repr=False)
    _lowest: Floats = field(init=False, repr=False)
    _lowest_site: Indices = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compute everything once, in full."""
        n_demand, n_sites = self.costs.shape
        amounts("persons", self.persons, n_demand)
        amounts("capacity", self.capacity, n_sites, or_unknown=True)
        for name, array, count in (("area", self.area, n_demand), ("site_area", self.site_area, n_sites)):
            if array.shape != (count,):
                raise ShapeMismatch(f"{name} has shape {array.shape}, expected ({count},)")
            if count and not (array.min() >= 0 and array.max() < self.n_areas):
                raise InvalidAmount(f"{name} has numbers outside 0 to {self.n_areas - 1}")
        object.__setattr__(self, "_by_site", csc_array(self.costs.matrix))
        lowest, site = lowest_of(self.costs, np.arange(n_demand))
        object.__setattr__(self, "_lowest", lowest)
        object.__setattr__(self, "_lowest_site", site)
        score = two_step(self.persons, self.capacity, self.costs, self.decay).score
        whole = Indicators(
            np.bincount(self.site_area, np.nan_to_num(self.capacity), minlength=self.n_areas).astype(np.float64),
            self._by_area(self.persons * score),
            self._reached(lowest, np.arange(n_demand)),
            np.zeros((len(self.thresholds), self.n_areas)),
            np.zeros((len(self.thresholds), self.n_areas)),
        )
        object.__setattr__(self, "indicators", whole)

    def changed(
        self,
        *,
        closed: Sequence[int] = (),
        resized: Mapping[int, float] | None = None,
        added: Sequence[NewSite] = (),
    ) -> Indicators:
        """The indicators after these changes; a moved site is closed and added. Raises InvalidAmount, ShapeMismatch."""
        sizes = dict(resized or {})
        self._refuse_wrong(closed, sizes, added)
        places, accessible = self.indicators.places.copy(), self.indicators.accessible.copy()
        for site in {*closed, *sizes}:
            rows, costs = self._people_of(site)
            old = np.nan_to_num(self.capacity[site])
            new = 0.0 if site in closed else np.nan_to_num(sizes[site])
            places[self.site_area[site]] += new - old
            accessible += self._given(rows, costs, new) - self._given(rows, costs, old)
        for each in added:
            rows = np.flatnonzero(each.cost <= self.decay.cutoff)
            places[each.area] += np.nan_to_num(each.capacity)
            accessible += self._given(rows, each.cost[rows], float(np.nan_to_num(each.capacity)))
        lowest, rows = self._lowest_after(closed, added)
        gained, lost = self._crossing(self._lowest[rows], lowest[rows], rows)
        return Indicators(places, accessible, self.indicators.reached - lost + gained, gained, lost)

    def _given(self, rows: Indices, costs: Floats, places: float) -> Floats:
        """(n_areas,) places of one site as the people of each area use them; all of them where anybody is near."""
        weights = self.decay(costs) * self.persons[rows]
        ratio, _, _ = shared_out(np.array([places]), np.array([weights.sum()]))
        return np.bincount(self.area[rows], weights * ratio[0], minlength=self.n_areas).astype(np.float64, copy=False)

    def _lowest_after(self, closed: Sequence[int], added: Sequence[NewSite]) -> tuple[Floats, Indices]:
        """(n_demand,) cost of the nearest site after the changes, and the rows for which it is another."""
        is_closed = np.zeros(len(self.capacity), np.bool_)
        is_closed[list(closed)] = True
        bereft = np.flatnonzero(is_closed[self._lowest_site] & (self._lowest_site >= 0)) if closed else np.empty(0, int)
        lowest = self._lowest
        if len(bereft):
            lowest = lowest.copy()
            lowest[bereft] = lowest_of(self.costs, bereft, is_closed)[0]
        for each in added:
            lowest = np.minimum(lowest, each.cost)
        return lowest, np.flatnonzero(lowest != self._lowest)

    def _crossing(self, before: Floats, after: Floats, rows: Indices) -> tuple[Floats, Floats]:
        """(n_thresholds, n_areas) persons of these rows who come within each threshold, and who fall out of it."""
        persons = self.persons[rows]
        gained = [self._by_area(persons * ((after <= limit) & (before > limit)), rows) for limit in self.thresholds]
        lost = [self._by_area(persons * ((after > limit) & (before <= limit)), rows) for limit in self.thresholds]
        return np.stack(gained), np.stack(lost)

    def _reached(self, lowest: Floats, rows: Indices) -> Floats:
        """(n_thresholds, n_areas) persons of these rows within each threshold."""
        return np.stack(
            [self._by_area(self.persons[rows] * (lowest <= threshold), rows) for threshold in self.thresholds]
        )

    def _by_area(self, values: Floats, rows: Indices | None = None) -> Floats:
        area = self.area if rows is None else self.area[rows]
        return np.bincount(area, values, minlength=self.n_areas).astype(np.float64, copy=False)

    def _people_of(self, site: int) -> tuple[Indices, Floats]:
        part = slice(self._by_site.indptr[site], self._by_site.indptr[site + 1])
        near = self._by_site.data[part] <= self.decay.cutoff
        return self._by_site.indices[part][near], self._by_site.data[part][near]

    def _refuse_wrong(self, closed: Sequence[int], sizes: Mapping[int, float], added: Sequence[NewSite]) -> None:
        n_sites = len(self.capacity)
        wrong = [site for site in {*closed, *sizes} if not 0 <= site < n_sites]
        if wrong:
            raise InvalidAmount(f"site is {wrong[0]}, expected 0 to {n_sites - 1}")
        if both := set(closed) & set(sizes):
            raise InvalidAmount(f"site {min(both)} is closed and resized, expected one of these")
        amounts("resized", list(sizes.values()), or_unknown=True)
        for each in added:
            if each.cost.shape != self.persons.shape:
                raise ShapeMismatch(f"cost of a new site has shape {each.cost.shape}, expected {self.persons.shape}")
            amounts("capacity of a new site", [each.capacity], or_unknown=True)
            if np.isnan(each.cost).any() or (each.cost < 0).any():
                raise InvalidAmount("cost of a new site is nan or negative, expected 0 or more, inf for out of reach")
            if not 0 <= each.area < self.n_areas:
                raise InvalidAmount(f"area of a new site is {each.area}, expected 0 to {self.n_areas - 1}")


@dataclass(frozen=True, slots=True, eq=False)
class NearestWays:
    """The nearest site of every demand point, however far it is, and what changes of sites make of it.

    lowest : (n_demand,) its cost, inf where there is none        site : (n_demand,) its index, −1: none that can close
    among  : the lowest costs of demand points among sites, both by index, in the order of the points; inf: none
    """

    lowest: Floats
    site: Indices
    n_sites: int
    among: Callable[[Indices, Indices], Floats]

    def after(self, closed: Sequence[int] = (), added: Sequence[Floats] = ()) -> Floats:
        """(n_demand,) the lowest cost without the ``closed`` sites and with new ones, ``added``: (n_demand,) to each.

        Only points whose nearest site closes look for another. Raises InvalidAmount, ShapeMismatch.
        """
        wrong = [site for site in closed if not 0 <= site < self.n_sites]
        if wrong:
            raise InvalidAmount(f"site is {wrong[0]}, expected 0 to {self.n_sites - 1}")
        lowest = self.lowest
        bereft = np.flatnonzero(np.isin(self.site, closed))
        if len(bereft):
            lowest = lowest.copy()
            lowest[bereft] = self.among(bereft, np.setdiff1d(np.arange(self.n_sites), closed))
        for cost in added:
            if cost.shape != lowest.shape:
                raise ShapeMismatch(f"cost of a new site has shape {cost.shape}, expected {lowest.shape}")
            lowest = np.minimum(lowest, cost)
        return lowest


def lowest_of(costs: Costs, rows: Indices, is_closed: npt.NDArray[np.bool_] | None = None) -> tuple[Floats, Indices]:
    """(n_rows,) lowest cost of these demand points and its site (inf and −1: none), among sites that are not closed."""
    lowest, site = np.full(len(rows), np.inf), np.full(len(rows), -1)
    part = costs.matrix[rows]
    cost = part.data if is_closed is None else np.where(is_closed[part.indices], np.inf, part.data)
    has = np.flatnonzero(np.diff(part.indptr))
    if len(has):
        lowest[has] = np.minimum.reduceat(cost, part.indptr[:-1][has])
        of_pair = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
        hits = np.flatnonzero(np.isfinite(cost) & (cost == lowest[of_pair]))[::-1]
        site[of_pair[hits]] = part.indices[hits]
    return lowest, site


__all__ = ["Indicators", "NearestWays", "NewSite", "Situation", "lowest_of"]
