"""Choosing k sites, against every possible choice, and against spopt."""

import highspy
import numpy as np
import pulp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spopt import locate

from geo.costs import Costs
from geo.errors import InvalidAmount, ShapeMismatch
from geo.neighbours import pairs_within
from geo.siting.choosing import choose_exactly, choose_quickly
from geo.siting.plan import Choice
from geo.siting.savings import coverage, shorter_ways
from tests.geo.siting.conftest import CUTOFF, best_of_all

FAR = 20_000.0


def covered(persons: np.ndarray, costs: Costs, chosen: tuple[int, ...], cutoff: float = CUTOFF) -> float:
    """The definition, person by person."""
    dense = costs.matrix.toarray()
    there = np.zeros(costs.shape, bool)
    there[costs.demand_of_pairs, costs.matrix.indices] = True
    return float(sum(p for i, p in enumerate(persons) if any(there[i, j] and dense[i, j] <= cutoff for j in chosen)))


def saved(persons: np.ndarray, costs: Costs, present: np.ndarray, chosen: tuple[int, ...]) -> float:
    ways = np.full(costs.shape, np.inf)
    ways[costs.demand_of_pairs, costs.matrix.indices] = costs.matrix.data
    rows = zip(persons.tolist(), ways[:, list(chosen)].tolist(), present.tolist(), strict=True)
    return sum(person * (now - min(now, *row)) for person, row, now in rows)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_covers_as_many_as_the_best_choice(problem: tuple[np.ndarray, Costs], k: int) -> None:
    persons, costs = problem
    choice = Choice(12, k)
    plan = choose_exactly(coverage(persons, costs, CUTOFF), choice)
    assert plan.is_optimal
    assert len(plan.chosen) == k
    assert plan.value == pytest.approx(covered(persons, costs, plan.chosen))
    assert plan.value == pytest.approx(best_of_all(lambda chosen: covered(persons, costs, chosen), choice))


@pytest.mark.parametrize("k", [1, 3, 5])
def test_shortens_ways_as_much_as_the_best_choice(problem: tuple[np.ndarray, Costs], k: int) -> None:
    persons, costs = problem
    present, choice = np.linspace(100, 4_000, 60), Choice(12, k)
    plan = choose_exactly(shorter_ways(persons, costs, present), choice)
    assert plan.is_optimal
    assert plan.value == pytest.approx(saved(persons, costs, present, plan.chosen))
    assert plan.value == pytest.approx(best_of_all(lambda chosen: saved(persons, costs, present, chosen), choice))


def test_knows_the_nearest_and_the_second_nearest(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    present, chosen = np.full(60, 2_000.0), [1, 3, 4, 8, 10]
    savings = shorter_ways(persons, costs, present)
    ways = savings.ways(chosen)
    for row, base in enumerate(savings.base):
        part = slice(*savings.by_row.indptr[row : row + 2])
        pairs = zip(savings.by_row.data[part].tolist(), savings.by_row.indices[part].tolist(), strict=True)
        offered = sorted(pair for pair in pairs if pair[1] in chosen)
        least, second = ([cost for cost, _ in offered] + [base, base])[:2]
        assert (ways.cost[row], ways.second[row]) == (least, second)
        assert ways.site[row] == (offered[0][1] if offered else -1)


def test_takes_one_of_each_group(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    choice = Choice(12, 5, group=np.arange(12) % 5)
    plan = choose_exactly(coverage(persons, costs, CUTOFF), choice)
    assert sorted(site % 5 for site in plan.chosen) == [0, 1, 2, 3, 4]
    assert plan.value == pytest.approx(best_of_all(lambda chosen: covered(persons, costs, chosen), choice))
    quick = choose_quickly(coverage(persons, costs, CUTOFF), choice)
    assert sorted(site % 5 for site in quick.chosen) == [0, 1, 2, 3, 4]


def test_is_quickly_within_the_certain_share_and_never_above_the_best(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    cover = coverage(persons, costs, CUTOFF)
    quick, best = choose_quickly(cover, Choice(12, 4)), choose_exactly(cover, Choice(12, 4))
    assert 0.63 * best.value <= quick.value <= best.value + 1e-9
    assert quick.value == pytest.approx(covered(persons, costs, quick.chosen))


def test_counts_nobody_twice_whom_a_present_site_covers(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    already = np.arange(60) % 3 == 0
    plan = choose_exactly(coverage(persons, costs, CUTOFF, is_covered=already), Choice(12, 3))
    assert plan.value == pytest.approx(covered(np.where(already, 0, persons), costs, plan.chosen))
    assert plan.value <= persons[~already].sum()


@given(st.integers(0, 10_000), st.integers(1, 8))
def test_never_covers_fewer_with_one_more_site_or_a_longer_reach(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    persons = random.integers(0, 50, 30).astype(float)
    costs = pairs_within(random.uniform(0, 8_000, (30, 2)), random.uniform(0, 8_000, (10, 2)), FAR)
    near, far = coverage(persons, costs, 1_500), coverage(persons, costs, 3_000)
    fewer, more = choose_exactly(near, Choice(10, k)), choose_exactly(near, Choice(10, k + 1))
    assert fewer.value <= more.value + 1e-6
    assert fewer.value <= choose_exactly(far, Choice(10, k)).value + 1e-6
    assert fewer.bound == pytest.approx(fewer.value)


def test_stops_when_asked_and_says_what_is_proven() -> None:
    random = np.random.default_rng(5)
    points = random.uniform(0, 60_000, (3_000, 2))
    costs = pairs_within(points, points[:300], 6_000)
    cover = coverage(np.ones(3_000), costs, 6_000)
    seen: list[tuple[float, float]] = []

    def stop(value: float, bound: float) -> bool:
        seen.append((value, bound))
        return False

    plan = choose_exactly(cover, Choice(300, 15), progress=stop)
    assert len(seen) == 1
    assert plan.value == pytest.approx(choose_quickly(cover, Choice(300, 15)).value)
    assert not plan.is_optimal
    assert plan.bound >= choose_exactly(cover, Choice(300, 15), seconds=5).value - 1e-6
    assert plan.gap > 0


def test_claims_nothing_where_the_solver_fails(
    problem: tuple[np.ndarray, Costs], monkeypatch: pytest.MonkeyPatch
) -> None:
    persons, costs = problem
    cover = coverage(persons, costs, CUTOFF)
    best = choose_exactly(cover, Choice(12, 4))
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda _solver: highspy.HighsModelStatus.kSolveError)
    plan = choose_exactly(cover, Choice(12, 4))
    assert choose_quickly(cover, Choice(12, 4)).value <= plan.value <= best.value
    assert not plan.is_optimal
    assert plan.bound >= max(cover.most, best.value)


def test_proves_as_well_where_numbers_are_large(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    small, large = (shorter_ways(persons * times, costs, np.full(60, FAR)) for times in (1.0, 1e8))
    plan, same = choose_exactly(small, Choice(12, 4)), choose_exactly(large, Choice(12, 4))
    assert same.is_optimal
    assert same.value == pytest.approx(plan.value * 1e8)


def test_is_zero_where_nobody_is_within_reach() -> None:
    costs = pairs_within(np.array([[0.0, 0.0]]), np.array([[9_000.0, 0.0], [9_500.0, 0.0]]), 100)
    plan = choose_exactly(coverage([5], costs, 100), Choice(2, 1))
    assert (plan.value, plan.bound, len(plan.chosen)) == (0, 0, 1)


@pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")  # of spopt against its own solver library
def test_agrees_with_spopt(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    there = np.full(costs.shape, FAR)
    there[costs.demand_of_pairs, costs.matrix.indices] = costs.matrix.data
    solver = pulp.HiGHS(msg=False)
    theirs = locate.MCLP.from_cost_matrix(there, persons, CUTOFF, p_facilities=4).solve(solver)
    ours = choose_exactly(coverage(persons, costs, CUTOFF), Choice(12, 4))
    assert ours.value == pytest.approx(pulp.value(theirs.problem.objective))
    median = locate.PMedian.from_cost_matrix(there, persons, p_facilities=4).solve(solver)
    ways = choose_exactly(shorter_ways(persons, costs, np.full(60, FAR)), Choice(12, 4))
    assert persons.sum() * FAR - ways.value == pytest.approx(pulp.value(median.problem.objective))


def test_refuses_what_cannot_be_chosen() -> None:
    with pytest.raises(InvalidAmount, match="k is 4, expected 1 to 3"):
        Choice(3, 4)
    with pytest.raises(InvalidAmount, match="k is 3, expected 1 to 2"):
        Choice(3, 3, group=np.array([1, 1, 2]))
    with pytest.raises(ShapeMismatch, match="group"):
        Choice(3, 1, group=np.array([1]))
    with pytest.raises(ShapeMismatch, match="is_covered"):
        coverage([1.0], pairs_within([[0, 0]], [[0, 0]], 1), 1, is_covered=[True, False])
