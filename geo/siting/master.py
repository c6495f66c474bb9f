"""A choice of k candidates as a mixed-integer program whose value is bounded by cuts that are added while it is solved.

Benders' decomposition: the program knows the sites only; what they are worth is told to it, block by block, by cuts
value ≤ constant + Σ slope · site. Solver: HiGHS.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from geo.siting.plan import Choice, Floats, Plan, Progress

TOLERANCE = 1e-7
MOST_ROUNDS = 500
ROUNDINGS = 20
SEED = 20_190_719
MOST_IN_UNITS = 1e6
BOUNDED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """For every block of people a bound that holds for all choices and is exact for the one it was made at.

    constant : (n_blocks,)        slope : (n_blocks, n_candidates)        value : (n_blocks,) at that choice
    """

    constant: Floats
    slope: Floats
    value: Floats


Cutter = Callable[[Floats], Cuts]  # of (n_candidates,) shares of sites between 0 and 1
Improver = Callable[[list[int]], list[int]]  # exchanges sites of a choice while that helps


def solve(
    cutter: Cutter, improver: Improver, choice: Choice, start: Plan, most: float, progress: Progress, seconds: float
) -> Plan:
    """The choice of greatest value, from a plan to ``start`` with; ``most`` is more than any choice can be worth.

    Ends early, with the best plan and the bound that was reached, when ``progress`` says so or ``seconds`` are over.
    """
    search = _Search(cutter, choice, start, most, progress, time.monotonic() + seconds)
    search.relax()
    search.round(improver)
    search.close_hopeless()
    return search.prove()


class _Search:
    """The master program and the best plan that is known."""

    def __init__(
        self, cutter: Cutter, choice: Choice, start: Plan, most: float, progress: Progress, deadline: float
    ) -> None:
        self.cutter, self.choice, self.progress, self.deadline = cutter, choice, progress, deadline
        self.best, self.bound, self.is_stopped = start, most, False
        self.scale = max(1.0, abs(start.value))
        # the solver's tolerances are for values up to some millions: it fails on persons times metres of a region
        self.unit = 2.0 ** max(0, math.ceil(math.log2(self.scale / MOST_IN_UNITS)))
        n = choice.n_candidates
        first = cutter(self._as_shares(start.chosen))
        self.blocks = len(first.constant)
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.setOptionValue("mip_rel_gap", 0.0)
        self.solver.setOptionValue("mip_abs_gap", TOLERANCE * self.scale / self.unit)
        self.solver.addVars(n, np.zeros(n), np.ones(n))
        self.solver.addVars(
            self.blocks, np.full(self.blocks, -highspy.kHighsInf), np.full(self.blocks, most / self.unit)
        )
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        values = np.arange(n, n + self.blocks, dtype=np.int32)
        self.solver.changeColsCost(self.blocks, values, np.ones(self.blocks))
        self._row(np.arange(n), np.ones(n), choice.k, choice.k)
        for members in choice.groups():
            self._row(members, np.ones(len(members)), -highspy.kHighsInf, choice.per_group)
        self._add(first)

    def relax(self) -> None:
        """Solve for shares of sites until no cut is violated."""
        for _ in range(MOST_ROUNDS):
            self._run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            shares = np.array(self.solver.getSolution().col_value)
            self.bound = min(self.bound, self.solver.getObjectiveValue() * self.unit)
            if self._is_over() or not self._add(self.cutter(self._sites(shares)), shares):
                break

    def round(self, improver: Improver) -> None:
        """Whole plans near the shares, each improved: mostly one of them is the best there is."""
        shares = self._sites(np.array(self.solver.getSolution().col_value))
        if not shares.size:
            return
        random = np.random.default_rng(SEED)
        for attempt in range(ROUNDINGS):
            if self._is_over():
                return
            # a site is drawn the more likely the larger its share (Gumbel's way to draw without putting back)
            noise = random.gumbel(size=len(shares)) * (attempt > 0)
            order = np.argsort(-(np.log(np.maximum(shares, 1e-9)) + noise), kind="stable")
            self._consider(np.sort(improver(self.choice.first_allowed(order))))

    def close_hopeless(self) -> None:
        """Close the sites with which no plan can be better than the best: to be asked before the program is whole."""
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return
        n, costs = self.choice.n_candidates, np.array(self.solver.getSolution().col_dual) * self.unit
        closed = np.flatnonzero(self.bound + costs[:n] < self.best.value - TOLERANCE * self.scale)
        closed = np.setdiff1d(closed, self.best.chosen)
        if len(closed):
            self.solver.changeColsBounds(
                len(closed), closed.astype(np.int32), np.zeros(len(closed)), np.zeros(len(closed))
            )

    def prove(self) -> Plan:
        """Solve for whole sites, cut by cut, until the program's value is the true one."""
        n = self.choice.n_candidates
        whole = np.arange(n, dtype=np.int32)
        self.solver.changeColsIntegrality(n, whole, np.full(n, highspy.HighsVarType.kInteger))
        while not self._is_over():
            self._run()
            shares = np.array(self.solver.getSolution().col_value)
            status = self.solver.getModelStatus()
            if status in BOUNDED:
                self.bound = min(self.bound, self.solver.getInfo().mip_dual_bound * self.unit)
            if status != highspy.HighsModelStatus.kOptimal:
                break
            self._consider(np.flatnonzero(self._sites(shares) > 0.5))
            if self._is_over() or not self._add(self.cutter(np.round(self._sites(shares))), shares):
                break
        return Plan(self.best.chosen, self.best.value, max(self.bound, self.best.value))

    def _run(self) -> None:
        left = max(0.1, self.deadline - time.monotonic())
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left)  # which counts all runs
        self.solver.run()

    def _consider(self, chosen: np.ndarray) -> None:
        value = float(self.cutter(self._as_shares(chosen)).value.sum())
        if value > self.best.value:
            self.best = Plan(tuple(int(site) for site in chosen), value, float("nan"))

    def _is_over(self) -> bool:
        proven = self.bound - self.best.value <= TOLERANCE * self.scale
        if not (proven or self.is_stopped):
            goes_on = self.progress(self.best.value, self.bound)
            self.is_stopped = not goes_on or time.monotonic() > self.deadline
        return proven or self.is_stopped

    def _add(self, cuts: Cuts, shares: Floats | None = None) -> bool:
        """Add the cuts that the shares violate (all without shares); whether there was one."""
        n, violated = self.choice.n_candidates, np.arange(self.blocks)
        if shares is not None:
            allowed = cuts.constant + cuts.slope @ self._sites(shares)
            violated = np.flatnonzero(shares[n:] * self.unit > allowed + TOLERANCE * self.scale / self.blocks)
        for block in map(int, violated):
            sites = np.flatnonzero(cuts.slope[block])
            # value − Σ slope · site ≤ constant
            self._row(
                np.append(sites, n + block),
                np.append(-cuts.slope[block][sites] / self.unit, 1.0),
                -highspy.kHighsInf,
                float(cuts.constant[block]) / self.unit,
            )
        return bool(len(violated))

    def _row(self, columns: np.ndarray, factors: Floats, lower: float, upper: float) -> None:
        self.solver.addRow(lower, upper, len(columns), columns.astype(np.int32), factors.astype(np.float64))

    def _sites(self, shares: Floats) -> Floats:
        return np.clip(shares[: self.choice.n_candidates], 0.0, 1.0)

    def _as_shares(self, chosen: np.ndarray | tuple[int, ...]) -> Floats:
        shares = np.zeros(self.choice.n_candidates)
        shares[np.asarray(chosen, np.int64)] = 1
        return shares


__all__ = ["Cuts", "solve"]
