from math import inf, nan

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geo.crs import EXTENT, PUWG_1992, WGS84, Position, expect_crs, in_poland, to_metric, to_wgs84
from geo.errors import MissingCrs, OutsideExtent, ShapeMismatch, UnexpectedCrs

WEST, SOUTH, EAST, NORTH = EXTENT
ZGORZELEC = Position(15.0084, 51.1494)
JELENIA_GORA = Position(15.7393, 50.9044)

positions = st.lists(st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH)), min_size=1, max_size=20).map(np.array)


@pytest.mark.parametrize(
    ("place", "east_km", "north_km"),
    [(ZGORZELEC, 221, 372), (JELENIA_GORA, 271, 343)],
    ids=["Zgorzelec", "Jelenia Gora"],
)
def test_gives_east_before_north(place: Position, east_km: int, north_km: int) -> None:
    # Far from Wrocław, where both are about 362 km and swapped axes would look right.
    in_order_of_the_authority = Transformer.from_crs("EPSG:4326", "EPSG:2180")
    north, east = in_order_of_the_authority.transform(place.lat, place.lon)
    assert to_metric(np.array([place])) == pytest.approx(np.array([[east, north]]), abs=0.001)
    assert (round(east / 1000), round(north / 1000)) == (east_km, north_km)


def test_has_the_nineteenth_meridian_at_500_km_east() -> None:
    east, north = to_metric(np.array([[19.0, 52.0]]))[0]
    meridian = Geod(ellps="GRS80").inv(19.0, 0.0, 19.0, 52.0)[2]
    assert east == pytest.approx(500_000, abs=0.001)
    assert north == pytest.approx(meridian * 0.9993 - 5_300_000, abs=0.001)


@given(positions)
def test_comes_back_to_the_same_place(degrees: np.ndarray) -> None:
    assert to_wgs84(to_metric(degrees)) == pytest.approx(degrees, abs=1e-8)


@given(positions)
def test_treats_geometries_as_it_treats_arrays(degrees: np.ndarray) -> None:
    metres = shapely.points(to_metric(degrees))
    assert shapely.equals_exact(to_metric(shapely.points(degrees)), metres, tolerance=1e-6).all()
    assert to_metric(shapely.Point(degrees[0])).equals_exact(metres[0], tolerance=1e-6)


def test_leaves_its_input_as_it_was() -> None:
    degrees = np.array([ZGORZELEC])
    to_metric(degrees)
    assert tuple(degrees[0]) == ZGORZELEC


@pytest.mark.parametrize("shape", [(2,), (3, 3), (2, 2, 2)])
def test_refuses_arrays_that_are_no_positions(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeMismatch, match="expected \\(n, 2\\)"):
        to_metric(np.zeros(shape))


@pytest.mark.parametrize("place", [ZGORZELEC, JELENIA_GORA, Position(18.3, 54.83), Position(22.85, 49.01)])
def test_accepts_positions_in_poland(place: Position) -> None:
    assert in_poland(place) is place


@pytest.mark.parametrize("lon", [nan, inf, -inf])
def test_refuses_positions_that_are_no_numbers(lon: float) -> None:
    with pytest.raises(OutsideExtent, match="two finite numbers"):
        in_poland(Position(lon, 51.0))
    with pytest.raises(OutsideExtent, match="two finite numbers"):
        in_poland(Position(17.0, lon))


@pytest.mark.parametrize(
    "place", [Position(13.4, 52.5), Position(17.0, 48.2), Position(25.3, 54.7), Position(18.1, 59.3)]
)
def test_names_a_position_outside_poland(place: Position) -> None:
    with pytest.raises(OutsideExtent, match=f"{place.lon}, {place.lat}"):
        in_poland(place)


def test_recognises_latitude_before_longitude() -> None:
    with pytest.raises(OutsideExtent, match="latitude stands before longitude"):
        in_poland(Position(ZGORZELEC.lat, ZGORZELEC.lon))


def test_tells_a_missing_from_an_unexpected_reference_system() -> None:
    expect_crs(PUWG_1992, PUWG_1992)
    with pytest.raises(MissingCrs, match="2180"):
        expect_crs(None, PUWG_1992)
    with pytest.raises(UnexpectedCrs, match=r"4326.*2180"):
        expect_crs(WGS84, PUWG_1992)
