"""The commands, on a database of the test's own."""

import os
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from geo.roads.matrix import TravelMatrix
from mapapp.cluster import Cluster
from mapapp.coverage.areas import Floats
from mapapp.coverage.data import living_cells
from mapapp.database import transaction
from mapapp.provision import staff_engine
from mapapp.settings import Settings
from mapapp.territory.census_grid import region_box
from mapapp.territory.download import DownloadError
from mapapp.territory.planning import planned_gminas
from mapapp.territory.tables import CensusGrid
from mapapp.travel.places import places_hash
from mapapp.travel.store import KeptTimes, TimesFacts, keep_times, travel_root
from tests.territory.census import code, write_csv

# the package's attribute of that name is the group of commands
commands = import_module("mapapp.cli.territory")
grid_commands = import_module("mapapp.cli.census_grid")
SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "official"
FILES = (
    ("--boundaries", "granice.zip"),
    ("--terc", "terc.csv"),
    ("--population", "ludnosc.xlsx"),
    ("--places", "geonames.zip"),
)
OFFICIAL = tuple(word for option, name in FILES for word in (option, str(SAMPLES / name)))


@pytest.fixture
def runner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    name = f"territory_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(database_url=cluster.url(name))
    monkeypatch.setattr(commands, "current_settings", lambda: settings)
    return CliRunner()


def test_loads_and_shows_official_files(runner: CliRunner) -> None:
    result = runner.invoke(commands.territory, ["load", "--official", *OFFICIAL])
    assert result.exit_code == 0, result.output
    assert "dolnoslaskie: 4 gminas, 3 powiats, 2 subregions, 2 places; official boundaries" in result.output
    again = runner.invoke(commands.territory, ["load", "--official", *OFFICIAL])
    assert "already loaded: nothing changed" in again.output
    shown = runner.invoke(commands.territory, ["show"])
    assert "region        dolnoslaskie (dolnośląskie)" in shown.output
    assert "units         4 gminas, 3 powiats, 2 subregions" in shown.output


def test_shows_that_nothing_is_loaded(runner: CliRunner, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"never_migrated_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(database_url=cluster.url(name))
    monkeypatch.setattr(commands, "current_settings", lambda: settings)
    result = runner.invoke(commands.territory, ["show"])
    assert result.exit_code == 1
    assert "no territory is loaded; run: mapapp territory load" in result.output


def test_says_which_option_is_missing(runner: CliRunner) -> None:
    result = runner.invoke(commands.territory, ["load", "--official", "--terc", str(SAMPLES / "terc.csv")])
    assert result.exit_code == 2
    assert "--official needs --boundaries, --population" in result.output


def test_refuses_options_without_official(runner: CliRunner) -> None:
    result = runner.invoke(commands.territory, ["load", "--terc", str(SAMPLES / "terc.csv")])
    assert result.exit_code == 2
    assert "go with --official" in result.output


def test_names_the_problem_of_a_bad_pack(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(commands.territory, ["load", str(tmp_path)])
    assert result.exit_code == 1
    assert "the file territory.gpkg is missing" in result.output


def test_download_without_a_network_is_one_sentence(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise DownloadError("PRG could not be fetched. Is there a network?")

    monkeypatch.setattr(commands, "download_official", fail)
    result = runner.invoke(commands.territory, ["download"])
    assert result.exit_code == 1
    assert result.output.strip().endswith("Error: PRG could not be fetched. Is there a network?")


def keep_times_of(settings: Settings, cells: Floats) -> None:
    """Times of a mode that reach nobody, for people who live in these cells."""
    facts = TimesFacts(
        mode="car", fingerprint="f", engine="roads", source="s", map_file="", map_day=None, limit_minutes=60,
        cells=places_hash(cells), sites=1, pairs=0, sites_off_network=0, cells_off_network=0,
        computed_at=datetime.now(UTC),
    )  # fmt: skip
    nothing = TravelMatrix.of_rows([(np.zeros(0, np.int64), np.zeros(0))], len(cells), 60)
    kept = KeptTimes(facts, nothing, np.zeros((1, 2)), cells, np.ones(len(cells), np.bool_))
    keep_times(travel_root(settings) / "car", kept)


def test_loads_a_census_grid_and_switches_it(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = commands.current_settings().model_copy(update={"var_folder": tmp_path})
    for of in (commands, grid_commands):
        monkeypatch.setattr(of, "current_settings", lambda: settings)
    runner.invoke(commands.territory, ["load", "--official", *OFFICIAL])
    wrong = runner.invoke(commands.territory, ["grid", "load", str(SAMPLES / "terc.csv")])
    assert (wrong.exit_code, "no table has the columns of a census grid" in wrong.output) == (1, True)
    with staff_engine(settings) as engine, transaction(engine) as session:
        box = region_box(session)
    middle = (round((box.south + box.north) / 2, -3), round((box.west + box.east) / 2, -3))
    lines = [
        (code(int(middle[0]) + 1000 * y, int(middle[1]) + 1000 * x), 100, 20, 60, 20)
        for y in range(-60, 60)
        for x in range(-60, 60)
    ]
    loaded = runner.invoke(
        commands.territory, ["grid", "load", str(write_csv(tmp_path / "grid.csv", lines)), "--source", "spis"]
    )
    assert loaded.exit_code == 0, loaded.output
    assert "of 4 gminas" in loaded.output
    for word, told in (("off", "at settlements, by the rule"), ("on", "in the cells of grid.csv (spis)")):
        assert told in runner.invoke(commands.territory, ["grid", word]).output
        assert "Times by road" not in runner.invoke(commands.territory, ["grid", word]).output
    with staff_engine(settings) as engine, transaction(engine) as session:
        cells = living_cells(session, planned_gminas(session)).xy
    keep_times_of(settings, cells)
    on = "Times by road (car) are of these places"
    off = "Times by road (car) are of other places than people are counted at now. They are not used"
    for word, told in (("on", on), ("off", off), ("on", on)):
        output = " ".join(runner.invoke(commands.territory, ["grid", word]).output.split())
        assert [each for each in (on, off) if each in output] == [told]
        assert ("mapapp travel compute --modes car" in output) == (word == "off")
    assert "census grid   spis, grid.csv; used" in runner.invoke(commands.territory, ["show"]).output


def test_says_that_no_grid_is_loaded_or_fetched(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = commands.current_settings()
    monkeypatch.setattr(grid_commands, "current_settings", lambda: settings)
    monkeypatch.setattr(grid_commands, "official_folder", lambda _region: tmp_path)
    with staff_engine(settings) as engine, transaction(engine) as session:
        session.execute(delete(CensusGrid))
    assert "no census grid is loaded" in runner.invoke(commands.territory, ["grid", "on"]).output
    assert "run: mapapp territory grid download" in runner.invoke(commands.territory, ["grid", "load"]).output
