import json
from itertools import pairwise
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import OutsideExtent
from geo.geojson import feature, feature_collection, geometry

SHELL = [(15.0, 51.0), (15.0, 51.2), (15.2, 51.2), (15.2, 51.0)]
HOLE = [(15.1, 51.1), (15.15, 51.1), (15.15, 51.15), (15.1, 51.15)]


def area_to_the_left(ring: list[list[float]]) -> float:
    """Twice the signed area, by the shoelace formula: positive for counterclockwise rings."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))


def document(shape: shapely.Geometry) -> dict[str, Any]:
    made = geometry(shape)
    assert made is not None
    return made


@pytest.mark.parametrize("shell", [SHELL, SHELL[::-1]])
@pytest.mark.parametrize("hole", [HOLE, HOLE[::-1]])
@pytest.mark.parametrize("many", [False, True])
def test_is_right_handed(shell: list[Any], hole: list[Any], many: bool) -> None:
    polygon = shapely.Polygon(shell, [hole])
    made = document(shapely.MultiPolygon([polygon]) if many else polygon)
    outer, inner = made["coordinates"][0] if many else made["coordinates"]
    assert area_to_the_left(outer) > 0
    assert area_to_the_left(inner) < 0


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_has_longitude_first_and_six_decimals(lon: float, lat: float) -> None:
    assert document(shapely.Point(lon, lat)) == {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


def test_closes_its_rings() -> None:
    outer = document(shapely.Polygon(SHELL))["coordinates"][0]
    assert outer[0] == outer[-1]


@pytest.mark.parametrize("place", [shapely.Point(362_000, 362_000), shapely.Point(17.0, 91.0)])
def test_refuses_metres(place: shapely.Point) -> None:
    with pytest.raises(OutsideExtent, match="expected degrees"):
        geometry(place)


@pytest.mark.parametrize("nowhere", [None, shapely.Point()])
def test_has_a_null_geometry_for_a_feature_without_a_place(nowhere: shapely.Point | None) -> None:
    assert feature(nowhere, {"name": "hotline"})["geometry"] is None


def test_leaves_out_an_identifier_that_is_not_there() -> None:
    assert "id" not in feature(None, {})
    assert feature(None, {}, "0225011")["id"] == "0225011"


def test_makes_a_collection_that_a_foreign_reader_understands() -> None:
    places = [feature(shapely.Point(15.0, 51.1), {"name": "Zgorzelec"}, "a"), feature(shapely.Polygon(SHELL), {})]
    made = feature_collection(places, attribution="GUGiK")
    assert made["attribution"] == "GUGiK"
    read = shapely.from_geojson(json.dumps({key: made[key] for key in ("type", "features")}))
    assert [part.geom_type for part in read.geoms] == ["Point", "Polygon"]
    assert read.geoms[0].equals(shapely.Point(15.0, 51.1))
