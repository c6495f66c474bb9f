import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidGeometry
from geo.repair import defect, repaired

BOW_TIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
SQUARE = shapely.box(0, 0, 2, 2)

rings = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=8)


def test_finds_nothing_wrong_with_a_sound_polygon() -> None:
    assert defect(SQUARE) is None
    assert repaired(SQUARE) is SQUARE


def test_says_what_is_wrong_and_where() -> None:
    assert defect(BOW_TIE) == "Self-intersection[1 1]"


def test_keeps_both_wings_of_a_bow_tie() -> None:
    sound = repaired(BOW_TIE)
    assert sound.geom_type == "MultiPolygon"
    assert sound.area == pytest.approx(2)


def test_drops_the_spike_of_a_polygon() -> None:
    spiked = shapely.Polygon([(0, 0), (2, 0), (2, 5), (2, 2), (0, 2)])
    assert shapely.equals(repaired(spiked), SQUARE)


def test_drops_a_part_that_has_collapsed_to_a_line() -> None:
    collapsed = shapely.Polygon([(5, 5), (6, 6), (7, 7)])
    assert shapely.equals(repaired(shapely.MultiPolygon([SQUARE, collapsed])), SQUARE)


def test_refuses_a_polygon_without_area() -> None:
    with pytest.raises(InvalidGeometry, match="no area"):
        repaired(shapely.Polygon([(0, 0), (1, 1), (2, 2)]))


def test_refuses_what_is_no_polygon() -> None:
    with pytest.raises(InvalidGeometry, match="LineString"):
        repaired(shapely.LineString([(0, 0), (1, 1)]))


@given(rings)
def test_gives_a_sound_polygon_or_says_why_not(ring: list[tuple[int, int]]) -> None:
    try:
        sound = repaired(shapely.Polygon(ring))
    except InvalidGeometry:
        return
    assert defect(sound) is None
    assert sound.area > 0
    assert sound.geom_type in ("Polygon", "MultiPolygon")
