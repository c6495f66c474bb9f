"""Compiled decays: squared costs become weights, many at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiling import compiled, compiled_loosely

Floats = npt.NDArray[np.float64]

STEPS, BELL, FADING, EVEN = 0, 1, 2, 3
MOST_OF_HALVED = 0.28125
MIDDLE = MOST_OF_HALVED / 2
AT_MIDDLE = math.exp(-MIDDLE)
FEWEST_HALVINGS = 4


class Weighing(NamedTuple):
    """A decay as numbers: kind, largest squared cost that counts, its factor, and the steps where it has some."""

    kind: int
    limit: float
    factor: float
    halvings: int
    squares: Floats
    weights: Floats


@compiled_loosely
def exp_negative(t: Floats, out: Floats, count: int, halvings: int) -> None:
    """out = exp(−t) for 0 ≤ t ≤ 0.28125 · 2^halvings, halvings ≥ 4; relative error below 1e-15 · 2^halvings.

    exp(−t) = exp(−t / 2^h)^(2^h), the inner one by its Taylor polynomial about the middle of its range.
    """
    scale = 1.0 / (1 << halvings)
    for i in range(count):
        v = MIDDLE - t[i] * scale
        p = 1 / 362880.0
        p = p * v + 1 / 40320.0
        p = p * v + 1 / 5040.0
        p = p * v + 1 / 720.0
        p = p * v + 1 / 120.0
        p = p * v + 1 / 24.0
        p = p * v + 1 / 6.0
        p = p * v + 0.5
        p = p * v + 1.0
        p = (p * v + 1.0) * AT_MIDDLE
        p *= p
        p *= p
        p *= p
        out[i] = p * p
    for _ in range(halvings - FEWEST_HALVINGS):
        for i in range(count):
            out[i] *= out[i]


@compiled
def weigh(square: Floats, count: int, weighing: Weighing, scratch: Floats) -> None:
    """Squared costs become weights, in place; 0 beyond the limit."""
    if weighing.kind == STEPS:
        weigh_steps(square, count, weighing, scratch)
    elif weighing.kind == EVEN:
        for i in range(count):
            square[i] = 1.0 - math.sqrt(square[i]) / weighing.factor if square[i] <= weighing.limit else 0.0
    elif weighing.kind == BELL:
        bell_of(square, scratch, count, weighing)
        cut_off(square, scratch, count, weighing.limit)
    else:
        for i in range(count):
            scratch[i] = math.sqrt(min(square[i], weighing.limit)) * weighing.factor
        exp_negative(scratch, scratch, count, weighing.halvings)
        cut_off(square, scratch, count, weighing.limit)


@compiled
def weigh_steps(square: Floats, count: int, weighing: Weighing, scratch: Floats) -> None:
    """Each step overwrites what the wider ones put."""
    for i in range(count):
        scratch[i] = square[i]
        square[i] = 0.0
    for k in range(len(weighing.squares) - 1, -1, -1):
        within, weight = weighing.squares[k], weighing.weights[k]
        for i in range(count):
            square[i] = weight if scratch[i] <= within else square[i]


@compiled
def cut_off(square: Floats, weight: Floats, count: int, limit: float) -> None:
    """The weight where the square is within the limit, in its place."""
    for i in range(count):
        square[i] = weight[i] if square[i] <= limit else 0.0


@compiled
def bell_of(square: Floats, out: Floats, count: int, weighing: Weighing) -> None:
    """exp(−square · factor); exactly 1 without a factor. Beyond the limit the value is not used."""
    if weighing.factor == 0:
        out[:count] = 1.0
        return
    for i in range(count):
        out[i] = min(square[i], weighing.limit) * weighing.factor
    exp_negative(out, out, count, weighing.halvings)
