"""Where new sites help most, on the site: at once, with a proof in the background, and on as a scenario."""

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.cluster import Cluster
from mapapp.coverage.siting import NewPlace, Siting
from mapapp.web.planner.siting_searches import Searches, Tell
from tests import example_site
from tests.web.test_planner import cells, words_of
from tests.web_app import app_with

# one day home, in Kłodzko, for the people of its powiat
BASE = "type=ddp&ages=80%2B&minutes=20"


@pytest.fixture(scope="module")
def planned_app(cluster: Cluster, compiled_catalogs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The example site."""
    with app_with(example_site.database(cluster), var_folder=tmp_path_factory.mktemp("var")) as app:
        yield app


def test_finds_the_place_where_most_people_gain(planners: FlaskClient) -> None:
    page = planners.get(f"/planowanie/lokalizacje?{BASE}&k=1")
    shown = words_of(page.text)
    assert "Liczba osób w wieku od 80 lat, dla których żadna taka placówka nie jest dziś w zasięgu" in shown
    # 3,000 people over 80 in Wrocław, half of them in Nowa Wieś 11 km away: within 20 minutes of each other
    assert "3 000 z 4 000" in shown
    ((name, row),) = cells(page.text).items()
    assert name in {"1. Wrocław", "1. Nowa Wieś"}
    assert row[:2] == ["Wrocław", "3 000"]


def test_goes_on_as_a_scenario_with_the_same_people(planners: FlaskClient) -> None:
    page = planners.get(f"/planowanie/lokalizacje?{BASE}&k=1&miejsca=25").text
    link = re.search(r'<a class="button" href="([^"]+)">Przenieś do wariantu</a>', page)
    assert link is not None
    scenario = planners.get(unescape(link[1]).partition("#")[0])
    assert scenario.status_code == 200
    assert "znajdzie się w zasięgu 20 min: 3 000" in words_of(scenario.text)
    assert "25 miejsc" in words_of(scenario.text)


@pytest.mark.parametrize("aim", ["people", "minutes", "everyone", "worst", "gap"])
def test_every_aim_has_an_answer(planners: FlaskClient, aim: str) -> None:
    page = planners.get(f"/planowanie/lokalizacje?{BASE}&k=1&aim={aim}&standard=20")
    assert page.status_code == 200
    assert [row[0] for row in cells(page.text).values()] == ["Wrocław"]


def test_stands_only_in_the_chosen_area_and_once_in_each_subregion(planners: FlaskClient) -> None:
    north = planners.get(f"/planowanie/lokalizacje?{BASE}&k=1&w=PL514")
    assert [row[0] for row in cells(north.text).values()] == ["Wrocław"]
    # whoever lives in the south has one: nothing there helps more
    south = planners.get(f"/planowanie/lokalizacje?{BASE}&k=1&w=PL517")
    assert cells(south.text) == {}
    assert "Żadna nowa placówka nie przybliżyłaby do tego celu." in words_of(south.text)
    preset = planners.get("/planowanie/lokalizacje").text
    link = re.search(r'<a href="([^"]+)">Gdzie powinno stanąć pięć modelowych centrów', preset)
    assert link is not None
    # the example has two subregions only
    shown = words_of(planners.get(unescape(link[1])).text)
    assert "Nie da się wybrać tylu placówek" in shown
    two = planners.get(unescape(link[1]).replace("k=5", "k=2"))
    assert {row[0] for row in cells(two.text).values()} == {"Kłodzko", "Wrocław"}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("k=0", "k"), ("k=31", "k"), ("aim=fame", "aim"), ("w=Kłodzko", "w"), ("po_jednym=2", "po_jednym"),
     ("miejsca=0", "miejsca"), ("&".join(f"w=02{n:02}" for n in range(21)), "w")],
)  # fmt: skip
def test_names_the_parameter_that_is_wrong(planners: FlaskClient, query: str, parameter: str) -> None:
    answer = planners.get(f"/planowanie/lokalizacje?{BASE}&{query}")
    assert answer.status_code == 400
    assert re.search(rf"<code>{parameter}(=[^<]*)?</code>", answer.text)


def test_says_why_there_is_no_answer(planners: FlaskClient) -> None:
    nobody = words_of(planners.get("/planowanie/lokalizacje?type=wtz").text)
    assert "Liczba osób z orzeczeniem o niepełnosprawności nie jest wczytana." in nobody
    nowhere = words_of(planners.get(f"/planowanie/lokalizacje?{BASE}&w=9999").text)
    assert "Na wybranym obszarze nie leży żadna miejscowość." in nowhere


def test_proves_in_the_background_and_shows_it(planners: FlaskClient) -> None:
    sent = {"type": "ddp", "ages": "80+", "minutes": "20", "k": "1"}
    begun = planners.post("/planowanie/lokalizacje/dowod", data=sent)
    assert begun.status_code == 303
    address = begun.headers["Location"].partition("#")[0]
    deadline = time.monotonic() + 20
    while "Szukanie trwało" not in (page := words_of(planners.get(address).text)):
        assert time.monotonic() < deadline, page
        time.sleep(0.1)
    assert "Udowodniono: żaden inny wybór nie jest lepszy." in page
    refused = planners.post("/planowanie/lokalizacje/dowod", data=sent | {"aim": "worst"})
    assert refused.status_code == 400


def test_an_unknown_search_is_not_found(planners: FlaskClient) -> None:
    for key in ("0123456789abcdef", "../../etc/passwd", "x"):
        assert planners.get(f"/planowanie/lokalizacje?{BASE}&praca={key}").status_code == 404
    assert planners.get("/planowanie/lokalizacje/dowod/0123456789abcdef.json").status_code == 404


def found(value: float, bound: float) -> Siting:
    place = NewPlace("Kłodzko", "0208021", "Kłodzko", 1.0, 2.0, value)
    return Siting("people", (place,), 9.0, 5.0, value, 0.0, value, bound, value == bound, False, "", 3)


def wait_for(searches: Searches, key: str, state: str) -> None:
    deadline = time.monotonic() + 10
    while (search := searches.look(key)) is None or search.state != state:
        assert time.monotonic() < deadline, search
        time.sleep(0.02)


def test_tells_how_far_it_is_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    searches = Searches(tmp_path / "siting")
    is_asked_again = Event()

    def work(tell: Tell) -> Siting:
        while tell(3.0, 5.0):
            is_asked_again.set()
            time.sleep(0.05)
        return found(3.0, 5.0)

    key = searches.begin(work)
    assert key is not None
    assert is_asked_again.wait(5)
    assert searches.begin(work) is None  # as many as may run are running
    deadline = time.monotonic() + 10
    while (search := searches.look(key)) is None or search.value is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (search.state, search.value, search.bound) == ("running", 3.0, 5.0)
    # another process of the server sees and ends the same search
    Searches(tmp_path / "siting").stop(key)
    wait_for(searches, key, "stopped")
    ended = searches.look(key)
    assert ended is not None
    assert ended.siting == found(3.0, 5.0)


def test_a_search_that_fails_says_so_and_makes_room(tmp_path: Path) -> None:
    searches = Searches(tmp_path / "siting")

    def fails(_tell: Tell) -> Siting:
        raise TimeoutError("no plan was found")

    key = searches.begin(fails)
    assert key is not None
    wait_for(searches, key, "failed")
    time.sleep(0.1)
    again = searches.begin(lambda _tell: found(4.0, 4.0))
    assert again is not None
    wait_for(searches, again, "done")
