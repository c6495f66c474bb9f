"""Small problems of siting, made at random, and the slow way to solve them."""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pytest

from geo.costs import Costs
from geo.neighbours import pairs_within
from geo.siting.plan import Choice

CUTOFF = 2_500.0


@pytest.fixture(params=range(6))
def problem(request: pytest.FixtureRequest) -> tuple[np.ndarray, Costs]:
    """Persons at 60 points, and the distances to 12 candidates within reach."""
    random = np.random.default_rng(request.param)
    points = random.uniform(0, 10_000, (60, 2))
    persons = np.round(random.lognormal(3, 1, 60))
    return persons, pairs_within(points, random.uniform(0, 10_000, (12, 2)), CUTOFF)


def best_of_all(value: Callable[[tuple[int, ...]], float], choice: Choice) -> float:
    """The greatest value of any choice that is allowed: tried one by one."""
    return max(map(value, allowed(choice)))


def allowed(choice: Choice) -> Iterator[tuple[int, ...]]:
    for chosen in combinations(range(choice.n_candidates), choice.k):
        groups = [] if choice.group is None else choice.group[list(chosen)].tolist()
        if all(groups.count(group) <= choice.per_group for group in groups):
            yield chosen
