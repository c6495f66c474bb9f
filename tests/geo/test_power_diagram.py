import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidGeometry
from geo.power_diagram import balanced_weights, owned_areas, power_diagram

OUTLINE = shapely.box(0, 0, 40_000, 30_000)

seeds = st.integers(0, 10_000)


def random_sites(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform((0, 0), (40_000, 30_000), (n, 2))


@given(seeds, st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_gives_each_place_to_the_site_of_least_power_distance(seed: int, n: int) -> None:
    sites = random_sites(seed, n)
    weights = np.random.default_rng(seed + 1).uniform(-1e7, 1e7, n)
    cells = power_diagram(sites, weights).within(OUTLINE).cells
    for place in random_sites(seed + 2, 60):
        slowly = [((place - site) ** 2).sum() - weight for site, weight in zip(sites, weights, strict=True)]
        assert shapely.distance(cells[int(np.argmin(slowly))], shapely.Point(place)) < 1e-3


@given(seeds, st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_leaves_no_land_over_and_gives_none_twice(seed: int, n: int) -> None:
    cells = power_diagram(random_sites(seed, n), np.zeros(n)).within(OUTLINE).cells
    assert shapely.area(cells).sum() == pytest.approx(OUTLINE.area)
    assert shapely.area(shapely.union_all(cells)) == pytest.approx(OUTLINE.area)


def test_has_a_border_where_two_sites_are_equally_near() -> None:
    diagram = power_diagram(np.array([[10_000.0, 15_000], [30_000, 15_000]]), np.zeros(2)).within(OUTLINE)
    assert diagram.pairs.tolist() in ([[0, 1]], [[1, 0]])
    assert diagram.borders[0].equals_exact(shapely.LineString([(20_000, 0), (20_000, 30_000)]), 0.01) or (
        diagram.borders[0].equals_exact(shapely.LineString([(20_000, 30_000), (20_000, 0)]), 0.01)
    )


def test_leaves_a_site_without_land_where_another_outweighs_it() -> None:
    sites = np.array([[10_000.0, 15_000], [11_000, 15_000], [30_000, 9_000]])
    cells = power_diagram(sites, np.array([1e8, 0, 0])).within(OUTLINE).cells
    assert shapely.is_empty(cells).tolist() == [False, True, False]


def balanced(sites: np.ndarray, owner: np.ndarray, target: np.ndarray, slack: float = 0.0) -> np.ndarray:
    weights = balanced_weights(sites, owner, target * (1 - slack), target * (1 + slack), OUTLINE, np.zeros(len(sites)))
    return owned_areas(power_diagram(sites, weights[owner]).within(OUTLINE), owner)


@given(seeds, st.integers(2, 12), st.integers(0, 30))
@settings(max_examples=30, deadline=None)
def test_gives_each_owner_its_area(seed: int, n: int, more: int) -> None:
    random = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(n), random.integers(0, n, more)])
    target = random.uniform(0.5, 1.5, n)
    target *= OUTLINE.area / target.sum()
    found = balanced(random_sites(seed, n + more), owner, target)
    assert found == pytest.approx(target, rel=2e-3)


def test_changes_nothing_that_is_within_bounds() -> None:
    sites, owner = random_sites(7, 9), np.arange(9)
    nearest = owned_areas(power_diagram(sites, np.zeros(9)).within(OUTLINE), owner)
    target = nearest * np.linspace(0.97, 1.03, 9)
    assert balanced(sites, owner, target, slack=0.05) == pytest.approx(nearest)


def test_says_where_no_balance_is_to_be_had() -> None:
    far_away = np.array([[10_000.0, 15_000], [900_000, 15_000]])
    with pytest.raises(InvalidGeometry, match=r"gets \d+\.00 km², expected 600\.00 to 600\.00"):
        balanced(far_away, np.arange(2), np.full(2, OUTLINE.area / 2))
