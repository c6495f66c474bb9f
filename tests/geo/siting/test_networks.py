"""Instances by OR-Library's recipe for p-median problems, solved by ours and by spopt: the same optima."""

import numpy as np
import pulp
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from spopt import locate

from geo.costs import Costs
from geo.siting.choosing import choose_exactly, choose_quickly
from geo.siting.everyone import cover_everyone
from geo.siting.plan import Choice
from geo.siting.savings import coverage, shorter_ways

pytestmark = pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")  # of spopt against its own solver
REACH = 60.0
SOLVER = pulp.HiGHS(msg=False)


def network(n: int, seed: int) -> Costs:
    """(n, n) lengths of the shortest ways between all vertices of a ring with chords: n² / 50 edges of 1 to 100.

    Every vertex is a client and a candidate (Beasley, A note on solving large p-median problems, 1985).
    """
    random = np.random.default_rng(seed)
    ring = np.arange(n)
    chords = random.integers(0, n, (n * n // 50 - n, 2))
    ends = np.vstack([np.stack([ring, np.roll(ring, -1)], axis=1), chords])
    length = np.zeros((n, n))
    for (one, other), steps in zip(ends, random.integers(1, 101, len(ends)), strict=True):
        if one != other:
            length[one, other] = length[other, one] = steps  # of edges between the same two the last counts
    ways = shortest_path(csr_array(length), directed=False)
    one, other = np.indices(ways.shape).reshape(2, -1)
    return Costs.of(one, other, ways.ravel(), ways.shape)


@pytest.mark.parametrize(("seed", "p"), [(1, 5), (3, 33)])
def test_p_median_is_that_of_spopt(seed: int, p: int) -> None:
    costs, clients = network(100, seed), np.ones(100)
    far = float(costs.matrix.data.max()) + 1
    savings = shorter_ways(clients, costs, np.full(100, far))
    quick, plan = choose_quickly(savings, Choice(100, p)), choose_exactly(savings, Choice(100, p), seconds=20)
    ways = costs.matrix.toarray()
    theirs = locate.PMedian.from_cost_matrix(ways, clients, p_facilities=p).solve(SOLVER)
    assert plan.is_optimal
    assert len(set(plan.chosen)) == p
    assert ways[:, list(plan.chosen)].min(axis=1).sum() == 100 * far - plan.value
    assert 100 * far - plan.value == pytest.approx(pulp.value(theirs.problem.objective), abs=1e-6)
    assert plan.value * 0.97 <= quick.value <= plan.value


def test_maximal_covering_and_set_covering_are_those_of_spopt() -> None:
    costs, clients = network(100, 4), np.random.default_rng(4).integers(1, 500, 100).astype(float)
    ways, near = costs.matrix.toarray(), coverage(clients, costs, REACH)
    covering = locate.MCLP.from_cost_matrix(ways, clients, REACH, p_facilities=8).solve(SOLVER)
    plan = choose_exactly(near, Choice(100, 8))
    assert plan.is_optimal
    assert plan.value == pytest.approx(pulp.value(covering.problem.objective), abs=1e-6)
    assert clients[(ways[:, list(plan.chosen)] <= REACH).any(axis=1)].sum() == plan.value
    fewest = locate.LSCP.from_cost_matrix(ways, REACH).solve(SOLVER)
    everyone = cover_everyone(near)
    assert everyone.is_optimal
    assert len(everyone.chosen) == pulp.value(fewest.problem.objective)
    assert (ways[:, list(everyone.chosen)] <= REACH).any(axis=1).all()
