"""Compiles everything at set-up, so that nobody waits for it later: ``python -m geo.warm``.

Every process of the same machine then finds the code; where it is kept, ``geo.compiling`` says.
"""

from __future__ import annotations

import numpy as np

from geo.catchment import Locations, two_step
from geo.decay import binary, exponential, gaussian, linear, stepped
from geo.eligibility import Eligibility
from geo.engines import is_accelerated
from geo.neighbours import nearest, pairs_within


def compile_all() -> bool:
    """Compiles every loop by using it once; False where numba is not installed, and nothing needs compiling."""
    if not is_accelerated():
        return False
    cells = np.stack(np.meshgrid(np.arange(40.0), np.arange(40.0)), axis=-1).reshape(-1, 2)
    sites = cells[::7] + 0.25
    one = np.ones(len(cells)), np.ones(len(sites))
    eligible = Eligibility.of(np.zeros(len(cells)), np.zeros(len(sites)), np.zeros(len(sites)))
    for decay in (binary(5), stepped((2, 5), (1, 0.5)), linear(5), gaussian(5), exponential(5, 0.2)):
        for where in (Locations(cells, sites), Locations(cells * 1.1 + cells[::-1] ** 2, sites)):
            two_step(*one, where, decay, engine="compiled")
    two_step(*one, Locations(cells, sites, eligible), binary(5), engine="compiled")
    nearest(cells, sites, engine="compiled")
    pairs_within(cells, sites, 5.0, engine="compiled")
    return True


if __name__ == "__main__":
    compile_all()
