import math
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from geo.catchment import Access, Locations, balanced, three_step, two_step
from geo.costs import Costs
from geo.decay import binary, gaussian, stepped
from geo.engines import Engine
from geo.errors import InvalidAmount, ShapeMismatch
from tests.geo import oracles
from tests.geo.oracles import DECAYS, World, world, worlds

ENGINES: list[Engine] = ["scipy", "compiled"]
CLOSE = 1e-9


def locations(at: World) -> Locations:
    return Locations(at.demand, at.supply, at.eligible)


def conserved(at: World, access: Access) -> float:
    return float(at.capacity[~access.is_unknown & ~access.is_unused & (access.demand_in_catchment > 0)].sum())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("with_areas", [False, True])
@pytest.mark.parametrize("on_lattice", [False, True])
@pytest.mark.parametrize("decay", DECAYS)
def test_two_steps_are_those_of_the_formula(decay: str, on_lattice: bool, with_areas: bool, engine: Engine) -> None:
    at = world(80, 30, on_lattice=on_lattice, with_areas=with_areas)
    score, met = oracles.two_step(at, DECAYS[decay])
    access = two_step(at.people, at.capacity, locations(at), DECAYS[decay], engine=engine)
    assert access.score == pytest.approx(score, rel=CLOSE, abs=0)
    assert access.demand_in_catchment == pytest.approx(met, rel=CLOSE, abs=0)


def test_a_small_example_by_hand() -> None:
    """Site 0 has 10 places for 100 + 300 people: 0.025 each; site 1 has 6 for 300: 0.02. The second reaches both."""
    home, sites = [(0.0, 0.0), (6.0, 0.0), (99.0, 0.0)], [(3.0, 0.0), (9.0, 0.0)]
    access = two_step([100, 300, 50], [10, 6], Locations(np.array(home), np.array(sites)), binary(5))
    assert access.score.tolist() == [10 / 400, 10 / 400 + 6 / 300, 0.0]
    assert access.demand_in_catchment.tolist() == [400, 300]
    assert access.ratio.tolist() == [0.025, 0.02]


@pytest.mark.parametrize("engine", ENGINES)
def test_unknown_capacity_is_not_zero_and_unused_is_not_infinite(engine: Engine) -> None:
    home = np.array([(0.0, 0.0)])
    sites = np.array([(1.0, 0.0), (2.0, 0.0), (3.0, 0.0), (500.0, 0.0), (500.0, 0.0)])
    access = two_step([10], [5, np.nan, 0, 7, 0], Locations(home, sites), binary(9), engine=engine)
    assert access.score.tolist() == [0.5]
    assert access.ratio.tolist() == [0.5, 0, 0, 0, 0]
    assert access.is_unknown.tolist() == [False, True, False, False, False]
    assert access.is_unused.tolist() == [False, False, False, True, False]
    assert access.demand_in_catchment.tolist() == [10, 10, 10, 0, 0]


@pytest.mark.parametrize("engine", ENGINES)
@given(at=worlds())
def test_places_are_neither_lost_nor_made(engine: Engine, at: World) -> None:
    for decay in (binary(7500), gaussian(7500), stepped((2500, 7500), (1, 0.3))):
        access = two_step(at.people, at.capacity, locations(at), decay, engine=engine)
        assert float(at.people @ access.score) == pytest.approx(conserved(at, access), rel=CLOSE)
        assert np.isfinite(access.score).all()
        divided = three_step(at.people, at.capacity, locations(at), decay)
        assert float(at.people @ divided.score) == pytest.approx(conserved(at, divided), rel=CLOSE)


@given(at=worlds())
def test_both_ways_score_the_same(at: World) -> None:
    for decay in DECAYS.values():
        plain, fast = (two_step(at.people, at.capacity, locations(at), decay, engine=engine) for engine in ENGINES)
        assert fast.score == pytest.approx(plain.score, rel=CLOSE, abs=0)
        assert fast.demand_in_catchment == pytest.approx(plain.demand_in_catchment, rel=CLOSE, abs=0)
        assert fast.is_unused.tolist() == plain.is_unused.tolist()


@pytest.mark.parametrize("engine", ENGINES)
@given(at=worlds())
def test_the_order_of_sites_does_not_matter(engine: Engine, at: World) -> None:
    there = two_step(at.people, at.capacity, locations(at), gaussian(7500), engine=engine)
    back = two_step(at.people, at.capacity[::-1], Locations(at.demand, at.supply[::-1]), gaussian(7500), engine=engine)
    assert back.score == pytest.approx(there.score, rel=CLOSE)
    assert back.ratio[::-1] == pytest.approx(there.ratio, rel=CLOSE)


@given(at=worlds())
def test_two_sites_at_one_place_are_as_one(at: World) -> None:
    known = np.nan_to_num(at.capacity)
    twice = Locations(at.demand, np.vstack([at.supply, at.supply]))
    halves = two_step(at.people, np.r_[known / 4, known * 0.75], twice, gaussian(7500))
    assert halves.score == pytest.approx(two_step(at.people, known, locations(at), gaussian(7500)).score, rel=CLOSE)


@pytest.mark.parametrize("measure", [two_step, three_step, balanced])
def test_takes_costs_in_any_unit(measure: Callable[..., Access]) -> None:
    at = world(50, 20)
    metres = locations(at).costs(10_000)
    minutes = Costs(metres.matrix / 500)
    in_minutes = measure(at.people, at.capacity, minutes, gaussian(20))
    in_metres = measure(at.people, at.capacity, locations(at), gaussian(10_000))
    assert in_minutes.score == pytest.approx(in_metres.score, rel=CLOSE)


def test_costs_beyond_the_cutoff_do_not_count() -> None:
    at = world(50, 20)
    far = two_step(at.people, at.capacity, locations(at).costs(30_000), gaussian(10_000))
    assert far.score == pytest.approx(
        two_step(at.people, at.capacity, locations(at), gaussian(10_000)).score, rel=CLOSE
    )


def test_three_steps_are_those_of_the_formula() -> None:
    at = world(40, 15, on_lattice=True)
    table = oracles.weights(at, gaussian(10_000))
    score = np.zeros(40)
    supplied = [j for j in range(15) if at.capacity[j] > 0]
    chosen = np.zeros((40, 15))
    for i in range(40):
        for j in range(15):
            among = sum(table[i, k] for k in supplied)
            chosen[i, j] = table[i, j] / among * table[i, j] if j in supplied and among > 0 else 0
    for j in supplied:
        met = sum(chosen[i, j] * at.people[i] for i in range(40))
        for i in range(40):
            score[i] += chosen[i, j] * at.capacity[j] / met if met > 0 else 0
    found = three_step(at.people, at.capacity, locations(at), gaussian(10_000))
    assert found.score == pytest.approx(score, rel=CLOSE)


def test_a_site_without_known_places_changes_no_score_of_three_steps() -> None:
    at = world(40, 15)
    before = three_step(at.people, at.capacity, locations(at), gaussian(10_000))
    more = np.vstack([at.supply, at.demand[:3]])
    after = three_step(at.people, np.r_[at.capacity, 0, np.nan, 0], Locations(at.demand, more), gaussian(10_000))
    assert after.score == pytest.approx(before.score, rel=CLOSE)


@given(at=worlds())
def test_balanced_counts_each_person_once(at: World) -> None:
    access = balanced(at.people, at.capacity, locations(at), gaussian(7500))
    table = oracles.weights(at, gaussian(7500))[:, np.nan_to_num(at.capacity) > 0]
    reached = at.people[table.sum(axis=1) > 0].sum()
    assert float(access.demand_in_catchment.sum()) == pytest.approx(float(reached), rel=CLOSE)
    assert float(access.score.sum()) == pytest.approx(float(access.ratio.sum()), rel=CLOSE)


@pytest.mark.parametrize("engine", ENGINES)
def test_gives_a_clear_answer_where_there_is_nothing(engine: Engine) -> None:
    none, home = np.empty((0, 2)), np.array([(0.0, 0.0)])
    assert two_step([], [3.0], Locations(none, home), binary(5), engine=engine).is_unused.tolist() == [True]
    assert two_step([7], [], Locations(home, none), binary(5), engine=engine).score.tolist() == [0.0]
    assert two_step([0], [3.0], Locations(home, home), binary(5), engine=engine).score.tolist() == [0.0]
    unknown = two_step([5], [np.nan], Locations(home, home), binary(5), engine=engine)
    assert (unknown.score.tolist(), unknown.is_unknown.tolist()) == ([0.0], [True])


def test_refuses_what_is_no_number_of_people_or_places() -> None:
    at = world(3, 2)
    for wrong in (-1.0, np.inf):
        with pytest.raises(InvalidAmount, match=f"capacity is {wrong} at 1, expected a finite number of at least 0"):
            two_step(at.people, [1.0, wrong], locations(at), binary(5))
    with pytest.raises(InvalidAmount, match="demand is nan at 0"):
        two_step([np.nan, 1, 1], [1.0, 1.0], locations(at), binary(5))
    with pytest.raises(ShapeMismatch, match=r"demand has shape \(2,\), expected \(3,\)"):
        two_step([1, 1], [1.0, 1.0], locations(at), binary(5))


@pytest.mark.parametrize("decay", [binary(10_000), gaussian(10_000), stepped((4_000, 10_000), (1, 0.42))])
def test_agrees_with_pysal_access_on_the_same_pairs(decay: oracles.Decay) -> None:
    at = world(120, 40, on_lattice=True)
    places = np.nan_to_num(at.capacity)
    costs = locations(at).costs(10_000)
    theirs = of_pysal(at.people, places, costs, decay)
    ours = two_step(at.people, places, costs, decay)
    reaching = np.diff(costs.matrix.indptr) > 0
    assert ours.score[reaching] == pytest.approx(theirs[reaching], rel=CLOSE)
    assert (ours.score[~reaching] == 0).all()


def of_pysal(people: np.ndarray, places: np.ndarray, costs: Costs, decay: oracles.Decay) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own and its dependencies' deprecations
        from access import fca  # noqa: PLC0415

        table = pd.DataFrame({"origin": costs.demand_of_pairs, "dest": costs.matrix.indices, "cost": costs.matrix.data})
        score = fca.two_stage_fca(
            pd.DataFrame({"id": range(len(people)), "people": people}),
            pd.DataFrame({"id": range(len(places)), "places": places}),
            table,
            demand_index="id",
            demand_name="people",
            supply_index="id",
            supply_name="places",
            max_cost=decay.cutoff,
            weight_fn=lambda cost: float(decay(cost)),
        )
    return score.reindex(range(len(people))).fillna(0).to_numpy()


def test_is_the_same_to_the_bit_however_many_threads_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    home, sites = random.uniform(0, 300_000, (4000, 2)), random.uniform(0, 300_000, (900, 2))
    people, places = random.uniform(1, 9, 4000), random.uniform(1, 9, 900)
    results = []
    for threads in (1, 2, 5):
        monkeypatch.setattr("geo.threads.count_of_threads", lambda threads=threads: threads)
        access = two_step(people, places, Locations(home, sites), gaussian(9000), engine="compiled")
        results.append((access.score.tobytes(), access.demand_in_catchment.tobytes()))
    assert len(set(results)) == 1
    plain = two_step(people, places, Locations(home, sites), gaussian(9000), engine="scipy")
    assert np.frombuffer(results[0][0]) == pytest.approx(plain.score, rel=CLOSE, abs=0)
    assert math.isclose(people @ plain.score, places.sum(), rel_tol=CLOSE)
