"""How far the nearest site is, however far, after changes of sites: equal to what the measures would tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from geo.costs import Costs
from geo.eligibility import Eligibility
from geo.neighbours import nearest
from geo.scenario import NearestWays, lowest_of
from mapapp.coverage.areas import Flags, Floats, Ints, LayerAreas
from mapapp.coverage.frame import Frame
from mapapp.coverage.roads import RoadTravel
from mapapp.coverage.travel import StraightLine, TravelCosts, travel_mode


@dataclass(frozen=True, slots=True, eq=False)
class NewPlace:
    """Where a new or moved site stands: ``xy`` : (2,) metres; ``serves`` : (n_gmina,) whose people, None: everybody."""

    xy: Floats
    serves: Flags | None = None


@dataclass(frozen=True)
class _Way:
    """Minutes to the nearest site by one way of travelling, for the people of a frame.

    In a straight line only people whose nearest site closes look for another. By road the same within the times that
    are kept; people beyond these are searched for anew, as the measures do.
    """

    frame: Frame
    travel: TravelCosts

    def after(self, closed: Sequence[int] = (), added: Sequence[NewPlace] = ()) -> Floats:
        """(n_cell,) minutes after the changes; 0 where help comes to the home, inf where there is no site."""
        minutes = self._ways.after(closed, [self._minutes_to(place) for place in added])
        if isinstance(self.travel, RoadTravel) and (np.isinf(minutes) & ~self.travel.is_off(self._cells)).any():
            minutes = self._anew(closed, added)
        return np.where(self._at_home, 0.0, minutes)

    @property
    def _cells(self) -> Floats:
        return self.frame.data.cells.xy

    @property
    def _at_home(self) -> Flags:
        return self.frame.sites.at_home[self.frame.data.cells.gmina]

    @cached_property
    def _eligible(self) -> Eligibility | None:
        return self.frame.sites.eligible(self.frame.data.cells) if self.frame.question.entitled else None

    @cached_property
    def _ways(self) -> NearestWays:
        n_sites = len(self.frame.sites.xy)
        if isinstance(self.travel, StraightLine):
            found = nearest(self._cells, self.frame.sites.xy, eligible=self._eligible)
            minutes = self.travel.mode.minutes(found.distance_m)
            return NearestWays(minutes, found.supply.astype(np.int64), n_sites, self._straight_among)
        minutes, site = lowest_of(self._kept, np.arange(len(self._cells)))
        return NearestWays(minutes, site, n_sites, self._kept_among)

    def _straight_among(self, rows: Ints, sites: Ints) -> Floats:
        eligible = None if self._eligible is None else self._eligible.part(rows, sites)
        return self.travel.nearest(self._cells[rows], self.frame.sites.xy[sites], eligible)

    @cached_property
    def _kept(self) -> Costs:
        """Times by road of all pairs, as far as they are kept."""
        return self.travel.within(self._cells, self.frame.sites.xy, self._limit, self._eligible)

    def _kept_among(self, rows: Ints, sites: Ints) -> Floats:
        is_closed = np.ones(len(self.frame.sites.xy), np.bool_)
        is_closed[sites] = False
        return lowest_of(self._kept, rows, is_closed)[0]

    @property
    def _limit(self) -> float:
        return self.travel.times.facts.limit_minutes if isinstance(self.travel, RoadTravel) else np.inf

    def _minutes_to(self, place: NewPlace) -> Floats:
        minutes = self.travel.nearest(self._cells, place.xy.reshape(1, 2), up_to=self._limit)
        if place.serves is None or not self.frame.question.entitled:
            return minutes
        return np.where(place.serves[self.frame.data.cells.gmina], minutes, np.inf)

    def _anew(self, closed: Sequence[int], added: Sequence[NewPlace]) -> Floats:
        sites = self.frame.sites
        stays = np.setdiff1d(np.arange(len(sites.xy)), closed)
        everybody = np.ones(len(sites.allowed), np.bool_)
        serves = [everybody if place.serves is None else place.serves for place in added]
        allowed = np.column_stack([sites.allowed[:, stays], *serves])
        xy = np.vstack([sites.xy[stays], *(place.xy for place in added)])
        after = replace(sites, xy=xy, allowed=allowed)
        eligible = after.eligible(self.frame.data.cells) if self.frame.question.entitled else None
        return self.travel.nearest(self._cells, xy, eligible)


Minutes = tuple[Floats, Floats]
"""(n_cell,) minutes to the nearest site by the question's way of travelling, and in a straight line."""


@dataclass(frozen=True)
class BenchWays:
    """To the nearest site, as a bench tells it: minutes by the way of the question, kilometres in a straight line."""

    frame: Frame

    @cached_property
    def now(self) -> Minutes:
        """As it is."""
        return self.after((), ())

    def after(self, closed: Sequence[int], added: Sequence[NewPlace]) -> Minutes:
        """After the changes; 0 where help comes to the home, inf where there is no site."""
        straight = self._straight.after(closed, added)
        return straight if self._own is None else self._own.after(closed, added), straight

    def means(self, minutes: Minutes, areas: LayerAreas) -> dict[str, Floats]:
        """(n_area,) by measure: means over the people who can get to a site at all; nan where nobody can."""
        by_area, persons = self.frame.by_area, self.frame.persons
        kilometres = minutes[1] * (travel_mode(self.frame.question.mode).speed_kmh / 60)
        told = {}
        for code, each in (("nearest_minutes", minutes[0]), ("nearest_km", kilometres)):
            can = np.isfinite(each)
            total = by_area(areas, np.where(can, persons * np.where(can, each, 0.0), 0.0))
            able = by_area(areas, np.where(can, persons, 0.0))
            told[code] = np.divide(total, able, out=np.full(len(able), np.nan), where=able > 0)
        return told

    @cached_property
    def _straight(self) -> _Way:
        return _Way(self.frame, self.frame.data.travel(self.frame.question.mode, straight=True))

    @cached_property
    def _own(self) -> _Way | None:
        own = self.frame.travel
        return None if isinstance(own, StraightLine) else _Way(self.frame, own)
