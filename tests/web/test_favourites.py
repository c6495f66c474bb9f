"""Lists of saved places by link, and what the browser's own copy is made of."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

NOTHING = UUID(int=7)


@pytest.fixture
def ids(client: FlaskClient) -> list[str]:
    found = [client.get(f"/api/services?type={kind}").get_json()["services"][0] for kind in ("klub_sen", "ops", "dps")]
    return [each["location_id"] for each in found]


def test_shows_the_list_in_its_order(client: FlaskClient, ids: list[str]) -> None:
    page = client.get(f"/ulubione?m={','.join(ids)}").text
    names = ["Klub Seniora „Zacisze”", "Ośrodek Pomocy Społecznej w Kłodzku", "Dom Pomocy Społecznej „Jutrzenka”"]
    at = [page.index(f">{name}</a></h2>") for name in names]
    assert at == sorted(at)
    assert 'href="tel:+48748651234"' in page and "Nie znamy numeru telefonu." in page
    assert page.count("sprawdzono 1 marca 2026") == 3


def test_each_place_can_be_taken_off_by_a_link(client: FlaskClient, ids: list[str]) -> None:
    page = client.get(f"/ulubione?m={','.join(ids)}").text
    assert f'href="/ulubione?m={ids[1]},{ids[2]}"' in page
    assert f'href="http://localhost/ulubione?m={",".join(ids)}"' in page
    assert 'href="/ulubione"' in client.get(f"/ulubione?m={ids[0]}").text.split("<footer")[0]


def test_leaves_out_what_is_not_public_and_says_so(client: FlaskClient, ids: list[str]) -> None:
    page = client.get(f"/ulubione?m={ids[0]},{NOTHING}").text
    assert "1 miejsca z tej listy nie ma już na mapie" in page
    assert str(NOTHING) not in page.split("<main")[1]
    document = client.get(f"/ulubione/dane.json?m={NOTHING},{ids[1]}").get_json()
    assert document["removed"] == [str(NOTHING)]
    assert [place["id"] for place in document["places"]] == [ids[1]]
    assert document["places"][0]["phone"] == "+48748651234"
    assert "opening_hours" not in document["places"][0], "whether it is open cannot be known without a clock of today"


def test_counts_a_place_once(client: FlaskClient, ids: list[str]) -> None:
    assert client.get(f"/ulubione?m={ids[0]},{ids[0]}").text.count('class="card"') == 1


def test_does_not_call_a_list_empty_whose_places_are_gone(client: FlaskClient) -> None:
    page = client.get(f"/ulubione?m={NOTHING}").text
    assert "1 miejsca z tej listy nie ma już na mapie" in page
    assert "Nic tu jeszcze nie zapisano." not in page


def test_is_empty_and_says_how_to_fill_it(client: FlaskClient) -> None:
    page = client.get("/ulubione").text
    assert "Nic tu jeszcze nie zapisano." in page
    assert "<noscript>" in page


@pytest.mark.parametrize("asked", ["m=1", "m=" + ",".join([str(NOTHING)] * 51), "n=1"])
def test_refuses_what_is_no_list(client: FlaskClient, asked: str) -> None:
    for path in ("/ulubione", "/ulubione/dane.json"):
        assert client.get(f"{path}?{asked}").status_code == 400


def test_is_kept_by_nobody_in_between(client: FlaskClient, ids: list[str]) -> None:
    for path in (f"/ulubione?m={ids[0]}", f"/ulubione/dane.json?m={ids[0]}"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_has_every_crisis_number_without_a_network(client: FlaskClient) -> None:
    for language in ("pl", "en", "uk"):
        page = client.get(f"/bez-sieci?lang={language}").text
        assert all(f'href="tel:{number}"' in page for number in ("112", "116123", "800702222", "116111"))


def test_gives_the_worker_out_at_the_root_and_fresh(client: FlaskClient) -> None:
    answer = client.get("/sw.js?shells=%2Fbez-sieci%3Flang%3Dpl")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
