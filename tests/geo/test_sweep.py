import numpy as np
import pytest

from geo import engines
from geo.catchment import Locations, two_step
from geo.decay import Decay, binary, exponential, gaussian
from geo.kernels import Buckets, Lattice
from geo.limits import largest_square
from geo.neighbours import nearest
from geo.sweep import SAMPLE, fits, in_buckets, layout_of, swept, weighing_of
from geo.warm import compile_all
from tests.geo import oracles
from tests.geo.oracles import DECAYS, World, world

CLOSE = 1e-9


def around(cells: np.ndarray, sites: int, margin: float) -> World:
    """Sites on and far beside the cells."""
    random = np.random.default_rng(8)
    low, high = cells.min(axis=0) - margin, cells.max(axis=0) + margin
    supply = random.uniform(low, high, (sites, 2))
    return World(cells, random.uniform(1, 99, len(cells)), supply, random.uniform(1, 9, sites))


def square(side: int, step: float, west: float = 362_500, south: float = 361_500) -> np.ndarray:
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    return np.stack([west + column.ravel() * step, south + row.ravel() * step], axis=1)


def test_knows_a_lattice_when_it_sees_one() -> None:
    cells = square(30, 1000.0)
    found = layout_of(cells).grid
    assert isinstance(found, Lattice)
    assert (found.west, found.south, found.step, found.columns, found.rows) == (362_500, 361_500, 1000, 30, 30)
    assert isinstance(layout_of(cells[np.random.default_rng(1).permutation(900)][:400]).grid, Lattice)


@pytest.mark.parametrize("axis", [0, 1])
def test_one_point_beside_its_cell_makes_it_no_lattice(axis: int) -> None:
    cells = square(70, 1000.0)
    assert isinstance(layout_of(cells).grid, Lattice)
    cells[417, axis] = np.nextafter(cells[417, axis], 0)  # not among those by which the step is told
    assert len(cells) >= 2 * SAMPLE
    assert isinstance(layout_of(cells).grid, Buckets)


def test_few_points_far_apart_are_no_lattice_to_keep() -> None:
    assert isinstance(layout_of(np.array([(0.0, 0.0), (1.0, 1.0), (900_000.0, 900_000.0)])).grid, Buckets)
    assert isinstance(layout_of(np.array([(5.0, 5.0), (5.0, 5.0)])).grid, Buckets)


@pytest.mark.parametrize("decay", DECAYS)
def test_is_right_for_sites_beside_the_lattice(decay: str) -> None:
    at = around(square(24, 250.0), 60, 11_000)
    assert isinstance(layout_of(at.demand).grid, Lattice)
    score, met = oracles.two_step(at, DECAYS[decay])
    access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), DECAYS[decay], engine="compiled")
    assert access.score == pytest.approx(score, rel=CLOSE, abs=0)
    assert access.demand_in_catchment == pytest.approx(met, rel=CLOSE, abs=0)
    assert access.is_unused.any()


@pytest.mark.parametrize("cutoff", [100.0, 2_000.0, 9_000.0, 20_000.0, 400_000.0])
def test_is_right_for_every_reach(cutoff: float) -> None:
    at = around(square(20, 250.0), 40, 12_000)
    layout, weighing = layout_of(at.demand), weighing_of(binary(cutoff))
    assert weighing is not None
    assert fits(layout, weighing) == (cutoff < 10_000)
    score, met = oracles.two_step(at, binary(cutoff))
    access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), binary(cutoff), engine="compiled")
    assert access.score == pytest.approx(score, rel=CLOSE, abs=0)
    assert access.demand_in_catchment == pytest.approx(met, rel=CLOSE, abs=0)
    bucketed, also_met = swept(in_buckets(at.demand), at.people, at.supply, at.capacity, weighing)
    assert bucketed == pytest.approx(score, rel=CLOSE, abs=0)
    assert also_met == pytest.approx(met, rel=CLOSE, abs=0)


@pytest.mark.parametrize("decay", [binary(1_000), gaussian(1_000)])
def test_counts_a_cell_exactly_at_the_cutoff(decay: Decay) -> None:
    assert largest_square(1_000) == 1_000_000
    cells = square(20, 200.0)
    at = World(cells, np.ones(400), cells[210:211] + 0.0, np.ones(1))
    score, met = oracles.two_step(at, decay)
    access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), decay, engine="compiled")
    assert access.score == pytest.approx(score, rel=CLOSE, abs=0)
    assert np.count_nonzero(access.score) == 81
    assert access.demand_in_catchment == pytest.approx(met, rel=CLOSE, abs=0)


def test_a_wide_window_stays_in_its_rows() -> None:
    at = around(square(60, 1000.0), 50, 39_000)
    weighing = weighing_of(gaussian(38_000))
    assert weighing is not None
    assert fits(layout_of(at.demand), weighing)
    score, met = oracles.two_step(at, gaussian(38_000))
    access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), gaussian(38_000), engine="compiled")
    assert access.score == pytest.approx(score, rel=CLOSE, abs=0)
    assert access.demand_in_catchment == pytest.approx(met, rel=CLOSE, abs=0)


def test_people_at_one_place_are_added_up() -> None:
    cells = np.repeat(square(10, 1000.0), 3, axis=0)
    at = around(cells, 15, 2_000)
    score, met = oracles.two_step(at, gaussian(4_000))
    for layout in (layout_of(cells), in_buckets(cells)):
        weighing = weighing_of(gaussian(4_000))
        assert weighing is not None
        found, found_met = swept(layout, at.people, at.supply, at.capacity, weighing)
        assert found == pytest.approx(score, rel=CLOSE, abs=0)
        assert found_met == pytest.approx(met, rel=CLOSE, abs=0)


@pytest.mark.parametrize("points", ["a line", "one place", "two far clusters"])
def test_is_right_for_odd_shapes(points: str) -> None:
    random = np.random.default_rng(2)
    line = np.stack([random.uniform(0, 50_000, 60), np.full(60, 7.0)], axis=1)
    shapes = {
        "a line": line,
        "one place": np.full((60, 2), 3.0),
        "two far clusters": random.uniform(0, 9_000, (60, 2)) + np.where(np.arange(60) % 2, 700_000, 0)[:, None],
    }
    at = around(shapes[points], 30, 3_000)
    at = World(at.demand, at.people, np.vstack([at.supply, at.demand[:5] + 1.0]), np.ones(35))
    score, _ = oracles.two_step(at, gaussian(5_000))
    access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), gaussian(5_000), engine="compiled")
    assert access.score == pytest.approx(score, rel=CLOSE, abs=0)
    found = nearest(at.demand, at.supply, engine="compiled")
    assert (found.distance_m.tolist(), found.supply.tolist()) == oracles.nearest(at)


@pytest.mark.parametrize("shuffled", [False, True])
def test_nearest_is_right_in_whatever_order_people_come(shuffled: bool) -> None:
    cells = square(40, 1000.0)
    at = around(cells[np.random.default_rng(4).permutation(1600)] if shuffled else cells, 90, 3_000)
    found = nearest(at.demand, at.supply, engine="compiled")
    assert (found.distance_m.tolist(), found.supply.tolist()) == oracles.nearest(at)


def test_weights_are_exact_to_1e_12() -> None:
    for decay in (gaussian(1000.0), gaussian(1000.0, 60), exponential(1000.0, 0.001), exponential(1000.0, 0.2)):
        cost = np.linspace(0, 1000, 5_001)
        home = np.stack([cost, np.zeros(len(cost))], axis=1)
        weighing = weighing_of(decay)
        assert weighing is not None
        # one site with as many places as there is weighted demand: the score is the weight
        total = float(decay(cost).sum())
        score, met = swept(in_buckets(home), np.ones(len(cost)), np.zeros((1, 2)), np.array([total]), weighing)
        assert met[0] == pytest.approx(total, rel=1e-12)
        assert score == pytest.approx(decay(cost), rel=1e-12, abs=0)


def test_is_left_to_scipy_where_it_knows_no_such_decay(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(cost: np.ndarray) -> np.ndarray:
        return np.where(np.asarray(cost) <= 5_000, 0.5, 0.0)

    half.cutoff = 5_000.0  # type: ignore[attr-defined]
    assert weighing_of(half) is None  # type: ignore[arg-type]
    assert weighing_of(gaussian(1000, 0.1)) is None
    at = world(50, 20)
    for decay in (half, gaussian(5_000, 1)):
        score, _ = oracles.two_step(at, decay)  # type: ignore[arg-type]
        access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), decay, engine="compiled")  # type: ignore[arg-type]
        assert access.score == pytest.approx(score, rel=CLOSE, abs=0)


def test_what_is_large_is_compiled_and_what_is_small_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = np.zeros((1000, 2)), np.random.default_rng(0).uniform(0, 1e6, (200_000, 2))
    assert not engines.compiles_pairs("auto", few, few, 1e4)
    assert engines.compiles_pairs("auto", many, many, 1e4)
    assert not engines.compiles_pairs("auto", many, many[:10], 1e4)
    assert engines.compiles_points("auto", many, few)
    assert not engines.compiles_points("auto", few, many)
    assert not engines.compiles_pairs("scipy", many, many, 1e4)
    assert engines.compiles_pairs("compiled", few, few, 1e4)
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    assert not engines.compiles_pairs("auto", many, many, 1e4)
    assert not engines.compiles_points("auto", many, few)
    assert not compile_all() or engines.is_accelerated()


def test_setting_up_compiles_what_is_used_later() -> None:
    from geo import arranging, kernels, nearing  # noqa: PLC0415 - numba is slow to load

    assert compile_all()
    entries = [
        *(kernels.sweep_lattice, kernels.sweep_buckets, nearing.nearest_in, arranging.count_along),
        *(arranging.bounds, arranging.put_on_lattice, arranging.keys_of, arranging.sorted_by, arranging.fill_buckets),
        *(arranging.spread, arranging.gather, arranging.count_pairs, arranging.fill_pairs, kernels.window_of),
    ]
    before = [len(entry.signatures) for entry in entries]  # type: ignore[attr-defined]
    assert min(before) > 0
    at = world(500, 60, on_lattice=True, with_areas=True)
    for decay in DECAYS.values():
        for eligible in (None, at.eligible):
            where = Locations(at.demand, at.supply, eligible)
            two_step(at.people, at.capacity, where, decay, engine="compiled")
    nearest(at.demand, at.supply, engine="compiled", cutoff_m=5)
    assert [len(entry.signatures) for entry in entries] == before  # type: ignore[attr-defined]
