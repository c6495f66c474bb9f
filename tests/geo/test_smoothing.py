import numpy as np
import pytest
import shapely

from geo.smoothing import smoothed_coverage

NOTCHED = shapely.Polygon([(0, 0), (10, 0), (10, 4), (10.1, 5), (10, 6), (10, 10), (0, 10)])
NEIGHBOUR = shapely.box(0, 0, 20, 10).difference(NOTCHED)
TOWN = shapely.box(13, 3, 17, 7)
COVERAGE = np.array([NOTCHED, NEIGHBOUR.difference(TOWN), TOWN])


def test_keeps_a_coverage_a_coverage() -> None:
    smooth = smoothed_coverage(COVERAGE, 1.0)
    assert shapely.coverage_is_valid(smooth)
    assert [one.geom_type for one in smooth] == ["Polygon"] * 3


def test_keeps_a_town_inside_the_area_around_it() -> None:
    _, around, town = smoothed_coverage(COVERAGE, 1.0)
    assert len(around.interiors) == 1
    assert shapely.Polygon(around.interiors[0]).equals(town)


def test_keeps_the_order_of_the_areas() -> None:
    back = smoothed_coverage(COVERAGE[::-1], 1.0)[::-1]
    assert shapely.area(back) == pytest.approx(shapely.area(smoothed_coverage(COVERAGE, 1.0)))
    assert shapely.contains_xy(smoothed_coverage(COVERAGE, 1.0), [5, 12, 15], [5, 5, 5]).all()


def test_lets_small_details_vanish() -> None:
    assert smoothed_coverage(COVERAGE, 1.0)[0].bounds[2] == pytest.approx(10, abs=0.01)


def test_cuts_every_corner() -> None:
    corners = shapely.get_coordinates(smoothed_coverage(np.array([shapely.box(0, 0, 8, 8)]), 0.1, rounds=1)[0])
    assert sorted(set(map(tuple, corners))) == [(0, 2), (0, 6), (2, 0), (2, 8), (6, 0), (6, 8), (8, 2), (8, 6)]


def test_rounds_nothing_where_that_would_break_the_coverage() -> None:
    slit = shapely.Polygon([(0, 0), (8, 0), (8, 4), (4, 4.001), (0, 4)])
    wedge = shapely.Polygon([(0, 4), (4, 4.001), (8, 4), (8, 4.002), (0, 4.002)])
    smooth = smoothed_coverage(np.array([slit, wedge]), 1e-6)
    assert shapely.coverage_is_valid(smooth)
