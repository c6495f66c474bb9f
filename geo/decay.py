"""How much a site counts for people at a distance: 1 at the door, 0 beyond the cutoff.

A decay is called with costs of any shape, in the unit of its cutoff (metres or minutes), and gives weights of the same
shape between 0 and 1. The cutoff itself still counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]


class Decay(Protocol):
    """A weight for each cost, 0 beyond ``cutoff``."""

    @property
    def cutoff(self) -> float:
        """The largest cost that counts."""
        ...

    def __call__(self, cost: npt.ArrayLike) -> Floats:
        """Weights of the costs, of the same shape."""
        ...


@dataclass(frozen=True, slots=True)
class Binary:
    """Everything within the cutoff counts alike."""

    cutoff: float

    def __call__(self, cost: npt.ArrayLike) -> Floats:
        """1 within the cutoff."""
        return (np.asarray(cost, np.float64) <= self.cutoff).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Stepped:
    """Falls in steps: the weight of the first break that the cost does not exceed."""

    breaks: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def cutoff(self) -> float:
        """The last break."""
        return self.breaks[-1]

    def __call__(self, cost: npt.ArrayLike) -> Floats:
        """The weight of each cost's step."""
        step = np.searchsorted(self.breaks, np.asarray(cost, np.float64), side="left")
        return np.append(np.asarray(self.weights), 0.0)[step]


@dataclass(frozen=True, slots=True)
class Linear:
    """Falls evenly from 1 to 0 at the cutoff."""

    cutoff: float

    def __call__(self, cost: npt.ArrayLike) -> Floats:
        """1 − cost / cutoff."""
        share = np.asarray(cost, np.float64) / self.cutoff
        return np.where(share <= 1, 1 - share, 0.0)


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Falls like a bell, cut at the cutoff."""

    cutoff: float
    sigma: float

    def __call__(self, cost: npt.ArrayLike) -> Floats:
        """exp(−cost² / 2σ²)."""
        costs = np.asarray(cost, np.float64)
        return np.where(costs <= self.cutoff, np.exp(-(costs * costs) / (2 * self.sigma**2)), 0.0)


@dataclass(frozen=True, slots=True)
class Exponential:
    """Falls by the same share with every unit, cut at the cutoff."""

    cutoff: float
    rate: float

    def __call__(self, cost: npt.ArrayLike) -> Floats:
        """exp(−rate · cost)."""
        costs = np.asarray(cost, np.float64)
        return np.where(costs <= self.cutoff, np.exp(-self.rate * costs), 0.0)


def binary(cutoff: float) -> Binary:
    """1 up to the cutoff, 0 beyond: the original two-step catchment of Luo and Wang (2003).

    >>> binary(10)([0, 5, 10, 10.1]).tolist()
    [1.0, 1.0, 1.0, 0.0]
    """
    return Binary(_positive("cutoff", cutoff))


def stepped(breaks: tuple[float, ...], weights: tuple[float, ...]) -> Stepped:
    """Steps of falling weight, as in Luo and Qi (2009): 10, 20, 30 minutes with 1, 0.68, 0.22 (or 1, 0.42, 0.09).

    >>> stepped((10, 20, 30), (1, 0.68, 0.22))([0, 10, 10.1, 30, 31]).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]

    Raises ShapeMismatch, or InvalidAmount where breaks do not rise or weights rise or leave [0, 1].
    """
    if not breaks or len(breaks) != len(weights):
        raise ShapeMismatch(f"{len(breaks)} breaks with {len(weights)} weights, expected as many of both, at least one")
    ends = tuple(_positive("break", each) for each in breaks)
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise InvalidAmount(f"breaks are {breaks}, expected rising numbers")
    falling = all(later <= earlier for earlier, later in zip((1.0, *weights), (*weights, 0.0), strict=True))
    if not falling:
        raise InvalidAmount(f"weights are {weights}, expected falling numbers from at most 1 to at least 0")
    return Stepped(ends, tuple(float(weight) for weight in weights))


def linear(cutoff: float) -> Linear:
    """Evenly falling to 0 at the cutoff.

    >>> linear(10)([0, 5, 10, 11]).tolist()
    [1.0, 0.5, 0.0, 0.0]
    """
    return Linear(_positive("cutoff", cutoff))


def gaussian(cutoff: float, sigma: float | None = None) -> Gaussian:
    """A bell of width ``sigma``, a third of the cutoff where not given; cut at the cutoff, after Dai (2010).

    >>> gaussian(30)([0, 10, 20, 30, 31]).round(4).tolist()
    [1.0, 0.6065, 0.1353, 0.0111, 0.0]
    """
    return Gaussian(_positive("cutoff", cutoff), _positive("sigma", cutoff / 3 if sigma is None else sigma))


def exponential(cutoff: float, rate: float) -> Exponential:
    """Falling by the share ``rate`` with each unit of cost, cut at the cutoff.

    >>> exponential(30, 0.1)([0, 10, 20, 31]).round(4).tolist()
    [1.0, 0.3679, 0.1353, 0.0]
    """
    return Exponential(_positive("cutoff", cutoff), _positive("rate", rate))


def _positive(name: str, value: float) -> float:
    if not (np.isfinite(value) and value > 0):
        raise InvalidAmount(f"{name} is {value}, expected a number above 0")
    return float(value)
