"""What the page of a place says of its services: counts with their day, easy texts, and in which language they are."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.directory.queries import (
    CapacityFact,
    PlaceDetails,
    ServiceDetails,
    SpecialDays,
    place_details,
    service_details,
)
from mapapp.web import place_page
from mapapp.web.i18n import long_date, long_days
from mapapp.web.words import now


def place_of(client: FlaskClient, kind: str) -> str:
    return f"/miejsce/{client.get(f'/api/services?type={kind}').get_json()['services'][0]['location_id']}"


def badge(page: str) -> str:
    found = re.search(r'class="fact open open-closed".*?</p>', page, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("days", "said"),
    [(1, "czas oczekiwania: około 1 dnia"), (3, "czas oczekiwania: około 3 dni"), (90, "około 90 dni")],
)
def test_says_how_long_one_waits_and_of_which_day_that_is(app: Flask, days: int, said: str) -> None:
    today = now().date()
    with app.test_request_context("/"):
        text = place_page._capacity(CapacityFact("approved", 24, 0, "places", today, days))
        assert said in text and "wolne: 0" in text
        assert f"stan na {long_date(today)}" in text
        assert "stare dane" not in text


def test_says_that_a_count_is_old(app: Flask) -> None:
    long_ago = now().date() - timedelta(days=366)
    with app.test_request_context("/"):
        assert "stare dane, zapytaj telefonicznie" in place_page._capacity(
            CapacityFact("approved", 24, 3, "places", long_ago)
        )


def test_shows_a_text_in_simple_words_and_that_no_reader_has_checked_it(client: FlaskClient) -> None:
    place = place_of(client, "dps")
    polish, ukrainian = client.get(place).text, client.get(f"{place}?lang=uk").text
    assert '<details class="easy">' in polish and "<h4>Co to jest?</h4>" in polish
    assert "Prostymi słowami" in polish and "Tekst łatwy do czytania" not in polish
    assert "nie sprawdzili jeszcze czytelnicy" in polish and "Zespół mapy, 26 listopada 2026" in polish
    assert "PJM" not in polish
    # Polish on a Ukrainian page: its headings too, but not what is said about it
    assert '<details class="easy" lang="pl">' in ukrainian and "<h4>Co to jest?</h4>" in ukrainian
    assert '<span lang="uk">Простими словами</span>' in ukrainian
    assert '<p class="hint" lang="uk">Читачі' in ukrainian


def test_calls_easy_to_read_what_readers_have_checked(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "easy_texts.csv"
    header = (place_page.EASY_TEXTS.read_text(encoding="utf-8").partition("\n"))[0]
    about = "https://example.org/film,My,2026-10-01,Grupa,2026-11-01"
    path.write_text(f"{header}\ndps,pl,To jest dom. <b>,Dla Ciebie.,Pokój.,Zadzwoń.,Nic.,{about}\n", encoding="utf-8")
    monkeypatch.setattr(place_page, "EASY_TEXTS", path)
    page = client.get(place_of(client, "dps")).text
    assert "To jest dom. &lt;b&gt;" in page and "Prostymi słowami" not in page
    assert "Sprawdzili czytelnicy: Grupa, 1 listopada 2026." in page
    assert '<a href="https://example.org/film"' in page
    assert 'class="easy"' not in client.get(place_of(client, "ops")).text


def test_says_what_holds_on_special_days_in_the_language_of_the_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = now().date()
    last = today + timedelta(days=9)
    closed = SpecialDays(today, last, None, {"pl": "remont", "en": "renovation"})
    short = SpecialDays(last + timedelta(days=1), last + timedelta(days=1), "09:00-12:00,13:00-14:30", {})
    hours = f'Mo-Su 08:00-16:00; {today:%Y %b} {today.day}-{last:%Y %b} {last.day} off "remont"'

    def changed(*asked: Any) -> PlaceDetails:
        found = place_details(*asked)
        assert found
        return replace(found, opening_hours=hours, special_days=(closed, short))

    monkeypatch.setattr("mapapp.web.resident.place_details", changed)
    place = place_of(client, "ops")
    texts = {language: client.get(f"{place}?lang={language}").text for language in ("pl", "en", "uk")}
    with client.application.test_request_context("/"):
        stretch = long_days(today, last)
        day = long_date(short.first)
    polish = '<bdi class="remark" lang="pl">remont</bdi>'
    assert f"Nieczynne {stretch} {polish}" in texts["pl"]
    hours = [f'<span class="whole">{each}</span>' for each in ("9:00–12:00", "13:00–14:30")]
    assert f"{day}: czynne {', '.join(hours)}" in texts["pl"]
    assert '<bdi class="remark" lang="en">renovation</bdi>' in texts["en"]
    # nobody wrote it in Ukrainian: it is said to be Polish
    assert f"{polish}</span></p>" in texts["uk"]
    # in the badge and beside the days; the week need not say it a third time
    assert polish in badge(texts["pl"])
    assert texts["pl"].count("remont") == 2


def test_is_closed_where_each_of_its_services_is_closed_for_a_time(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*asked: Any) -> PlaceDetails:
        found = place_details(*asked)
        assert found
        return replace(found, services=tuple(replace(each, status="temporarily closed") for each in found.services))

    monkeypatch.setattr("mapapp.web.resident.place_details", closed)
    page = client.get(place_of(client, "dps")).text
    assert "Czasowo zamknięte" in badge(page)


def test_a_service_without_a_place_shows_its_own_hours(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_the_telephone(*asked: Any) -> ServiceDetails:
        found = service_details(*asked)
        assert found
        return replace(found, opening_hours="24/7", location_ids=())

    monkeypatch.setattr("mapapp.web.resident.service_details", on_the_telephone)
    service = client.get("/api/services?type=ops").get_json()["services"][0]["service_id"]
    page = client.get(f"/usluga/{service}").text
    assert "Czynne całą dobę" in page and '<table class="week">' in page


def test_marks_what_records_say_as_polish(client: FlaskClient) -> None:
    place = place_of(client, "ops")
    assert re.search(r'<h1 lang="pl">Ośrodek', client.get(f"{place}?lang=uk").text)
    assert re.search(r"<h1>Ośrodek", client.get(place).text)
    for address in (
        "/?type=ops&lang=uk",
        "/widget?type=ops&lang=uk",
        f"/ulubione?m={place.rpartition('/')[2]}&lang=uk",
    ):
        assert re.search(r'<(a|span)[^>]* lang="pl">Ośrodek', client.get(address).text), address
