"""Class breaks for choropleths: few classes, of equal values never in two, with how many areas each has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_CLASS = -1


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Classes of values.

    upper    : (k,) the largest value of each class, rising        lower : (k,) the smallest that occurs in it
    counts   : (k,) values in each class
    class_of : (n,) the class of each value, −1 for nan
    """

    upper: Floats
    lower: Floats
    counts: Ints
    class_of: Ints


def quantiles(values: npt.ArrayLike, classes: int) -> Classes:
    """Classes of about as many values each. Equal values stay together, so that there can be fewer classes than asked.

    values : (n,) finite numbers, nan where unknown. No classes where there is no number. Raises ShapeMismatch,
    InvalidAmount.
    """
    value, number = _checked(values, classes)
    if not number.size:
        return _classes(value, number)
    last = np.ceil(np.arange(1, classes + 1) * len(number) / classes).astype(np.int64) - 1
    return _classes(value, np.unique(np.sort(number)[last]))


def natural_breaks(values: npt.ArrayLike, classes: int) -> Classes:
    """Classes with the least squared deviation from their means: Fisher (1958), in maps known as Jenks (1967).

    values : (n,) finite numbers, nan where unknown. As many classes as asked, or as there are different values.
    Takes classes · d² steps for d different values. Raises ShapeMismatch, InvalidAmount.
    """
    value, number = _checked(values, classes)
    distinct, counts = np.unique(number, return_counts=True)
    if len(distinct) <= classes:
        return _classes(value, distinct)
    return _classes(value, distinct[_best_ends(distinct, counts.astype(np.float64), classes)])


def _best_ends(distinct: Floats, counts: Floats, classes: int) -> Ints:
    """(classes,) index of the last value of each class, by dynamic programming over prefixes."""
    centred = distinct - np.average(distinct, weights=counts)  # or sums of squares would swallow small deviations
    n = len(distinct)
    people, first, second = (np.r_[0.0, np.cumsum(counts * centred**power)] for power in (0, 1, 2))
    starts = np.arange(n)

    def spread(end: int) -> Floats:
        """Squared deviations of start … end for every start."""
        weight, total = people[end + 1] - people[: end + 1], first[end + 1] - first[: end + 1]
        return np.asarray(np.maximum(second[end + 1] - second[: end + 1] - total * total / weight, 0.0))

    best = np.array([spread(end)[0] for end in range(n)])
    chosen = np.zeros((classes, n), np.int64)
    for k in range(1, classes):
        before = np.r_[np.inf, best[:-1]]
        best = np.full(n, np.inf)
        for end in range(k, n):
            cost = before[: end + 1] + spread(end)
            start = int(np.argmin(cost[k:])) + k
            chosen[k, end], best[end] = starts[start], cost[start]
    ends = [n - 1]
    for k in range(classes - 1, 0, -1):
        ends.append(int(chosen[k, ends[-1]]) - 1)
    return np.array(ends[::-1])


def _checked(values: npt.ArrayLike, classes: int) -> tuple[Floats, Floats]:
    value = np.asarray(values, np.float64)
    if value.ndim != 1:
        raise ShapeMismatch(f"values have shape {value.shape}, expected (n,)")
    if classes < 1:
        raise InvalidAmount(f"classes are {classes}, expected at least 1")
    if np.isinf(value).any():
        raise InvalidAmount("a value is infinite, expected finite numbers, or nan where unknown")
    return value, value[~np.isnan(value)]


def _classes(value: Floats, upper: Floats) -> Classes:
    known = ~np.isnan(value)
    class_of = np.full(len(value), NO_CLASS, np.int64)
    class_of[known] = np.searchsorted(upper, value[known], side="left")
    lower = np.full(len(upper), np.inf)
    np.minimum.at(lower, class_of[known], value[known])
    return Classes(upper, lower, np.bincount(class_of[known], minlength=len(upper)), class_of)
