"""Synthetic countries: inhabited kilometre cells, and sites of which most follow the people; nothing is real."""

from dataclasses import dataclass

import numpy as np

from geo.decay import Gaussian, gaussian

CUTOFF_M = 10_000.0
DECAY: Gaussian = gaussian(CUTOFF_M)
SCALES = {"A2": (19_947, 2_000), "B": (300_000, 50_000), "C": (4_500_000, 500_000)}
CORNER = 200_500.0, 300_500.0


@dataclass(frozen=True)
class Country:
    demand: np.ndarray
    people: np.ndarray
    supply: np.ndarray
    capacity: np.ndarray


def country(scale: str, seed: int = 4) -> Country:
    """A region, a country or a continent: cells row by row, people around towns, six sites in ten where people are."""
    n, m = SCALES[scale]
    random = np.random.default_rng(seed)
    side = int(np.sqrt(n * 1.1)) + 1
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    cells = np.sort(random.choice(side * side, n, replace=False))
    demand = np.stack([column.ravel()[cells], row.ravel()[cells]], axis=1) * 1000.0 + CORNER
    people = np.round(random.lognormal(3, 1.2, n) + 4000 * _near_towns(random, side).ravel()[cells])
    follow = random.choice(n, int(0.6 * m), p=people / people.sum())
    near = demand[follow] + random.uniform(-500, 500, (len(follow), 2))
    anywhere = random.uniform(0, side * 1000.0, (m - len(follow), 2)) + np.array(CORNER) - 500
    supply = np.vstack([near, anywhere])[random.permutation(m)]
    return Country(demand, people, np.round(supply, 2), random.integers(5, 120, m).astype(float))


def _near_towns(random: np.random.Generator, side: int) -> np.ndarray:
    """(side, side) how urban a cell is, 1 in the middle of a town."""
    urban = np.zeros((side, side))
    for size, x, y in zip(*random.random((3, side * side // 400)), strict=True):
        radius = int(1 + 6 * size**6)
        west, south = int(x * side), int(y * side)
        block = urban[max(0, south - radius) : south + radius + 1, max(0, west - radius) : west + radius + 1]
        np.maximum(block, size, out=block)
    return urban
