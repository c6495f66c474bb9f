"""What machines get."""

import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient


def test_answers_as_json_with_its_notices(client: FlaskClient) -> None:
    answer = client.get("/api/services?place=Kłodzko&limit=5")
    assert answer.mimetype == "application/json"
    document = answer.get_json()
    assert len(document["services"]) == 5
    assert document["total"] > 50
    assert document["samples"] is True
    assert document["boundaries"] == "schematic"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/api/services?format=geojson"},
        {"path": "/api/services", "headers": {"Accept": "application/geo+json"}},
    ],
)
def test_answers_as_geojson(client: FlaskClient, request_: dict[str, object]) -> None:
    answer = client.get(**request_)  # type: ignore[arg-type] # the two ways to ask
    assert answer.mimetype == "application/geo+json"
    collection = json.loads(answer.data)
    assert collection["type"] == "FeatureCollection"
    assert collection["samples"] is True
    positions = [feature["geometry"]["coordinates"] for feature in collection["features"] if feature["geometry"]]
    assert all(14 < lon < 18 and 50 < lat < 52 for lon, lat in positions)


def test_finds_the_same_as_the_page(client: FlaskClient) -> None:
    for question in (
        "type=pwd",
        "q=dom+pomocy&place=Wrocław",
        "place=powiat+kłodzki&type=ops",
        "profile=pram&group=centres",
    ):
        total = client.get(f"/api/services?{question}").get_json()["total"]
        page = client.get(f"/?{question}").text
        assert f" {total} usług" in page or (total == 0 and "Nic nie znaleziono" in page), question


def test_says_that_a_place_is_not_known_rather_than_answer_for_the_region(client: FlaskClient) -> None:
    answer = client.get("/api/services?place=Qwertyuiop")
    assert answer.status_code == 400
    assert "Qwertyuiop" in answer.get_json()["errors"][0]["detail"]
    map_address = re.search(r'data-services="([^"]+)"', client.get("/?place=Qwertyuiop&type=dps").text)
    assert map_address
    assert client.get(unescape(map_address[1])).status_code == 200


def test_stays_within_a_box(client: FlaskClient) -> None:
    collection = json.loads(client.get("/api/services?format=geojson&bbox=17,51,17.5,51.5").data)
    assert [feature["properties"]["type"] for feature in collection["features"]] == ["dps"]


def test_pages_by_limit_and_offset(client: FlaskClient) -> None:
    first = client.get("/api/services?type=pwd&limit=10").get_json()["services"]
    second = client.get("/api/services?type=pwd&limit=10&offset=10").get_json()["services"]
    assert not {each["service_id"] for each in first} & {each["service_id"] for each in second}


@pytest.mark.parametrize("layer", ["subregion", "powiat", "gmina"])
def test_gives_boundaries_that_say_what_they_are(client: FlaskClient, layer: str) -> None:
    answer = client.get(f"/api/boundaries/{layer}")
    collection = json.loads(answer.data)
    assert answer.mimetype == "application/geo+json"
    assert collection["is_schematic"] is True
    assert collection["attribution"]
    assert len(collection["features"]) == 2


def test_gives_boundaries_once_for_each_release(client: FlaskClient) -> None:
    first = client.get("/api/boundaries/powiat")
    assert "public" in first.headers["Cache-Control"]
    again = client.get("/api/boundaries/powiat", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_knows_no_other_layer(client: FlaskClient) -> None:
    answer = client.get("/api/boundaries/voivodeship")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("path", ["/api/services?format=geojson", "/api/boundaries/gmina", "/"])
def test_compresses_what_it_sends(client: FlaskClient, path: str, coding: str) -> None:
    assert client.get(path, headers={"Accept-Encoding": coding}).headers["Content-Encoding"] == coding
