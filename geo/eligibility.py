"""Who a site serves: everybody, or the people of certain areas. Near is not the same as entitled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.errors import ShapeMismatch

Ints = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.integer]

EVERYBODY = -1


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Which demand points each site serves, by whole-number ids of areas.

    demand_areas : (n_demand, levels) the area of each point, finest level first (gmina, powiat, voivodeship);
                   −1 where unknown, which only sites for everybody serve
    supply_level : (n_supply,) the level at which a site serves, or −1: it serves everybody
    supply_area  : (n_supply,) the area that it serves at this level; not read where it serves everybody
    agreements   : (k, 3) supply, level, area: what sites serve besides (agreements between gminas)
    """

    demand_areas: Ints
    supply_level: Levels
    supply_area: Ints
    agreements: Ints = field(default_factory=lambda: np.empty((0, 3), np.int32))

    def __post_init__(self) -> None:
        """Raises ShapeMismatch."""
        if self.demand_areas.ndim != 2:
            raise ShapeMismatch(f"demand_areas has shape {self.demand_areas.shape}, expected (n_demand, levels)")
        if self.supply_level.ndim != 1 or self.supply_level.shape != self.supply_area.shape:
            shapes = f"{self.supply_level.shape} and {self.supply_area.shape}"
            raise ShapeMismatch(f"supply_level and supply_area have shapes {shapes}, expected (n_supply,) both")
        if self.agreements.ndim != 2 or self.agreements.shape[1] != 3:
            raise ShapeMismatch(f"agreements has shape {self.agreements.shape}, expected (k, 3)")
        levels = self.demand_areas.shape[1]
        asked = np.concatenate([self.supply_level, self.agreements[:, 1]])
        if asked.size and (asked.min() < EVERYBODY or asked.max() >= levels):
            raise ShapeMismatch(f"levels are {asked.min()} to {asked.max()}, expected −1 to {levels - 1}")
        sites = self.agreements[:, 0]
        if sites.size and (sites.min() < 0 or sites.max() >= len(self.supply_level)):
            raise ShapeMismatch(f"agreements name sites {sites.min()} to {sites.max()} of {len(self.supply_level)}")

    @classmethod
    def of(
        cls,
        demand_areas: npt.ArrayLike,
        supply_level: npt.ArrayLike,
        supply_area: npt.ArrayLike,
        agreements: npt.ArrayLike = (),
    ) -> Self:
        """From anything array-like."""
        areas = np.asarray(demand_areas, np.int32)
        return cls(
            areas.reshape(-1, 1) if areas.ndim == 1 else areas,
            np.asarray(supply_level, np.int8),
            np.asarray(supply_area, np.int32),
            np.asarray(agreements, np.int32).reshape(-1, 3),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of demand points and sites."""
        return len(self.demand_areas), len(self.supply_level)

    def expect(self, n_demand: int, n_supply: int) -> None:
        """Raises ShapeMismatch where it is of other points."""
        if self.shape != (n_demand, n_supply):
            raise ShapeMismatch(f"eligibility is for {self.shape} points, expected {(n_demand, n_supply)}")

    def allows(self, demand: Indices, supply: Indices) -> Flags:
        """(pairs,) whether each site of ``supply`` serves the point of ``demand`` beside it; both are indices."""
        level = self.supply_level[supply]
        area = self.demand_areas[demand, np.maximum(level, 0)] if self.demand_areas.shape[1] else level
        allowed: Flags = (level == EVERYBODY) | ((area == self.supply_area[supply]) & (area >= 0))
        for each in range(self.demand_areas.shape[1]):
            agreed = self.agreements[self.agreements[:, 1] == each]
            if len(agreed):
                allowed |= np.isin(
                    _paired(supply, self.demand_areas[demand, each]), _paired(agreed[:, 0], agreed[:, 2])
                ) & (self.demand_areas[demand, each] >= 0)
        return allowed

    def entries(self) -> Ints:
        """(k, 3) supply, level, area of every site that serves certain areas, sorted by level and area."""
        sites = np.flatnonzero(self.supply_level != EVERYBODY)
        own = np.stack([sites, self.supply_level[sites], self.supply_area[sites]], axis=1).astype(np.int32)
        every = np.unique(np.vstack([own, self.agreements]), axis=0)
        every = every[(every[:, 2] >= 0) & (self.supply_level[every[:, 0]] != EVERYBODY)]
        return np.asarray(every[np.lexsort((every[:, 0], every[:, 2], every[:, 1]))])

    def part(self, demand: Indices, supply: Indices) -> Eligibility:
        """The same among some points and some sites; both are indices without repeats."""
        place = np.full(len(self.supply_level), -1, np.int32)
        place[supply] = np.arange(len(supply), dtype=np.int32)
        kept = self.agreements[place[self.agreements[:, 0]] >= 0]
        kept = np.column_stack([place[kept[:, 0]], kept[:, 1:]]).astype(np.int32)
        return Eligibility(self.demand_areas[demand], self.supply_level[supply], self.supply_area[supply], kept)

    def groups(self) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Indices of demand points and of sites such that these sites serve these points; together all of them.

        A pair can be in several groups, where a site serves by an agreement what it serves anyway.
        """
        n_demand, _ = self.shape
        yield np.arange(n_demand), np.flatnonzero(self.supply_level == EVERYBODY)
        entries = self.entries()
        if not len(entries):
            return
        order = [np.argsort(column, kind="stable") for column in self.demand_areas.T]
        starts = np.flatnonzero((np.diff(entries[:, 1:], axis=0) != 0).any(axis=1)) + 1
        for group in np.split(entries, starts):
            level, area = int(group[0, 1]), int(group[0, 2])
            column = self.demand_areas[:, level]
            low, high = np.searchsorted(column, (area, area + 1), sorter=order[level])
            yield order[level][low:high], group[:, 0].astype(np.int64)


def _paired(supply: Indices, area: Indices) -> npt.NDArray[np.int64]:
    """One number for both, areas being 32-bit numbers."""
    return (supply.astype(np.int64) << 32) + area
