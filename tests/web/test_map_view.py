"""What the map asks for: services one by one where few are in view, groups where many are."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mapapp.directory import map_signs as signs
from mapapp.directory.queries import ServiceSearch
from mapapp.provision import staff_engine
from mapapp.settings import Settings

AROUND_ALL = (14.0, 49.0, 19.0, 53.0)


def test_gives_all_that_matches_where_it_is_little(client: FlaskClient) -> None:
    answer = client.get("/api/services/map?type=pwd&bbox=17.0,51.0,17.1,51.2&zoom=16")
    found = answer.get_json()
    assert answer.mimetype == "application/geo+json"
    assert found["whole"]
    assert not found["grouped"]
    assert found["total"] == len(found["features"]) == 25  # the view is elsewhere: whoever goes there asks no more
    assert {"service_id", "location_id", "name", "type", "phone"} <= found["features"][0]["properties"].keys()


def test_says_nothing_of_what_has_no_place(client: FlaskClient) -> None:
    found = client.get("/api/services/map?type=teleopieka").get_json()
    assert found["features"] == []


@pytest.mark.parametrize(
    ("question", "field"), [("zoom=21", "zoom"), ("bbox=1,2", "bbox"), ("place=Qwertyuiop", "place"), ("x=1", "x")]
)
def test_names_what_it_does_not_understand(client: FlaskClient, question: str, field: str) -> None:
    answer = client.get(f"/api/services/map?{question}")
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == field


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "MOST_SINGLE", 3)


def ask(site_url: str, zoom: int, bbox: tuple[float, float, float, float]) -> dict:
    with staff_engine(Settings(database_url=site_url)) as engine, Session(engine) as session:
        found: dict = json.loads(signs.map_signs(session, ServiceSearch(bbox=bbox), zoom))
    return found


@pytest.mark.usefixtures("few")
def test_groups_where_many_are_in_view(site_url: str) -> None:
    found = ask(site_url, 8, AROUND_ALL)
    assert found["grouped"]
    assert not found["whole"]
    counts = [each["properties"].get("services", 1) for each in found["features"]]
    assert sum(counts) == found["total"]
    assert counts == sorted(counts, reverse=True)
    for each in found["features"]:
        (lon, lat), (west, south, east, north) = each["geometry"]["coordinates"], each["bbox"]
        assert west <= lon <= east
        assert south <= lat <= north


@pytest.mark.usefixtures("few")
def test_groups_fall_apart_from_close_by(site_url: str) -> None:
    far, close = ask(site_url, 0, AROUND_ALL), ask(site_url, 14, AROUND_ALL)
    assert len(far["features"]) < len(close["features"])


@pytest.mark.usefixtures("few")
def test_gives_nothing_of_a_view_that_is_empty(site_url: str) -> None:
    found = ask(site_url, 10, (22.0, 53.0, 22.1, 53.1))
    assert found["features"] == []
    assert found["total"] > 3
