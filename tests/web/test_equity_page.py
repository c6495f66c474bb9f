"""How evenly support is spread, how much of it is in the community, and how open and sure it is."""

import re
from html import unescape

from flask.testing import FlaskClient

from mapapp.coverage.data import CoverageData
from mapapp.coverage.equity import equity
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.web.planner.amounts import number, told


def rows_of(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for head, rest in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S):
        cells = [re.sub(r"<[^>]+>", " ", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest, re.S)]
        found.setdefault(unescape(head), [" ".join(unescape(cell).split()) for cell in cells])
    return found


def test_it_tells_the_spread_of_the_python_api(planners: FlaskClient, data: CoverageData) -> None:
    page = planners.get("/planowanie/rownosc?type=ddp&ages=80%2B&minutes=20").text
    rows = rows_of(page)
    for code in ("access_e2sfca", "reach_share", "places_per_1k"):
        found = equity(data, ask(data.vocabularies, code, ["ddp"], ages="80+", minutes=20))
        with planners.application.test_request_context("/"):
            told_so = [number(found.gini, 2), number(found.palma, 1)]
        assert rows[found.figures.definition.label()][:2] == told_so
        assert found.gini is not None
        assert 0 < found.gini < 1


def test_it_tells_shares_of_all_services(planners: FlaskClient, data: CoverageData) -> None:
    page = planners.get("/planowanie/rownosc?type=dps").text
    region = re.findall(r'<th scope="row">Cały region</th><td class="num"><strong>([^<]+)</strong>', page)
    with planners.application.test_request_context("/"):
        wanted = []
        for code in ("community_share", "open_late_share", "verified_share"):
            found = measure(data, ask(data.vocabularies, code, by="powiat"))
            wanted.append(told(found.region, found.definition))
    assert [unescape(each) for each in region] == wanted
    assert len(data.vocabularies.profiles) > 3
    for profile in data.vocabularies.profiles.values():
        assert profile.label("pl") in unescape(page)


def test_it_says_why_it_cannot_tell(planners: FlaskClient) -> None:
    answer = planners.get("/planowanie/rownosc?type=wtz")
    assert answer.status_code == 200
    assert "Liczba tych osób nie jest znana" in answer.text
    assert planners.get("/planowanie/rownosc?by=region").status_code == 400


def test_where_nobody_has_anything_there_is_no_spread(planners: FlaskClient) -> None:
    assert "więc nie ma czego rozkładać" in planners.get("/planowanie/rownosc?type=zaz&ages=18%2B").text
