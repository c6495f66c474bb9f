"""Where two new day homes would help most: Lower Silesia's people, and what the command says."""

import os
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.frame import Frame
from mapapp.coverage.question import Question, ask
from mapapp.coverage.siting import Wish, best_places
from mapapp.settings import Settings
from tests.coverage.conftest import VOCABULARIES

command, of_coverage = import_module("mapapp.cli.siting"), import_module("mapapp.cli.coverage")


def question(minutes: float = 15) -> Question:
    return ask(VOCABULARIES, "beyond_people", ("ddsp",), ages="80+", mode="car", minutes=minutes)


def without(data: CoverageData, asked: Question, sites: tuple[tuple[float, float], ...] = ()) -> float:
    """People beyond the reach, counted cell by cell with the new sites among the others."""
    frame = Frame(data, asked)
    reach_m = asked.minutes * 45_000 / 60 / 1.3
    xy = np.array(sites).reshape(-1, 2)
    near = frame.nearest(entitled=True) <= asked.minutes
    for cell, (east, north) in enumerate(data.cells.xy):
        near[cell] |= any(np.hypot(east - e, north - n) <= reach_m * (1 + 1e-9) for e, n in xy)
    return float(frame.persons[~near].sum())


def test_finds_the_two_places_that_reach_most(malopolska_data: CoverageData) -> None:
    asked = question()
    found = best_places(malopolska_data, asked, Wish(2, exactly=True))
    assert found.is_optimal
    assert found.without == pytest.approx(without(malopolska_data, asked))
    sites = tuple((place.east_m, place.north_m) for place in found.places)
    assert found.without - found.reached == pytest.approx(without(malopolska_data, asked, sites))
    assert found.places[0].people >= found.places[1].people > 0
    assert best_places(malopolska_data, asked, Wish(2)).reached <= found.reached + 1e-6


def test_adds_little_with_each_further_place_and_everyone_takes_many(malopolska_data: CoverageData) -> None:
    asked = question(30)
    people = [place.people for place in best_places(malopolska_data, asked, Wish(5)).places]
    assert people == sorted(people, reverse=True)
    everyone = best_places(malopolska_data, asked, Wish(1, "everyone", exactly=True))
    assert everyone.reached == pytest.approx(everyone.without - everyone.unreachable)
    assert everyone.value == len(everyone.places)


def test_puts_one_into_each_subregion(malopolska_data: CoverageData) -> None:
    subregions = malopolska_data.areas.layers["subregion"]
    gminas = malopolska_data.areas.index
    k = len(subregions.refs)
    found = best_places(malopolska_data, question(), Wish(k, one_per_subregion=True))
    assert sorted(subregions.of_gmina[gminas[place.gmina_code]] for place in found.places) == list(range(k))


def test_reaches_everyone_at_once_with_few_more_than_it_takes(malopolska_data: CoverageData) -> None:
    quick = best_places(malopolska_data, question(30), Wish(aim="everyone"))
    exact = best_places(malopolska_data, question(30), Wish(aim="everyone", exactly=True))
    assert quick.reached == pytest.approx(exact.reached)
    assert exact.value <= quick.value <= exact.value + 3
    assert not quick.is_optimal


def test_stands_only_where_it_may(malopolska_data: CoverageData) -> None:
    found = best_places(malopolska_data, question(), Wish(3, within=frozenset({"1205", "1206"})))
    assert {place.gmina_code[:4] for place in found.places} <= {"1205", "1206"}
    assert 0 < found.candidates < len(malopolska_data.cells.xy)
    with pytest.raises(NotAnswerable, match="no settlement"):
        best_places(malopolska_data, question(), Wish(within=frozenset({"9999"})))


def test_fills_gaps_no_more_than_it_has_places(malopolska_data: CoverageData) -> None:
    asked = replace(question(), standard=20.0)
    found = best_places(malopolska_data, asked, Wish(3, "gap", places=25))
    assert 0 < found.value <= 75
    assert len(found.places) == 3
    # a standard of nothing leaves no gap, and nothing to be chosen
    assert best_places(malopolska_data, replace(question(), standard=0.0), Wish(3, "gap")).places == ()
    with pytest.raises(NotAnswerable, match="standard"):
        best_places(malopolska_data, question(), Wish(3, "gap"))


def test_helps_the_worst_gmina_before_the_most_people(malopolska_data: CoverageData) -> None:
    asked = question()
    worst = best_places(malopolska_data, asked, Wish(3, "worst"))
    most = best_places(malopolska_data, asked, Wish(3))
    assert worst.reached <= most.reached
    assert len(worst.places) == 3


def test_refuses_more_sites_than_there_are_subregions(malopolska_data: CoverageData) -> None:
    with pytest.raises(ValueError, match="k is 40"):
        best_places(malopolska_data, question(), Wish(40, one_per_subregion=True))
    nobody = ask(VOCABULARIES, "beyond_people", ("ddsp",), ages="80+", minutes=15)
    empty = malopolska_data.cells.weight * 0
    data = replace(malopolska_data, cells=replace(malopolska_data.cells, weight=empty))
    with pytest.raises(NotAnswerable, match="no people"):
        best_places(data, nobody, Wish(1))


@pytest.fixture
def run(planned: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    settings = Settings(database_url=cluster.url(f"planned_{os.getpid()}"))
    monkeypatch.setattr(of_coverage, "current_settings", lambda: settings)
    monkeypatch.setenv("COLUMNS", "200")
    yield CliRunner()


def test_tells_places_and_people_on_the_command_line(run: CliRunner) -> None:
    result = run.invoke(command.siting, ["--type", "ddsp", "--age", "80+", "--minutes", "15", "-k", "2", "--exact"])
    assert result.exit_code == 0, result.output
    assert "people have none within reach" in result.stdout
    assert "proven: no other choice is better" in result.stdout


def test_says_in_one_sentence_what_cannot_be_chosen(run: CliRunner) -> None:
    result = run.invoke(command.siting, ["--type", "ddsp", "--age", "80+", "-k", "50", "--one-per-subregion"])
    assert result.exit_code == 1
    assert "k is 50, expected 1 to" in result.output
