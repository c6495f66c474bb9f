"""``mapapp layouts``: the commands of docs/layouts.md, as they stand there."""

import os
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import Engine, text

from mapapp.cli import cli, layouts, registers
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine
from mapapp.settings import ROOT, Settings
from tests.cli.guides import shell_commands
from tests.registers.office_files import xlsx

CLUBS = xlsx(
    [
        ["Kluby seniora w województwie dolnośląskim, stan na 31.05.2026", "", "", "", ""],
        ["Nazwa klubu", "Województwo", "Adres", "Telefon", "Liczba miejsc"],
        ["Klub „Promyk”", "dolnośląskie", "ul. Długa 5, 59-900 Zgorzelec", "75 771 61 05", "15"],
        ["Klub „Lato”", "dolnośląskie", "Rynek 1, 50-001 Wrocław", "71 782 35 80", "20"],
    ]
)
COMMANDS = [shlex.join(command) for command in shell_commands(ROOT / "docs" / "layouts.md")]


@pytest.fixture
def folder(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder with the list, where commands find an empty database."""
    name = f"layouts_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(database_url=SecretStr(cluster.url(name)))
    monkeypatch.setattr(registers, "current_settings", lambda: settings)
    monkeypatch.setattr(layouts, "current_settings", lambda: settings)
    monkeypatch.setattr(import_module("mapapp.cli.export"), "current_settings", lambda: settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "wykaz_klubow.xlsx").write_bytes(CLUBS)
    yield tmp_path
    engine: Engine = make_staff_engine(cluster.url(name))
    with engine.begin() as connection:
        connection.execute(
            text("TRUNCATE organization, location, service, source_register, listing, kept_layout CASCADE")
        )
    engine.dispose()


def run(command: str) -> Result:
    return CliRunner().invoke(cli, shlex.split(command)[1:])


def test_runs_what_the_guide_says(folder: Path) -> None:
    said = {}
    for command in COMMANDS:
        result = run(command)
        assert result.exit_code == 0, f"{command}: {result.output} {result.exception}"
        said[command] = result.output
    assert len(COMMANDS) == 11
    guessed = said[COMMANDS[0]]
    assert "2 rows would be facilities; 0 problems" in guessed
    assert 'type = "klub_sen"' in (folder / "wykaz_klubow.toml").read_text(encoding="utf-8")
    assert (folder / "wykaz_klubow.geojson").exists()
    imports = [said[command] for command in COMMANDS if command.startswith("mapapp import")]
    assert "Dry run" in imports[0]
    assert re.search(r"created\s+2", imports[1])
    assert re.search(r"unchanged\s+2", said["mapapp import wykaz_klubow.xlsx"])
    assert "kluby: " in said["mapapp layouts list"]
    assert (folder / "szablon.xlsx").read_bytes().startswith(b"PK")
    assert "2 facilities" in said["mapapp export wszystko.template.csv --everything"]
    assert "[[column]]" in said["mapapp layouts show kluby"]


def test_refuses_what_is_not_kept_or_not_free(folder: Path) -> None:
    run(COMMANDS[0])
    assert "no layout is kept as 'x'" in run("mapapp layouts show x").output
    assert "no layout is kept as 'x'" in run("mapapp layouts forget x").output
    assert "is a layout of its own" in run("mapapp layouts keep rjps_geo wykaz_klubow.toml").output
    assert "oczekiwano małych liter" in run("mapapp layouts keep Źle wykaz_klubow.toml").output


def test_says_where_there_is_no_table(folder: Path) -> None:
    (folder / "list.csv").write_text("Drodzy Państwo\n", encoding="utf-8")
    result = run("mapapp layouts guess list.csv")
    assert result.exit_code == 1
    assert "nie ma tabeli" in result.output
