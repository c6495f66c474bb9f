"""Changes of sites: the same as computing everything anew."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.costs import Costs
from geo.decay import gaussian
from geo.eligibility import EVERYBODY, Eligibility
from geo.errors import InvalidAmount, ShapeMismatch
from geo.neighbours import nearest, pairs_within
from geo.scenario import Indicators, NearestWays, NewSite, Situation

CUTOFF = 3_000.0
THRESHOLDS = np.array([1_000.0, 3_000.0])


def situation(seed: int, people: int = 80, sites: int = 8, areas: int = 5) -> tuple[Situation, np.ndarray]:
    """At random, some places unknown, some people in nobody's reach; and where people live.

    Everything is at whole half kilometres, so that some are exactly as far as a threshold, or as the cutoff.
    """
    random = np.random.default_rng(seed)
    cells = random.integers(0, 20, (people, 2)) * 500.0
    capacity = random.integers(0, 60, sites).astype(float)
    capacity[random.random(sites) < 0.2] = np.nan
    return (
        Situation(
            persons=random.integers(0, 40, people).astype(float),
            area=random.integers(0, areas, people),
            n_areas=areas,
            costs=pairs_within(cells, random.integers(0, 20, (sites, 2)) * 500.0, CUTOFF),
            capacity=capacity,
            site_area=random.integers(0, areas, sites),
            decay=gaussian(CUTOFF),
            thresholds=THRESHOLDS,
        ),
        cells,
    )


def new_site(cells: np.ndarray, random: np.random.Generator) -> NewSite:
    ways = np.hypot(*(cells - random.integers(0, 20, 2) * 500.0).T)
    return NewSite(np.where(ways <= CUTOFF, ways, np.inf), float(random.integers(0, 50)), int(random.integers(0, 5)))


def anew(before: Situation, closed: list[int], resized: dict[int, float], added: list[NewSite]) -> Indicators:
    """Everything in full, with the changes made."""
    stays = [site for site in range(len(before.capacity)) if site not in closed]
    ways = np.full(before.costs.shape, np.inf)
    ways[before.costs.demand_of_pairs, before.costs.matrix.indices] = before.costs.matrix.data
    ways = np.column_stack([ways[:, stays], *(each.cost for each in added)])
    rows, columns = np.nonzero(np.isfinite(ways))
    places = [resized.get(site, before.capacity[site]) for site in stays] + [each.capacity for each in added]
    after = Situation(
        persons=before.persons,
        area=before.area,
        n_areas=before.n_areas,
        costs=Costs.of(rows, columns, ways[rows, columns], ways.shape),
        capacity=np.array(places, float),
        site_area=np.array([*before.site_area[stays], *(each.area for each in added)], np.int64),
        decay=before.decay,
        thresholds=before.thresholds,
    )
    return after.indicators


@given(st.integers(0, 100_000), st.data())
def test_equals_the_full_computation(seed: int, data: st.DataObject) -> None:
    before, cells = situation(seed)
    random = np.random.default_rng(seed + 1)
    closed = data.draw(st.lists(st.integers(0, 7), unique=True, max_size=7))
    others = [site for site in range(8) if site not in closed]
    resized = data.draw(st.dictionaries(st.sampled_from(others), st.sampled_from([0.0, 7.0, 90.0, float("nan")])))
    added = [new_site(cells, random) for _ in range(data.draw(st.integers(0, 3)))]
    changed, expected = (
        before.changed(closed=closed, resized=resized, added=added),
        anew(before, closed, resized, added),
    )
    for name in ("places", "accessible", "reached"):
        np.testing.assert_allclose(getattr(changed, name), getattr(expected, name), rtol=1e-9, atol=1e-9)
    assert (changed.gained >= 0).all()
    assert (changed.lost >= 0).all()


def test_tells_who_gains_and_who_loses_where_both_happen() -> None:
    # one area: the site of the first 10 closes, another opens at the last 5, the 30 keep theirs
    costs = Costs.of([0, 1], [0, 1], [0.0, 0.0], (3, 2))
    whole = Situation(
        np.array([10.0, 30.0, 5.0]), np.array([0, 0, 0]), 1, costs, np.array([20.0, 20.0]), np.array([0, 0]),
        gaussian(CUTOFF), THRESHOLDS,
    )  # fmt: skip
    after = whole.changed(closed=[0], added=[NewSite(np.array([np.inf, np.inf, 1_500.0]), 4.0, 0)])
    assert after.lost.tolist() == [[10], [10]]
    assert after.gained.tolist() == [[0], [5]]
    assert after.reached.tolist() == [[30], [35]]


def test_changes_nothing_where_nothing_changes() -> None:
    before, _cells = situation(3)
    same = before.changed()
    np.testing.assert_array_equal(same.reached, before.indicators.reached)
    np.testing.assert_array_equal(same.accessible, before.indicators.accessible)


def test_counts_people_and_places_as_defined() -> None:
    # two areas: 10 people at the site, 30 people 2 km away, 5 in nobody's reach
    costs = Costs.of([0, 1], [0, 0], [0.0, 2_000.0], (3, 1))
    whole = Situation(
        np.array([10.0, 30.0, 5.0]), np.array([0, 1, 1]), 2, costs, np.array([20.0]), np.array([0]),
        gaussian(CUTOFF), THRESHOLDS,
    )  # fmt: skip
    near = np.exp(-((2_000 / 1_000) ** 2) / 2)
    assert whole.indicators.places.tolist() == [20, 0]
    assert whole.indicators.reached.tolist() == [[10, 0], [10, 30]]
    assert whole.indicators.accessible == pytest.approx([200 / (10 + 30 * near), 20 * 30 * near / (10 + 30 * near)])
    assert whole.changed(closed=[0]).reached.tolist() == [[0, 0], [0, 0]]
    added = NewSite(np.array([np.inf, np.inf, 500.0]), 4.0, 1)
    assert whole.changed(added=[added]).reached.tolist() == [[10, 5], [10, 35]]
    assert whole.changed(added=[added]).accessible.sum() == pytest.approx(24)


def test_takes_less_than_computing_anew_at_the_size_of_the_region() -> None:
    before, cells = situation(1, people=4_500, sites=400, areas=169)
    random = np.random.default_rng(2)
    added = [NewSite(new_site(cells, random).cost, 30.0, 7)]
    quick = min(_seconds(lambda: before.changed(closed=[5], added=added)) for _ in range(20))
    full = min(_seconds(lambda: anew(before, [5], {}, added)) for _ in range(3))
    assert quick < full / 5


def _seconds(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


@given(st.integers(0, 100_000), st.data())
def test_the_nearest_way_after_changes_is_that_of_a_search_anew(seed: int, data: st.DataObject) -> None:
    """Sites that serve everybody or one of three areas only, some people with no site at all."""
    random = np.random.default_rng(seed)
    cells, sites = random.uniform(0, 9_000, (60, 2)), random.uniform(0, 9_000, (7, 2))
    area, serves = random.integers(0, 3, 60), random.integers(-1, 3, 7)
    eligible = Eligibility.of(area, np.where(serves < 0, EVERYBODY, 0), np.maximum(serves, 0))
    straight = np.hypot(*(cells[:, None] - sites[None]).transpose(2, 0, 1))
    allowed = np.where((serves[None] < 0) | (serves[None] == area[:, None]), straight, np.inf)

    def among(rows: np.ndarray, open_sites: np.ndarray) -> np.ndarray:
        return nearest(cells[rows], sites[open_sites], eligible=eligible.part(rows, open_sites)).distance_m

    found = nearest(cells, sites, eligible=eligible)
    ways = NearestWays(found.distance_m, found.supply.astype(np.int64), 7, among)
    closed = data.draw(st.lists(st.integers(0, 6), unique=True))
    added = [np.hypot(*(cells - random.uniform(0, 9_000, 2)).T) for _ in range(data.draw(st.integers(0, 2)))]
    stays = [site for site in range(7) if site not in closed]
    expected = np.column_stack([allowed[:, stays], *added, np.full(60, np.inf)]).min(axis=1)
    np.testing.assert_allclose(ways.after(closed, added), expected, rtol=1e-12)


def test_only_those_whose_site_closes_look_for_another() -> None:
    asked = []

    def among(rows: np.ndarray, sites: np.ndarray) -> np.ndarray:
        asked.append((rows.tolist(), sites.tolist()))
        return np.full(len(rows), 9.0)

    ways = NearestWays(np.array([1.0, 2.0, 3.0, np.inf]), np.array([0, 1, 1, -1]), 3, among)
    assert ways.after([1], [np.array([5.0, 5.0, 5.0, 5.0])]).tolist() == [1, 5, 5, 5]
    assert asked == [([1, 2], [0, 2])]
    assert ways.after([2]).tolist() == [1, 2, 3, np.inf]
    assert len(asked) == 1
    with pytest.raises(InvalidAmount, match="site is 3, expected 0 to 2"):
        ways.after([3])
    with pytest.raises(ShapeMismatch, match="cost of a new site"):
        ways.after([], [np.zeros(2)])


def test_refuses_what_cannot_be() -> None:
    before, cells = situation(4)
    with pytest.raises(InvalidAmount, match="site is 9, expected 0 to 7"):
        before.changed(closed=[9])
    with pytest.raises(InvalidAmount, match="site 2 is closed and resized"):
        before.changed(closed=[2], resized={2: 5.0})
    with pytest.raises(InvalidAmount, match="resized is -1"):
        before.changed(resized={2: -1.0})
    with pytest.raises(ShapeMismatch, match="cost of a new site"):
        before.changed(added=[NewSite(np.zeros(3), 1.0, 0)])
    with pytest.raises(InvalidAmount, match="area of a new site is 5"):
        before.changed(added=[NewSite(np.zeros(len(cells)), 1.0, 5)])
