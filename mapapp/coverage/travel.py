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
from scipy.sparse import csr_array

from geo.costs import Costs
from geo.eligibility import Eligibility
from geo.neighbours import nearest, pairs_within
from mapapp.coverage.areas import Flags, Floats
from mapapp.coverage.errors import UnknownCode
from mapapp.settings import ROOT

FILE = ROOT / "data" / "coverage" / "travel.csv"
METRES_PER_MINUTE = 1000 / 60
STRAIGHT_LINE = {
    "pl": "linia prosta × {factor}, {speed} km/h",
    "en": "straight line × {factor}, {speed} km/h",
    "uk": "пряма лінія × {factor}, {speed} км/год",
}


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


class TravelCosts(Protocol):
    """Minutes of travel. Positions are (n, 2) metres of EPSG:2180; ``eligible``: who may use which site, None: all."""

    def describe(self, language: str) -> str:
        """How minutes are found, to be stated beside every figure."""
        ...

    def nearest(
        self, cells: Floats, sites: Floats, eligible: Eligibility | None = None, *, up_to: float = np.inf
    ) -> Floats:
        """(n_cell,) minutes to the nearest site that the people of the cell may use; inf where there is none.

        Where the nearest is farther than ``up_to`` minutes, its minutes or inf, whichever is at hand.
        """
        ...

    def within(self, cells: Floats, sites: Floats, minutes: float, eligible: Eligibility | None = None) -> Costs:
        """Minutes of all pairs no farther apart than ``minutes``; exactly so far is within. Raises NotAnswerable."""
        ...

    def farthest_m(self, minutes: float) -> float:
        """How far in a straight line one gets in so many minutes."""
        ...

    def is_off(self, cells: Floats) -> Flags:
        """(n_cell,) whether people live where no way of this kind leads. They reach nothing, and count all the same."""
        ...


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Straight-line distance times a detour factor, at one speed."""

    mode: TravelMode

    def describe(self, language: str) -> str:
        """The factor and the speed."""
        factor, speed = f"{self.mode.detour:g}", f"{self.mode.speed_kmh:g}"
        if language != "en":
            factor, speed = factor.replace(".", ","), speed.replace(".", ",")
        return STRAIGHT_LINE.get(language, STRAIGHT_LINE["pl"]).format(factor=factor, speed=speed)

    def nearest(
        self, cells: Floats, sites: Floats, eligible: Eligibility | None = None, *, up_to: float = np.inf
    ) -> Floats:
        """Minutes to the nearest site in a straight line, however far."""
        return self.mode.minutes(nearest(cells, sites, eligible=eligible).distance_m)

    def within(self, cells: Floats, sites: Floats, minutes: float, eligible: Eligibility | None = None) -> Costs:
        """Minutes of the pairs within the same distance."""
        metres = pairs_within(cells, sites, self.mode.straight_m(minutes), eligible=eligible).matrix
        # a distance turned into minutes and back must not fall out of reach by a rounding error
        found = np.minimum(self.mode.minutes(metres.data), minutes)
        return Costs(csr_array((found, metres.indices, metres.indptr), shape=metres.shape))

    def farthest_m(self, minutes: float) -> float:
        """The same everywhere."""
        return self.mode.straight_m(minutes)

    def is_off(self, cells: Floats) -> Flags:
        """Nobody is, of straight lines."""
        return np.zeros(len(cells), dtype=np.bool_)


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
