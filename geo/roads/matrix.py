"""Minutes between cells and sites, kept site by site with the nearest cell first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.checks import amounts
from geo.costs import Costs
from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """The pairs that are at most ``limit_minutes`` apart.

    starts : (n_site + 1,) where each site's pairs begin        cell : (pairs,) index of the cell
    minutes : (pairs,) float32, rising within a site; a pair that is not here is farther, or there is no way
    """

    starts: Indices
    cell: Ints
    minutes: Singles
    cells: int
    limit_minutes: float

    def __post_init__(self) -> None:
        """Raises ShapeMismatch."""
        if self.cell.shape != self.minutes.shape or not len(self.starts) or self.starts[-1] != len(self.cell):
            shapes = f"{self.starts.shape}, {self.cell.shape}, {self.minutes.shape}"
            raise ShapeMismatch(f"starts, cell, minutes have shapes {shapes}, expected (n + 1,), (pairs,), (pairs,)")

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[Indices, Floats]], cells: int, limit_minutes: float) -> Self:
        """From the cells and their minutes, rising, of each site."""
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(cell) for cell, _ in rows], out=starts[1:])
        cell = np.concatenate([cell for cell, _ in rows]) if rows else np.empty(0)
        minutes = np.concatenate([minutes for _, minutes in rows]) if rows else np.empty(0)
        return cls(starts, cell.astype(np.int32), minutes.astype(np.float32), cells, limit_minutes)

    @classmethod
    def stacked(cls, parts: Iterable[Self]) -> Self:
        """The sites of several matrices of the same cells, one after another. Raises ShapeMismatch."""
        every = list(parts)
        if not every or len({(part.cells, part.limit_minutes) for part in every}) != 1:
            raise ShapeMismatch(f"{len(every)} parts are not all of the same cells and limit")
        starts = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(part.starts) for part in every]))])
        cell, minutes = (np.concatenate([getattr(part, name) for part in every]) for name in ("cell", "minutes"))
        return cls(starts.astype(np.int64), cell, minutes, every[0].cells, every[0].limit_minutes)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self.starts) - 1

    @property
    def pairs(self) -> int:
        """How many pairs are kept."""
        return len(self.cell)

    def ends(self, minutes: float) -> Indices:
        """(n_site,) where the pairs within ``minutes`` end, by a binary search in each site. Raises InvalidAmount."""
        if not 0 <= minutes <= self.limit_minutes:
            raise InvalidAmount(f"minutes is {minutes}, expected 0 to {self.limit_minutes}, as far as was searched")
        low, high = self.starts[:-1].copy(), self.starts[1:].copy()
        wanted = np.float32(minutes)
        while (is_open := low < high).any():
            middle = (low + high) // 2
            goes_right = np.zeros(len(low), np.bool_)
            goes_right[is_open] = self.minutes[middle[is_open]] <= wanted
            low = np.where(is_open & goes_right, middle + 1, low)
            high = np.where(is_open & ~goes_right, middle, high)
        return low

    def people_within(self, persons: npt.ArrayLike, minutes: npt.ArrayLike) -> Floats:
        """(n_site, k) persons of (n_cell,) who live within each of the k ``minutes`` of each site.

        Raises ShapeMismatch, InvalidAmount.
        """
        sums = np.concatenate([[0.0], np.cumsum(amounts("persons", persons, self.cells)[self.cell])])
        ends = [self.ends(float(each)) for each in np.atleast_1d(np.asarray(minutes, np.float64))]
        return np.stack([sums[end] - sums[self.starts[:-1]] for end in ends], axis=1)

    def part(self, sites: npt.NDArray[np.integer]) -> TravelMatrix:
        """Some of the sites, in the order given."""
        first, sizes = self.starts[sites], np.diff(self.starts)[sites]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        which = np.arange(starts[-1]) + np.repeat(first - starts[:-1], sizes)
        return TravelMatrix(starts, self.cell[which], self.minutes[which], self.cells, self.limit_minutes)

    def costs(self, minutes: float) -> Costs:
        """The pairs within ``minutes``, by cell. Raises InvalidAmount."""
        ends = self.ends(minutes)
        sizes = ends - self.starts[:-1]
        site = np.repeat(np.arange(self.sites), sizes)
        which = np.arange(len(site)) + np.repeat(self.starts[:-1] - (np.cumsum(sizes) - sizes), sizes)
        told = np.minimum(self.minutes[which].astype(np.float64), minutes)
        return Costs.of(self.cell[which], site, told, (self.cells, self.sites))
