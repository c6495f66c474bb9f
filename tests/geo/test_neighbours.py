import numpy as np
import pytest
from hypothesis import given

from geo.engines import Engine
from geo.errors import InvalidAmount, OutsideExtent, ShapeMismatch
from geo.limits import largest_square
from geo.neighbours import mean_of_nearest, nearest, pairs_within
from tests.geo import oracles
from tests.geo.oracles import World, world, worlds

ENGINES: list[Engine] = ["scipy", "compiled"]
SHAPES = [(60, 25), (1, 30), (30, 1), (1, 1)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("with_areas", [False, True])
@pytest.mark.parametrize("on_lattice", [False, True])
@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_pairs_are_those_of_a_double_loop(n: int, m: int, on_lattice: bool, with_areas: bool, engine: Engine) -> None:
    at = world(n, m, on_lattice=on_lattice, with_areas=with_areas)
    costs = pairs_within(at.demand, at.supply, 10_000, eligible=at.eligible, engine=engine)
    expected = {
        (i, j): oracles.distance(at.demand[i], at.supply[j])
        for i in range(n)
        for j in range(m)
        if oracles.serves(at.eligible, i, j) and oracles.distance(at.demand[i], at.supply[j]) <= 10_000
    }
    found = zip(costs.demand_of_pairs.tolist(), costs.matrix.indices.tolist(), costs.matrix.data.tolist(), strict=True)
    assert {(i, j): cost for i, j, cost in found} == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_a_site_at_the_door_is_a_pair_of_cost_zero(engine: Engine) -> None:
    costs = pairs_within([(5.0, 5.0)], [(5.0, 5.0), (6.0, 5.0)], 0.5, engine=engine)
    assert costs.pairs == 1
    assert costs.matrix.data.tolist() == [0.0]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_site_exactly_at_the_cutoff_is_within_it(engine: Engine) -> None:
    home = [(362_000.0, 361_000.0)]
    ring = [(362_000.0 + east, 361_000.0 + north) for east, north in ((6000, 8000), (-10000, 0), (8000, -6000))]
    assert pairs_within(home, ring, 10_000, engine=engine).pairs == 3
    assert pairs_within(home, ring, np.nextafter(10_000, 0), engine=engine).pairs == 0
    assert nearest(home, ring, cutoff_m=10_000, engine=engine).supply.tolist() == [0]
    assert nearest(home, ring, cutoff_m=np.nextafter(10_000, 0), engine=engine).supply.tolist() == [-1]
    # here no number above the square has the same root
    assert largest_square(1_000) == 1_000_000
    assert nearest([(0.0, 0.0)], [(600.0, 800.0)], cutoff_m=1_000, engine=engine).supply.tolist() == [0]
    assert pairs_within([(0.0, 0.0)], [(600.0, 800.0)], 1_000, engine=engine).pairs == 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cutoff", [np.inf, 4000.0])
@pytest.mark.parametrize("on_lattice", [False, True])
@pytest.mark.parametrize(("n", "m"), [*SHAPES, (400, 300)])
def test_nearest_is_that_of_a_double_loop(n: int, m: int, on_lattice: bool, cutoff: float, engine: Engine) -> None:
    at = world(n, m, on_lattice=on_lattice)
    found = nearest(at.demand, at.supply, cutoff_m=cutoff, engine=engine)
    assert (found.distance_m.tolist(), found.supply.tolist()) == oracles.nearest(at, cutoff)


@pytest.mark.parametrize("seed", range(4))
def test_nearest_is_one_that_serves_the_people(seed: int) -> None:
    at = world(60, 25, on_lattice=True, with_areas=True, seed=seed)
    found = nearest(at.demand, at.supply, eligible=at.eligible)
    assert (found.distance_m.tolist(), found.supply.tolist()) == oracles.nearest(at)


@pytest.mark.parametrize("engine", ENGINES)
def test_nearest_of_many_at_one_place_is_the_first(engine: Engine) -> None:
    found = nearest([(0.0, 0.0), (9.0, 9.0)], [(5.0, 5.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0)], engine=engine)
    assert found.supply.tolist() == [1, 0]
    assert found.distance_m.tolist() == [1.0, pytest.approx(32**0.5)]


@pytest.mark.parametrize("engine", ENGINES)
def test_finds_sites_far_outside_the_people(engine: Engine) -> None:
    people = np.array([(0.0, 0.0), (1000.0, 0.0), (-5e5, 4e5)])
    sites = np.array([(1e6, 1e6), (1e6, 1e6 + 1), (-9e5, 9e5)])
    at = World(people, np.ones(3), sites, np.ones(3))
    found = nearest(people, sites, engine=engine)
    assert (found.distance_m.tolist(), found.supply.tolist()) == oracles.nearest(at)


def test_nearest_is_the_same_to_the_bit_however_many_threads_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    # on lines a kilometre apart, so that many sites are equally near, and many groups of points at the edge of a chunk
    people = random.integers(0, 120, (20_000, 2)) * 1000.0
    sites = random.integers(0, 120, (1_500, 2)) * 1000.0
    plain, results = nearest(people, sites, engine="scipy"), set()
    for threads in (1, 2, 5):
        monkeypatch.setattr("geo.threads.count_of_threads", lambda threads=threads: threads)
        found = nearest(people, sites, engine="compiled")
        results.add((found.distance_m.tobytes(), found.supply.tobytes()))
    assert results == {(plain.distance_m.tobytes(), plain.supply.tobytes())}


@pytest.mark.parametrize("engine", ENGINES)
def test_finds_none_where_squares_are_too_large_for_numbers(engine: Engine) -> None:
    found = nearest([(0.0, 0.0)] * 3, [(1e200, 0.0), (0.0, 1e200)], engine=engine)
    assert (found.distance_m.tolist(), found.supply.tolist()) == ([np.inf] * 3, [-1] * 3)


@given(at=worlds())
def test_both_ways_find_the_same(at: World) -> None:
    plain, fast = (pairs_within(at.demand, at.supply, 7500, engine=engine).matrix for engine in ENGINES)
    assert plain.indptr.tolist() == fast.indptr.tolist()
    assert plain.indices.tolist() == fast.indices.tolist()
    assert plain.data.tolist() == fast.data.tolist()
    near, also = (nearest(at.demand, at.supply, engine=engine) for engine in ENGINES)
    assert near.distance_m.tolist() == also.distance_m.tolist() == oracles.nearest(at)[0]
    assert near.supply.tolist() == also.supply.tolist() == oracles.nearest(at)[1]


@given(at=worlds())
def test_the_order_of_sites_does_not_matter_for_distances(at: World) -> None:
    assert nearest(at.demand, at.supply[::-1]).distance_m.tolist() == nearest(at.demand, at.supply).distance_m.tolist()


@pytest.mark.parametrize("with_areas", [False, True])
@pytest.mark.parametrize("k", [1, 3, 30])
def test_mean_of_the_nearest_few_is_that_of_sorted_distances(k: int, with_areas: bool) -> None:
    at = world(50, 20, on_lattice=True, with_areas=with_areas)
    expected = []
    for i in range(50):
        near = sorted(
            oracles.distance(at.demand[i], at.supply[j]) for j in range(20) if oracles.serves(at.eligible, i, j)
        )
        expected.append(np.mean(near[:k]) if len(near) >= k else np.inf)
    found = mean_of_nearest(at.demand, at.supply, k, eligible=at.eligible)
    assert found == pytest.approx(np.array(expected))


def test_each_of_several_sites_at_one_place_counts() -> None:
    sites = [(3.0, 0.0), (3.0, 0.0), (3.0, 0.0), (9.0, 0.0)]
    assert mean_of_nearest([(0.0, 0.0)], sites, 3).tolist() == [3.0]
    assert mean_of_nearest([(0.0, 0.0)], sites, 4).tolist() == [4.5]


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_near_where_there_is_nothing(engine: Engine) -> None:
    home, none = [(1.0, 2.0)], np.empty((0, 2))
    assert nearest(home, none, engine=engine).distance_m.tolist() == [np.inf]
    assert nearest(home, none, engine=engine).supply.tolist() == [-1]
    assert nearest(none, home, engine=engine).supply.tolist() == []
    assert pairs_within(home, none, 1.0, engine=engine).shape == (1, 0)
    assert pairs_within(none, home, 1.0, engine=engine).shape == (0, 1)
    assert mean_of_nearest(home, none, 3).tolist() == [np.inf]


def test_refuses_what_is_no_position_or_no_distance() -> None:
    with pytest.raises(OutsideExtent, match=r"supply has \[nan, 1.0\] at 1, expected finite metres"):
        nearest([(0.0, 0.0)], [(0.0, 0.0), (np.nan, 1.0)])
    with pytest.raises(OutsideExtent, match="demand has"):
        pairs_within([(np.inf, 0.0)], [(0.0, 0.0)], 1)
    with pytest.raises(ShapeMismatch, match=r"demand has shape \(1, 3\), expected \(n, 2\)"):
        nearest([(1.0, 2.0, 3.0)], [(0.0, 0.0)])
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(InvalidAmount, match="cutoff_m is"):
            pairs_within([(0.0, 0.0)], [(0.0, 0.0)], wrong)
    with pytest.raises(InvalidAmount, match="k is 0"):
        mean_of_nearest([(0.0, 0.0)], [(0.0, 0.0)], 0)
    at = world(3, 4, with_areas=True)
    with pytest.raises(ShapeMismatch, match=r"\(3, 4\) points, expected \(2, 4\)"):
        nearest(at.demand[:2], at.supply, eligible=at.eligible)


@pytest.mark.parametrize("distance", [0.0, 0.1, 0.3, 7.7, 1e4, 12345.678, np.inf])
def test_the_largest_square_is_the_last_whose_root_is_within(distance: float) -> None:
    square = largest_square(distance)
    assert np.sqrt(square) <= distance
    assert np.isinf(distance) or np.sqrt(np.nextafter(square, np.inf)) > distance
