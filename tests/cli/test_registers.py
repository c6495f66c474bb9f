"""``mapapp import``: what it says, what it keeps, how it ends."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import Engine, text

from mapapp.cli import batches, directory, registers
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
    for module in (registers, batches, directory):
        monkeypatch.setattr(module, "current_settings", lambda: settings)
    engine = make_staff_engine(url)
    yield engine
    with engine.begin() as connection:
        tables = "organization, location, service, source_register, listing, import_batch, change_journal, metadata"
        connection.execute(text(f"TRUNCATE {tables}, manual_edit CASCADE"))
    engine.dispose()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(registers.import_file, [str(each) for each in arguments])


def batch(*arguments: str | int, typed: str | None = None) -> Result:
    return CliRunner().invoke(batches.batches, [str(each) for each in arguments], input=typed)


def number_in(result: Result) -> str:
    return result.output.split()[-1]


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM organization")).scalar_one()


def test_loads_a_file_and_tells_the_figures(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER), "--apply")
    assert result.exit_code == 0, result.output
    assert ["created", "2"] in [line.split() for line in result.output.splitlines()]
    assert "RJPS – eksport CSV ze współrzędnymi (utf-8, separator ',')" in result.output
    assert count(database) == 2


def test_lists_rejected_rows_and_loads_the_others(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER, BAD), "--apply")
    assert result.exit_code == 0
    assert "wiersz 4, pole typ placówki (typ) „OSP”: nieznany typ jednostki" in result.output
    assert count(database) == 2


def test_loads_nothing_of_a_file_with_a_bad_row_if_strict(database: Engine, written: Callable[..., Path]) -> None:
    result = run(written(GOOD, OTHER, BAD), "--strict", "--apply")
    assert result.exit_code == 1
    assert "Error: 1 rows rejected and --strict given: nothing was staged" in result.output
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
    number = number_in(run(written(GOOD), "--apply"))
    assert (
        f"Nothing to do: the directory holds all of this file; import {number} brought it" in run(written(GOOD)).output
    )
    changed = run(written((*GOOD[:5], "Ośrodek po zmianie", *GOOD[6:]), OTHER), "--apply")
    later = number_in(changed)
    assert "Ośrodek po zmianie: nazwa: Gminny Ośrodek → Ośrodek po zmianie" in changed.output
    assert "they stay unless the review ends them (1)" in run(written(OTHER), "--dry-run").output
    assert [line.split()[0] for line in batch("list").output.splitlines()] == ["number", later, number]
    shown = batch("show", later).output
    assert "Gminny Ośrodek (OPS 101, wiersz 3): nowa [przyjmij]" in shown
    assert "      nazwa: Gminny Ośrodek → Ośrodek po zmianie" in shown
    refused = batch("undo", number)
    assert refused.exit_code == 1
    assert "records were changed after this import" in refused.output
    assert batch("undo", later).output.strip() == f"Import {later} is undone."
    assert count(database) == 1
    assert f"import {later} is undone already" in batch("undo", later).output
    assert batch("undo", number).exit_code == 0
    assert count(database) == 0
    assert "no import has the number 0" in batch("undo", "0").output


def test_changes_nothing_before_a_person_applies_it(database: Engine, written: Callable[..., Path]) -> None:
    staged = run(written(GOOD, OTHER))
    assert staged.exit_code == 0, staged.output
    number = number_in(staged)
    assert f"Staged; to review and apply it: mapapp batches review {number}" in staged.output
    assert count(database) == 0
    assert number_in(run(written(OTHER, GOOD))) == number  # the same content waits once
    refused = batch("undo", number)
    assert f"import {number} is staged, not applied" in refused.output
    applied = batch("apply", number, "--by", "anna")
    assert "created 2, updated 0" in applied.output
    assert count(database) == 2
    assert f"import {number} is applied, not staged" in batch("apply", number).output
    assert f"import {number} is applied, not staged" in batch("discard", number).output
    told = json.loads(batch("show", number, "--json").output)
    assert told["batch"]["applied_by"] == "anna"
    assert [each["decision"] for each in told["records"]] == ["take", "take"]


def test_asks_about_each_record_and_goes_on_where_it_was_left(database: Engine, written: Callable[..., Path]) -> None:
    run(written(GOOD, OTHER), "--apply")
    more = (("PCPR", "102", *GOOD[2:5], "Nowy Dom", *GOOD[6:]), ("PCPR", "103", *GOOD[2:5], "Nowy Klub", *GOOD[6:]))
    number = number_in(run(written((*GOOD[:-1], "18 440 66 27"), *more)))
    left = batch("review", number, typed="o\nx\nq\n")
    assert "Nowy Dom (PCPR 102, wiersz 3): nowa" in left.output
    assert f"Przerwano; dalej: mapapp batches review {number}" in left.output
    cut_short = batch("review", number, typed="p\n")  # the input ends at the next question
    assert cut_short.exit_code == 1
    rest = batch("review", number, typed="p\nk\n")
    assert "Nowy Dom" not in rest.output
    assert "Nowy Klub" not in rest.output
    assert "    telefony: 18 440 66 26 → 18 440 66 27" in rest.output
    assert "Gminny Ośrodek (OPS 101): nie ma jej już w pliku" in rest.output
    assert f"To wszystko. Zastosuj: mapapp batches apply {number}" in rest.output
    assert "created 1, updated 1, unchanged 0, ended 1, left out 1" in batch("apply", number).output
    with database.connect() as connection:
        ended = connection.execute(text("SELECT source_id, status_reason FROM service WHERE status = 'defunct'"))
        assert [(row.source_id.split("#")[0], row.status_reason) for row in ended] == [
            ("OPS 101", "rejestr już nie wymienia tej jednostki")
        ]


def test_decides_without_questions(database: Engine, written: Callable[..., Path]) -> None:
    number = number_in(run(written(GOOD, OTHER)))
    first, _ = json.loads(batch("show", number, "--json").output)["records"]
    assert "[pomiń]" in batch("decide", number, "leave", "--record", first["id"]).output
    assert "1 records decided" in batch("decide", number, "take", "--all", "added").output
    wrong = batch("decide", number, "end", "--record", first["id"])
    assert "decision about a unit that is added is 'end', expected take, leave" in wrong.output
    assert f"import {number} has no record 0" in batch("decide", number, "take", "--record", 0).output
    assert batch("decide", number, "take").exit_code == 2
    assert "created 1, updated 0, unchanged 0, ended 0, left out 1" in batch("apply", number).output


def test_throws_a_staged_file_away(database: Engine, written: Callable[..., Path]) -> None:
    number = number_in(run(written(GOOD)))
    assert batch("discard", number).output.strip() == f"Import {number} is discarded."
    assert f"import {number} is discarded, not staged" in batch("apply", number).output
    closed = batch("close", "--older-than", 0).output
    assert re.fullmatch(r"closed \d+, discarded 0, rows deleted \d+\n", closed), closed
    assert "--older-than" in batch("close").output
    assert count(database) == 0
    assert number_in(run(written(GOOD))) != number


def test_edits_a_record_and_asks_about_it_when_the_register_changes(
    database: Engine, written: Callable[..., Path]
) -> None:
    run(written(GOOD), "--apply")
    with database.connect() as connection:
        unit = connection.execute(text("SELECT id FROM organization")).scalar_one()

    def edit(*arguments: str) -> Result:
        return CliRunner().invoke(directory.edit, [str(unit), *arguments])

    assert "name: Gminny Ośrodek → Ośrodek Anny\nVersion 2." in edit("name=Ośrodek Anny", "--by", "anna").output
    assert "name=Ośrodek Anny   (by hand; the register said Gminny Ośrodek)" in edit().output
    assert "has version 2, expected 1" in edit("name=Inny", "--version", "1").output
    assert "email is 'x'" in edit("email=x").output
    assert "Nothing changed" in edit("name=Ośrodek Anny").output
    assert edit("name").exit_code == 2
    assert "phone: " in edit("phones=18 440 66 00").output
    asked = run(written((*GOOD[:5], "Ośrodek Jana", *GOOD[6:-1], "18 440 66 27")), "--apply")
    assert asked.exit_code == 1
    assert "1 records wait for a decision, nothing was applied" in asked.output
    number = number_in(asked)
    shown = batch("review", number, typed="r\n\nm\n")
    told = "nazwa: ręcznie wpisano Ośrodek Anny, rejestr podaje teraz Ośrodek Jana (przedtem Gminny Ośrodek)"
    assert told in shown.output
    assert batch("apply", number).exit_code == 0
    assert "name=Ośrodek Jana\n" in edit().output
    assert "18 440 66 00" in edit().output
    history = CliRunner().invoke(directory.capacity, [str(unit)])
    assert history.output.strip() == "No number of places is known."
    assert json.loads(CliRunner().invoke(directory.capacity, [str(unit), "--json"]).output) == []
