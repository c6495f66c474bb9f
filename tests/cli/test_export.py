"""The command, on the example directory."""

import csv
import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapapp.cluster import Cluster
from mapapp.settings import Settings
from tests import example_site

command = import_module("mapapp.cli.export")


@pytest.fixture
def runner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    settings = Settings(database_url=example_site.database(cluster))
    monkeypatch.setattr(command, "current_settings", lambda: settings)
    return CliRunner()


def test_writes_what_the_filter_shows(runner: CliRunner, tmp_path: Path) -> None:
    out = tmp_path / "dps.geojson"
    result = runner.invoke(command.export_file, ["--type", "dps", "--near", "17.03,51.11", str(out)])
    assert result.exit_code == 0, result.output
    assert re.search(r"dps\.geojson: 1 rows, [\d,]+ bytes, release [0-9a-f]{16}", result.output)
    collection = json.loads(out.read_bytes())
    assert [each["properties"]["facility_type"] for each in collection["features"]] == ["dps"]
    assert collection["about"]["query"] == {"types": ["dps"], "near": [17.03, 51.11]}
    assert collection["features"][0]["properties"]["distance_km"] == 0


def test_writes_only_what_the_further_filters_show(runner: CliRunner, tmp_path: Path) -> None:
    out = tmp_path / "free.geojson"
    assert (
        runner.invoke(command.export_file, ["--type", "dps", "--cost", "free", "--mode", "onsite", str(out)]).exit_code
        == 0
    )
    assert len(json.loads(out.read_bytes())["features"]) == 1
    assert runner.invoke(command.export_file, ["--type", "dps", "--cost", "paid", str(out)]).exit_code == 0
    assert json.loads(out.read_bytes())["features"] == []


def test_writes_the_same_bytes_again(runner: CliRunner, tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        assert runner.invoke(command.export_file, [str(tmp_path / name)]).exit_code == 0
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a.gpkg", "b.gpkg"}


def test_writes_boundaries_and_csv_for_a_spreadsheet(runner: CliRunner, tmp_path: Path) -> None:
    arguments = ["--layer", "powiats", "--format", "kml", str(tmp_path / "powiaty")]
    assert "2 rows" in runner.invoke(command.export_file, arguments).output
    assert runner.invoke(command.export_file, ["--excel", str(tmp_path / "x.csv")]).exit_code == 0
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def template_rows(runner: CliRunner, path: Path, *options: str) -> list[dict[str, str]]:
    result = runner.invoke(command.export_file, [*options, str(path)])
    assert result.exit_code == 0, result.output
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_writes_facilities_in_the_form_of_the_template(runner: CliRunner, tmp_path: Path) -> None:
    public = template_rows(runner, tmp_path / "a.template.csv")
    everything = template_rows(runner, tmp_path / "b.template.csv", "--everything")
    levels = ("widoczność organizacji", "widoczność miejsca", "widoczność usługi")
    assert {row[level] for row in public for level in levels} <= {"public", ""}
    assert {row[level] for row in everything for level in levels} >= {"public", "area_only"}
    assert len(public) < len(everything)
    dps = template_rows(runner, tmp_path / "c.template.csv", "--type", "dps")
    assert "dps" in {row["rodzaj usługi"] for row in dps}
    assert len(dps) < len(public)
    assert runner.invoke(command.export_file, [str(tmp_path / "d.template.xlsx")]).exit_code == 0
    assert (tmp_path / "d.template.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--everything", "x.csv"], "--everything is for template.xlsx and template.csv only"),
        (["--everything", "--type", "dps", "x.template.csv"], "--everything takes no filter"),
        (["--layer", "gminas", "x.template.csv"], "a template holds services"),
        (["x.doc"], "the format is not clear; name one by --format: geojson"),
        (["--layer", "gminas", "x.csv"], "the format is not clear; name one by --format: geojson"),
        (["--type", "dsp", "x.csv"], "types: 'dsp' is not known; the nearest is ddsp; expected one of ops"),
        (["--profile", "x", "x.csv"], "profiles: 'x' is not known"),
        (["--cost", "x", "x.csv"], "costs: 'x' is not known; expected one of free"),
        (["--mode", "x", "x.csv"], "modes: 'x' is not known; expected one of day"),
        (["--excel", "x.gpkg"], "--excel is for services as csv or csv.zip"),
        (["--within-km", "5", "x.csv"], "expected up to 1000 around a position"),
        (["--near", "51,17", "x.csv"], "longitude first"),
        (["--near", "here", "x.csv"], "expected 2 numbers separated by commas"),
    ],
)
def test_says_what_it_cannot_do(runner: CliRunner, tmp_path: Path, arguments: list[str], message: str) -> None:
    *options, name = arguments
    result = runner.invoke(command.export_file, [*options, str(tmp_path / name)])
    assert result.exit_code != 0
    assert message in result.output
    assert not list(tmp_path.iterdir())
