"""Who has a site within reach, what can be reached, and how far the nearest is: by person, by area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.checks import amounts, at_least_zero
from geo.costs import Costs
from geo.decay import Decay
from geo.errors import InvalidAmount, ShapeMismatch
from geo.neighbours import Nearest

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AreaTotals:
    """What the points of each area sum up to.

    total  : (n_areas,) Σ values
    weight : (n_areas,) Σ weights
    mean   : (n_areas,) weighted mean, nan where there is no weight
    """

    total: Floats
    weight: Floats
    mean: Floats


def lowest_costs(reach: Costs | Nearest | npt.ArrayLike) -> Floats:
    """(n_demand,) the cost of the nearest site of each point, inf where there is none within reach."""
    if isinstance(reach, Nearest):
        return reach.distance_m
    if isinstance(reach, Costs):
        matrix = reach.matrix
        lowest = np.full(reach.shape[0], np.inf)
        filled = np.flatnonzero(np.diff(matrix.indptr))
        if filled.size:
            lowest[filled] = np.minimum.reduceat(matrix.data, matrix.indptr[filled])
        return lowest
    return np.asarray(reach, np.float64)


def people_within(reach: Costs | Nearest | npt.ArrayLike, demand: npt.ArrayLike, cutoffs: npt.ArrayLike) -> Floats:
    """(cutoffs,) persons with a site within each cutoff, which itself is within.

    reach : costs, nearest sites, or (n_demand,) costs of the nearest, inf for none        demand : (n_demand,) persons
    Raises ShapeMismatch, InvalidAmount (also where a cutoff is larger than what ``Costs`` were limited to: that is for
    the caller to know, the pairs beyond are not there).
    """
    lowest = lowest_costs(reach)
    people = amounts("demand", demand, len(lowest))
    limits = np.asarray(cutoffs, np.float64).reshape(-1)
    for limit in limits:
        at_least_zero("cutoff", limit)
    if np.isnan(lowest).any():
        raise InvalidAmount("the cost of a nearest site is nan, expected a number, or inf where there is none")
    order = np.argsort(lowest, kind="stable")
    within = np.r_[0.0, np.cumsum(people[order])]
    found = np.searchsorted(lowest[order], limits, side="right")
    unreachable = int(np.isinf(lowest).sum())
    return np.asarray(within[np.minimum(found, len(lowest) - unreachable)])


def share_within(reach: Costs | Nearest | npt.ArrayLike, demand: npt.ArrayLike, cutoffs: npt.ArrayLike) -> Floats:
    """(cutoffs,) share of persons, in [0, 1], with a site within each cutoff; nan where there are no persons.

    Arrays as in ``people_within``. People without any site stay in the denominator. After Wachs and Kumagai (1973).
    """
    total = float(np.asarray(demand, np.float64).sum())
    within = people_within(reach, demand, cutoffs)
    return np.full(within.shape, np.nan) if total == 0 else np.minimum(within / total, 1.0)


def opportunities(cost: Costs, capacity: npt.ArrayLike, decay: Decay) -> Floats:
    """(n_demand,) places within reach of each point, weighted by the decay, nobody competing: cumulative opportunities.

    capacity : (n_supply,) places, nan where unknown: left out        A site counts as one place where capacity is 1.
    After Hansen (1959). Raises ShapeMismatch, InvalidAmount.
    """
    places = amounts("capacity", capacity, cost.shape[1], or_unknown=True)
    return np.asarray(cost.weights(decay) @ np.nan_to_num(places))


def weighted_quantiles(values: npt.ArrayLike, weights: npt.ArrayLike, at: npt.ArrayLike) -> Floats:
    """(at,) the least value that this share of the weight does not exceed: 0.5 is the median person's distance.

    values : (n,) e.g. distances, inf where there is no site        weights : (n,) persons        at : shares in [0, 1]
    nan where there is no weight. Raises ShapeMismatch, InvalidAmount.
    """
    each = np.asarray(values, np.float64)
    weight = amounts("weights", weights, each.size)
    shares = np.asarray(at, np.float64).reshape(-1)
    if np.isnan(each).any():
        raise InvalidAmount("a value is nan, expected numbers, or inf where there is none")
    if not ((shares >= 0) & (shares <= 1)).all():
        raise InvalidAmount(f"shares are {shares.tolist()}, expected numbers in [0, 1]")
    counted = np.flatnonzero(weight > 0)
    if not counted.size:
        return np.full(shares.shape, np.nan)
    order = counted[np.argsort(each[counted], kind="stable")]
    below = np.cumsum(weight[order])
    found = np.searchsorted(below, shares * below[-1] * (1 - 1e-12), side="left")
    return np.asarray(each[order][np.minimum(found, len(order) - 1)])


def by_area(values: npt.ArrayLike, weights: npt.ArrayLike, area_index: npt.ArrayLike, n_areas: int) -> AreaTotals:
    """Sums and weighted means per area.

    values : (n,) of each point        weights : (n,) persons        area_index : (n,) 0 … n_areas − 1, −1 in no area
    A point of weight 0 does not touch the mean, even where its value is inf or nan. Raises ShapeMismatch,
    InvalidAmount.
    """
    each = np.asarray(values, np.float64)
    weight = amounts("weights", weights, each.size)
    area = np.asarray(area_index)
    if area.shape != each.shape:
        raise ShapeMismatch(f"area_index has shape {area.shape}, expected {each.shape}")
    if area.size and (area.min() < -1 or area.max() >= n_areas):
        raise ShapeMismatch(f"area_index has {area.min()} to {area.max()}, expected −1 to {n_areas - 1}")
    inside = area >= 0
    where = area[inside].astype(np.int64)
    total = np.bincount(where, each[inside], n_areas)
    people = np.bincount(where, weight[inside], n_areas)
    moment = np.multiply(each, weight, out=np.zeros(each.shape), where=weight > 0)
    weighted = np.bincount(where, moment[inside], n_areas)
    mean = np.divide(weighted, people, out=np.full(n_areas, np.nan), where=people > 0)
    return AreaTotals(total.astype(np.float64), people.astype(np.float64), mean)
