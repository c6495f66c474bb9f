"""Networks, joins, searches and matrices, against a slow search of the book and by hand."""

import heapq
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidAmount, ShapeMismatch
from geo.roads.joining import Joins, join
from geo.roads.matrix import TravelMatrix
from geo.roads.network import RoadNetwork, network_of
from geo.roads.search import nearest_minutes, travel_rows
from geo.roads.ways import Ways, network_of_ways

LEG_KMH = 6.0  # 100 m a minute


def slow_minutes(network: RoadNetwork, start: int) -> dict[int, float]:
    """Dijkstra of the book, forwards from a point: the least minutes to every point that can be got to."""
    leaving = defaultdict(list)
    arrivals = network.arrivals.tocoo()
    for head, tail, minutes in zip(arrivals.row, arrivals.col, arrivals.data, strict=True):
        leaving[int(tail)].append((int(head), float(minutes)))
    best, waiting = {}, [(0.0, start)]
    while waiting:
        minutes, point = heapq.heappop(waiting)
        if point in best:
            continue
        best[point] = minutes
        for head, more in leaving[point]:
            heapq.heappush(waiting, (minutes + more, head))
    return best


@st.composite
def networks(draw: st.DrawFn) -> RoadNetwork:
    """Networks with one-way arcs, arcs that are there twice, islands and points at one place."""
    count = draw(st.integers(2, 12))
    xy = draw(st.lists(st.tuples(*[st.integers(0, 2_000)] * 2), min_size=count, max_size=count))
    point = st.integers(0, count - 1)
    arcs = draw(st.lists(st.tuples(point, point, st.integers(0, 40)), min_size=1, max_size=40))
    tail, head, minutes = zip(*arcs, strict=True)
    if all(a == b for a, b in zip(tail, head, strict=True)):
        tail, head = (*tail, 0), (*head, 1)
        minutes = (*minutes, 1)
    return network_of(np.array(xy, float), tail, head, np.array(minutes) / 4, np.ones(count, np.bool_))


def joined_at_points(network: RoadNetwork, which: np.ndarray) -> Joins:
    return Joins(network.xy[which], which.astype(np.int32), np.zeros(len(which)))


@settings(max_examples=150, deadline=None)
@given(network=networks(), limit=st.integers(1, 60))
def test_finds_what_a_slow_search_forwards_from_each_cell_finds(network: RoadNetwork, limit: int) -> None:
    every = joined_at_points(network, np.arange(network.points))
    minutes = travel_rows(network, every, every, float(limit), LEG_KMH).costs(float(limit)).matrix.tocoo()
    found = {(int(i), int(j)): value for i, j, value in zip(minutes.row, minutes.col, minutes.data, strict=True)}
    slow = {
        (cell, site): value
        for cell in range(network.points)
        for site, value in slow_minutes(network, cell).items()
        if value <= limit
    }
    assert set(found) == set(slow)
    assert all(found[pair] == pytest.approx(value, abs=1e-4) for pair, value in slow.items())


@settings(max_examples=60, deadline=None)
@given(network=networks())
def test_is_never_longer_than_a_way_through_a_third_place(network: RoadNetwork) -> None:
    every = joined_at_points(network, np.arange(network.points))
    costs = travel_rows(network, every, every, 1e6, LEG_KMH).costs(1e6).matrix
    minutes = np.full(costs.shape, np.inf)
    rows = np.repeat(np.arange(costs.shape[0]), np.diff(costs.indptr))
    minutes[rows, costs.indices] = costs.data
    detours = (minutes[:, :, None] + minutes[None, :, :]).min(axis=1)
    assert (minutes <= detours + 1e-4).all()


@settings(max_examples=60, deadline=None)
@given(network=networks(), data=st.data())
def test_a_search_from_all_sites_gives_the_nearest_of_each_search(network: RoadNetwork, data: st.DataObject) -> None:
    indices = st.lists(st.integers(0, network.points - 1), min_size=1, max_size=5)
    sites = joined_at_points(network, np.array(data.draw(indices)))
    legs = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(sites), max_size=len(sites))), float)
    sites = Joins(sites.xy + 1e5, sites.point, legs)
    cells = joined_at_points(network, np.arange(network.points))
    expected = np.full(network.points, np.inf)
    for cell in range(network.points):
        reached = slow_minutes(network, cell)
        expected[cell] = min(
            (reached.get(int(point), np.inf) + leg for point, leg in zip(sites.point, legs, strict=True))
        )
    assert nearest_minutes(network, sites, cells) == pytest.approx(expected, abs=1e-4)


def line(minutes: float = 3.0, *, both_ways: bool = True) -> RoadNetwork:
    """Three points 1 km apart on a line."""
    tail, head = [0, 1], [1, 2]
    arcs = (tail + head, head + tail) if both_ways else (tail, head)
    xy = [(0, 0), (1000, 0), (2000, 0)]
    return network_of(np.array(xy, float), *arcs, [minutes] * len(arcs[0]), [True] * 3)


def test_keeps_the_fastest_of_arcs_between_the_same_points_and_leaves_lonely_points_out() -> None:
    network = network_of(
        np.array([(0, 0), (5, 5), (1000, 0)], float), [0, 0, 2, 2], [2, 2, 0, 2], [9.0, 4.0, 7.0, 1.0], [True] * 3
    )
    assert network.points == 2
    assert sorted(network.arrivals.data) == [4.0, 7.0]


def test_counts_both_legs_and_only_what_is_within_the_limit_with_them() -> None:
    network = line()
    cells = join(network, [(0, 100), (2000, 200)], within_m=500, leg_kmh=LEG_KMH)
    site = join(network, [(1000, 50)], within_m=500, leg_kmh=LEG_KMH)
    row = travel_rows(network, site, cells, 10.0, LEG_KMH)
    assert row.minutes.tolist() == pytest.approx([1 + 3 + 0.5, 2 + 3 + 0.5])
    assert row.cell.tolist() == [0, 1]
    assert travel_rows(network, site, cells, 4.6, LEG_KMH).cell.tolist() == [0]
    assert travel_rows(network, site, cells, 4.4, LEG_KMH).pairs == 0


def test_goes_straight_between_places_that_join_at_the_same_point() -> None:
    network = line()
    places = join(network, [(0, 300), (0, 300), (0, -100)], within_m=500, leg_kmh=LEG_KMH)
    row = travel_rows(network, places.part(slice(0, 1)), places, 60.0, LEG_KMH)
    assert dict(zip(row.cell.tolist(), row.minutes.tolist(), strict=True)) == pytest.approx({0: 0.0, 1: 0.0, 2: 4.0})


def test_goes_towards_the_site_and_not_away_from_it() -> None:
    network = line(both_ways=False)
    east, west = (int(np.argmax(network.xy[:, 0])), int(np.argmin(network.xy[:, 0])))
    ends = joined_at_points(network, np.array([west, east]))
    matrix = travel_rows(network, ends, ends, 60.0, LEG_KMH)
    to_west, to_east = (matrix.part(np.array([site])) for site in (0, 1))
    assert to_west.cell.tolist() == [0]
    assert dict(zip(to_east.cell.tolist(), to_east.minutes.tolist(), strict=True)) == pytest.approx({1: 0.0, 0: 6.0})


def test_a_place_is_off_the_network_beyond_the_limit_of_joining_and_has_no_times() -> None:
    network = line()
    places = join(network, [(0, 500), (0, 501)], within_m=500, leg_kmh=LEG_KMH)
    assert places.is_joined.tolist() == [True, False]
    matrix = travel_rows(network, places, places, 60.0, LEG_KMH)
    assert (matrix.pairs, matrix.cell.tolist()) == (1, [0])
    assert np.isinf(nearest_minutes(network, places, places)).tolist() == [False, True]


def test_nobody_joins_an_island_or_a_way_without_entries() -> None:
    xy = np.array([(0, 0), (1000, 0), (2000, 0), (100, 900), (200, 900)], float)
    network = network_of(xy, [0, 1, 1, 2, 3, 4], [1, 0, 2, 1, 4, 3], [1.0] * 6, [True] * 5)
    assert sorted(network.component_points.tolist()) == [2, 2, 3, 3, 3]
    near_the_island = [(150.0, 800.0)]
    assert join(network, near_the_island, within_m=1500, leg_kmh=LEG_KMH).leg_minutes[0] < 1.5
    closed = network.closed_islands(3)
    assert closed.xy[join(closed, near_the_island, within_m=1500, leg_kmh=LEG_KMH).point[0]].tolist() == [0, 0]
    assert not join(network.closed_islands(4), near_the_island, within_m=1500, leg_kmh=LEG_KMH).is_joined.any()


def ways(*rows: tuple[list[int], float, float, float]) -> Ways:
    vertices, forward, backward, minutes = zip(*rows, strict=True)
    starts = np.cumsum([0, *(len(each) for each in vertices)])
    numbers = (np.array(each, float) for each in (forward, backward, minutes))
    return Ways(starts, np.concatenate(vertices).astype(np.int64), *numbers, np.ones(len(rows), np.bool_))


def test_a_long_stretch_gets_points_in_between_and_takes_as_long() -> None:
    xy = np.array([(0, 0), (1000, 0), (1000, 90)], float)
    network = network_of_ways(xy, ways(([0, 1, 2], 60.0, 0.0, np.nan)), np.zeros(3, np.bool_), longest_m=300)
    assert network.points == 6
    assert network.arrivals.data.sum() == pytest.approx(1.09)
    halfway = join(network, [(500, 0)], within_m=10, leg_kmh=LEG_KMH)
    assert halfway.is_joined.all()


def test_a_way_of_known_duration_takes_it_whatever_its_shape() -> None:
    xy = np.array([(0, 0), (300, 0), (300, 700)], float)
    network = network_of_ways(xy, ways(([0, 1, 2], 5.0, 5.0, 20.0)), np.zeros(3, np.bool_), longest_m=1e6)
    assert sorted(network.arrivals.data) == pytest.approx([6, 6, 14, 14])


def test_one_comes_up_to_a_barrier_from_both_sides_but_not_through() -> None:
    xy = np.array([(0, 0), (100, 0), (200, 0)], float)
    road = ways(([0, 1, 2], 6.0, 6.0, np.nan))
    assert len(np.unique(network_of_ways(xy, road, np.zeros(3, np.bool_)).component)) == 1
    barred = network_of_ways(xy, road, np.array([False, True, False]))
    assert (barred.points, len(np.unique(barred.component))) == (4, 2)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_people_within_any_minutes_are_those_of_a_count_one_by_one(data: st.DataObject) -> None:
    cells = data.draw(st.integers(1, 6))
    rows = []
    for _ in range(data.draw(st.integers(0, 4))):
        here = data.draw(st.lists(st.integers(0, cells - 1), unique=True))
        times = sorted(data.draw(st.lists(st.integers(0, 240), min_size=len(here), max_size=len(here))))
        rows.append((np.array(here, np.int64), np.array(times, float) / 4))
    matrix = TravelMatrix.of_rows(rows, cells, 60.0)
    persons = np.arange(1.0, cells + 1)
    asked = [0.0, 7.25, 30.0, 60.0]
    slow = [[sum(persons[c] for c, t in zip(*row, strict=True) if t <= limit) for limit in asked] for row in rows]
    assert matrix.people_within(persons, asked) == pytest.approx(np.array(slow, float).reshape(len(rows), len(asked)))
    assert matrix.costs(7.25).pairs == sum(int((row[1] <= 7.25).sum()) for row in rows)


def test_sites_can_be_chosen_and_put_together_again() -> None:
    rows = [
        (np.array([0, 1]), np.array([1.0, 2.0])),
        (np.array([], np.int64), np.array([])),
        (np.array([1]), np.array([5.0])),
    ]
    matrix = TravelMatrix.of_rows(rows, 2, 10.0)
    again = TravelMatrix.stacked([matrix.part(np.array([0])), matrix.part(np.array([1, 2]))])
    assert (again.starts.tolist(), again.cell.tolist()) == (matrix.starts.tolist(), matrix.cell.tolist())
    assert matrix.part(np.array([2, 0])).minutes.tolist() == [5.0, 1.0, 2.0]


def test_says_what_is_wrong() -> None:
    matrix = TravelMatrix.of_rows([], 2, 10.0)
    with pytest.raises(InvalidAmount, match=r"minutes is 11, expected 0 to 10\.0"):
        matrix.ends(11)
    with pytest.raises(ShapeMismatch, match="not all of the same cells and limit"):
        TravelMatrix.stacked([matrix, TravelMatrix.of_rows([], 3, 10.0)])
    with pytest.raises(InvalidAmount, match=r"an arc takes -1\.0 minutes"):
        network_of(np.zeros((2, 2)), [0], [1], [-1.0], [True, True])
    with pytest.raises(ShapeMismatch, match="expected \\(arcs,\\)"):
        network_of(np.zeros((2, 2)), [0], [1, 0], [1.0], [True, True])
    with pytest.raises(InvalidAmount, match="limit_minutes is 0"):
        empty = Joins(np.empty((0, 2)), np.empty(0, np.int32), np.empty(0))
        travel_rows(line(), empty, empty, 0, LEG_KMH)
