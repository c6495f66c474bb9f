"""Sites for the area that is worst off, again and again: fairness before numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.checks import amounts
from geo.costs import Costs
from geo.errors import ShapeMismatch
from geo.siting.plan import Choice, Flags, Floats, Plan


def worst_area_first(
    demand: npt.ArrayLike,
    area: npt.ArrayLike,
    costs: Costs,
    cutoff: float,
    choice: Choice,
    *,
    is_covered: npt.ArrayLike | None = None,
) -> Plan:
    """One site after the other for the area with the lowest share of people within reach; the value is that share.

    demand : (n_demand,) persons        area : (n_demand,) number of the area of each
    costs  : (n_demand, n_candidates)   is_covered : (n_demand,) whether a present site is within reach already
    Of the candidates that help the worst area most, the one that helps most people elsewhere. Areas without people, and
    those that no further candidate helps, are passed over. Nothing is proven. Raises ShapeMismatch, InvalidAmount.
    """
    people, of = amounts("demand", demand, costs.shape[0]), np.asarray(area, np.int64)
    if of.shape != people.shape:
        raise ShapeMismatch(f"area has shape {of.shape}, expected {people.shape}")
    covered = np.zeros(len(people), np.bool_) if is_covered is None else np.array(is_covered, np.bool_)
    near = costs.within(cutoff).matrix
    by_site = near.T.tocsr()
    row_of_pairs = np.repeat(np.arange(len(people)), np.diff(near.indptr))
    total = np.bincount(of, people).astype(np.float64)
    chosen: list[int] = []
    while len(chosen) < choice.k:
        site = _for_the_worst(people, of, covered, total, near.indices, row_of_pairs, choice.open_to(chosen))
        if site < 0:
            break
        chosen.append(site)
        covered[by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]] = True
    shares = _shares(people, of, covered, total)
    return Plan(tuple(chosen), float(np.nanmin(shares)) if np.isfinite(shares).any() else 0.0, float("nan"))


def _for_the_worst(
    people: Floats, of: np.ndarray, covered: Flags, total: Floats, site: np.ndarray, row: np.ndarray, is_open: Flags
) -> int:
    """The candidate for the worst area that can be helped; −1 where none helps anybody."""
    gain = np.where(covered, 0.0, people)[row]
    everywhere = np.bincount(site, gain, minlength=len(is_open))
    shares = _shares(people, of, covered, total)
    for worst in np.argsort(shares, kind="stable"):
        if np.isnan(shares[worst]):
            break
        here = np.bincount(site, np.where(of[row] == worst, gain, 0.0), minlength=len(is_open))
        here[~is_open] = 0.0
        if here.max(initial=0.0) > 0:
            best = np.flatnonzero(here >= here.max() * (1 - 1e-12))
            return int(best[np.argmax(everywhere[best])])
    return -1


def _shares(people: Floats, of: np.ndarray, covered: Flags, total: Floats) -> Floats:
    """(n_areas,) share of people within reach; nan where nobody lives."""
    reached = np.bincount(of, people * covered, minlength=len(total))
    return np.asarray(np.divide(reached, total, out=np.full(len(total), np.nan), where=total > 0))


__all__ = ["worst_area_first"]
