"""``/api/services`` for programs that keep a copy in step."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from mapapp.directory.sync import LONG_AGO, Point
from mapapp.web.api import changes

SERVICES = "/api/services"


def local(address: str) -> str:
    assert address.startswith("http://localhost/")
    return address.removeprefix("http://localhost")


def whole(client: FlaskClient, question: str, member: str = "services") -> list[dict[str, object]]:
    found, address = [], f"{SERVICES}?{question}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.get_json(force=True)
        found += page[member]
        address = local(page["next"]) if page["next"] else ""
        assert answer.headers.get("Link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
    return found


@pytest.mark.parametrize("question", ["", "&type=pwd&type=ops", "&powiat=0208&audience=children", "&bbox=16,50,17,51"])
def test_gives_all_that_the_search_finds_page_by_page(client: FlaskClient, question: str) -> None:
    listed = client.get(f"{SERVICES}?limit=1000{question}").get_json()["services"]
    copied = whole(client, f"cursor=start&limit=7{question}")
    for each in listed:
        each.pop("distance_km")
        each.pop("serves_position")
        each.pop("entitlement")
    assert sorted(copied, key=lambda each: str(each["id"])) == sorted(listed, key=lambda each: each["id"])


def test_gives_the_same_as_geojson(client: FlaskClient) -> None:
    features = whole(client, "cursor=start&limit=9&type=pwd&format=geojson", "features")
    rows = {each["id"]: each for each in whole(client, "cursor=start&type=pwd")}
    assert len(features) == len(rows) == 25
    for feature in features:
        row = rows[feature["id"]]
        assert feature["geometry"]["coordinates"] == [row["longitude"], row["latitude"]]  # type: ignore[index]
        own = {name: value for name, value in row.items() if name not in {"id", "longitude", "latitude"}}
        assert feature["properties"] == own


def test_tells_where_to_ask_later(client: FlaskClient) -> None:
    page = client.get(f"{SERVICES}?cursor=start&type=ops&lang=en").get_json()
    assert (page["next"], page["removed"], page["samples"], page["boundaries"]) == (None, [], True, "schematic")
    assert parse_qs(urlsplit(page["later"]).query)["type"] == ["ops"]
    later = client.get(local(page["later"])).get_json()
    assert (later["services"], later["removed"], later["next"]) == ([], [], None)
    assert later["cursor"] == page["cursor"]


def test_begins_at_a_moment(client: FlaskClient) -> None:
    assert len(whole(client, "modified_since=2020-01-01&type=ops")) == 2
    assert whole(client, "modified_since=2999-01-01T00:00:00Z") == []
    assert len(whole(client, "modified_since=0001-01-02&limit=40")) > 50


def _cursor(client: FlaskClient, question: str = "type=ops") -> str:
    return str(client.get(f"{SERVICES}?cursor=start&{question}").get_json()["cursor"])


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("cursor=start&q=dom", "q"),
        ("cursor=start&place=Wrocław", "place"),
        ("cursor=start&near=17,51", "near"),
        ("cursor=start&offset=3", "offset"),
        ("cursor=start&modified_since=2026-01-01", "modified_since"),
        ("modified_since=2026-01-01&q=dom", "q"),
        ("modified_since=yesterday", "modified_since"),
        ("cursor=start&limit=1001", "limit"),
        ("cursor=nothing", "cursor"),
        ("cursor=%C5%82", "cursor"),
        ("cursor=" + "A" * 54, "cursor"),
        ("cursor=" + urlsafe_b64encode(b"\x7f" * 40).decode().rstrip("="), "cursor"),
    ],
)
def test_refuses_what_it_cannot_answer(client: FlaskClient, question: str, parameter: str) -> None:
    answer = client.get(f"{SERVICES}?{question}")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.get_json()["errors"]] == [parameter]


def test_refuses_the_cursor_of_another_question(client: FlaskClient) -> None:
    cursor = _cursor(client)
    assert client.get(f"{SERVICES}?type=ops&format=geojson&limit=3&cursor={cursor}").status_code == 200
    assert client.get(f"{SERVICES}?type=dps&cursor={cursor}").status_code == 400


def test_says_that_a_cursor_is_of_a_directory_now_replaced(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = LONG_AGO + timedelta(days=1)
    monkeypatch.setattr(changes, "read", lambda _cursor, _asked: Point(old, UUID(int=3), old))
    answer = client.get(f"{SERVICES}?cursor=x")
    assert answer.status_code == 410
    assert json.loads(answer.data)["title"] == "Tego już tu nie ma"
