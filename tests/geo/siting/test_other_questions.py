"""The fewest sites for everyone, sites that fill gaps, sites for the worst off: against every possible choice."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from geo.costs import Costs
from geo.errors import ShapeMismatch
from geo.siting.everyone import cover_everyone, cover_everyone_quickly
from geo.siting.filling import fill_gaps, fill_gaps_quickly
from geo.siting.plan import Choice
from geo.siting.savings import coverage
from geo.siting.worst_first import worst_area_first
from tests.geo.siting.conftest import CUTOFF, best_of_all


def near(costs: Costs) -> np.ndarray:
    """(n_demand, n_candidates) whether within reach."""
    found = np.zeros(costs.shape, bool)
    found[costs.demand_of_pairs, costs.matrix.indices] = costs.matrix.data <= CUTOFF
    return found


def test_reaches_everyone_with_the_fewest(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    reachable = near(costs)[near(costs).any(axis=1)]
    plan = cover_everyone(coverage(persons, costs, CUTOFF))
    assert plan.is_optimal
    assert reachable[:, list(plan.chosen)].any(axis=1).all()
    fewer = combinations(range(12), len(plan.chosen) - 1)
    assert not any(reachable[:, list(chosen)].any(axis=1).all() for chosen in fewer)


def test_needs_no_site_where_nobody_can_be_reached() -> None:
    nobody = coverage([0.0], Costs.of([0], [0], [1.0], (1, 2)), CUTOFF)
    assert cover_everyone(nobody).chosen == ()


def filled(missing: np.ndarray, capacity: np.ndarray, costs: Costs, chosen: tuple[int, ...]) -> float:
    """The greatest flow from built sites to who lacks places (Edmonds and Karp): source, sites, people, sink."""
    people, sites = costs.shape
    edges = [(0, 1 + j, capacity[j]) for j in chosen]
    edges += [
        (1 + j, 1 + sites + i, 10_000)
        for i, j in zip(costs.demand_of_pairs, costs.matrix.indices, strict=True)
        if j in chosen
    ]
    edges += [(1 + sites + i, 1 + sites + people, missing[i]) for i in range(people)]
    of, to, most = zip(*edges, strict=True)
    size = people + sites + 2
    graph = csr_array((np.array(most, np.int32), (of, to)), shape=(size, size))
    return float(maximum_flow(graph, 0, size - 1).flow_value)


def test_fills_as_many_places_as_the_best_choice(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    missing, capacity = np.round(persons / 4), np.arange(12) * 5.0 + 10
    plan = fill_gaps(missing, capacity, costs, Choice(12, 3))
    assert plan.is_optimal
    assert plan.value == pytest.approx(filled(missing, capacity, costs, plan.chosen))
    best = best_of_all(lambda chosen: filled(missing, capacity, costs, chosen), Choice(12, 3))
    assert plan.value == pytest.approx(best)
    assert plan.value <= min(missing.sum(), capacity[list(plan.chosen)].sum()) + 1e-6


def test_helps_the_worst_area_before_the_most_people() -> None:
    # area 0 has many people and half of them served; area 1 few and none; candidate 0 helps 900, candidate 1 only 10
    costs = Costs.of([0, 1], [0, 1], [10.0, 10.0], (3, 2))
    plan = worst_area_first([900.0, 10.0, 900.0], [0, 1, 0], costs, 100, Choice(2, 1), is_covered=[False, False, True])
    assert plan.chosen == (1,)
    assert plan.value == 0.5


def test_never_leaves_the_worst_area_worse_than_it_was(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    areas = np.arange(60) % 4
    shares = [worst_area_first(persons, areas, costs, CUTOFF, Choice(12, k)).value for k in range(1, 8)]
    assert shares == sorted(shares)
    covered = near(costs)[:, list(worst_area_first(persons, areas, costs, CUTOFF, Choice(12, 7)).chosen)].any(axis=1)
    expected = min(persons[covered & (areas == a)].sum() / persons[areas == a].sum() for a in range(4))
    assert shares[-1] == pytest.approx(expected)


def test_passes_over_areas_without_people_and_stops_where_nothing_helps() -> None:
    costs = Costs.of([0], [0], [10.0], (2, 2))
    plan = worst_area_first([5.0, 0.0], [0, 1], costs, 100, Choice(2, 2))
    assert plan.chosen == (0,)
    assert plan.value == 1.0


def test_refuses_arrays_that_do_not_fit() -> None:
    costs = Costs.of([0], [0], [1.0], (1, 2))
    with pytest.raises(ShapeMismatch, match="area"):
        worst_area_first([1.0], [0, 1], costs, 1, Choice(2, 1))
    with pytest.raises(ShapeMismatch, match="3 candidates"):
        fill_gaps([1.0], [1.0, 1.0], costs, Choice(3, 1))


def test_reaches_everyone_quickly_with_few_more(problem: tuple[np.ndarray, Costs]) -> None:
    persons, costs = problem
    cover = coverage(persons, costs, CUTOFF)
    quick, best = cover_everyone_quickly(cover), cover_everyone(cover)
    assert cover.value(quick.chosen) == cover.most
    assert best.value <= quick.value <= best.value + 2
    assert not quick.is_optimal


def test_fills_quickly_what_can_be_filled_and_nearly_as_much(problem: tuple[np.ndarray, Costs]) -> None:
    missing, costs = problem
    places = np.arange(20.0, 92.0, 6.0)
    choice = Choice(12, 4)
    quick, best = fill_gaps_quickly(missing, places, costs, choice), fill_gaps(missing, places, costs, choice)
    assert quick.value <= filled(missing, places, costs, quick.chosen) + 1e-6
    assert best.value * 0.6 <= quick.value <= best.value + 1e-6
    nothing = fill_gaps_quickly(np.zeros(60), places, costs, choice)
    assert (nothing.chosen, nothing.value) == ((), 0.0)


def test_shares_quickly_in_proportion_to_what_is_missing() -> None:
    # the first site has 12 places for two who lack 10 each: 4 are still missing to the one whom the second reaches
    costs = Costs.of([0, 1, 1], [0, 0, 1], [1.0, 1.0, 1.0], (2, 2))
    plan = fill_gaps_quickly([10.0, 10.0], [12.0, 9.0], costs, Choice(2, 2))
    assert (plan.chosen, plan.value) == ((0, 1), pytest.approx(16.0))


def test_helps_most_elsewhere_of_those_that_help_the_worst_area_alike() -> None:
    # both reach the 10 of the worst area 1; the second also 300 of area 0, the first 100
    costs = Costs.of([0, 0, 1, 2], [0, 1, 0, 1], [1.0, 1.0, 1.0, 1.0], (4, 2))
    covered = [False, False, False, True]
    plan = worst_area_first([10.0, 100.0, 300.0, 500.0], [1, 0, 0, 0], costs, 5, Choice(2, 1), is_covered=covered)
    assert plan.chosen == (1,)
