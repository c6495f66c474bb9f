"""Vector tiles, decoded by GDAL."""

import gzip
import json
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest
from flask import Flask
from flask.testing import FlaskClient
from geopandas import GeoDataFrame
from sqlalchemy import text

from mapapp.database import make_staff_engine, transaction
from mapapp.directory.tiles import CELLS, DEEPEST, DEEPEST_CLUSTERED
from mapapp.territory.tiles import Tile
from mapapp.web.api import tiles as web_tiles
from mapapp.web.api.tiles import MOST_BYTES, KeptTile, Tiles, tiles
from mapapp.web.site import EXTENSION
from tests import example_site
from tests.web_app import app_with

KLODZKO = (16.65, 50.44)
WROCLAW = (17.03, 51.11)
# fields that every service near by has
FIELDS = {"id", "location_id", "type", "group", "access", "is_sample"}


@pytest.fixture(scope="module")
def app(site_url: str, compiled_catalogs: None) -> Iterator[Flask]:
    with app_with(site_url, tiles) as app:
        yield app


def tile_of(position: tuple[float, float], z: int) -> str:
    lon, lat = position
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return f"{z}/{x}/{y}"


def decoded(data: bytes, tile: str, folder: Path, layer: str = "services") -> GeoDataFrame:
    z, x, y = tile.split("/")
    path = folder / "tile.mvt"
    path.write_bytes(data)
    return pyogrio.read_dataframe(path, layer=layer, X=x, Y=y, Z=z, CLIP="NO").to_crs(4326)


@pytest.mark.parametrize("z", [DEEPEST_CLUSTERED + 1, 14, DEEPEST])
def test_shows_every_service_from_close_by(client: FlaskClient, tmp_path: Path, z: int) -> None:
    tile = tile_of(WROCLAW, z)
    answer = client.get(f"/tiles/services/{tile}.mvt")
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = decoded(answer.data, tile, tmp_path)
    assert set(found.columns) - {"mvt_id", "geometry"} == FIELDS
    assert list(found["type"]) == ["dps"]
    assert list(found["group"]) == ["care_24h"]
    assert list(found["access"]) == ["partial"]
    assert (found.geometry.x[0], found.geometry.y[0]) == pytest.approx(WROCLAW, abs=360 / 2**z / 4096)


@pytest.mark.parametrize("z", range(DEEPEST_CLUSTERED + 1))
def test_counts_every_service_once_from_afar(client: FlaskClient, tmp_path: Path, z: int) -> None:
    counted, mixed = 0, 0
    for tile in {tile_of(KLODZKO, z), tile_of(WROCLAW, z)}:
        found = decoded(client.get(f"/tiles/services/{tile}.mvt").data, tile, tmp_path)
        assert len(found) <= CELLS * CELLS
        counted += found.point_count.sum()
        groups = [column for column in found.columns if column.startswith("group:")]
        mixed += found[found.point_count > 1][groups].sum().sum() + (found.point_count == 1).sum()
        alone = found.reindex(columns=["point_count", "id"])
        assert list(alone.point_count == 1) == list(alone.id.notna())
    shown = (each for each in example_site.facilities() if each.location and each.location.visibility == "public")
    assert counted == mixed == sum(len(each.services) for each in shown)


def test_puts_a_cluster_amid_its_services(client: FlaskClient, tmp_path: Path) -> None:
    tile = tile_of(KLODZKO, 10)
    found = decoded(client.get(f"/tiles/services/{tile}.mvt").data, tile, tmp_path)
    assert (found.geometry.x[0], found.geometry.y[0]) == pytest.approx(KLODZKO, abs=360 / 2**10 / 4096)


def test_shows_only_the_types_and_groups_asked_for(client: FlaskClient, tmp_path: Path) -> None:
    tile = tile_of(KLODZKO, 12)
    found = decoded(client.get(f"/tiles/services/{tile}.mvt?type=ops&type=ddp").data, tile, tmp_path)
    assert set(found["type"]) == {"ops", "ddp"}
    found = decoded(client.get(f"/tiles/services/{tile}.mvt?group=centres").data, tile, tmp_path)
    assert set(found["group"]) == {"centres"}
    tile = tile_of(KLODZKO, 8)
    found = decoded(client.get(f"/tiles/services/{tile}.mvt?type=ops").data, tile, tmp_path)
    assert list(found.point_count) == [2]
    assert client.get(f"/tiles/services/{tile}.mvt?type=dps&group=centres").status_code == 204


def test_says_which_services_are_samples(client: FlaskClient, tmp_path: Path) -> None:
    tile = tile_of(KLODZKO, 12)
    found = decoded(client.get(f"/tiles/services/{tile}.mvt").data, tile, tmp_path)
    samples = {
        each.facility_type
        for facility in example_site.facilities()
        if facility.is_sample and facility.location is not None
        for each in facility.services
    }
    assert set(found[found.is_sample.astype(bool)]["type"]) == samples
    assert "ddp" in samples


@pytest.mark.parametrize(
    ("layer", "codes"),
    [("gminas", {"0208021", "0264011"}), ("powiats", {"0208", "0264"}), ("subregions", {"PL517", "PL514"})],
)
def test_shows_areas(client: FlaskClient, tmp_path: Path, layer: str, codes: set[str]) -> None:
    tile = tile_of(KLODZKO, 5)
    found = decoded(client.get(f"/tiles/{layer}/{tile}.mvt").data, tile, tmp_path, layer)
    assert set(found.code) == codes
    assert set(found.columns) - {"mvt_id", "geometry"} == {"code", "name", "kind", "parent_code"}
    assert found.geometry.is_valid.all()


def test_is_empty_where_nothing_is(client: FlaskClient) -> None:
    for layer in ("services", "gminas"):
        answer = client.get(f"/tiles/{layer}/6/1/1.mvt")
        assert (answer.status_code, answer.data) == (204, b"")


def test_never_shows_a_hidden_place(client: FlaskClient, tmp_path: Path) -> None:
    for z in (12, 14, 16):
        tile = tile_of(KLODZKO, z)
        data = client.get(f"/tiles/services/{tile}.mvt").data
        assert "dmdz" not in set(decoded(data, tile, tmp_path)["type"])
    assert client.get(f"/tiles/services/{tile_of(KLODZKO, 5)}.mvt?type=dmdz").status_code == 204


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"services/{DEEPEST + 1}/0/0", "z"),
        ("services/-1/0/0", "z"),
        ("services/3/8/0", "x"),
        ("services/3/0/8", "y"),
        ("gminas/x/0/0", "z"),
        ("gminas/1/" + "9" * 5_000 + "/0", "x"),
        ("gminas/1/1.5/0", "x"),
        ("gminas/1/１/0", "x"),
        ("services/1/0/0?type=nothing", "type"),
        ("services/1/0/0?group=%00", "group"),
        ("gminas/1/0/0?type=ops", "type"),
        ("services/1/0/0?x=1", "x"),
        ("services/1/0/0?" + "&".join(["type=ops"] * 60), "type"),
    ],
)
def test_names_what_is_out_of_range(client: FlaskClient, path: str, parameter: str) -> None:
    path, _, arguments = path.partition("?")
    answer = client.get(f"/tiles/{path}.mvt", query_string=arguments)
    assert answer.status_code == 400
    assert parameter in answer.text


@pytest.mark.parametrize("path", ["/tiles/nothing/0/0/0.mvt", "/tiles/nothing.json", "/tiles/services/0/0/0.png"])
def test_has_no_other_layer(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_sends_a_tile_once(client: FlaskClient) -> None:
    address = f"/tiles/services/{tile_of(KLODZKO, 12)}.mvt"
    first = client.get(address)
    assert "max-age" in first.headers["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    compressed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["ETag"] != first.headers["ETag"]
    assert gzip.decompress(compressed.data) == first.data
    assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_sends_again_what_was_sent(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    app_of_flask = app.wsgi_app.app  # type: ignore[attr-defined] # what the tiles put before it
    monkeypatch.setattr(app.wsgi_app, "app", lambda environ, start: asked.append("") or app_of_flask(environ, start))
    mine = app.extensions["tiles"]
    for address in (f"/tiles/services/{tile_of(KLODZKO, 11)}.mvt", "/tiles/gminas/9/0/0.mvt"):
        asked.clear()
        mine.looked_up = time.monotonic() + 60  # trusted, however slow the machine is
        first, again = client.get(address), client.get(address)
        assert (again.status, again.data, list(again.headers)) == (first.status, first.data, list(first.headers))
        assert len(asked) == 1
        client.get(address, headers={"Accept-Encoding": "gzip"})
        client.head(address)
        client.get(address, headers={"If-None-Match": first.headers.get("ETag", '"none"')})
        assert len(asked) == 4
        mine.looked_up = 0.0
        client.get(address)
        assert len(asked) == 5
        mine.looked_up = time.monotonic() + 60
        mine.release = replace(mine.release, tag="another")
        client.get(address)
        assert len(asked) == 6
    mine.looked_up = 0.0


@pytest.mark.parametrize("layer", ["services", "gminas", "powiats", "subregions"])
def test_describes_its_layers(client: FlaskClient, tmp_path: Path, layer: str) -> None:
    document = json.loads(client.get(f"/tiles/{layer}.json").data)
    assert document["tilejson"] == "3.0.0"
    assert document["boundaries"] == "schematic"
    assert document["samples"] is (layer == "services")
    (template,) = document["tiles"]
    tile = tile_of(KLODZKO, 12)
    z, x, y = tile.split("/")
    address = template.replace("{z}", z).replace("{x}", x).replace("{y}", y)
    data = client.get(address.removeprefix("http://localhost")).data
    (described,) = document["vector_layers"]
    found = decoded(data, tile, tmp_path, described["id"])
    assert set(found.columns) - {"mvt_id", "geometry"} <= set(described["fields"])
    lon, lat = KLODZKO
    west, south, east, north = document["bounds"]
    assert west <= lon <= east
    assert south <= lat <= north


def test_keeps_filters_in_its_description(client: FlaskClient) -> None:
    document = json.loads(client.get("/tiles/services.json?type=ops&group=centres").data)
    assert document["tiles"] == ["http://localhost/tiles/services/{z}/{x}/{y}.mvt?type=ops&group=centres"]


def test_keeps_no_more_than_its_bound() -> None:
    kept = Tiles().cache
    for number in range(3_000):
        tile = Tile(16, number, 0)
        kept["release", "services", tile, (), ()] = KeptTile(b"x" * 50_000, "tag")
    assert kept.currsize <= MOST_BYTES
    assert ("release", "services", Tile(16, 2_999, 0), (), ()) in kept
    assert ("release", "services", Tile(16, 0, 0), (), ()) not in kept


def test_shows_a_new_release(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/tiles/services/{tile_of(KLODZKO, 12)}.mvt"
    before = client.get(address)
    monkeypatch.setattr(web_tiles, "SECONDS_TRUSTED", -1.0)
    engine = app.extensions[EXTENSION].open_session.kw["bind"]
    writer = make_staff_engine(engine.url.render_as_string(hide_password=False))
    try:
        with transaction(writer) as session:
            session.execute(text("UPDATE listing SET facility_type = 'cus' WHERE facility_type = 'ops'"))
        changed = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != before.headers["ETag"]
    finally:
        with transaction(writer) as session:
            session.execute(text("UPDATE listing SET facility_type = 'ops' WHERE facility_type = 'cus'"))
        writer.dispose()
    assert client.get(address).headers["ETag"] == before.headers["ETag"]
