import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidAmount, ShapeMismatch
from geo.inequality import gini, palma, share_below, theil

people = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), min_size=1, max_size=15)


def written_out(pairs: list[tuple[int, int]]) -> list[float]:
    return [float(value) for value, weight in pairs for _ in range(weight)]


@given(pairs=people)
def test_gini_is_the_mean_difference_of_all_pairs_of_people(pairs: list[tuple[int, int]]) -> None:
    values, weights = zip(*pairs, strict=True)
    each = written_out(pairs)
    if sum(each) == 0:
        assert math.isnan(gini(values, weights))
        return
    differences = sum(abs(one - other) for one in each for other in each)
    assert gini(values, weights) == pytest.approx(differences / (2 * len(each) * sum(each)), abs=1e-12)


@given(pairs=people)
def test_theil_is_the_sum_over_people(pairs: list[tuple[int, int]]) -> None:
    values, weights = zip(*pairs, strict=True)
    each = written_out(pairs)
    if sum(each) == 0:
        assert math.isnan(theil(values, weights))
        return
    mean = sum(each) / len(each)
    expected = sum(value / mean * math.log(value / mean) for value in each if value > 0) / len(each)
    assert theil(values, weights) == pytest.approx(expected, abs=1e-12)


def test_palma_is_the_top_tenth_over_the_bottom_four_tenths() -> None:
    assert palma([1, 1, 1, 1, 5, 5, 5, 5, 5, 20]) == pytest.approx(20 / 4)
    assert palma([20, 1, 5], [1, 4, 5]) == pytest.approx(20 / 4)
    assert palma([3], [100]) == pytest.approx(0.25)
    assert palma([0, 1], [4, 6]) == math.inf
    assert math.isnan(palma([0, 0]))


def test_share_below_is_of_people_with_less() -> None:
    assert share_below([1, 2, 3], [10, 20, 70], 2) == pytest.approx(0.1)
    assert share_below([1, 2, 3], None, 3) == pytest.approx(2 / 3)
    assert math.isnan(share_below([], [], 3))


@pytest.mark.parametrize("measure", [gini, theil, palma])
@given(pairs=people)
def test_does_not_depend_on_the_unit_or_the_order(measure: Callable[..., float], pairs: list[tuple[int, int]]) -> None:
    values, weights = (np.array(each, float) for each in zip(*pairs, strict=True))
    expected = pytest.approx(measure(values, weights), abs=1e-9, nan_ok=True)
    assert measure(values[::-1] * 1000, weights[::-1]) == expected
    assert measure(values, weights * 7) == expected


@pytest.mark.parametrize(("measure", "equal"), [(gini, 0), (theil, 0), (palma, 0.25)])
def test_knows_when_all_have_the_same(measure: Callable[..., float], equal: float) -> None:
    assert measure([7, 7, 7], [1, 50, 3]) == pytest.approx(equal, abs=1e-12)
    assert math.isnan(measure([], []))
    assert math.isnan(measure([3, 4], [0, 0]))


def test_one_who_has_everything_is_the_most_unequal() -> None:
    assert gini([0] * 99 + [1]) == pytest.approx(0.99)
    assert theil([0] * 99 + [1]) == pytest.approx(math.log(100))


@pytest.mark.parametrize("measure", [gini, theil, palma, lambda v, w: share_below(v, w, 1)])
def test_refuses_what_cannot_be(measure: Callable[..., float]) -> None:
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(InvalidAmount, match=f"values is {wrong} at 1"):
            measure([1, wrong], [1, 1])
        with pytest.raises(InvalidAmount, match=f"weights is {wrong} at 0"):
            measure([1, 1], [wrong, 1])
    with pytest.raises(ShapeMismatch, match=r"weights has shape \(1,\), expected \(2,\)"):
        measure([1, 1], [1])
    with pytest.raises(InvalidAmount, match="threshold is nan"):
        share_below([1], [1], math.nan)
