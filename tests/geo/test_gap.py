import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.catchment import Locations, two_step
from geo.decay import gaussian
from geo.errors import InvalidAmount, ShapeMismatch
from geo.gap import accessible_places, gap
from tests.geo.oracles import world

amount = st.floats(0, 1e6)


def test_a_small_example_by_hand() -> None:
    """2 places per 100 people: 500 need 10 and have 4; 200 need 4 and have 9; 50 need 1 and have none."""
    found = gap(0.02, [500, 200, 50, 0], [4, 9, 0, 0])
    assert found.places == pytest.approx([6, 0, 1, 0])
    assert found.people == pytest.approx([300, 0, 50, 0])


def test_what_is_unknown_stays_unknown() -> None:
    found = gap(0.02, [500, 500], [np.nan, 10])
    assert np.isnan(found.places).tolist() == np.isnan(found.people).tolist() == [True, False]


@given(standard=st.floats(1e-4, 2), target=amount, places=amount)
def test_what_is_there_and_what_is_missing_reach_the_standard(standard: float, target: float, places: float) -> None:
    found = gap(standard, [target], [places])
    assert found.places[0] + places >= standard * target * (1 - 1e-9)
    assert found.places[0] == 0 or found.places[0] + places == pytest.approx(standard * target)
    assert 0 <= found.people[0] <= target
    assert found.people[0] * standard == pytest.approx(found.places[0], rel=1e-9, abs=1e-9)


@given(target=amount, places=amount)
def test_a_higher_standard_never_lowers_the_gap(target: float, places: float) -> None:
    found = [gap(standard, [target], [places]).places[0] for standard in (0.01, 0.02, 0.5)]
    assert found == sorted(found)


def test_accessible_places_of_all_areas_are_the_capacity() -> None:
    at = world(60, 20)
    area = np.arange(60) % 5
    access = two_step(at.people, at.capacity, Locations(at.demand, at.supply), gaussian(20_000))
    places = accessible_places(access.score, at.people, area, 5)
    assert places.sum() == pytest.approx(np.nansum(at.capacity[~access.is_unused]))
    assert places[2] == pytest.approx(sum(at.people[i] * access.score[i] for i in range(2, 60, 5)))
    assert accessible_places([2.0, 3.0], [1, 1], [-1, 0], 2).tolist() == [3, 0]


def test_refuses_what_is_no_standard() -> None:
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(InvalidAmount, match=f"standard is {wrong}"):
            gap(wrong, [1], [1])
    with pytest.raises(ShapeMismatch, match=r"accessible_places has shape \(1,\), expected \(2,\)"):
        gap(1, [1, 2], [1])
    with pytest.raises(InvalidAmount, match="target is nan at 0"):
        gap(1, [np.nan], [1])
