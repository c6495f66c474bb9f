from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.classify import Classes, natural_breaks, quantiles
from geo.errors import InvalidAmount, ShapeMismatch

values = st.lists(st.one_of(st.integers(0, 30).map(float), st.just(np.nan)), max_size=12)


def squared_deviation(classes: Classes, numbers: np.ndarray) -> float:
    groups = [numbers[classes.class_of == k] for k in range(len(classes.upper))]
    return sum(float(((group - group.mean()) ** 2).sum()) for group in groups)


def least_squared_deviation(numbers: list[float], classes: int) -> float:
    """The best of all ways to cut the sorted numbers."""
    ordered, best = sorted(numbers), np.inf
    for cuts in combinations(range(1, len(ordered)), classes - 1):
        groups = [np.array(ordered[begin:end]) for begin, end in pairwise((0, *cuts, len(ordered)))]
        best = min(best, sum(float(((group - group.mean()) ** 2).sum()) for group in groups))
    return best


@given(numbers=values, classes=st.integers(1, 5))
def test_natural_breaks_deviate_least_of_all_ways_to_cut(numbers: list[float], classes: int) -> None:
    found = natural_breaks(numbers, classes)
    known = [number for number in numbers if not np.isnan(number)]
    if len(set(known)) > classes:
        assert len(found.upper) == classes
        best = least_squared_deviation(known, classes)
        assert squared_deviation(found, np.array(numbers)) == pytest.approx(best, abs=1e-9)
    else:
        assert found.upper.tolist() == sorted(set(known))


@pytest.mark.parametrize("classify", [quantiles, natural_breaks])
@given(numbers=values, classes=st.integers(1, 6))
def test_every_number_has_one_class_and_equal_ones_the_same(classify, numbers, classes) -> None:  # type: ignore[no-untyped-def]
    found = classify(numbers, classes)
    assert len(found.upper) <= classes
    assert found.counts.sum() == sum(not np.isnan(number) for number in numbers)
    assert (found.counts > 0).all()
    for number, group in zip(numbers, found.class_of.tolist(), strict=True):
        assert (group == -1) == bool(np.isnan(number))
        assert group == -1 or found.lower[group] <= number <= found.upper[group]
    assert (found.lower[1:] > found.upper[:-1]).all()


def test_quantiles_have_as_many_each() -> None:
    found = quantiles(np.arange(12.0)[::-1], 4)
    assert found.counts.tolist() == [3, 3, 3, 3]
    assert found.upper.tolist() == [2, 5, 8, 11]


def test_quantiles_keep_many_equal_ones_together() -> None:
    found = quantiles([0, 0, 0, 0, 0, 0, 1, 2, 3, np.nan], 5)
    assert found.upper.tolist() == [0, 2, 3]
    assert found.counts.tolist() == [6, 2, 1]


def test_natural_breaks_find_the_gaps() -> None:
    found = natural_breaks([51, 1, 2, 10, 3, 50, 11, 12, 51], 3)
    assert found.upper.tolist() == [3, 12, 51]
    assert found.counts.tolist() == [3, 3, 3]


def test_natural_breaks_of_large_numbers_are_not_lost_in_rounding() -> None:
    found = natural_breaks(1e12 + np.array([0, 1, 2, 50, 51, 52, 90, 91]), 3)
    assert found.counts.tolist() == [3, 3, 2]


def test_refuses_what_cannot_be_classed() -> None:
    for classify in (quantiles, natural_breaks):
        assert classify([np.nan], 3).class_of.tolist() == [-1]
        assert classify([], 3).counts.tolist() == []
        with pytest.raises(InvalidAmount, match="classes are 0"):
            classify([1.0], 0)
        with pytest.raises(InvalidAmount, match="a value is infinite"):
            classify([1.0, np.inf], 2)
        with pytest.raises(ShapeMismatch, match=r"\(1, 2\)"):
            classify([[1.0, 2.0]], 2)
