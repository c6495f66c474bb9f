import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.costs import Costs
from geo.decay import binary, gaussian
from geo.errors import InvalidAmount, ShapeMismatch
from geo.neighbours import nearest, pairs_within
from geo.reach import by_area, lowest_costs, opportunities, people_within, share_within, weighted_quantiles
from tests.geo import oracles
from tests.geo.oracles import World, world, worlds

COSTS = Costs.of([0, 0, 1, 3], [0, 1, 1, 0], [9.0, 4.0, 0.0, 15.0], (4, 2))  # point 2 reaches nothing
PEOPLE = [10, 20, 30, 40]
few = st.integers(0, 5).map(float)


def test_people_without_any_site_stay_in_the_denominator() -> None:
    assert lowest_costs(COSTS).tolist() == [4.0, 0.0, np.inf, 15.0]
    assert people_within(COSTS, PEOPLE, [0, 4, 14.9, 15, np.inf]).tolist() == [20, 30, 30, 70, 70]
    assert share_within(COSTS, PEOPLE, [0, 4, 15]).tolist() == [0.2, 0.3, 0.7]


@given(at=worlds(), cutoffs=st.lists(st.integers(0, 40).map(lambda km: km * 1000.0), min_size=1, max_size=5))
def test_people_within_are_those_of_a_loop(at: World, cutoffs: list[float]) -> None:
    distances, _ = oracles.nearest(at)
    expected = [sum(p for p, d in zip(at.people, distances, strict=True) if d <= cutoff) for cutoff in cutoffs]
    assert people_within(nearest(at.demand, at.supply), at.people, cutoffs).tolist() == expected
    assert people_within(pairs_within(at.demand, at.supply, 40_000), at.people, cutoffs).tolist() == expected


@given(at=worlds())
def test_a_larger_cutoff_never_lowers_coverage(at: World) -> None:
    share = share_within(nearest(at.demand, at.supply), at.people, np.arange(0, 50_000, 1250))
    if at.people.sum() == 0:
        assert np.isnan(share).all()
    else:
        assert (np.diff(share) >= 0).all()
        assert ((share >= 0) & (share <= 1)).all()


def test_opportunities_sum_the_known_places_within_reach() -> None:
    at = world(40, 20, on_lattice=True)
    costs = pairs_within(at.demand, at.supply, 10_000)
    for decay in (binary(10_000), gaussian(8_000)):
        expected = oracles.weights(at, decay) @ np.nan_to_num(at.capacity)
        assert opportunities(costs, at.capacity, decay) == pytest.approx(expected, rel=1e-9)


def test_quantiles_are_of_people_and_not_of_points() -> None:
    assert weighted_quantiles([3, 1, 2], [1, 98, 1], [0, 0.5, 0.98, 0.99, 1]).tolist() == [1, 1, 1, 2, 3]
    assert weighted_quantiles([1, np.inf], [1, 1], [0.5, 0.9]).tolist() == [1, np.inf]
    assert np.isnan(weighted_quantiles([1, 2], [0, 0], [0.5])).all()
    assert np.isnan(weighted_quantiles([], [], [0.5])).all()


@given(pairs=st.lists(st.tuples(few, st.integers(0, 4)), min_size=1), at=st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_quantiles_are_those_of_each_person_written_out(pairs: list[tuple[float, int]], at: float) -> None:
    persons = sorted(value for value, weight in pairs for _ in range(weight))
    found = weighted_quantiles([value for value, _ in pairs], [weight for _, weight in pairs], [at])
    if persons:
        assert found.tolist() == [np.quantile(persons, at, method="inverted_cdf")]
    else:
        assert np.isnan(found).all()


def test_areas_have_sums_and_means_by_people() -> None:
    found = by_area([1.0, 3.0, 8.0, np.inf, 5.0], [1, 3, 2, 0, 7], [0, 0, 2, 2, -1], 4)
    assert found.weight.tolist() == [4, 0, 2, 0]
    assert found.mean[[0, 2]].tolist() == [2.5, 8.0]
    assert np.isnan(found.mean[[1, 3]]).all()
    assert found.total.tolist() == [4, 0, np.inf, 0]


@given(rows=st.lists(st.tuples(few, st.integers(0, 4), st.integers(-1, 3))))
def test_areas_together_are_the_whole(rows: list[tuple[float, int, int]]) -> None:
    values, weights, areas = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    found = by_area(values, weights, areas, 4)
    inside = [row for row in rows if row[2] >= 0]
    assert found.total.sum() == sum(row[0] for row in inside)
    assert found.weight.sum() == sum(row[1] for row in inside)
    assert np.nansum(found.mean * found.weight) == pytest.approx(sum(row[0] * row[1] for row in inside))


def test_refuses_what_does_not_fit() -> None:
    with pytest.raises(ShapeMismatch, match=r"demand has shape \(2,\), expected \(4,\)"):
        people_within(COSTS, [1, 2], [5])
    with pytest.raises(InvalidAmount, match="cutoff is -1"):
        people_within(COSTS, PEOPLE, [-1])
    with pytest.raises(InvalidAmount, match="nearest site is nan"):
        people_within([np.nan], [1], [5])
    with pytest.raises(InvalidAmount, match=r"demand is -1\.0 at 0"):
        share_within([1.0], [-1], [5])
    with pytest.raises(InvalidAmount, match=r"expected numbers in \[0, 1\]"):
        weighted_quantiles([1], [1], [1.1])
    with pytest.raises(InvalidAmount, match="a value is nan"):
        weighted_quantiles([np.nan], [1], [0.5])
    with pytest.raises(ShapeMismatch, match="area_index has 4 to 4, expected −1 to 3"):
        by_area([1.0], [1], [4], 4)
    with pytest.raises(ShapeMismatch, match=r"area_index has shape \(2,\)"):
        by_area([1.0], [1], [1, 2], 4)
