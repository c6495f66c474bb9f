"""Published figures: released once, the same again, and told as features of what was released alone."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mapapp.coverage.commands import release_figures
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.errors import CoverageError, WrongFile
from mapapp.coverage.features import COVERAGE
from mapapp.coverage.measures import measure
from mapapp.coverage.published import published_questions, release_published
from mapapp.coverage.question import ask
from mapapp.territory.feature_pages import FeatureQuery, feature, feature_page
from tests.coverage.conftest import TODAY


@pytest.fixture
def data(planned_session: Session) -> CoverageData:
    return coverage_data(planned_session, TODAY)


def test_releases_every_published_question_and_the_same_again(planned_session: Session, data: CoverageData) -> None:
    asked = list(published_questions(data))
    first = release_published(planned_session, data)
    assert len(first) == len(asked) >= 10
    assert all(each.is_new for each in first)
    again = release_published(planned_session, data)
    assert [each.code for each in again] == [each.code for each in first]
    assert not any(each.is_new for each in again)


@pytest.mark.parametrize(
    ("line", "message"), [("places,dpss,,,gmina,,,,", "dps"), ("places,dps,,,gmina,,x,,", "line 2")]
)
def test_refuses_a_file_that_asks_what_cannot_be(data: CoverageData, tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "published.csv"
    path.write_text(f"measure,types,groups,ages,by,mode,minutes,standard,reference\n{line}\n")
    with pytest.raises((WrongFile, CoverageError), match=message):
        list(published_questions(data, path))


def test_tells_the_figures_as_they_were_released(planned_session: Session, data: CoverageData) -> None:
    question = ask(data.vocabularies, "places_per_10k", ["dps"], ages="80+", by="powiat")
    released = release_figures(planned_session, data, question)
    figures = measure(data, question)
    page = feature_page(planned_session, COVERAGE, FeatureQuery(limit=5000))
    found = [json.loads(each) for each in page.features]
    told = {each["properties"]["area_code"]: each for each in found if each["properties"]["release"] == released.code}
    assert set(told) == {row.area.code for row in figures} | {"region"}
    for row in figures:
        properties = told[row.area.code]["properties"]
        assert properties["value"] == pytest.approx(row.figure.value, rel=1e-11)
        assert properties["flags"] == sorted(row.figure.flags)
        assert (properties["area_name"], properties["sites"]) == (row.area.name, row.figure.n)
        assert told[row.area.code]["geometry"]["type"] == "MultiPolygon"
        assert properties["is_newest"] is True
    region = told["region"]
    assert (region["properties"]["level"], region["properties"]["area_name"]) == ("region", "małopolskie")
    alone = feature(planned_session, COVERAGE, f"{released.code}1201")
    assert alone is not None
    assert json.loads(alone)["properties"] == told["1201"]["properties"]


def test_knows_which_release_of_a_question_is_the_newest(planned_session: Session, data: CoverageData) -> None:
    question = ask(data.vocabularies, "sites", ["sds"], by="subregion")
    old = release_figures(planned_session, data, question)
    later = coverage_data(planned_session, TODAY.replace(day=16))
    new = release_figures(planned_session, later, question)
    page = feature_page(planned_session, COVERAGE, FeatureQuery(limit=5000))
    newest = {}
    for each in page.features:
        properties = json.loads(each)["properties"]
        newest[properties["release"]] = properties["is_newest"]
    assert (newest[old.code], newest[new.code]) == (False, True)
