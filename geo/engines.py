"""Which way something is computed: plain SciPy, or compiled loops where the problem is large and numba is installed.

Both give the same within 1e-9; the choice is one of time only. numba is an extra (``pip install mapapp[accelerated]``).
"""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Engine = Literal["auto", "scipy", "compiled"]

# from here on loading the compiled code (half a second, once per process) is soon earned
PAIRS_WORTH_COMPILING = 2_000_000
POINTS_WORTH_COMPILING = 100_000
SAMPLE = 10_000  # points that tell how far all reach, roughly


def is_accelerated() -> bool:
    """Whether compiled loops can be had."""
    return find_spec("numba") is not None


def compiles_pairs(engine: Engine, demand: Floats, supply: Floats, cutoff_m: float) -> bool:
    """Whether to compile what goes over all pairs within the cutoff."""
    return len(demand) > 0 and len(supply) > 0 and _compiles(engine, _expected_pairs(demand, supply, cutoff_m) >= 1)


def compiles_points(engine: Engine, demand: Floats, supply: Floats) -> bool:
    """Whether to compile what goes over all points."""
    return len(demand) > 0 and len(supply) > 0 and _compiles(engine, len(demand) >= POINTS_WORTH_COMPILING)


def _compiles(engine: Engine, is_large: bool) -> bool:
    return engine == "compiled" or (engine == "auto" and is_large and is_accelerated())


def _expected_pairs(demand: Floats, supply: Floats, cutoff_m: float) -> float:
    """How many times as many pairs as are worth compiling there would be, were the points spread evenly."""
    most = len(demand) * len(supply) / PAIRS_WORTH_COMPILING
    if most < 1:
        return most
    some = demand[:: 1 + len(demand) // SAMPLE]
    width, height = np.ptp(some[:, 0]), np.ptp(some[:, 1])  # along an axis of two numpy is slow
    area = max(float(width * height), 1.0)
    return most * min(1.0, math.pi * cutoff_m * cutoff_m / area)
