"""Travel by road, from times that were computed before: ``mapapp travel compute`` keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from cachetools import LRUCache

from geo.costs import Costs
from geo.eligibility import Eligibility
from geo.roads.matrix import TravelMatrix
from mapapp.coverage.areas import Flags, Floats
from mapapp.coverage.errors import TimesNotKept
from mapapp.coverage.travel import TravelCosts, TravelMode, travel_modes
from mapapp.travel.building import own_roads
from mapapp.travel.engines import OwnRoads
from mapapp.travel.errors import TravelError
from mapapp.travel.places import places_hash, rows_of
from mapapp.travel.store import KeptTimes, kept_times, times_facts

# searched while somebody waits: sites that are new or have moved, and groups of sites that are all too far
MOST_NEW_SITES: Final = 50
MOST_SEARCHES: Final = 12
MOST_REMEMBERED: Final = 200
MOST_PAIRS_LOOKED_AT: Final = 1_000_000
FAR_ENOUGH_MINUTES: Final = 5.0  # to tell how fast a way is
DATES: Final = {"pl": "{0.day}.{0.month:02}.{0.year}", "uk": "{0.day:02}.{0.month:02}.{0.year}", "en": "{0:%Y-%m-%d}"}
BY_ROAD: Final = {
    "pl": "po drogach, {engine}{file}{day}; © autorzy OpenStreetMap (ODbL)",
    "en": "by road, {engine}{file}{day}; © OpenStreetMap contributors (ODbL)",
    "uk": "дорогами, {engine}{file}{day}; © автори OpenStreetMap (ODbL)",
}
AS_OF: Final = {"pl": ", stan na {day}", "en": ", as of {day}", "uk": ", станом на {day}"}
ENGINES: Final = {"roads": "OpenStreetMap", "valhalla": "Valhalla, OpenStreetMap", "osrm": "OSRM, OpenStreetMap"}


@dataclass(frozen=True, eq=False)
class RoadTravel:
    """The kept times of one mode; sites that are new since are searched on the network that they are from."""

    mode: TravelMode
    times: KeptTimes
    folder: Path
    _network: list[OwnRoads | None] = field(default_factory=list)
    _new: LRUCache[tuple[int, int], TravelMatrix] = field(default_factory=lambda: LRUCache(MOST_REMEMBERED))
    _lock: Lock = field(default_factory=Lock)

    def describe(self, language: str) -> str:
        """Which map, and of which day."""
        known = language if language in BY_ROAD else "pl"
        facts = self.times.facts
        day = AS_OF[known].format(day=DATES[known].format(facts.map_day)) if facts.map_day else ""
        file = f", {facts.map_file}" if facts.map_file else ""
        return BY_ROAD[known].format(engine=ENGINES.get(facts.engine, facts.engine), file=file, day=day)

    def nearest(
        self, cells: Floats, sites: Floats, eligible: Eligibility | None = None, *, up_to: float = np.inf
    ) -> Floats:
        """Minutes to the nearest site; beyond the kept times they are searched, where ``up_to`` goes beyond."""
        limit = self.times.facts.limit_minutes
        costs = self.within(cells, sites, limit, eligible).matrix
        found = np.full(len(cells), np.inf)
        np.minimum.at(found, np.repeat(np.arange(len(cells)), np.diff(costs.indptr)), costs.data)
        is_far = np.isinf(found) & ~self.is_off(cells)
        if up_to > limit and is_far.any():
            far = self._far(cells, sites, eligible, is_far)
            if far is None and np.isfinite(up_to):
                raise self._beyond(up_to)
            found = found if far is None else np.minimum(found, far)
        return found

    def within(self, cells: Floats, sites: Floats, minutes: float, eligible: Eligibility | None = None) -> Costs:
        """Minutes of the pairs. Raises TimesNotKept."""
        if minutes > self.times.facts.limit_minutes:
            raise self._beyond(minutes)
        costs = self.matrix(cells, sites).costs(minutes)
        return costs if eligible is None else costs.allowed_by(eligible)

    def farthest_m(self, minutes: float) -> float:
        """How far in a straight line one gets in that time on the best roads: all but one in a hundred pairs."""
        return self._pace * minutes

    @cached_property
    def _pace(self) -> float:
        """Straight metres per minute that all but one in a hundred pairs keep below."""
        matrix = self.times.matrix
        pairs = np.arange(0, matrix.pairs, max(1, matrix.pairs // MOST_PAIRS_LOOKED_AT))
        minutes = np.asarray(matrix.minutes[pairs], np.float64)
        pairs, minutes = pairs[minutes > FAR_ENOUGH_MINUTES], minutes[minutes > FAR_ENOUGH_MINUTES]
        if not len(pairs):
            return self.mode.straight_m(1.0)
        site = np.searchsorted(matrix.starts, pairs, side="right") - 1
        apart = self.times.cells_xy[matrix.cell[pairs]] - self.times.sites_xy[site]
        return float(np.quantile(np.hypot(*apart.T) / minutes, 0.99))

    def is_off(self, cells: Floats) -> Flags:
        """(n_cell,) whether no road is near."""
        self._expect(cells)
        return np.asarray(~self.times.cell_is_joined)

    def has_network(self) -> bool:
        """Whether the network that the times are of is still there, so that new sites can be searched."""
        return self._live() is not None

    def _beyond(self, minutes: float) -> TimesNotKept:
        limit = self.times.facts.limit_minutes
        return TimesNotKept(
            f"times by road ({self.mode.code}) are kept up to {limit:g} minutes, asked are {minutes:g}; "
            f"compute more with: mapapp travel compute --limit-minutes {minutes:g}",
            limit,
        )

    def _expect(self, cells: Floats) -> None:
        if places_hash(cells) != self.times.facts.cells:
            raise TimesNotKept("times by road are between other places; compute them anew with: mapapp travel compute")

    def matrix(self, cells: Floats, sites: Floats) -> TravelMatrix:
        """The times to these sites, in their order. Raises TimesNotKept."""
        self._expect(cells)
        rows = rows_of(self.times.sites_xy, sites)
        is_known = rows >= 0
        known = self.times.matrix.part(rows[is_known])
        if is_known.all():
            return known
        new = self._searched(cells, np.asarray(sites)[~is_known])
        place = np.empty(len(rows), np.int64)
        place[np.flatnonzero(is_known)] = np.arange(known.sites)
        place[np.flatnonzero(~is_known)] = known.sites + np.arange(new.sites)
        return TravelMatrix.stacked([known, new]).part(place)

    def _searched(self, cells: Floats, sites: Floats) -> TravelMatrix:
        """Times to sites that were elsewhere, or nowhere, when times were computed."""
        network = self._live()
        if network is None or len(sites) > MOST_NEW_SITES:
            raise TimesNotKept(
                f"{len(sites)} sites are new or have moved since times by road were computed; "
                "compute theirs with: mapapp travel compute"
            )
        limit = self.times.facts.limit_minutes
        found = []
        for site in sites:
            key = (int(site[0] * 10), int(site[1] * 10))
            with self._lock:
                if key not in self._new:
                    self._new[key] = network.times(site.reshape(1, 2), cells, limit)
                found.append(self._new[key])
        return TravelMatrix.stacked(found)

    def _far(self, cells: Floats, sites: Floats, eligible: Eligibility | None, is_far: Flags) -> Floats | None:
        """(n_cell,) minutes where all sites are beyond the kept times, inf where no way leads; None: too much to do."""
        found, network = np.full(len(cells), np.inf), self._live()
        if network is None:
            return None
        every = (np.arange(len(cells)), np.arange(len(sites)))
        waiting = []
        for of, among in [every] if eligible is None else eligible.groups():
            far = of[is_far[of]]
            if len(among) and len(far):
                far = far[network.may_reach(sites[among], cells[far])]
                waiting += [(far, among)] if len(far) else []
        if len(waiting) > MOST_SEARCHES:
            return None
        for of, among in waiting:
            found[of] = np.minimum(found[of], network.nearest(sites[among], cells[of]))
        return found

    def _live(self) -> OwnRoads | None:
        """The network that the times are of, read when it is first needed; None where it is gone or another."""
        with self._lock:
            if not self._network:
                self._network.append(self._read_network())
        return self._network[0]

    def _read_network(self) -> OwnRoads | None:
        try:
            network = own_roads(self.folder, self.mode.code)
        except TravelError:
            return None
        return network if network.facts.source == self.times.facts.source else None


def road_travel(root: Path, cells: Floats) -> dict[str, TravelCosts]:
    """The modes whose times are kept below a folder, for people who live in these cells.

    Times between other places are passed over: ``roads_elsewhere`` names them.
    """
    found: dict[str, TravelCosts] = {}
    here = places_hash(cells)
    for code in travel_modes():
        facts = _facts(root / code)
        if facts is not None and facts.cells == here:
            try:
                found[code] = _read(root / code, code, facts.fingerprint)
            except TravelError:  # being replaced, or broken: the straight line is there
                continue
    return found


def roads_elsewhere(root: Path, cells: Floats) -> tuple[str, ...]:
    """The modes whose kept times are between other places: the territory or the grid of cells has changed since."""
    here = places_hash(cells)
    facts = ((code, _facts(root / code)) for code in travel_modes())
    return tuple(code for code, each in facts if each is not None and each.cells != here)


def road_versions(root: Path | None) -> tuple[tuple[str, str], ...]:
    """Which times are kept: something that changes whenever they do."""
    if root is None:
        return ()
    facts = ((code, _facts(root / code)) for code in travel_modes())
    return tuple((code, each.fingerprint) for code, each in facts if each is not None)


def release_parts(roads: Mapping[str, TravelCosts]) -> tuple[tuple[str, str], ...]:
    """What decides figures by road."""
    return tuple((code, each.times.facts.fingerprint) for code, each in roads.items() if isinstance(each, RoadTravel))


def _facts(folder: Path) -> Any:
    try:
        return times_facts(folder)
    except TravelError:
        return None


@lru_cache(maxsize=8)
def _read(folder: Path, code: str, fingerprint: str) -> RoadTravel:
    """The times of a mode, once for each version; arrays are mapped, so that processes share them."""
    times = kept_times(folder)
    if times is None or times.facts.fingerprint != fingerprint:
        raise TravelError(f"the times of {code} were replaced while they were read")
    return RoadTravel(travel_modes()[code], times, folder)
