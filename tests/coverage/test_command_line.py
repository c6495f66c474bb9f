"""``mapapp coverage`` on Małopolska."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from mapapp.cluster import Cluster
from mapapp.settings import Settings

Run = Callable[..., Result]
command = import_module("mapapp.cli.coverage")


@pytest.fixture
def run(planned: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Run:
    settings = Settings(database_url=cluster.url(f"planned_{os.getpid()}"))
    monkeypatch.setattr(command, "current_settings", lambda: settings)
    monkeypatch.setenv("COLUMNS", "250")

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command.coverage, list(arguments))

    return invoke


def test_computes_the_figures_of_the_issue(run: Run) -> None:
    """Places of nursing homes per 10,000 people of 80 and over, by powiat."""
    arguments = "--type dps --measure places_per_10k --age 80+ --by powiat --format csv"
    result = run("compute", *arguments.split())
    assert result.exit_code == 0, result.stderr
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(result.stdout.removeprefix("\ufeff")))}
    assert len(rows) == 22
    assert float(rows["1201"]["value"]) == pytest.approx(157 / 3933 * 10_000)
    assert "22 of 22 areas have a figure" in result.stderr


def test_writes_a_file_in_every_format(run: Run, tmp_path: Path) -> None:
    for to in ("csv", "geojson", "xlsx", "json"):
        out = tmp_path / f"figures.{to}"
        result = run("compute", "--type", "sds", "--measure", "reach_share", "--format", to, "-o", str(out))
        assert result.exit_code == 0, result.stderr
        assert out.stat().st_size > 1000
    assert len(json.loads((tmp_path / "figures.geojson").read_bytes())["features"]) == 182


def test_lists_gaps_with_the_largest_first(run: Run) -> None:
    result = run("gaps", "--type", "dps", "--standard", "median", "--by", "powiat", "--limit", "1")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("│ 12") == 1  # the limit
    assert re.search(r"\b[1-9]\d+ places are missing in all", result.stdout)


def test_tells_duties_of_an_area(run: Run) -> None:
    result = run("duties", "--level", "powiat", "--area", "1201", "--task", "nursing_home")
    assert result.exit_code == 0, result.stderr
    assert "here" in result.stdout
    assert "to be checked" in result.stdout


def test_keeps_releases(run: Run) -> None:
    arguments = ["--type", "ksp", "--measure", "places", "--by", "subregion"]
    first, again = run("release", *arguments), run("release", *arguments)
    assert first.exit_code == again.exit_code == 0, first.stderr
    assert "figures released" in first.stdout
    assert "already released, and the same" in again.stdout
    assert first.stdout[:16] in run("releases").stdout


def test_lists_what_agreements_open(run: Run) -> None:
    assert "0 of 0 agreements open a place" in run("agreements").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("compute --type dpss --measure places", "did you mean 'dps'"),
        ("compute --type dps --measure places --age old", "ages: 'old' is not known"),
        ("compute --type dps --measure places --format xlsx", "name a file with -o"),
        ("compute --type wtz --measure places_per_1k", "load-indicator"),
        ("gaps --type dps", "a gap needs --standard"),
        ("gaps --type dps --standard barcelona_0_2", "is for the group 0-2"),
        ("duties --task nothing", "'nothing' is not known"),
        ("duties --area 9999999", "no gmina of the loaded territory"),
        ("load-agreements nowhere.csv", "does not exist"),
    ],
)
def test_says_what_is_wrong(run: Run, arguments: str, message: str) -> None:
    result = run(*arguments.split())
    assert result.exit_code != 0
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_explains_itself(run: Run) -> None:
    for name in ("compute", "gaps", "duties", "release"):
        assert "mapapp coverage" in run(name, "--help").stdout
    assert "places_per_10k" in run("measures").stdout
