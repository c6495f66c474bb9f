"""The planners' pages: the figures of coverage, wrong questions, and what is said where nothing is known."""

import csv
import io
import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definitions
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.database import make_staff_engine
from mapapp.web.planner.amounts import FLAG_WORDS, amount, number, told
from mapapp.web.planner.choropleth import classified
from mapapp.web.planner.coverage_page import polish_order
from mapapp.web.planner.form import PRESETS
from tests.web_app import app_with

KLODZKO, WROCLAW = "0208021", "0264011"


def words_of(page: str) -> str:
    """A page's text without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def cells(page: str) -> dict[str, list[str]]:
    """The rows of the table by area."""
    rows = re.findall(r'<tr[^>]*>\s*<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S)
    found: dict[str, list[str]] = {}
    for head, rest in rows:
        found[words_of(head)] = [words_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest, re.S)]
    return found


@pytest.mark.parametrize("code", sorted(set(definitions()) - {"accessible_share"}))
def test_it_tells_the_figures_of_the_python_api(planners: FlaskClient, data: CoverageData, code: str) -> None:
    answer = planners.get(f"/planowanie?measure={code}&type=dps&ages=80%2B&minutes=20&standard=30")
    assert answer.status_code == 200, answer.text
    found = measure(data, ask(data.vocabularies, code, ["dps"], ages="80+", minutes=20, standard=30))
    table = cells(answer.text)
    with planners.application.test_request_context("/"):
        for row in found:
            own = next(value for name, value in table.items() if name.startswith(row.area.name))
            assert own[0] == told(row.figure, found.definition).replace("\xa0", " ")
            assert own[3] == number(row.figure.n)
        assert table["Cały region"][0] == told(found.region, found.definition).replace("\xa0", " ")


def test_it_answers_the_planners_question_in_one_click(planners: FlaskClient, data: CoverageData) -> None:
    start = planners.get("/planowanie").text
    question = "W których gminach ponad 500 osób w wieku od 80 lat mieszka dalej niż 30 minut od domu dziennego?"
    link = re.search(rf'<a href="([^"]+)">{re.escape(question)}</a>', start)
    assert link is not None
    page = words_of(planners.get(unescape(link[1])).text)
    figures = measure(data, ask(data.vocabularies, "beyond_people", ["ddp", "ddsp"], ages="80+", minutes=30))
    over = [row.area.name for row in figures if (row.figure.value or 0) > 500]
    assert over == ["Wrocław"]
    assert "W 1 z 2 gmin liczba osób w wieku od 80 lat mieszkających dalej niż 30 min" in page
    assert "jest większa niż 500: Wrocław." in page


def test_every_ready_made_question_has_an_answer_or_a_sentence(planners: FlaskClient) -> None:
    start = planners.get("/planowanie").text
    links = re.findall(r'<li><a href="(/planowanie\?[^"]+)">', start)
    assert len(links) == len(PRESETS)
    for link in links:
        page = planners.get(unescape(link))
        assert page.status_code == 200
        assert "Mapa pokazuje" in page.text or 'class="message"' in page.text


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("measure=nothing&type=dps", "measure"),
        ("type=nothing", "type"),
        ("type=dps&ages=old", "ages"),
        ("type=dps&by=street", "by"),
        ("type=dps&mode=rocket", "mode"),
        ("type=dps&minutes=0", "minutes"),
        ("type=dps&minutes=x", "minutes"),
        ("type=dps&standard=-1", "standard"),
        ("type=dps&reference=best", "reference"),
        ("type=dps&standard=1&reference=median", "standard"),
        ("type=dps&ponad=many", "ponad"),
        ("type=dps&sort=colour", "sort"),
        ("measure=sites", "type"),
        ("measure=accessible_share&type=dps", "profile"),
        ("type=dps&audience=nobody", "audience"),
        ("type=dps&bez_miast=yes", "bez_miast"),
        ("typo=dps", "typo"),
    ],
)
def test_it_names_the_parameter_that_is_wrong(planners: FlaskClient, query: str, parameter: str) -> None:
    for address in (f"/planowanie?{query}", f"/planowanie/dane.csv?{query}"):
        answer = planners.get(address)
        assert answer.status_code == 400
        assert re.search(rf"<code>{parameter}(=[^<]*)?</code>", answer.text)


def test_it_sorts_by_links_and_says_how(planners: FlaskClient) -> None:
    page = planners.get("/planowanie?measure=target_people&ages=80%2B&sort=name").text
    assert page.count("aria-sort=") == 1
    assert 'aria-sort="ascending"' in page
    assert next(iter(cells(page))).startswith("Kłodzko")
    turned = planners.get("/planowanie?measure=target_people&ages=80%2B&sort=name&order=desc").text
    assert 'aria-sort="descending"' in turned
    assert next(iter(cells(turned))).startswith("Wrocław")


def test_polish_names_stand_in_their_alphabet() -> None:
    assert sorted(["Żarów", "Łagiewniki", "Lubań", "Legnica", "Środa Śląska", "Syców"], key=polish_order) == [
        "Legnica",
        "Lubań",
        "Łagiewniki",
        "Syców",
        "Środa Śląska",
        "Żarów",
    ]


def test_filters_leave_areas_out_of_the_table_and_say_so(planners: FlaskClient) -> None:
    page = planners.get("/planowanie?measure=target_people&ages=80%2B&ponad=2000").text
    assert [name.split()[0] for name in cells(page)] == ["Wrocław", "Cały"]
    assert "k-out" in page
    none = planners.get("/planowanie?measure=target_people&ages=80%2B&bez_miast=1")
    assert "Żaden obszar nie pasuje." in none.text


def test_it_says_in_how_many_areas_there_is_a_service(planners: FlaskClient) -> None:
    page = words_of(planners.get("/planowanie?measure=any_service&type=dps").text)
    assert "Przynajmniej jedna taka usługa jest w 1 z 2 gmin." in page


def test_a_shelter_whose_address_is_secret_is_counted_but_on_no_map(planners: FlaskClient) -> None:
    page = planners.get("/planowanie?measure=sites&type=dmdz").text
    assert cells(page)["Cały region"][3] == "1"
    assert 'class="site"' not in page
    assert 'class="site"' in planners.get("/planowanie?measure=sites&type=dps").text
    for address in ("/planowanie?measure=sites&type=dmdz", f"/planowanie/gmina/{KLODZKO}?type=dmdz"):
        assert "Tajna" not in planners.get(address).text


@pytest.mark.parametrize("ending", ["csv", "json", "geojson", "xlsx"])
def test_downloads_are_the_view_and_the_same_each_time(planners: FlaskClient, ending: str) -> None:
    address = f"/planowanie/dane.{ending}?measure=target_people&ages=80%2B"
    first, second = planners.get(address), planners.get(address)
    assert first.status_code == 200
    assert first.data == second.data
    assert f".{ending}" in first.headers["Content-Disposition"]
    again = planners.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_download_leaves_out_what_the_view_does(planners: FlaskClient) -> None:
    address = "/planowanie/dane.csv?measure=target_people&ages=80%2B&ponad=2000"
    rows = list(csv.DictReader(io.StringIO(planners.get(address).text.lstrip("\ufeff"))))
    assert [row["name"] for row in rows] == ["Wrocław"]
    document = json.loads(planners.get(address.replace(".csv", ".json")).text)
    assert [area["code"] for area in document["areas"]] == [WROCLAW]


def test_a_gmina_has_need_supply_gaps_duties_and_neighbours(planners: FlaskClient, data: CoverageData) -> None:
    page = planners.get(f"/planowanie/gmina/{KLODZKO}?type=dps&ages=80%2B")
    assert page.status_code == 200
    shown = words_of(page.text)
    figures = measure(data, ask(data.vocabularies, "target_people", ages="80+"))
    with planners.application.test_request_context("/"):
        assert told(figures.of(KLODZKO), figures.definition).replace("\xa0", " ") in shown
    assert "Potrzeby" in shown
    assert "Zadania ustawowe" in shown
    assert f"/planowanie/gmina/{WROCLAW}?" in page.text
    assert "Ośrodek Pomocy Społecznej w Kłodzku" in shown


def test_a_gmina_stands_beside_others(planners: FlaskClient) -> None:
    page = planners.get(f"/planowanie/gmina/{KLODZKO}?z={WROCLAW}&type=dps")
    assert words_of(page.text).count("Wrocław miejska") >= 4
    assert planners.get("/planowanie/powiat/0208?z=0264").status_code == 200


def test_an_area_that_is_not_there(planners: FlaskClient) -> None:
    assert planners.get("/planowanie/gmina/0299999").status_code == 404
    assert planners.get("/planowanie/gmina/x").status_code == 404
    for others in ("z=0299999", "z=x", "&".join(f"z=020802{last}" for last in range(1, 6))):
        answer = planners.get(f"/planowanie/gmina/{KLODZKO}?{others}")
        assert answer.status_code == 400
        assert re.search(r"<code>z(=[^<]*)?</code>", answer.text)


def test_duties_of_a_powiat_alone(planners: FlaskClient) -> None:
    page = planners.get("/planowanie/zadania?powiat=0208").text
    assert [name.split()[0] for name in cells(page)] == ["Kłodzko"]
    assert planners.get("/planowanie/zadania?powiat=9999").status_code == 400
    assert "do sprawdzenia" in page
    assert planners.get("/planowanie/zadania?level=powiat").status_code == 200


def test_posts_are_a_task_of_every_gmina_and_a_measure(planners: FlaskClient) -> None:
    page = words_of(planners.get("/planowanie/zadania").text)
    assert "Pracownicy socjalni (etaty)" in page
    assert "mieszkańców albo na 50 rodzin i osób objętych pracą socjalną" in page
    measured = words_of(planners.get("/planowanie?measure=social_workers_per_2000").text)
    assert "żadne źródło nie podaje liczby etatów" in measured
    assert "dla kogo: wszyscy mieszkańcy" in measured


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_the_method_page_has_every_definition(planners: FlaskClient, data: CoverageData, language: str) -> None:
    shown = words_of(planners.get(f"/planowanie/metoda?lang={language}").text)
    for each in definitions().values():
        assert each.label(language) in shown
        assert " ".join(each.caveat(language).split()) in shown
    assert data.cells.describe(language) in shown


def test_people_who_are_not_counted_give_a_sentence(planners: FlaskClient) -> None:
    page = planners.get("/planowanie?measure=places_per_1k&type=wtz")
    assert page.status_code == 200
    assert "Liczba osób z orzeczeniem o niepełnosprawności nie jest wczytana." in page.text
    assert planners.get("/planowanie/dane.csv?measure=places_per_1k&type=wtz").status_code == 400


def test_without_a_territory_it_says_so(cluster: Cluster, compiled_catalogs: None) -> None:
    name = "planner_nothing"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    engine.dispose()
    with app_with(cluster.url(name)) as app:
        for address in ("/planowanie", f"/planowanie/gmina/{KLODZKO}", "/planowanie/zadania", "/planowanie/metoda"):
            answer = app.test_client().get(address)
            assert answer.status_code == 200
            assert "Nie wczytano jeszcze terytorium" in answer.text
        assert app.test_client().get("/planowanie/dane.csv?type=dps").status_code == 503


def test_many_areas_with_nothing_are_a_class_of_their_own() -> None:
    classes = classified([0.0] * 7 + [1.0, 2.0, 3.0, None], "quantiles")
    assert list(classes.counts) == [7, 1, 1, 1]
    assert list(classes.class_of) == [0] * 7 + [1, 2, 3, -1]
    assert list(classified([0.0, 1.0, 2.0, 3.0, 4.0], "quantiles").upper) == [0, 1, 2, 3, 4]
    assert list(classified([None, None], "quantiles").upper) == []
    assert list(classified([], "natural").upper) == []


def test_amounts_have_the_form_that_their_number_needs(app: Flask) -> None:
    with app.test_request_context("/"):
        told_so = [amount(value, "people") for value in (0, 1, 2, 5, 12, 22, 25, 112, 1003)]
        assert [each.replace("\xa0", " ") for each in told_so] == [
            "0 osób",
            "1 osoba",
            "2 osoby",
            "5 osób",
            "12 osób",
            "22 osoby",
            "25 osób",
            "112 osób",
            "1 003 osoby",
        ]
        assert amount(5.5, "places", 1) == "5,5 miejsca"
        assert amount(None, "people") == "–"


def test_every_flag_has_words(app: Flask) -> None:
    with app.test_request_context("/"):
        assert all(str(text_) for text_ in FLAG_WORDS.values())
