"""What it costs to get from people to sites: a sparse table of the pairs that are within reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.decay import Decay
from geo.eligibility import Eligibility
from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Costs of the pairs within reach, in metres or minutes; a pair that is not stored is out of reach.

    matrix : (n_demand, n_supply) CSR, sites of a row rising; a stored 0 is a site at the door, and is kept
    """

    matrix: csr_array

    def __post_init__(self) -> None:
        """Raises ShapeMismatch, InvalidAmount."""
        if self.matrix.ndim != 2:
            raise ShapeMismatch(f"costs have shape {self.matrix.shape}, expected (n_demand, n_supply)")
        data = self.matrix.data
        if data.size and not (data.min() >= 0 and np.isfinite(data.max())):
            bad = data[~((data >= 0) & np.isfinite(data))][0]
            raise InvalidAmount(f"a cost is {bad}, expected a finite number of at least 0")
        if not self.matrix.has_canonical_format:
            raise ShapeMismatch("costs have unsorted or repeated pairs, expected each pair once, sites rising")

    @classmethod
    def of(cls, demand: npt.ArrayLike, supply: npt.ArrayLike, cost: npt.ArrayLike, shape: tuple[int, int]) -> Self:
        """From pairs: indices of demand points and sites with their costs, all (pairs,), in any order, each pair once.

        Raises ShapeMismatch, InvalidAmount.
        """
        rows, columns, values = np.asarray(demand), np.asarray(supply), np.asarray(cost, np.float64)
        if not rows.shape == columns.shape == values.shape or rows.ndim != 1:
            raise ShapeMismatch(f"pairs have shapes {rows.shape}, {columns.shape}, {values.shape}, expected (pairs,)")
        for name, index, count in (("demand", rows, shape[0]), ("supply", columns, shape[1])):
            if index.size and (index.min() < 0 or index.max() >= count):
                raise ShapeMismatch(f"{name} has indices {index.min()} to {index.max()}, expected 0 to {count - 1}")
        order = np.lexsort((columns, rows))
        starts = np.zeros(shape[0] + 1, np.int64)
        np.cumsum(np.bincount(rows.astype(np.int64), minlength=shape[0]), out=starts[1:])
        return cls(csr_array((values[order], columns[order].astype(np.int32), starts), shape=shape))

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of demand points and sites."""
        rows, columns = self.matrix.shape
        return int(rows), int(columns)

    @property
    def pairs(self) -> int:
        """How many pairs are within reach."""
        return int(self.matrix.nnz)

    @property
    def demand_of_pairs(self) -> Ints:
        """(pairs,) the demand point of each stored pair."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.matrix.indptr))

    def weights(self, decay: Decay) -> csr_array:
        """(n_demand, n_supply) weights of the same pairs, those of weight 0 among them."""
        return self._with(decay(self.matrix.data))

    def within(self, cutoff: float) -> Costs:
        """The pairs that cost at most ``cutoff``."""
        return self._only(self.matrix.data <= cutoff)

    def allowed_by(self, eligible: Eligibility) -> Costs:
        """The pairs whose site serves the people of the point. Raises ShapeMismatch."""
        eligible.expect(*self.shape)
        return self._only(eligible.allows(self.demand_of_pairs, self.matrix.indices))

    def _with(self, data: Floats) -> csr_array:
        return csr_array((data, self.matrix.indices, self.matrix.indptr), shape=self.shape)

    def _only(self, keep: npt.NDArray[np.bool_]) -> Costs:
        kept = np.r_[0, np.cumsum(keep)][self.matrix.indptr]
        return Costs(csr_array((self.matrix.data[keep], self.matrix.indices[keep], kept), shape=self.shape))
