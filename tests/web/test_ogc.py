"""OGC API – Features, asked as a program asks it."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyproj import Transformer
from werkzeug.test import TestResponse

from mapapp.territory.feature_pages import CRS84, CRSS, MERCATOR, PUWG_1992, WGS84
from mapapp.web.api.ogc import ogc
from mapapp.web.api.ogc_documents import CONFORMANCE
from mapapp.web.api.ogc_parameters import MOST_FEATURES
from tests.web_app import app_with

COLLECTIONS = ["services", "locations", "organizations", "gminas", "powiats", "subregions", "coverage"]
DOCUMENTS = ["", "/conformance", "/collections", "/collections/services", "/collections/gminas"]
ITEMS = "/api/ogc/collections/services/items"


@pytest.fixture(scope="module")
def app(site_url: str, compiled_catalogs: None) -> Iterator[Flask]:
    with app_with(site_url, ogc) as app:
        yield app


def items(client: FlaskClient, collection: str = "services", **arguments: object) -> dict[str, Any]:
    answer = client.get(f"/api/ogc/collections/{collection}/items", query_string=arguments)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    document: dict[str, Any] = json.loads(answer.data)
    return document


def links(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def types(document: dict[str, Any]) -> list[str]:
    return [feature["properties"]["facility_type"] for feature in document["features"]]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_leads_from_the_landing_page_to_every_document(client: FlaskClient, path: str) -> None:
    document = client.get(f"/api/ogc{path}").get_json()
    assert all(link["href"].startswith("http://localhost/api/ogc") for link in document["links"])
    for link in document["links"]:
        answer = client.get(local(link["href"]))
        assert answer.status_code == 200, link
        assert answer.mimetype == link["type"].partition(";")[0], link


def test_says_which_requirements_it_meets(client: FlaskClient) -> None:
    classes = client.get("/api/ogc/conformance").get_json()["conformsTo"]
    assert classes == list(CONFORMANCE)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in classes


def test_describes_every_collection(client: FlaskClient) -> None:
    document = client.get("/api/ogc/collections").get_json()
    assert [each["id"] for each in document["collections"]] == COLLECTIONS
    assert document["boundaries"] == "schematic"
    by_name = {each["id"]: each for each in document["collections"]}
    west, south, east, north = by_name["services"]["extent"]["spatial"]["bbox"][0]
    assert (west, south, east, north) == pytest.approx((16.65, 50.44, 17.03, 51.11))
    assert by_name["services"]["crs"][0] == CRS84.uri
    assert by_name["gminas"]["storageCrs"] == PUWG_1992.uri
    assert by_name["services"]["samples"] is True
    assert by_name["gminas"]["samples"] is False


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_gives_features_with_their_notices(client: FlaskClient, collection: str) -> None:
    document = items(client, collection, limit=5)
    assert document["type"] == "FeatureCollection"
    assert document["boundaries"] == "schematic"
    assert document["numberReturned"] == len(document["features"]) == min(5, document["numberMatched"])
    first = document["features"][0]
    answer = client.get(f"/api/ogc/collections/{collection}/items/{first['id']}")
    assert answer.headers["Content-Crs"] == f"<{CRS84.uri}>"
    alone = json.loads(answer.data)
    assert alone["properties"] == first["properties"]
    assert alone["geometry"] == first["geometry"]
    assert alone["samples"] is document["samples"]
    assert set(links(alone)) == {"self", "alternate", "collection"}


def test_gives_services_without_a_place_without_geometry(client: FlaskClient) -> None:
    document = items(client, filter="facility_type = 'teleopieka'")
    assert [feature["geometry"] for feature in document["features"]] == [None]


def test_gives_each_place_once_with_its_types(client: FlaskClient) -> None:
    document = items(client, "locations", limit=1000)
    assert len({feature["id"] for feature in document["features"]}) == document["numberMatched"]
    by_name = {feature["properties"]["organization_name"]: feature["properties"] for feature in document["features"]}
    assert by_name["Ośrodek Pomocy Społecznej w Kłodzku"]["facility_types"] == ["ops"]
    assert by_name["Ośrodek Pomocy Społecznej w Kłodzku"]["services"] == 2


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_pages_through_everything_once(client: FlaskClient, collection: str) -> None:
    document = items(client, collection, limit=7)
    seen: list[str] = []
    while True:
        seen += [feature["id"] for feature in document["features"]]
        following = links(document).get("next")
        if following is None:
            break
        document = json.loads(client.get(local(following)).data)
    assert len(seen) == len(set(seen)) == document["numberMatched"]
    assert seen == sorted(seen)


def test_links_to_the_page_before(client: FlaskClient) -> None:
    document = items(client, limit=10, offset=15, bbox="16,50,17,51")
    before = json.loads(client.get(local(links(document)["prev"])).data)
    assert before["features"] == items(client, limit=10, offset=5, bbox="16,50,17,51")["features"]
    assert "prev" not in links(items(client))


def test_gives_at_most_the_most(client: FlaskClient) -> None:
    assert items(client, limit=MOST_FEATURES + 1)["features"]


def test_stays_within_a_box(client: FlaskClient) -> None:
    assert types(items(client, bbox="17,51,17.5,51.5")) == ["dps"]
    assert types(items(client, bbox="17,51,0,17.5,51.5,300")) == ["dps"]
    assert types(items(client, bbox="170,50,17.5,51.5")) != []  # across the antimeridian, all the way round
    assert types(items(client, bbox="170,-10,-170,10")) == []
    found = items(client, "gminas", bbox="16.6,50.4,16.7,50.5")
    assert [feature["id"] for feature in found["features"]] == ["0208021"]


@pytest.mark.parametrize("crs", [WGS84, PUWG_1992, MERCATOR])
def test_takes_boxes_in_the_axis_order_of_their_crs(client: FlaskClient, crs: Any) -> None:
    # pyproj without always_xy keeps to the register's order
    transformer = Transformer.from_crs("OGC:CRS84", f"EPSG:{crs.srid}")
    first, second = transformer.transform(16.65, 50.44)
    margin = 0.01 if crs is WGS84 else 500
    box = ",".join(str(side) for side in (first - margin, second - margin, first + margin, second + margin))
    arguments = {"bbox": box, "bbox-crs": crs.uri, "limit": 1000}
    expected = items(client, bbox="16.6,50.4,16.7,50.5", limit=1000)
    assert [each["id"] for each in items(client, **arguments)["features"]] == [
        each["id"] for each in expected["features"]
    ]


@pytest.mark.parametrize("crs", list(CRSS.values()))
@pytest.mark.parametrize("collection", ["services", "gminas"])
def test_answers_in_the_axis_order_of_the_crs(client: FlaskClient, crs: Any, collection: str) -> None:
    answer = client.get(f"/api/ogc/collections/{collection}/items", query_string={"crs": crs.uri, "limit": 1})
    assert answer.headers["Content-Crs"] == f"<{crs.uri}>"
    name = "OGC:CRS84" if crs is CRS84 else f"EPSG:{crs.srid}"
    back = Transformer.from_crs(name, "OGC:CRS84")
    plain = items(client, collection, limit=1)["features"][0]["geometry"]["coordinates"]
    found = json.loads(answer.data)["features"][0]["geometry"]["coordinates"]
    while isinstance(found[0], list):
        found, plain = found[0], plain[0]
    assert back.transform(*found) == pytest.approx(plain, abs=1e-6)


def test_winds_outer_rings_anticlockwise(client: FlaskClient) -> None:
    for feature in items(client, "gminas")["features"]:
        ring = feature["geometry"]["coordinates"][0][0]
        doubled = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
        assert doubled < 0


def test_finds_what_changed_in_time(client: FlaskClient) -> None:
    everything = items(client)["numberMatched"]
    assert items(client, datetime="2020-01-01T00:00:00Z/..")["numberMatched"] == everything
    assert items(client, datetime="../2020-01-01T00:00:00Z")["numberMatched"] == 0
    assert items(client, datetime="2020-01-01")["numberMatched"] == 0
    assert items(client, "gminas", datetime="2025-06-01T12:00:00+02:00")["numberMatched"] == 2
    assert items(client, "gminas", datetime="2023-06-01")["numberMatched"] == 0


def test_filters_by_text_and_json(client: FlaskClient) -> None:
    tree = {"op": "=", "args": [{"property": "facility_type"}, "dps"]}
    assert types(items(client, filter="facility_type = 'dps'")) == ["dps"]
    assert types(items(client, filter=json.dumps(tree), **{"filter-lang": "cql2-json"})) == ["dps"]
    # EPSG:4326 has latitude first
    assert types(items(client, filter="S_INTERSECTS(geometry, POINT(51.11 17.03))", **{"filter-crs": WGS84.uri})) == [
        "dps"
    ]
    assert types(items(client, filter="facility_type = 'dps'", bbox="16,50,17,51")) == []


def test_names_what_a_filter_may_name(client: FlaskClient) -> None:
    answer = client.get("/api/ogc/collections/gminas/queryables")
    assert answer.mimetype == "application/schema+json"
    schema = json.loads(answer.data)
    assert schema["properties"]["population"] == {"type": "integer"}
    assert schema["properties"]["geometry"]["format"] == "geometry-multipolygon"
    for name, each in schema["properties"].items():
        if each.get("type") == "string" and "format" not in each:
            assert items(client, "gminas", filter=f"{name} LIKE '%'", limit=1)["numberMatched"] == 2


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ({"nothing": "1"}, "nothing"),
        ({"bbox_crs": CRS84.uri}, "bbox_crs"),
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"limit": ["1", "2"]}, "limit"),
        ({"offset": "x"}, "offset"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "16,51,17,50"}, "bbox"),
        ({"bbox": "nan,50,17,51"}, "bbox"),
        ({"bbox": "16,50,17,1e99"}, "bbox"),
        ({"bbox": "16,50,17,5１"}, "bbox"),
        ({"bbox": "200000,300000,100000,400000", "bbox-crs": PUWG_1992.uri}, "bbox"),
        ({"bbox-crs": "EPSG:4326"}, "bbox-crs"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/2176"}, "crs"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "../.."}, "datetime"),
        ({"datetime": "2026-01-02/2026-01-01"}, "datetime"),
        ({"datetime": "2026-13-01"}, "datetime"),
        ({"filter": "search = 'x'"}, "filter"),
        ({"filter": "x" * 7_000}, "filter"),
        ({"filter": "name = '\0'"}, "filter"),
        ({"filter-lang": "sql"}, "filter-lang"),
        ({"f": "xml"}, "f"),
        ({"lang": "de"}, "lang"),
    ],
)
def test_names_the_parameter_at_fault(client: FlaskClient, arguments: dict[str, Any], parameter: str) -> None:
    answer = client.get(ITEMS, query_string=arguments)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert [error["parameter"] for error in problem["errors"]] == [parameter]
    assert problem["errors"][0]["detail"]


def test_names_all_parameters_at_fault_at_once(client: FlaskClient) -> None:
    problem = json.loads(client.get(ITEMS, query_string={"bbox": "1", "crs": "x", "filter": "("}).data)
    assert {error["parameter"] for error in problem["errors"]} == {"bbox", "crs", "filter"}


@pytest.mark.parametrize(
    "path",
    [
        "/collections/nothing",
        "/collections/nothing/items",
        "/collections/services/items/1",
        "/collections/services/items/00000000-0000-0000-0000-000000000007",
        "/collections/services/items/%00",
        "/collections/gminas/items/9999999",
        "/collections/gminas/items/%27%3B--",
        "/nothing",
    ],
)
def test_has_nothing_else(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/ogc{path}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["", "/collections", "/collections/services/items?limit=3"])
def test_answers_once_for_each_release(client: FlaskClient, path: str) -> None:
    first = client.get(f"/api/ogc{path}")
    again = client.get(f"/api/ogc{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"
    other = client.get("/api/ogc/conformance", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_answers_compressed_once_for_each_release(client: FlaskClient) -> None:
    first = client.get(ITEMS, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    headers = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get(ITEMS, headers=headers).status_code == 304


PAGES = [*DOCUMENTS, "/collections/services/items", "/collections/powiats/items"]


@pytest.mark.parametrize("path", PAGES)
def test_shows_the_same_to_people(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/ogc{path}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.mimetype == "text/html"
    assert answer.text.count("<h1>") == 1
    assert not re.search(r"<script(?![^>]*\bsrc=)|<[a-z][^>]*\s(style|on[a-z]+)=", answer.text)
    assert "schematyczne" in answer.text
    assert '<html lang="pl">' in answer.text
    assert client.get(f"/api/ogc{path}", headers={"Accept": "*/*"}).mimetype != "text/html"
    assert '<html lang="uk">' in client.get(f"/api/ogc{path}", query_string={"f": "html", "lang": "uk"}).text


def test_keeps_hostile_names_text(client: FlaskClient) -> None:
    page = client.get(ITEMS, query_string={"f": "html", "limit": 1000}).text
    assert "&lt;script&gt;window.__x=1&lt;/script&gt;" in page
    assert "<script>window" not in page
    hostile = items(client, filter="name LIKE '%onerror=%'")["features"][0]["id"]
    page = client.get(f"{ITEMS}/{hostile}?f=html").text
    assert "<img src=x" not in page


def test_never_tells_a_hidden_place(client: FlaskClient) -> None:
    for collection in COLLECTIONS:
        for form in ("json", "html"):
            answer = client.get(f"/api/ogc/collections/{collection}/items?limit=1000&f={form}")
            assert "Tajna" not in answer.text
    hidden = items(client, filter="facility_type = 'dmdz'")["features"]
    assert [(each["geometry"], each["properties"]["location_id"]) for each in hidden] == [(None, None)]
    owners = items(client, "organizations", filter="A_CONTAINS(facility_types, ('dmdz'))")["features"]
    assert [each["geometry"] for each in owners] == [None]
    assert items(client, "locations", filter="A_CONTAINS(facility_types, ('dmdz'))")["features"] == []


def test_finds_nothing_by_what_is_hidden(client: FlaskClient) -> None:
    for text in ("street LIKE '%Tajna%'", "city = 'Kłodzko' AND facility_type = 'dmdz'"):
        assert items(client, filter=text)["numberMatched"] == 0
    around = "S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90)) AND facility_type = 'dmdz'"
    assert items(client, filter=around)["numberMatched"] == 0


def resolved(document: dict[str, Any], reference: str) -> dict[str, Any]:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_describes_itself_as_openapi(client: FlaskClient) -> None:
    answer = client.get("/api/ogc/openapi.json")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    document = json.loads(answer.data)
    assert document["openapi"].startswith("3.0.")
    references = re.findall(r'"\$ref":\s*"([^"]+)"', answer.text)
    assert references
    assert all(resolved(document, reference) for reference in references)
    names = [each["get"]["operationId"] for each in document["paths"].values()]
    assert len(names) == len(set(names))
    for path in document["paths"]:
        for collection in COLLECTIONS:
            if f"/{collection}/" in path and "{featureId}" not in path:
                assert client.get(f"/api/ogc{path}").status_code == 200


def test_answers_every_parameter_it_describes(client: FlaskClient) -> None:
    document = json.loads(client.get("/api/ogc/openapi.json").data)
    for parameter in document["components"]["parameters"].values():
        schema, name = parameter["schema"], parameter["name"]
        values = schema.get("enum") or [parameter.get("example", schema.get("default"))]
        for value in values:
            if value is not None:
                text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
                answer: TestResponse = client.get(ITEMS, query_string={name: text})
                assert answer.status_code == 200, (name, text)


def test_is_unavailable_while_the_database_is_away(compiled_catalogs: None, tmp_path: Path) -> None:
    with app_with(f"postgresql://nobody@/nothing?host={tmp_path}", ogc) as app:
        answer = app.test_client().get(ITEMS)
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
