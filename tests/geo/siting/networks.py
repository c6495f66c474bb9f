"""Networks by the recipe of OR-Library's p-median problems; nothing is copied from there."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from geo.costs import Costs


def network_costs(n: int, seed: int) -> Costs:
    """(n, n) shortest ways between all vertices of a ring with chords: n² / 50 edges, lengths 1 to 100.

    Every vertex is a client and a candidate, as in Beasley, A note on solving large p-median problems (1985).
    """
    random = np.random.default_rng(seed)
    ring = np.arange(n)
    chords = random.integers(0, n, (n * n // 50 - n, 2))
    ends = np.vstack([np.stack([ring, np.roll(ring, -1)], axis=1), chords[chords[:, 0] != chords[:, 1]]])
    length = np.zeros((n, n))
    for (one, other), metres in zip(ends, random.integers(1, 101, len(ends)), strict=True):
        length[one, other] = length[other, one] = metres  # of edges between the same two the last counts
    return costs_of(length)


def costs_of(length: np.ndarray) -> Costs:
    """All shortest ways from the lengths of edges, 0 where there is none."""
    ways = shortest_path(csr_array(length), directed=False)
    one, other = np.indices(ways.shape).reshape(2, -1)
    return Costs.of(one, other, ways.ravel(), ways.shape)
