"""What every measure asks of its arrays; the messages name the array, what it has, and what was expected."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidAmount, OutsideExtent, ShapeMismatch

Floats = npt.NDArray[np.float64]


def positions(name: str, points: npt.ArrayLike) -> Floats:
    """(n, 2) finite metres, contiguous. Raises ShapeMismatch, OutsideExtent."""
    array = np.ascontiguousarray(points, np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise ShapeMismatch(f"{name} has shape {array.shape}, expected (n, 2)")
    if not np.isfinite(array.min()) or not np.isfinite(array.max()):
        bad = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise OutsideExtent(f"{name} has {array[bad].tolist()} at {bad}, expected finite metres")
    return array


def amounts(name: str, values: npt.ArrayLike, count: int | None = None, *, or_unknown: bool = False) -> Floats:
    """(count,) finite numbers of at least 0, or nan for unknown where allowed. Raises ShapeMismatch, InvalidAmount."""
    array = np.ascontiguousarray(values, np.float64)
    expected = array.size if count is None else count
    if array.shape != (expected,):
        raise ShapeMismatch(f"{name} has shape {array.shape}, expected ({expected},)")
    wrong = ~((array >= 0) & (array < np.inf))
    if or_unknown:
        wrong &= ~np.isnan(array)
    if wrong.any():
        bad = int(np.flatnonzero(wrong)[0])
        raise InvalidAmount(f"{name} is {array[bad]} at {bad}, expected a finite number of at least 0")
    return array


def at_least_zero(name: str, value: float) -> float:
    """The number, which may be infinite but not negative or nan. Raises InvalidAmount."""
    if not value >= 0:
        raise InvalidAmount(f"{name} is {value}, expected a number of at least 0")
    return float(value)
