"""OGC API – Features, read by the programs that people use: GDAL's driver and OWSLib, over HTTP."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pyogrio
import pytest
from owslib.ogcapi.features import Features
from pyproj import Transformer
from werkzeug.serving import make_server

from mapapp.web.api.ogc import ogc
from tests.web_app import app_with

pytestmark = pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="this GDAL has no OAPIF driver")


@pytest.fixture(scope="module")
def address(site_url: str, compiled_catalogs: None) -> Iterator[str]:
    """The API on a live server."""
    with app_with(site_url, ogc) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/ogc"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def gdal(address: str) -> Iterator[Callable[..., Any]]:
    """pyogrio in a process of its own: it waits for an answer without letting this one's threads give it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield lambda read, **options: process.submit(read, f"OAPIF:{address}", **options).result(timeout=60)


def test_shows_its_layers_to_gdal(gdal: Callable[..., Any]) -> None:
    assert [tuple(layer) for layer in gdal(pyogrio.list_layers)] == [
        *((name, "Point") for name in ("services", "locations", "organizations")),
        *((name, "MultiPolygon") for name in ("gminas", "powiats", "subregions", "coverage")),
    ]


def test_gives_gdal_every_feature(address: str, gdal: Callable[..., Any]) -> None:
    services = gdal(pyogrio.read_dataframe, layer="services")
    assert len(services) == Features(address).collection_items("services", limit=1)["numberMatched"]
    assert services.geometry.isna().sum() == 2  # the hidden one and the one without a place
    (home,) = services[services.facility_type == "dps"].geometry
    assert (home.x, home.y) == pytest.approx((17.03, 51.11))


def test_gives_gdal_the_metric_crs_the_right_way_round(gdal: Callable[..., Any]) -> None:
    # Kłodzko: around Wrocław, northing and easting are alike, and a swap would look right
    services = gdal(pyogrio.read_dataframe, layer="services", CRS="EPSG:2180", where="facility_type = 'ops'")
    east, north = Transformer.from_crs(4326, 2180, always_xy=True).transform(16.65, 50.44)
    assert services.crs.to_epsg() == 2180
    assert (services.geometry.iloc[0].x, services.geometry.iloc[0].y) == pytest.approx((east, north), abs=0.01)
    gminas = gdal(pyogrio.read_dataframe, layer="gminas")
    assert gminas.crs.to_epsg() == 2180
    (town,) = gminas[gminas.code == "0208021"].geometry
    assert town.contains(services.geometry.iloc[0])


def test_lets_gdal_look_in_a_box(gdal: Callable[..., Any]) -> None:
    found = gdal(pyogrio.read_dataframe, layer="services", bbox=(17, 51, 17.5, 51.5))
    assert list(found.facility_type) == ["dps"]


def test_serves_owslib(address: str) -> None:
    api = Features(address)
    assert api.feature_collections() == [
        "services",
        "locations",
        "organizations",
        "gminas",
        "powiats",
        "subregions",
        "coverage",
    ]
    assert api.api()["openapi"].startswith("3.0")
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in api.conformance()["conformsTo"]
    assert api.collection("gminas")["itemType"] == "feature"
    assert "facility_type" in api.collection_queryables("services")["properties"]
    found = api.collection_items("services", bbox=[17, 51, 17.5, 51.5], limit=5)
    assert [each["properties"]["facility_type"] for each in found["features"]] == ["dps"]
    assert api.collection_items("services", filter="facility_type = 'dps'")["numberMatched"] == 1
    assert api.collection_item("gminas", "0264011")["properties"]["name"] == "Wrocław"


def test_gives_gdal_and_owslib_the_released_figures_of_coverage(address: str, gdal: Callable[..., Any]) -> None:
    api = Features(address)
    found = gdal(pyogrio.read_dataframe, layer="coverage", where="measure = 'places_per_1k' AND level = 'gmina'")
    asked = api.collection_items("coverage", filter="measure = 'places_per_1k' AND A_CONTAINS(types, ('ddp'))")
    places = {each["properties"]["area_code"]: each["properties"] for each in asked["features"]}
    assert set(places) == {"0208021", "0264011", "region"}
    told = places["0208021"]
    assert (told["numerator"], told["unit"], told["level"]) == (24, "places_per_1k", "gmina")
    assert told["value"] == pytest.approx(1000 * told["numerator"] / told["denominator"])
    assert "samples" in told["flags"]
    assert dict(zip(found.area_code, found.value, strict=True))["0208021"] == pytest.approx(told["value"])
    assert not found.geometry.isna().any()
    assert found.crs.to_epsg() == 2180
