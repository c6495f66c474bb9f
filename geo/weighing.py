"""Compiled decays: squared costs become weights, many at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiling import compiled
from geo.vectors import exp_negative, put_bell

Floats = npt.NDArray[np.float64]

STEPS, BELL, FADING, EVEN = 0, 1, 2, 3


class Weighing(NamedTuple):
    """A decay as numbers: kind, largest squared cost that counts, its factor, and the steps where it has some."""

    kind: int
    limit: float
    factor: float
    halvings: int
    squares: Floats
    weights: Floats


@compiled
def weigh(square: Floats, count: int, weighing: Weighing, scratch: Floats) -> None:
    """Squared costs become weights, in place; 0 beyond the limit."""
    if weighing.kind == STEPS:
        weigh_steps(square, count, weighing, scratch)
    elif weighing.kind == EVEN:
        for i in range(count):
            square[i] = 1.0 - math.sqrt(square[i]) / weighing.factor if square[i] <= weighing.limit else 0.0
    elif weighing.kind == BELL:
        bell_of(square, square, count, weighing)
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
    """exp(−square · factor), exactly 1 without a factor; 0 beyond the limit. In whole vectors."""
    if weighing.factor == 0:
        for i in range(count):
            out[i] = 1.0 if square[i] <= weighing.limit else 0.0
    else:
        put_bell(out, square, count, (weighing.factor, weighing.limit), weighing.halvings)
