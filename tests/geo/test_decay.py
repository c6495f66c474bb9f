import doctest

import numpy as np
import pytest

import geo.decay
from geo.decay import binary, exponential, gaussian, linear, stepped
from geo.errors import InvalidAmount, ShapeMismatch
from tests.geo.oracles import DECAYS


def test_has_the_sample_values_of_its_docstrings() -> None:
    tried = doctest.testmod(geo.decay)
    assert tried.attempted == 5
    assert tried.failed == 0


@pytest.mark.parametrize("name", DECAYS)
def test_falls_from_one_at_the_door_to_nothing_beyond_the_cutoff(name: str) -> None:
    decay = DECAYS[name]
    weight = decay(np.linspace(0, decay.cutoff, 500))
    assert weight[0] == 1
    assert (np.diff(weight) <= 0).all()
    assert (weight >= 0).all()
    assert decay(np.nextafter(decay.cutoff, np.inf)) == 0
    assert decay(np.inf) == 0


def test_still_counts_what_is_exactly_at_the_cutoff() -> None:
    assert binary(10)(10.0) == 1
    assert stepped((5, 10), (1, 0.2))(10.0) == 0.2
    assert gaussian(30)(30.0) == pytest.approx(0.011108997)
    assert exponential(30, 0.1)(30.0) == pytest.approx(0.049787068)


def test_keeps_the_shape_of_its_costs() -> None:
    assert gaussian(10)(np.zeros((2, 3))).shape == (2, 3)
    assert linear(10)([]).shape == (0,)


@pytest.mark.parametrize("wrong", [0, -1, np.nan, np.inf])
def test_refuses_a_cutoff_that_is_none(wrong: float) -> None:
    for factory in (binary, linear, gaussian, lambda cutoff: exponential(cutoff, 1), lambda rate: exponential(1, rate)):
        with pytest.raises(InvalidAmount, match=f"is {wrong}, expected a number above 0"):
            factory(wrong)


def test_refuses_steps_that_do_not_fit() -> None:
    with pytest.raises(ShapeMismatch, match="2 breaks with 1 weights"):
        stepped((1, 2), (1,))
    with pytest.raises(InvalidAmount, match="expected rising"):
        stepped((2, 2), (1, 0.5))
    with pytest.raises(InvalidAmount, match="expected falling"):
        stepped((1, 2), (0.5, 0.6))
    with pytest.raises(InvalidAmount, match="expected falling"):
        stepped((1,), (1.5,))
