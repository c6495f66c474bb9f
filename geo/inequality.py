"""How unevenly something is spread over people."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.checks import amounts
from geo.errors import InvalidAmount

Floats = npt.NDArray[np.float64]


def gini(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """Half the mean absolute difference between two persons over the mean: 0 where all are equal.

    values : (n,) of each point, at least 0        weights : (n,) persons, 1 each where None
    nan where there is nobody, or nothing to share. After Gini (1912). Raises ShapeMismatch, InvalidAmount.
    """
    value, weight = _rising(values, weights)
    total = float(value @ weight)
    if total == 0:
        return float("nan")
    people = np.r_[0.0, np.cumsum(weight)] / weight.sum()
    held = np.r_[0.0, np.cumsum(value * weight)] / total
    under_lorenz = float(np.sum(np.diff(people) * (held[1:] + held[:-1])))
    return max(0.0, 1.0 - under_lorenz)


def palma(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """What the best-served tenth of people has over what the worst-served four tenths have.

    Arrays as in ``gini``; a point that lies across the line is divided. inf where the worst served have nothing, nan
    where nobody has. After Palma (2011). Raises ShapeMismatch, InvalidAmount.
    """
    value, weight = _rising(values, weights)
    total = float(value @ weight)
    if total == 0:
        return float("nan")
    people = np.r_[0.0, np.cumsum(weight)] / weight.sum()
    held = np.r_[0.0, np.cumsum(value * weight)] / total
    low, high = np.interp([0.4, 0.9], people, held)
    return float("inf") if low <= 0 else float((1 - high) / low)


def theil(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """Theil's T: mean of v/μ · ln(v/μ) over people, 0 where all are equal, ln(people) where one has everything.

    Arrays as in ``gini``; nan where there is nobody or nothing. After Theil (1967).
    """
    value, weight = _rising(values, weights)
    total = float(value @ weight)
    if total == 0:
        return float("nan")
    relative = value * (weight.sum() / total)
    logarithm = np.log(relative, out=np.zeros(len(relative)), where=relative > 0)
    return max(0.0, float((relative * logarithm) @ weight / weight.sum()))


def share_below(values: npt.ArrayLike, weights: npt.ArrayLike | None, threshold: float) -> float:
    """Share of people with less than ``threshold``, in [0, 1]; nan where there is nobody. Arrays as in ``gini``."""
    if np.isnan(threshold):
        raise InvalidAmount("threshold is nan, expected a number")
    value, weight = _rising(values, weights)
    people = float(weight.sum())
    return float(weight[value < threshold].sum()) / people if people > 0 else float("nan")


def _rising(values: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Values of the points with people, rising, and their weights."""
    value = amounts("values", values)
    weight = np.ones(len(value)) if weights is None else amounts("weights", weights, len(value))
    order = np.argsort(value, kind="stable")
    order = order[weight[order] > 0]
    return value[order], weight[order]
