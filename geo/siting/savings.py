"""What sites save people: the more, the nearer they are. Covering is a saving of all or nothing.

``coverage`` asks how many people get a site within reach, ``shorter_ways`` how much shorter their ways become; sites
are chosen for both in the same manner (``choosing``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.checks import amounts
from geo.costs import Costs
from geo.errors import InvalidAmount, ShapeMismatch
from geo.siting.plan import Floats, Indices

SEED = 20_190_719


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """What people have with some candidates built.

    cost : (n_rows,) to the nearest site        second : (n_rows,) without that one        site : (n_rows,) it, −1: none
    """

    cost: Floats
    second: Floats
    site: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Savings:
    """People in rows, what each row has now, and the candidates that cost it less.

    persons : (n_rows,) above 0        base : (n_rows,) cost as it is now
    by_row  : (n_rows, n_candidates) costs below the base, the sites of a row in rising order of cost
    by_site : (n_candidates, n_rows) the same pairs
    """

    persons: Floats
    base: Floats
    by_row: csr_array
    by_site: csr_array

    @property
    def n_candidates(self) -> int:
        """How many candidates there are."""
        return int(self.by_site.shape[0])

    @property
    def most(self) -> float:
        """What all candidates together would save."""
        return self.value(np.arange(self.n_candidates))

    def value(self, chosen: npt.ArrayLike) -> float:
        """What these candidates save: persons covered, or persons times cost."""
        return float(self.persons @ (self.base - self.ways(chosen).cost))

    def ways(self, chosen: npt.ArrayLike) -> Ways:
        """What people have once these candidates are built."""
        picked = np.zeros(self.n_candidates, np.bool_)
        picked[np.asarray(chosen, np.int64)] = True
        hits = np.flatnonzero(picked[self.by_row.indices])
        row = self.row_of_pairs[hits]
        is_first = np.r_[True, row[1:] != row[:-1]][: len(row)]
        is_second = np.r_[False, is_first[:-1]][: len(row)] & ~is_first
        cost, second, site = self.base.copy(), self.base.copy(), np.full(len(self.base), -1)
        cost[row[is_first]] = self.by_row.data[hits[is_first]]
        site[row[is_first]] = self.by_row.indices[hits[is_first]]
        second[row[is_second]] = self.by_row.data[hits[is_second]]
        return Ways(cost, second, site)

    def gains(self, cost: Floats, rows: Indices | None = None) -> Floats:
        """(n_candidates,) what each candidate alone adds where people have ``cost``; only in these rows where given."""
        part = self.by_row if rows is None else self.by_row[rows]
        persons, has = (self.persons, cost) if rows is None else (self.persons[rows], cost[rows])
        lengths = np.diff(part.indptr)
        saved = np.maximum(np.repeat(has, lengths) - part.data, 0.0) * np.repeat(persons, lengths)
        return np.bincount(part.indices, saved, minlength=self.n_candidates).astype(np.float64, copy=False)

    def rows_of(self, site: int) -> Indices:
        """The rows to which a candidate is something."""
        return np.asarray(self.by_site.indices[self.by_site.indptr[site] : self.by_site.indptr[site + 1]], np.int64)

    @property
    def row_of_pairs(self) -> Indices:
        """(pairs,) the row of each pair of ``by_row``."""
        return np.repeat(np.arange(len(self.base)), np.diff(self.by_row.indptr))


def coverage(demand: npt.ArrayLike, costs: Costs, cutoff: float, *, is_covered: npt.ArrayLike | None = None) -> Savings:
    """Persons whom candidates would cover anew within ``cutoff`` (maximal covering, Church and ReVelle 1974).

    demand     : (n_demand,) persons        costs : (n_demand, n_candidates), in the unit of the cutoff
    is_covered : (n_demand,) whether a present site is within the cutoff already
    People whom the same candidates cover become one row. Raises ShapeMismatch, InvalidAmount.
    """
    n_demand = costs.shape[0]
    people = amounts("demand", demand, n_demand)
    if is_covered is not None:
        already = np.asarray(is_covered, np.bool_)
        if already.shape != (n_demand,):
            raise ShapeMismatch(f"is_covered has shape {already.shape}, expected ({n_demand},)")
        people = np.where(already, 0.0, people)
    near = costs.within(cutoff).matrix
    rows = np.flatnonzero((people > 0) & (np.diff(near.indptr) > 0))
    near = csr_array((np.zeros(near.nnz), near.indices, near.indptr), shape=near.shape)[rows]
    first, row_of = _alike(near)
    persons = np.bincount(row_of, people[rows], minlength=len(first)).astype(np.float64, copy=False)
    return _savings(persons, np.ones(len(first)), near[first])


def shorter_ways(demand: npt.ArrayLike, costs: Costs, present: npt.ArrayLike) -> Savings:
    """Persons times the cost that candidates would save them (p-median, Hakimi 1964, beside what is there).

    demand  : (n_demand,) persons        costs : (n_demand, n_candidates)
    present : (n_demand,) cost to the nearest present site; where there is none, the cost that stands for that: finite
    Raises ShapeMismatch, InvalidAmount.
    """
    n_demand = costs.shape[0]
    people, base = amounts("demand", demand, n_demand), amounts("present", present, n_demand)
    matrix = costs.matrix
    row_of = costs.demand_of_pairs
    keep = (matrix.data < base[row_of]) & (people[row_of] > 0)
    order = np.lexsort((matrix.indices[keep], matrix.data[keep], row_of[keep]))
    starts = np.r_[0, np.cumsum(np.bincount(row_of[keep], minlength=n_demand))]
    data, indices = matrix.data[keep][order], matrix.indices[keep][order]
    rows = np.flatnonzero(np.diff(starts))
    # rows without a candidate save nothing; what is left has every pair
    kept = csr_array((data, indices, np.r_[0, starts[rows + 1]]), shape=(len(rows), matrix.shape[1]))
    return _savings(people[rows], base[rows], kept)


def _savings(persons: Floats, base: Floats, by_row: csr_array) -> Savings:
    if not by_row.shape[1]:
        raise InvalidAmount("there are 0 candidates, expected at least 1")
    rows = np.repeat(np.arange(by_row.shape[0]), np.diff(by_row.indptr))
    order = np.argsort(by_row.indices, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(by_row.indices, minlength=by_row.shape[1]))]
    by_site = csr_array((by_row.data[order], rows[order], starts), shape=by_row.shape[::-1])
    return Savings(persons, base, by_row, by_site)


def _alike(near: csr_array) -> tuple[Indices, Indices]:
    """The first of the rows that have the same candidates, and for each row which of those it is."""
    if not near.shape[0]:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # two sums of random numbers tell sets of candidates apart: 106 bits
    marks = np.random.default_rng(SEED).integers(1, 2**53, (near.shape[1], 2)).astype(np.uint64)
    sums = np.stack([np.add.reduceat(marks[near.indices, each], near.indptr[:-1]) for each in (0, 1)], axis=1)
    _, first, row_of = np.unique(sums, axis=0, return_index=True, return_inverse=True)
    return first, row_of.ravel()


__all__ = ["Savings", "Ways", "coverage", "shorter_ways"]
