"""The measures written slowly, from their definitions; and worlds to compare them on."""

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from geo.decay import Decay, binary, exponential, gaussian, linear, stepped
from geo.eligibility import Eligibility

DECAYS = {
    "binary": binary(10_000),
    "stepped": stepped((2_000, 5_000, 10_000), (1, 0.68, 0.22)),
    "linear": linear(10_000),
    "gaussian": gaussian(10_000),
    "narrow gaussian": gaussian(10_000, 900),
    "exponential": exponential(10_000, 0.0003),
}


@dataclass(frozen=True)
class World:
    demand: np.ndarray
    people: np.ndarray
    supply: np.ndarray
    capacity: np.ndarray
    eligible: Eligibility | None = None


def world(n: int, m: int, *, on_lattice: bool = False, with_areas: bool = False, seed: int = 0) -> World:
    random = np.random.default_rng(seed)
    demand, supply = random.uniform(0, 40_000, (n, 2)), random.uniform(0, 40_000, (m, 2))
    if on_lattice:
        demand = np.floor(demand / 1000) * 1000 + 500
        supply[::3] = np.floor(supply[::3] / 1000) * 1000 + 500  # at 6, 8 and 10 km of others, exactly
    capacity = random.integers(0, 40, m).astype(float)
    capacity[::7] = np.nan
    eligible = None
    if with_areas:
        agreements = np.stack([random.integers(0, m, 5), random.integers(0, 2, 5), random.integers(0, 5, 5)], axis=1)
        areas = np.stack([random.integers(-1, 5, n), random.integers(0, 3, n)], axis=1)
        eligible = Eligibility.of(areas, random.integers(-1, 2, m), random.integers(0, 5, m), agreements)
    return World(demand, random.integers(0, 500, n).astype(float), supply, capacity, eligible)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Few points, many of them in the same places or at round distances."""
    position = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda at: (at[0] * 2500.0, at[1] * 2500.0))
    demand = draw(st.lists(position, max_size=12))
    supply = draw(st.lists(position, max_size=8))
    people = draw(st.lists(st.integers(0, 1000), min_size=len(demand), max_size=len(demand)))
    places = st.one_of(st.integers(0, 60), st.just(math.nan))
    capacity = draw(st.lists(places, min_size=len(supply), max_size=len(supply)))
    return World(
        np.array(demand, float).reshape(-1, 2),
        np.array(people, float),
        np.array(supply, float).reshape(-1, 2),
        np.array(capacity, float),
    )


def serves(eligible: Eligibility | None, i: int, j: int) -> bool:
    if eligible is None or eligible.supply_level[j] == -1:
        return True
    entries = [(eligible.supply_level[j], eligible.supply_area[j])]
    entries += [(level, area) for site, level, area in eligible.agreements if site == j]
    return any(area >= 0 and eligible.demand_areas[i, level] == area for level, area in entries)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return math.sqrt((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2)


def weights(of: World, decay: Decay) -> np.ndarray:
    """(n, m) by a double loop; 0 for whom a site does not serve."""
    table = np.zeros((len(of.demand), len(of.supply)))
    for i, home in enumerate(of.demand):
        for j, site in enumerate(of.supply):
            if serves(of.eligible, i, j):
                table[i, j] = float(decay(distance(home, site)))
    return table


def two_step(of: World, decay: Decay) -> tuple[np.ndarray, np.ndarray]:
    table = weights(of, decay)
    score, met = np.zeros(len(of.demand)), np.zeros(len(of.supply))
    for j, places in enumerate(of.capacity):
        met[j] = sum(table[i, j] * of.people[i] for i in range(len(of.demand)))
        if met[j] > 0 and not math.isnan(places):
            for i in range(len(of.demand)):
                score[i] += table[i, j] * places / met[j]
    return score, met


def nearest(of: World, cutoff: float = math.inf) -> tuple[list[float], list[int]]:
    """Distances and sites; of equally near ones the first."""
    found = []
    for i, home in enumerate(of.demand):
        near = [
            (distance(home, site), j)
            for j, site in enumerate(of.supply)
            if serves(of.eligible, i, j) and distance(home, site) <= cutoff
        ]
        found.append(min(near, default=(math.inf, -1)))
    return [each for each, _ in found], [site for _, site in found]
