"""Sites of limited capacity where the most missing places would be filled: the least gap that is left."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from geo.checks import amounts
from geo.costs import Costs
from geo.errors import ShapeMismatch
from geo.siting.plan import Choice, Floats, Plan, Progress, never_stop
from geo.siting.programs import INFINITY, chosen_at_most, maximise


def fill_gaps(
    missing: npt.ArrayLike,
    capacity: npt.ArrayLike,
    costs: Costs,
    choice: Choice,
    *,
    progress: Progress = never_stop,
    seconds: float = 60.0,
) -> Plan:
    """The candidates that fill most of the missing places; the value is places filled.

    missing  : (n_demand,) places missing where people live        capacity : (n_candidates,) places at each new site
    costs    : (n_demand, n_candidates), only the pairs that may use each other
    A place is used by one of those who reach it (capacitated maximal covering, Current and Storbeck 1988).
    Raises ShapeMismatch, InvalidAmount, TimeoutError where no plan was found.
    """
    lacks = amounts("missing", missing, costs.shape[0])
    places = amounts("capacity", capacity, costs.shape[1])
    if choice.n_candidates != costs.shape[1]:
        raise ShapeMismatch(f"choice has {choice.n_candidates} candidates, costs have {costs.shape[1]}")
    useful = lacks[costs.demand_of_pairs] > 0
    row, site = costs.demand_of_pairs[useful], costs.matrix.indices[useful]
    n, pairs = choice.n_candidates, len(row)
    use = n + np.arange(pairs)
    # a site gives no more than it has, and nothing where it is not built; nobody gets more than is missing
    gives = csr_array(
        (np.r_[np.ones(pairs), -places], (np.r_[site, np.arange(n)], np.r_[use, np.arange(n)])), shape=(n, n + pairs)
    )
    gets = csr_array((np.ones(pairs), (row, use)), shape=(len(lacks), n + pairs))
    limits, most = chosen_at_most(choice, pairs)
    solved = maximise(
        np.r_[np.zeros(n), np.ones(pairs)],
        csr_array(vstack([gives, gets, limits])),
        np.r_[np.zeros(n), lacks, most],
        n,
        highest=np.r_[np.ones(n), np.full(pairs, INFINITY)],
        progress=progress,
        seconds=seconds,
    )
    return _plan(solved.values, solved.objective, solved.bound, choice, seconds)


def fill_gaps_quickly(missing: npt.ArrayLike, capacity: npt.ArrayLike, costs: Costs, choice: Choice) -> Plan:
    """One candidate after the other that fills most of what is still missing; arrays as in ``fill_gaps``.

    A site is shared by those who reach it in proportion to what they lack; the value is what is filled so, at least.
    Nothing is proven. Raises ShapeMismatch, InvalidAmount.
    """
    lacks = amounts("missing", missing, costs.shape[0]).copy()
    places = amounts("capacity", capacity, costs.shape[1])
    row_of, site_of = costs.demand_of_pairs, costs.matrix.indices
    by_site = csr_array(costs.matrix.T)
    chosen: list[int] = []
    value = 0.0
    while len(chosen) < choice.k:
        around = np.bincount(site_of, lacks[row_of], minlength=costs.shape[1])
        fills = np.where(choice.open_to(chosen), np.minimum(around, places), -1.0)
        site = int(np.argmax(fills))
        if fills[site] <= 0:
            break
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        lacks[rows] *= max(0.0, 1 - fills[site] / around[site])
        chosen.append(site)
        value += float(fills[site])
    return Plan(tuple(chosen), value, float("nan"))


def _plan(values: Floats, objective: float, bound: float, choice: Choice, seconds: float) -> Plan:
    if not values.size:
        raise TimeoutError(f"no plan was found in {seconds} s")
    chosen = np.flatnonzero(values[: choice.n_candidates] > 0.5)
    return Plan(tuple(map(int, chosen)), float(objective), float(bound))


__all__ = ["fill_gaps", "fill_gaps_quickly"]
