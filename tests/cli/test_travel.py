"""``mapapp travel`` on the example site: build, compute again, list, show; and coverage along the roads."""

import csv
import io
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from mapapp.cli import cli
from mapapp.cluster import Cluster
from mapapp.coverage.data import coverage_data
from mapapp.coverage.road_places import places_of_sites
from mapapp.database import make_staff_engine
from mapapp.settings import Settings
from mapapp.travel.store import times_facts, travel_root
from tests import example_site
from tests.travel.extract import CORNER, Extract

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def extract(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Roads from settlement to settlement, and past every site."""
    engine = make_staff_engine(example_site.database(cluster))
    with Session(engine) as session:
        data = coverage_data(session)
    engine.dispose()
    made = Extract()
    places = np.concatenate([places_of_sites(data, candidates=False), data.cells.xy[::3]])
    for number, place in enumerate(places):
        made.node(str(number), *(place - CORNER))
    made.way([str(number) for number in range(len(places))], highway="primary")
    return made.write(tmp_path_factory.mktemp("extract") / "region.osm.pbf")


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Settings:
    return Settings(database_url=example_site.database(cluster), var_folder=tmp_path)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("travel", "coverage"):
        monkeypatch.setattr(import_module(f"mapapp.cli.{name}"), "current_settings", lambda: settings)
    monkeypatch.setenv("COLUMNS", "250")

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    return invoke


def test_builds_computes_lists_and_is_used_by_coverage(run: Run, extract: Path, settings: Settings) -> None:
    built = run("travel", "build", str(extract), "--modes", "driving,walking", "--limit-minutes", "60")
    assert built.exit_code == 0, built.output
    assert "car:" in built.output and "pairs up to 60 minutes" in built.output
    assert {folder.name for folder in travel_root(settings).iterdir()} == {"car", "walk"}
    listed = run("travel", "list")
    assert listed.stdout.count("fits") == 2
    assert "region.osm.pbf 2026-10-01" in listed.stdout

    by_road, straight = (_shares(run, *how) for how in (("--travel", "driving"), ("--straight",)))
    assert by_road != straight
    assert _shares(run, "--mode", "bike") == _shares(run, "--mode", "cycling", "--straight")


def _shares(run: Run, *how: str) -> list[dict[str, str]]:
    asked = "--type dps --measure near_share --age total --by subregion --minutes 30"
    result = run("coverage", "compute", *asked.split(), *how)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_computes_again_only_what_is_missing_and_keeps_the_limit(run: Run, extract: Path, settings: Settings) -> None:
    run("travel", "build", str(extract), "--modes", "car", "--limit-minutes", "40", "--networks-only")
    assert "no times: compute" in run("travel", "list").stdout
    first = run("travel", "compute", "--modes", "car", "--limit-minutes", "40", "--no-candidates")
    assert first.exit_code == 0, first.output
    few = times_facts(travel_root(settings) / "car") or pytest.fail("no times")
    assert run("travel", "compute", "--modes", "car").exit_code == 0
    many = times_facts(travel_root(settings) / "car") or pytest.fail("no times")
    assert (few.limit_minutes, many.limit_minutes) == (40, 40)
    assert many.sites > few.sites > 0


def test_shows_the_people_around_each_site(run: Run, extract: Path) -> None:
    run("travel", "build", str(extract), "--modes", "car", "--no-candidates")
    shown = run("travel", "show", "--type", "dps", "--age", "total", "--minutes", "10", "--minutes", "60")
    assert shown.exit_code == 0, shown.output
    assert "within 10 min" in shown.stdout and "within 60 min" in shown.stdout
    absent = run("travel", "show", "--type", "dps", "--mode", "walk")
    assert absent.exit_code == 1
    assert "no times by road are kept for 'walk'" in absent.output


def test_tells_when_times_no_longer_fit(run: Run, extract: Path, settings: Settings, tmp_path: Path) -> None:
    run("travel", "build", str(extract), "--modes", "car", "--no-candidates")
    other = Extract()
    other.node("A", 0, 0)
    other.node("B", 20_000, 0)
    other.way("AB", highway="primary")
    path = other.write(tmp_path / "other.osm.pbf")
    assert run("travel", "build", str(path), "--modes", "car", "--networks-only").exit_code == 0
    assert "the network is newer than the times: compute" in run("travel", "list").stdout
    shutil.rmtree(travel_root(settings))
    nothing = run("travel", "list")
    assert nothing.exit_code == 1
    assert "there are no roads yet; make them with: mapapp travel build FILE.osm.pbf" in nothing.output


def test_says_what_is_wrong_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.osm.pbf").write_bytes(b"no map")
    broken = run("travel", "build", str(tmp_path / "broken.osm.pbf"))
    assert (broken.exit_code, broken.output.count("Traceback")) == (1, 0)
    assert "broken.osm.pbf is no readable extract of OpenStreetMap" in broken.output
    assert "there are no roads for 'car'" in run("travel", "compute", "--modes", "car").output
    unknown = run("travel", "compute", "--modes", "car,flying")
    assert "'flying' is not known. Expected one of car, bike, walk, walk_slow" in unknown.output
