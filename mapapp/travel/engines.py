"""Whoever can tell travel times: our own network, or a routing engine over HTTP. What comes of it is kept alike."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np

from geo.roads.joining import Joins, join
from geo.roads.matrix import TravelMatrix
from geo.roads.network import Flags, Floats, RoadNetwork
from geo.roads.search import nearest_minutes, travel_rows
from mapapp.travel.places import places_hash
from mapapp.travel.profiles import Profile
from mapapp.travel.store import NetworkFacts


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """Who tells the times. ``source``: changes when the same question may be answered otherwise."""

    engine: str
    source: str
    map_file: str
    map_day: date | None


class Engine(Protocol):
    """Minutes between places, which are (n, 2) metres of EPSG:2180.

    Public transport would be another one: minutes at a time of day (see docs/travel.md).
    """

    @property
    def facts(self) -> EngineFacts:
        """Who tells them, from which map."""
        ...

    def is_joined(self, places: Floats) -> Flags:
        """(n,) whether each place is on the network."""
        ...

    def times(self, sites: Floats, cells: Floats, limit_minutes: float) -> TravelMatrix:
        """Minutes from every cell to every site, as far as the limit. Raises RoutingFailed."""
        ...


@dataclass
class OwnRoads:
    """Our own network, searched by SciPy. Of the cells asked about last it remembers how they join."""

    network: RoadNetwork
    kept: NetworkFacts
    profile: Profile
    _joined: dict[str, Joins] = field(default_factory=dict)

    @property
    def facts(self) -> EngineFacts:
        """The network and the rules by which places join it."""
        rules = f"{self.kept.fingerprint} {self.profile.leg_kmh} {self.profile.join_within_m}"
        source = hashlib.sha256(rules.encode()).hexdigest()[:16]
        return EngineFacts("roads", source, self.kept.file, self.kept.day)

    def is_joined(self, places: Floats) -> Flags:
        """Whether a road is near enough."""
        return self._join(places).is_joined

    def times(self, sites: Floats, cells: Floats, limit_minutes: float) -> TravelMatrix:
        """Minutes by the roads."""
        return travel_rows(self.network, self._join(sites), self._cells(cells), limit_minutes, self.profile.leg_kmh)

    def nearest(self, sites: Floats, cells: Floats) -> Floats:
        """(n_cell,) minutes to the nearest of the sites, however far; inf where no way leads there."""
        return nearest_minutes(self.network, self._join(sites), self._join(cells))

    def may_reach(self, sites: Floats, cells: Floats) -> Flags:
        """(n_cell,) False where no way at all leads to any of the sites: told without a search."""
        to, of = self._join(sites), self._join(cells)
        shores = np.unique(self.network.mainland[to.point[to.is_joined]])
        return np.asarray(of.is_joined & np.isin(self.network.mainland[of.point], shores))

    def _cells(self, cells: Floats) -> Joins:
        key = places_hash(cells)
        if key not in self._joined:
            self._joined = {key: self._join(cells)}
        return self._joined[key]

    def _join(self, places: Floats) -> Joins:
        return join(self.network, places, within_m=self.profile.join_within_m, leg_kmh=self.profile.leg_kmh)
