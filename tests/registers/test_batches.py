"""Imports of the real register as batches: what each changed, and undoing it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.batches import AlreadyUndoneError, batches, undo
from mapapp.registers.loading import import_register
from mapapp.registers.review.records import Difference
from mapapp.settings import ROOT
from tests.directory.checksums import checksums

VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")


@pytest.fixture
def voivodeship(malopolska: Engine) -> Iterator[Session]:
    """The territory of Małopolska; every change is rolled back."""
    with malopolska.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


def last_unit(original: Path) -> str:
    """Name and number of the unit in the last row."""
    with original.open(encoding="utf-8-sig", newline="") as file:
        *_, last = csv.DictReader(file)
    return f"{' '.join(last['nazwa'].split())} ({last['typ']} {last['id_jednostki'].removesuffix('.0')})"


def changed_copy(original: Path, folder: Path) -> Path:
    """The register with the last row gone, one new, one phone changed, in another order, encoding and separator."""
    with original.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.pop()
    rows[0]["telefon"] = "14 688 21 81"
    rows.append(rows[1] | {"id_jednostki": "99999.0", "nazwa": "Nowy Ośrodek Pomocy Społecznej"})
    Random(1).shuffle(rows)
    path = folder / "kwiecien.csv"
    with path.open("w", encoding="utf-16", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_tells_exactly_what_a_changed_register_changed_and_undoes_it(
    voivodeship: Session, shared: Path, tmp_path: Path
) -> None:
    original = shared / "registers" / "ops_malopolska_geo.csv"
    first = import_register(voivodeship, original, VOCABULARIES)
    before = checksums(voivodeship)
    second = import_register(voivodeship, changed_copy(original, tmp_path), VOCABULARIES)
    counted = (second.saved.created, second.saved.updated, second.saved.unchanged)
    assert counted == (1, 1, first.saved.created - 2)
    assert second.batch is not None
    assert first.no_longer_named == ()
    assert second.no_longer_named == (last_unit(original),)
    added, changed = second.differences
    assert added == Difference("Nowy Ośrodek Pomocy Społecznej")
    assert (changed.name, changed.field) == ("Centrum Usług Społecznych w Tarnowie", "phone")
    assert "14 688 21 80" in (changed.before or "")
    assert "14 688 21 81" in (changed.after or "")
    undo(voivodeship, second.batch)
    assert checksums(voivodeship) == before
    with pytest.raises(AlreadyUndoneError):
        undo(voivodeship, second.batch)
    assert first.batch is not None
    undo(voivodeship, first.batch)
    assert voivodeship.scalar(text("SELECT count(*) FROM organization")) == 0


def test_makes_no_batch_of_the_same_file_again_and_names_the_earlier_one(voivodeship: Session, shared: Path) -> None:
    original = shared / "registers" / "ops_malopolska_geo.csv"
    first = import_register(voivodeship, original, VOCABULARIES)
    again = import_register(voivodeship, original, VOCABULARIES)
    assert again.batch == first.batch
    assert [each.id for each in batches(voivodeship)] == [first.batch]
