"""From a life situation to help: each step an address and an ordinary form, and numbers for a crisis on every page."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text

from mapapp.directory.open_when import Occasion
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.polish_time import WARSAW
from mapapp.settings import ROOT
from mapapp.web.questions import PageQuestion
from mapapp.web.vain import needs_of

WORDS = load_vocabularies(ROOT / "data" / "vocabularies")
PAGES = ("/", "/?type=ops", "/?q=qqqqzzzz&type=dps", "/pomoc", "/pomoc/caring", "/pomoc/telefony", "/o-mapie", "/nic")
PAGES += ("/planowanie", "/dane", "/api", "/sprawdz-plik", "/?unknown=1")


@pytest.fixture
def counted(site_url: str) -> Iterator[Engine]:
    engine = create_engine(site_url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


def rows(counted: Engine) -> list[tuple[str, str, str, int]]:
    with counted.begin() as connection:
        found = connection.execute(text("SELECT gmina_teryt, kind, need, searches FROM unmet_search ORDER BY 1, 2, 3"))
        seen = [tuple(row) for row in found]
        connection.execute(text("DELETE FROM unmet_search"))
    return seen  # type: ignore[return-value]


@pytest.mark.parametrize("address", PAGES)
def test_has_crisis_numbers_one_tap_away_on_every_page(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    for number in ("112", "116123", "800702222", "116111"):
        assert f'href="tel:{number}"' in page
    assert '<details class="crisis-menu">' in page  # opens without scripts


def test_says_day_and_night_only_of_numbers_known_to_be_so(client: FlaskClient) -> None:
    page = client.get("/pomoc/telefony").text
    items = re.findall(r"<li>\s*<h2><a[^>]*>([^<]+)</a>(.*?)</li>", page, re.DOTALL)
    assert len(items) == len(WORDS.crisis_numbers)
    for number, told in items:
        known = next(each for each in WORDS.crisis_numbers.values() if each.number == number)
        assert ("Czynny całą dobę." in told) == (known.opening_hours == "24/7")
        assert ("nie sprawdziliśmy go jeszcze telefonicznie" in told) == (known.checked_on is None)


def test_says_in_words_when_a_number_was_checked(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    known = next(iter(WORDS.crisis_numbers.values()))
    checked = type(known).model_validate(known.model_dump() | {"checked": True, "checked_on": "2026-11-03"})
    words = SimpleNamespace(crisis_numbers={known.code: checked})
    monkeypatch.setattr("mapapp.web.needs.current_site", lambda: SimpleNamespace(vocabularies=words))
    assert "Sprawdzono 3 listopada 2026." in client.get("/pomoc/telefony").text


def test_offers_every_situation_on_the_start_page(client: FlaskClient) -> None:
    page = client.get("/").text
    for code, situation in WORDS.situations.items():
        assert f'href="/pomoc/{code}"' in page
        assert situation.label_pl in page


@pytest.mark.parametrize("code", WORDS.situations)
@pytest.mark.parametrize("lang", ["pl", "en", "uk"])
def test_asks_three_questions_and_leads_to_the_search(client: FlaskClient, code: str, lang: str) -> None:
    page = client.get(f"/pomoc/{code}?lang={lang}").text
    form = page[page.index('<form class="need-form"') : page.index("</form>", page.index('<form class="need-form"'))]
    assert 'method="get"' in form
    assert f'name="situation" value="{code}"' in form
    assert len(re.findall(r">\d\. [^<]+</", form)) == 3
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    assert set(fields) >= {("audience", each) for each in WORDS.situations[code].for_whom}
    for name, value in fields:
        assert client.get("/", query_string={"situation": code, name: value, "lang": lang}).status_code == 200


@pytest.mark.parametrize("code", WORDS.situations)
def test_puts_the_numbers_first_where_it_is_urgent(client: FlaskClient, code: str) -> None:
    situation = WORDS.situations[code]
    page = client.get(f"/pomoc/{code}").text
    main = page[page.index("<main") :]
    for number in situation.crisis_numbers:
        assert f'href="tel:{WORDS.crisis_numbers[number].tel}"' in main
    if situation.is_urgent:
        assert main.index('href="tel:') < main.index("<form")
        results = client.get(f"/?situation={code}").text
        results = results[results.index("<main") :]
        assert results.index(f'href="tel:{WORDS.crisis_numbers[situation.crisis_numbers[0]].tel}"') < results.index(
            'id="results"'
        )


def test_knows_no_other_situation(client: FlaskClient) -> None:
    assert client.get("/pomoc/nothing").status_code == 404


def test_finds_what_answers_the_situation(client: FlaskClient) -> None:
    found = client.get("/api/services?situation=caring&limit=1000").get_json()["services"]
    types = {each["facility_type"] for each in found}
    assert types
    assert types <= set(WORDS.situations["caring"].types)
    page = client.get("/?situation=caring&type=dps").text
    assert re.findall(r'class="chip" href="([^"]+)"', page) == ["/?type=dps", "/?situation=caring"]
    assert '<input type="hidden" name="situation" value="caring">' in page


def test_leads_every_type_from_some_situation() -> None:
    answered = {kind for situation in WORDS.situations.values() for kind in situation.types}
    assert answered == set(WORDS.types)


# the list in blocks, and the other filters


def test_shows_apart_what_is_for_other_gminas(client: FlaskClient) -> None:
    here, elsewhere = client.get("/?place=Kłodzko&type=dps").text, client.get("/?place=Wrocław&type=dps").text
    assert "Dla mieszkańców gminy Kłodzko" in here
    assert "Blisko, ale dla mieszkańców innych gmin" not in here
    assert "Blisko, ale dla mieszkańców innych gmin" in elsewhere
    assert "Dla mieszkańców gminy Wrocław" not in elsewhere


def test_leads_to_what_comes_to_people(client: FlaskClient) -> None:
    page = client.get("/?place=Kłodzko&situation=company").text
    assert "Tylko pomoc z dojazdem" not in page  # in this example nothing says that it comes
    assert "Pomoc z dojazdem do Ciebie lub przez telefon" not in page
    assert "Pomoc z dojazdem do Ciebie lub przez telefon" in client.get("/?place=Kłodzko&type=teleopieka").text


def test_lists_what_stands_in_one_place_together(client: FlaskClient) -> None:
    page = client.get("/?type=ops").text
    assert page.count('<li class="card"') == 1
    assert "Znaleziono 2 usługi" in page
    assert re.search(r"W tym miejscu także:.*?<li><a href=\"/miejsce/[^\"]+\">", page, re.DOTALL)


def test_offers_filters_with_counts_and_takes_each_away(client: FlaskClient) -> None:
    address = "/?type=ops&cost=free&mode=onsite&verified=yes&open=weekend&profile=pram"
    page = client.get(address).text
    assert re.search(r'name="cost" value="free" checked>\s*<span>Bezpłatnie <span class="count">0<', page)
    chips = [unescape(link) for link in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert len(chips) == 6
    assert all(len(chip) < len(address) for chip in chips)
    assert "/?type=ops&profile=pram&open=weekend&cost=free&mode=onsite" in chips


@pytest.mark.parametrize("occasion", Occasion)
def test_counts_what_is_open_then(client: FlaskClient, occasion: Occasion) -> None:
    at = "&open_at=2026-11-26T12:00" if occasion is Occasion.AT else ""
    page = client.get(f"/?type=ops&type=dps&type=klub_sen&open={occasion.value}{at}").text
    found = re.search(rf'name="open" value="{occasion.value}" checked>\s*<span>[^<]+<span class="count">(\d+)<', page)
    assert found
    query = f"/api/services?type=ops&type=dps&type=klub_sen&open={occasion.value}{at}"
    states = [each["open"] for each in client.get(query).get_json()["services"]]
    assert states.count("open") == int(found[1])
    assert states.count("unknown") == 1  # the club, whose hours nobody knows, is listed last
    assert states[-1] == "unknown"
    assert "closed" not in states


def test_takes_a_moment_alone_for_when_to_come(client: FlaskClient) -> None:
    page = client.get("/?type=ops&type=dps&open_at=2026-11-28T23:30").text
    assert "Jutrzenka" in page
    assert "Znaleziono 1 usługę" in page
    assert 'type="datetime-local" value="2026-11-28T23:30"' in page
    assert "otwarte: 28 listopada 2026, 23:30" in page


def test_says_what_is_missing_for_the_person(client: FlaskClient) -> None:
    page = client.get("/?type=ops&profile=wheelchair").text
    assert "Dostępne dla Ciebie częściowo" in page
    assert re.search(r"Brakuje lub jest tylko częściowo: toaleta", page, re.IGNORECASE)
    assert "Zapytaj telefonicznie o: Szerokie drzwi" in page


def test_counts_a_search_in_vain_without_its_words(
    client: FlaskClient, counted: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(counted)
    monkeypatch.setattr("mapapp.web.words.now", lambda: datetime(2026, 11, 26, 12, 0, tzinfo=WARSAW))
    client.get("/?type=dps&place=Kłodzko&within_km=3")
    client.get("/?type=dps&place=Kłodzko&within_km=3")  # kept: not another search
    client.get("/?q=zzzzqqq+sekretne+imię&type=rada_on")
    client.get("/?situation=no_job&gmina=0208021")
    client.get("/?type=ops")  # found
    assert rows(counted) == [
        ("", "type", "rada_on", 1),
        ("0208021", "situation", "no_job", 1),
        ("0208021", "type", "dps", 1),
    ]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("dom starców dla ojca", [("type", "dps")]),
        ("Jan Kowalski", [("words", "")]),
        ("", []),
    ],
)
def test_keeps_of_words_only_the_kind_of_service(client: FlaskClient, what: str, expected: list[object]) -> None:
    with client.application.test_request_context("/"):
        found = [(need.kind, need.code) for need in needs_of(PageQuestion(), what)]
    assert found[: len(expected)] == expected
    assert len(found) <= 5


def test_has_no_word_of_a_person_in_the_table() -> None:
    source = (Path(ROOT) / "mapapp" / "directory" / "tables" / "unmet.py").read_text(encoding="utf-8")
    assert set(re.findall(r"    (\w+): Mapped", source)) == {"day", "gmina_teryt", "kind", "need", "searches"}
