"""The commands, on a database of the test's own."""

import os
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapapp.cluster import Cluster
from mapapp.settings import Settings
from mapapp.territory.download import DownloadError

# the package's attribute of that name is the group of commands
commands = import_module("mapapp.cli.territory")
SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "official"


@pytest.fixture
def runner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    name = f"territory_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(database_url=cluster.url(name))
    monkeypatch.setattr(commands, "current_settings", lambda: settings)
    return CliRunner()


def test_loads_and_shows_official_files(runner: CliRunner) -> None:
    names = {
        "--boundaries": "granice.zip",
        "--terc": "terc.csv",
        "--population": "ludnosc.xlsx",
        "--places": "geonames.zip",
    }
    options = [word for option, name in names.items() for word in (option, str(SAMPLES / name))]
    result = runner.invoke(commands.territory, ["load", "--official", *options])
    assert result.exit_code == 0, result.output
    assert "dolnoslaskie: 4 gminas, 3 powiats, 2 subregions, 2 places; official boundaries" in result.output
    again = runner.invoke(commands.territory, ["load", "--official", *options])
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
