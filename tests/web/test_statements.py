"""The statements: whole in each language, with the ids of the Polish template, and no invented contact."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from mapapp.settings import ROOT
from mapapp.web.i18n import LANGUAGES
from mapapp.web.statements import Accessibility, accessibility_facts
from tests.web_app import app_with

# "Warunki techniczne publikacji i struktura dokumentu elektronicznego deklaracji dostępności"
IDS = (
    *("a11y-deklaracja", "a11y-wstep", "a11y-podmiot", "a11y-url", "a11y-data-publikacja", "a11y-data-aktualizacja"),
    *("a11y-status", "a11y-data-sporzadzenie", "a11y-data-przeglad", "a11y-audytor", "a11y-kontakt", "a11y-osoba"),
    *("a11y-email", "a11y-telefon", "a11y-procedura", "a11y-aplikacje", "a11y-architektura"),
)
DATES = ("a11y-data-publikacja", "a11y-data-aktualizacja", "a11y-data-sporzadzenie", "a11y-data-przeglad")
PATHS = ("/deklaracja-dostepnosci", "/prywatnosc", "/licencja-danych", "/jak-liczymy")
NOT_GIVEN = {"pl": "jeszcze nie podano", "en": "not given yet", "uk": "ще не вказано"}


def date_of(page: str, name: str) -> str:
    found = re.search(rf'<time id="{name}" datetime="([^"]+)">([^<]+)</time>', page)
    assert found, name
    assert found[1] == found[2]
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_has_every_id_of_the_template_once(client: FlaskClient, language: str) -> None:
    page = client.get(f"/deklaracja-dostepnosci?lang={language}").text
    assert [name for name in IDS if page.count(f'id="{name}"') != 1] == []
    assert set(re.findall(r'id="(a11y-[^"]+)"', page)) == set(IDS)
    assert re.search(r'<h1 id="a11y-deklaracja">', page)


def test_dates_follow_each_other() -> None:
    facts = accessibility_facts()
    assert facts.drawn_up_on <= facts.reviewed_on
    assert facts.updated_on <= facts.reviewed_on, "who changes the site reviews its statement"


@pytest.mark.parametrize(
    ("reviewed", "today", "overdue"),
    [
        (date(2026, 11, 26), date(2026, 12, 31), False),
        (date(2026, 11, 26), date(2027, 3, 31), False),
        (date(2026, 11, 26), date(2027, 4, 1), True),
        (date(2027, 1, 2), date(2027, 4, 1), False),
        (date(2027, 1, 2), date(2028, 3, 31), False),
        (date(2027, 1, 2), date(2028, 4, 1), True),
    ],
)
def test_says_when_the_yearly_review_is_overdue(reviewed: date, today: date, overdue: bool) -> None:
    facts = Accessibility(reviewed, reviewed, reviewed, "partial")
    assert facts.is_overdue(today) is overdue


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_what_is_not_set(client: FlaskClient, language: str) -> None:
    page = client.get(f"/deklaracja-dostepnosci?lang={language}").text
    for name in ("a11y-data-publikacja", "a11y-osoba", "a11y-email", "a11y-telefon"):
        assert f'<span id="{name}">{NOT_GIVEN[language]}</span>' in page
    assert NOT_GIVEN[language] in client.get(f"/prywatnosc?lang={language}").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_shows_what_is_set(site_url: str, compiled_catalogs: None, language: str) -> None:
    settings = {
        "operator": "Województwo <Testowe>",
        "operator_address": "ul. Próbna 1, 50-001 Wrocław",
        "operator_phone": "71 000 00 00",
        "accessibility_contact": "Anna Nowak",
        "data_protection_contact": "iod@example.org",
        "contact_email": "mapa@example.org",
        "published_on": date(2026, 12, 1),
        "public_url": "https://mapa.example.org",
    }
    with app_with(site_url, **settings) as app:
        page = app.test_client().get(f"/deklaracja-dostepnosci?lang={language}").text
        privacy = app.test_client().get(f"/prywatnosc?lang={language}").text
    assert NOT_GIVEN[language] not in page + privacy
    assert date_of(page, "a11y-data-publikacja") == "2026-12-01"
    assert [date.fromisoformat(date_of(page, name)).isoformat() for name in DATES]
    assert "Województwo &lt;Testowe&gt;" in page and "iod@example.org" in privacy
    assert '<a id="a11y-telefon" href="tel:71000000' in page
    assert '<a id="a11y-email" href="mailto:mapa@example.org">' in page
    assert '<a id="a11y-url" href="https://mapa.example.org">' in page


def test_is_linked_from_every_page_in_its_language(client: FlaskClient) -> None:
    for address in ("/", "/o-mapie", "/planowanie", "/nic-tu-nie-ma"):
        assert all(f'href="{path}"' in client.get(address).text for path in PATHS), address
    assert all(f'href="{path}?lang=uk"' in client.get("/?lang=uk").text for path in PATHS)


@pytest.mark.parametrize("name", ["accessibility", "privacy", "data_licence", "counting"])
def test_says_the_same_in_every_language(name: str) -> None:
    """As many headings, paragraphs, items and links in each: nothing was added in one alone."""
    counts = set()
    for language in LANGUAGES:
        text = (ROOT / "templates" / "statements" / language / f"{name}.html").read_text(encoding="utf-8")
        counts.add(tuple(text.count(tag) for tag in ("<h2", "<h3", "<p", "<li", "<a ", "{{ part.", "url_for")))
    assert len(counts) == 1


def test_keeps_to_its_alphabet() -> None:
    for path in (ROOT / "templates" / "statements" / "uk").glob("*.html"):
        assert not re.search(r"[ąćęłńśźż]", path.read_text(encoding="utf-8").lower()), path
