"""``mapapp import``: what it says, what it keeps, how it ends."""

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import Engine, text

from mapapp.cli import batches, registers
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine
from mapapp.settings import Settings

COLUMNS = ("typ", "id_jednostki", "wojewodztwo", "powiat", "gmina", "nazwa", "miejscowosc", "teryt_gminy", "telefon")
GOOD = ("OPS", "100", "małopolskie", "nowosądecki", "Korzenna", "Gminny Ośrodek", "Korzenna", "1210062", "18 440 66 26")
OTHER = ("OPS", "101", *GOOD[2:])
BAD = ("OSP", "102", *GOOD[2:])


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as a CSV file."""

    def write(*rows: Sequence[str]) -> Path:
        path = tmp_path / "ops.csv"
        path.write_text("".join(",".join(row) + "\n" for row in (COLUMNS, *rows)), encoding="utf-8")
        return path

    return write


@pytest.fixture
def database(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty database that the command finds in its settings."""
    name = f"import_{os.getpid()}"
    cluster.ensure_database(name)
    url = cluster.url(name)
    settings = Settings(database_url=SecretStr(url))
    for module in (registers, batches):
        monkeypatch.setattr(module, "current_settings", lambda: settings)
    engine = make_staff_engine(url)
    yield engine
    with engine.begin() as connection:
        tables = "organization, location, service, source_register, listing, import_batch, change_journal"
        connection.execute(text(f"TRUNCATE {tables} CASCADE"))
    engine.dispose()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(registers.import_file, [str(each) for each in arguments])


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM organization")).scalar_one()


def test_loads_a_file_and_tells_the_figures(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER))
    assert result.exit_code == 0, result.output
    assert ["created", "2"] in [line.split() for line in result.output.splitlines()]
    assert "RJPS – eksport CSV ze współrzędnymi (utf-8, separator ',')" in result.output
    assert count(database) == 2


def test_lists_rejected_rows_and_loads_the_others(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER, BAD))
    assert result.exit_code == 0
    assert "wiersz 4, pole typ „OSP”: nieznany typ jednostki" in result.output
    assert count(database) == 2


def test_loads_nothing_of_a_file_with_a_bad_row_if_strict(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER, BAD), "--strict")
    assert result.exit_code == 1
    assert "Error: 1 rows rejected and --strict given: nothing was loaded" in result.output
    assert count(database) == 0


def test_only_reports_on_a_dry_run(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER), "--dry-run")
    assert result.exit_code == 0
    assert "Dry run: nothing was changed." in result.output
    assert ["created", "2"] in [line.split() for line in result.output.splitlines()]
    assert count(database) == 0


def test_writes_every_finding_to_a_file(database: Engine, written: Callable[..., Path], tmp_path: Path) -> None:
    rows = [GOOD, OTHER, BAD, ("OPS", "103", *GOOD[2:-1], "=1+1")]
    run(written(*rows), "--report", tmp_path / "raport.json", "--dry-run")
    report = json.loads((tmp_path / "raport.json").read_text(encoding="utf-8"))
    assert report["rejected"] == [
        {
            "line": 4,
            "field": "typ",
            "value": "OSP",
            "message": "nieznany typ jednostki; oczekiwano: OPS, CUS, PCPR, MOPR",
            "nearest": "OPS",
            "sheet": "",
        }
    ]
    assert report["saved"]["created"] == 3
    assert report["hours"] == {"none_given": 3}
    run(written(*rows), "--report", tmp_path / "raport.csv", "--dry-run")
    with (tmp_path / "raport.csv").open(encoding="utf-8-sig", newline="") as file:
        findings = list(csv.reader(file, delimiter=";"))
    assert findings[0] == ["skutek", "arkusz", "wiersz", "pole", "wartość", "uwaga", "najbliższa poprawna wartość"]
    assert findings[1][:5] == ["odrzucony", "", "4", "typ", "OSP"]
    assert ["uwaga", "", "5", "telefon", "'=1+1"] in [row[:5] for row in findings]


def test_lists_every_note_if_verbose(database: Engine, written: Callable[..., Path]) -> None:
    path = written((*GOOD[:-1], "brak"))
    assert "nie rozpoznano numeru telefonu" not in run(path).output
    assert "wiersz 2, pole telefon „brak”: nie rozpoznano numeru telefonu" in " ".join(
        run(path, "--verbose").output.split()
    )


def test_says_in_one_sentence_why_a_file_cannot_be_read(database: Engine, tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_bytes(b"PK\x03\x04")
    result = run(path)
    assert result.exit_code == 1
    assert result.output.strip() == ("Error: lista.csv: archiwum pliku jest ucięte; pobierz lub zapisz plik ponownie")


def test_refuses_a_report_of_another_kind_before_it_starts(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD), "--report", "raport.pdf")
    assert result.exit_code == 2
    assert "ends with .json or .csv" in result.output
    assert count(database) == 0


def test_undoes_an_import_by_its_number(database: Engine, written: Callable[..., Path]) -> None:
    first = run(written(GOOD))
    number = first.output.split()[-1]
    assert f"Nothing changed; import {number} brought this file in before." in run(written(GOOD)).output
    changed = run(written((*GOOD[:5], "Ośrodek po zmianie", *GOOD[6:]), OTHER))
    later = changed.output.split()[-1]
    assert "Ośrodek po zmianie: name: Gminny Ośrodek → Ośrodek po zmianie" in changed.output
    assert "No longer in the file; they stay as they are (1)" in run(written(OTHER), "--dry-run").output

    def batch(*arguments: str) -> Result:
        return CliRunner().invoke(batches.batches, arguments)

    assert [line.split()[0] for line in batch("list").output.splitlines()] == ["number", later, number]
    shown = batch("show", later).output
    assert "Gminny Ośrodek: added" in shown
    assert "Ośrodek po zmianie: name: Gminny Ośrodek → Ośrodek po zmianie" in shown
    refused = batch("undo", number)
    assert refused.exit_code == 1
    assert "records were changed after this import" in refused.output
    assert batch("undo", later).output.strip() == f"Import {later} is undone."
    assert count(database) == 1
    assert f"import {later} is undone already" in batch("undo", later).output
    assert batch("undo", number).exit_code == 0
    assert count(database) == 0
    assert "no import has the number 0" in batch("undo", "0").output
