"""The fewest sites so that everyone who can be reached is (location set covering, Toregas and others 1971)."""

from __future__ import annotations

import numpy as np

from geo.siting.plan import Plan, Progress, never_stop
from geo.siting.programs import maximise
from geo.siting.savings import Savings


def cover_everyone(coverage: Savings, *, progress: Progress = never_stop, seconds: float = 60.0) -> Plan:
    """The fewest candidates that cover all rows of ``coverage``; value and bound are numbers of sites.

    People whom no candidate reaches are in no row: the caller counts them. Raises TimeoutError where no plan was found.
    """
    if not len(coverage.persons):
        return Plan((), 0.0, 0.0)
    covers = coverage.by_row.copy()
    covers.data = np.full(covers.nnz, -1.0)
    n = coverage.n_candidates
    solved = maximise(-np.ones(n), covers, -np.ones(covers.shape[0]), n, progress=progress, seconds=seconds)
    if not solved.values.size:
        raise TimeoutError(f"no plan was found in {seconds} s")
    chosen = np.flatnonzero(solved.values > 0.5)
    return Plan(tuple(map(int, chosen)), float(len(chosen)), float(np.ceil(-solved.bound - 1e-6)))


def cover_everyone_quickly(coverage: Savings) -> Plan:
    """One candidate after the other that covers most people, until all are covered; nothing is proven."""
    cost, chosen = coverage.base.copy(), list[int]()
    gains = coverage.gains(cost)
    while len(gains) and gains.max() > 0:
        chosen.append(int(np.argmax(gains)))
        cost[coverage.rows_of(chosen[-1])] = 0.0
        gains = coverage.gains(cost)
    return Plan(tuple(chosen), float(len(chosen)), float("nan"))


__all__ = ["cover_everyone", "cover_everyone_quickly"]
