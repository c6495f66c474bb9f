"""Released figures over time: the same question as of two releases."""

import os
import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.cluster import Cluster
from mapapp.coverage.commands import release_figures
from mapapp.coverage.data import coverage_data
from mapapp.coverage.question import ask
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_facilities
from tests import example_site
from tests.web_app import app_with

LATER = date(2027, 3, 1)


@pytest.fixture(scope="module")
def planned_app(cluster: Cluster, compiled_catalogs: None) -> Iterator[Flask]:
    """A site where a second day home has opened between two releases."""
    name = f"time_{os.getpid()}"
    cluster.ensure_database(name)
    example_site.fill(cluster.url(name))
    engine = make_staff_engine(cluster.url(name))
    with transaction(engine) as session:
        second = example_site.facility("second", "Dzienny dom „Nowy”", "ddp")
        save_facilities(session, [second], registers=(example_site.REGISTER,), retire_samples=False)
        data = coverage_data(session, LATER)
        release_figures(session, data, ask(data.vocabularies, "places_per_1k", ["ddp"]))
    engine.dispose()
    with app_with(cluster.url(name)) as app:
        yield app


def options(page: str, field: str) -> list[tuple[str, str]]:
    found = re.search(rf'<select id="f-{field}".*?</select>', page, re.S)
    assert found is not None
    return [(code, unescape(text)) for code, text in re.findall(r'<option value="(\w+)"[^>]*>([^<]+)', found[0])]


def changes(page: str) -> dict[str, list[str]]:
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', page, re.S)
    return {
        unescape(head): [
            unescape(re.sub(r"<[^>]+>", "", cell)).replace("\xa0", " ").strip()
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest, re.S)
        ]
        for head, rest in rows
    }


def test_it_tells_what_is_between_two_releases(planners: FlaskClient) -> None:
    page = planners.get("/planowanie/w-czasie").text  # the question with most releases
    found = changes(page)
    assert found["gmina miejska Kłodzko"][:3] == ["4,8 na 1000 osób", "9,6 na 1000 osób", "+4,8"]
    assert found["gmina miejska Wrocław"][2] == "0,0"
    assert next(iter(found)) == "gmina miejska Kłodzko"
    assert "więcej: 1, mniej: 0, tyle samo: 1" in page
    assert "1 marca 2027" in page


def test_it_goes_back_to_any_release(planners: FlaskClient) -> None:
    page = planners.get("/planowanie/w-czasie").text
    (key, _title), *_others = [each for each in options(page, "pytanie") if "1000" in each[1]]
    *_older, (old, _day), (new, _later) = options(page, "stan")
    back = planners.get(f"/planowanie/w-czasie?pytanie={key}&stan={old}&wobec={new}").text
    assert changes(back)["gmina miejska Kłodzko"][:3] == ["9,6 na 1000 osób", "4,8 na 1000 osób", "-4,8"]


def colours(page: str) -> dict[str, str]:
    return {code: colour for colour, code in re.findall(r'<path class="k k-([\w-]+)" data-code="(\d+)"', page)}


def test_its_map_tells_the_difference_too(planners: FlaskClient) -> None:
    """The gmina with a second home is better than before, the other as it was; backwards it is worse."""
    page = planners.get("/planowanie/w-czasie").text
    assert set(colours(page).values()) <= {"1", "2", "3", "4", "5"}
    assert "(+4,8)" in page.replace("\xa0", " ")
    drawn = planners.get("/planowanie/w-czasie?view=difference").text
    assert colours(drawn) == {"0208021": "better-2", "0264011": "same"}
    assert "Niebieski oznacza poprawę, a pomarańczowy pogorszenie" in drawn
    assert re.search(r"poprawa o [^<]*4,8[^<]* <small>N = 1</small>", drawn)
    assert '<option value="difference" selected>' in drawn
    (key, _title), *_others = [each for each in options(page, "pytanie") if "1000" in each[1]]
    *_older, (old, _day), (new, _later) = options(page, "stan")
    back = planners.get(f"/planowanie/w-czasie?pytanie={key}&stan={old}&wobec={new}&view=difference").text
    assert colours(back) == {"0208021": "worse-2", "0264011": "same"}


def test_a_change_of_the_question_forgets_the_releases_of_the_other(planners: FlaskClient) -> None:
    page = planners.get("/planowanie/w-czasie").text
    other = next(key for key, title in options(page, "pytanie") if "1000" not in title)
    code, _day = options(page, "stan")[0]
    answer = planners.get(f"/planowanie/w-czasie?pytanie={other}&stan={code}&wobec={code}")
    assert answer.status_code == 200
    assert "wydano dotąd raz" in answer.text


def test_it_says_where_there_is_one_release_only(planners: FlaskClient) -> None:
    keys = [key for key, title in options(planners.get("/planowanie/w-czasie").text, "pytanie") if "1000" not in title]
    assert len(keys) == 2
    for key in keys:
        assert "wydano dotąd raz" in planners.get(f"/planowanie/w-czasie?pytanie={key}").text


@pytest.mark.parametrize("query", ["pytanie=000000000000", "stan=0123456789abcdef", "wobec=x", "pytanie=%27--"])
def test_it_names_what_was_never_released(planners: FlaskClient, query: str) -> None:
    answer = planners.get(f"/planowanie/w-czasie?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text
