import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidAmount, ShapeMismatch
from geo.gridded import area_shares

nan = np.nan
UNKNOWN_TOO = st.one_of(st.integers(0, 500).map(float), st.just(nan))


def shares(persons, groups, part, area, n_areas=2):
    return area_shares(np.array(persons, float), np.array(groups, float), np.array(part), np.array(area), n_areas)


def test_a_small_example_by_hand() -> None:
    """A cell of 100 wholly in area 0; one of 200 (50 old), three quarters in area 0 and one in area 1, beside 30 there.

    Area 0 has 100 + 150 people, area 1 50 + 30; of the old 10 + 37.5, and 12.5 + 7.5.
    """
    found = shares([100, 200, 200, 30], [[90, 150, 150, 22.5], [10, 50, 50, 7.5]], [1, 0.75, 0.25, 1], [0, 0, 1, 1])
    assert found.of_all == pytest.approx([100 / 250, 150 / 250, 50 / 80, 30 / 80])
    assert found.of_groups[1] == pytest.approx([10 / 47.5, 37.5 / 47.5, 12.5 / 20, 7.5 / 20])


def test_what_is_kept_back_is_what_the_known_groups_leave() -> None:
    """Two complete cells have 3 young for 1 old. 40 people of whom 12 are of the third group leave 28: 21 and 7."""
    groups = [[30, 60, nan], [10, 20, nan], [0, 0, 12]]
    found = shares([40, 80, 40], groups, [1, 1, 1], [0, 0, 0], 1)
    assert found.of_groups[:, 2] == pytest.approx([21 / 111, 7 / 37, 1])


def test_a_total_that_is_kept_back_is_its_groups_or_somebody() -> None:
    found = shares([nan, nan, 2], [[4, nan, 1], [nan, nan, 1]], [1, 1, 1], [0, 0, 0], 1)
    assert found.of_all == pytest.approx([4 / 7, 1 / 7, 2 / 7])


def test_a_group_that_nobody_is_in_lives_where_all_do() -> None:
    found = shares([30, 10], [[0, 0]], [1, 1], [0, 0], 1)
    assert found.of_groups[0] == pytest.approx([0.75, 0.25])


def test_an_area_where_nobody_lives_has_no_shares() -> None:
    found = shares([0, 10], [[0, 10]], [1, 1], [0, 1])
    assert np.isnan(found.of_all).tolist() == np.isnan(found.of_groups[0]).tolist() == [True, False]


@given(st.data())
def test_nobody_is_lost(data: st.DataObject) -> None:
    """The parts of every area sum to one, all people and each group; and so do any people told by them."""
    n, areas = data.draw(st.integers(1, 12)), 3
    persons = [data.draw(st.one_of(st.integers(1, 500).map(float), st.just(nan))) for _ in range(n)]
    groups = [[data.draw(UNKNOWN_TOO) for _ in range(n)] for _ in range(3)]
    part = [data.draw(st.floats(1e-3, 1)) for _ in range(n)]
    area = [data.draw(st.integers(0, areas - 1)) for _ in range(n)]
    found = shares(persons, groups, part, area, areas)
    for weights in (found.of_all, *found.of_groups):
        sums = np.bincount(area, weights, minlength=areas)
        assert sums == pytest.approx([1.0 if number in area else 0.0 for number in range(areas)], abs=1e-12)
        assert (weights >= 0).all()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"persons": [-1.0, 2]}, InvalidAmount),
        ({"groups": [[1, -2]]}, InvalidAmount),
        ({"part": [1.0, 1.5]}, InvalidAmount),
        ({"area": [0, 2]}, InvalidAmount),
        ({"area": [0]}, ShapeMismatch),
        ({"groups": [1, 2]}, ShapeMismatch),
        ({"groups": [[1, 2, 3]]}, ShapeMismatch),
    ],
)
def test_refuses_what_cannot_be(change: dict, error: type[Exception]) -> None:
    right = {"persons": [1, 2], "groups": [[1, 2]], "part": [1.0, 1.0], "area": [0, 1]}
    with pytest.raises(error):
        shares(**right | change)
