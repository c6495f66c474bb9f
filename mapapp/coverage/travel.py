"""Travel from where people live to a site, behind one protocol: straight lines now, roads by whoever builds them.

Speeds and the detour factor are data (``data/coverage/travel.csv``), with their source.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
from scipy.spatial import cKDTree

from mapapp.coverage.areas import Flags, Floats, Ints
from mapapp.coverage.errors import UnknownCode
from mapapp.settings import ROOT

FILE = ROOT / "data" / "coverage" / "travel.csv"
METRES_PER_MINUTE = 1000 / 60


@dataclass(frozen=True, slots=True)
class TravelMode:
    """How people travel: ``speed_kmh`` along a way that is ``detour`` times as long as the straight line."""

    code: str
    label_pl: str
    label_en: str
    label_uk: str
    speed_kmh: float
    detour: float
    source: str
    is_checked: bool

    def label(self, language: str) -> str:
        """Its name."""
        return str(getattr(self, f"label_{language}"))

    def minutes(self, straight_m: Floats) -> Floats:
        """Minutes for straight-line metres."""
        return straight_m * (self.detour / (self.speed_kmh * METRES_PER_MINUTE))

    def straight_m(self, minutes: float) -> float:
        """How far away in a straight line one may live to travel so long."""
        return minutes * self.speed_kmh * METRES_PER_MINUTE / self.detour


@dataclass(frozen=True, slots=True)
class Points:
    """Where people live, or where sites are.

    ``xy`` : (n, 2) metres of EPSG:2180        ``gmina`` : (n,) index of the gmina; -1 outside of the region
    """

    xy: Floats
    gmina: Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """Cells and sites within reach of each other, and the minutes between them; ordered by cell, then site."""

    cell: Ints
    site: Ints
    minutes: Floats


class TravelCosts(Protocol):
    """Minutes of travel. ``allowed`` : (n_gmina, n_site), whether people of a gmina may use a site; None: all may."""

    @property
    def description(self) -> str:
        """How minutes are found, to be stated beside every figure."""

    def nearest(self, cells: Points, sites: Points, allowed: Flags | None = None) -> Floats:
        """(n_cell,) minutes to the nearest site that the people of the cell may use; inf where there is none."""

    def within(self, cells: Points, sites: Points, minutes: float, allowed: Flags | None = None) -> Pairs:
        """All pairs no farther apart than ``minutes``, that count exactly on the limit too."""


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Straight-line distance times a detour factor, at one speed."""

    mode: TravelMode

    @property
    def description(self) -> str:
        """The factor and the speed."""
        return f"linia prosta × {self.mode.detour:g}, {self.mode.speed_kmh:g} km/h"

    def nearest(self, cells: Points, sites: Points, allowed: Flags | None = None) -> Floats:
        """Minutes to the nearest; sites that the same gminas may use are searched together."""
        metres = np.full(len(cells.xy), np.inf)
        for may_use, members in _classes(len(sites.xy), allowed):
            chosen = np.arange(len(cells.xy)) if may_use is None else np.flatnonzero(may_use[cells.gmina])
            if len(chosen) and len(members):
                found, _ = cKDTree(sites.xy[members]).query(cells.xy[chosen])
                metres[chosen] = np.minimum(metres[chosen], found)
        return self.mode.minutes(metres)

    def within(self, cells: Points, sites: Points, minutes: float, allowed: Flags | None = None) -> Pairs:
        """Pairs from a search around every site."""
        radius = self.mode.straight_m(minutes) * (1 + 1e-12)
        if not len(cells.xy) or not len(sites.xy):
            return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        near = cKDTree(cells.xy).query_ball_point(sites.xy, radius, return_sorted=True)
        site = np.repeat(np.arange(len(sites.xy)), [len(own) for own in near])
        cell = np.concatenate([np.asarray(own, dtype=np.int64) for own in near])
        if allowed is not None:
            kept = allowed[cells.gmina[cell], site]
            cell, site = cell[kept], site[kept]
        order = np.lexsort((site, cell))
        cell, site = cell[order], site[order]
        metres = np.hypot(*(cells.xy[cell] - sites.xy[site]).T)
        return Pairs(cell, site, self.mode.minutes(metres))


def _classes(sites: int, allowed: Flags | None) -> list[tuple[Flags | None, Ints]]:
    """The sites in groups that the same gminas may use."""
    if allowed is None or bool(allowed.all()):
        return [(None, np.arange(sites))]
    patterns, which = np.unique(allowed, axis=1, return_inverse=True)
    return [(patterns[:, one], np.flatnonzero(which == one)) for one in range(patterns.shape[1])]


@cache
def travel_modes(path: Path = FILE) -> Mapping[str, TravelMode]:
    """The modes by code, in the order of their file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType({row["code"]: _mode(row) for row in csv.DictReader(file)})


def travel_mode(code: str) -> TravelMode:
    """The mode of that code. Raises UnknownCode."""
    modes = travel_modes()
    if code not in modes:
        raise UnknownCode("mode", code, modes)
    return modes[code]


def _mode(row: Mapping[str, str]) -> TravelMode:
    labels = (row["label_pl"], row["label_en"], row["label_uk"])
    numbers = (float(row["speed_kmh"]), float(row["detour"]))
    return TravelMode(row["code"], *labels, *numbers, row["source"], row["checked"] == "yes")
