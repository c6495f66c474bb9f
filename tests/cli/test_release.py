"""The command, on the example directory."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapapp.cluster import Cluster
from mapapp.settings import Settings
from tests import example_site

command = import_module("mapapp.cli.release")


@pytest.fixture
def runner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    settings = Settings(database_url=example_site.database(cluster), var_folder=tmp_path)
    monkeypatch.setattr(command, "current_settings", lambda: settings)
    return CliRunner()


def said(runner: CliRunner, *arguments: str) -> str:
    result = runner.invoke(command.release, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_builds_lists_and_prunes(runner: CliRunner, tmp_path: Path) -> None:
    first = said(runner, "build")
    (name,) = re.findall(r"releases/([0-9-]+[0-9a-f]{12}): \d+ files, [\d,]+ bytes\n", first)
    assert (tmp_path / "releases" / name / "manifest.json").is_file()
    assert "it was there already, the data is the same" in said(runner, "build")
    assert said(runner, "list").startswith(f"{name}  ")
    assert said(runner, "prune", "--keep", "1") == ""
    assert said(runner, "prune", "--keep", "0") == f"{name} removed\n"
    assert said(runner, "list") == ""


def test_builds_elsewhere(runner: CliRunner, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    said(runner, "build", "--folder", str(folder))
    assert len(list(folder.iterdir())) == 1
    assert said(runner, "list") == ""
    assert said(runner, "list", "--folder", str(folder)) != ""
