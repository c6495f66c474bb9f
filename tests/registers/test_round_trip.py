"""Import(export(x)) = x: the whole directory as a file, brought into an empty one, is the same in every field."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mapapp.directory.commands import save_facilities
from mapapp.directory.journal import journaled_tables
from mapapp.directory.records import SpecialDaysRecord
from mapapp.directory.setting_special_days import OWNERS, set_special_days
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.loading import import_register
from mapapp.registers.template.taking_out import FORMATS, template_export
from mapapp.samples.generate import REGISTER, generate_facilities
from mapapp.samples.ground import read_ground
from mapapp.samples.plan import read_plan
from mapapp.settings import ROOT

VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
FILES = ("ops_malopolska_geo.csv", "wolne_miejsca_dps_2026-05-09.xlsx", "wykaz_sds_malopolska_2026.xlsx")
# when and how often a row was written is of the database, and so is what imports derived from the days of their rows
OF_THE_DATABASE = ["created_at", "last_modified", "version", "last_loaded_at", "last_content_date"]
HISTORY = {"metadata"}  # who changed what


@pytest.fixture
def voivodeship(malopolska: Engine) -> Iterator[Session]:
    """The territory of Małopolska; every change is rolled back."""
    with malopolska.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


def everything(session: Session) -> dict[str, dict[str, Any]]:
    """Every field of every row, ids included, by table and key."""
    found = {}
    for table in journaled_tables():
        if table.name not in HISTORY:
            (key,) = table.primary_key.columns
            query = f"SELECT t.{key.name}::text, to_jsonb(t) - CAST(:left_out AS text[]) FROM {table.name} AS t"
            found[table.name] = {row[0]: row[1] for row in session.execute(text(query), {"left_out": OF_THE_DATABASE})}
    return found


def exported(session: Session, code: str, folder: Path) -> Path:
    content = template_export(session, VOCABULARIES, everything=True)
    path = folder / f"wszystko.{code}"
    path.write_bytes(b"".join(content.pieces(code)))
    assert [(each.name, each.reason) for each in content.left_out] == []
    return path


def empty(session: Session) -> None:
    for name in ("organization", "location", "service", "source_register", "listing", "import_batch", "change_journal"):
        session.execute(text(f"TRUNCATE {name} CASCADE"))
    session.expire_all()


def close_some(session: Session) -> None:
    """Special days of an organization, a place, a service and a service at a place, as a person sets them."""
    for number, name in enumerate(OWNERS):
        column = "id" if name == "service_at_location" else f"{name}_id"
        query = f"SELECT {column} FROM listing WHERE location_id IS NOT NULL ORDER BY id OFFSET {number} LIMIT 1"
        of = session.scalars(text(query)).one()
        for hours in (None, "9:00-12:00"):
            first = date(2050, 12, 24 if hours else 1)
            set_special_days(
                session, of, SpecialDaysRecord(first, first, hours, f"powód {number}", None, "так"), by="a"
            )
    # the file says what people wrote: nothing is left of its having been written by hand
    session.execute(text("DELETE FROM manual_edit"))


@pytest.mark.slow
def test_the_whole_directory_comes_back_in_every_field(voivodeship: Session, shared: Path, tmp_path: Path) -> None:
    samples = generate_facilities(read_ground(voivodeship), read_plan(ROOT / "data" / "samples"), VOCABULARIES)
    save_facilities(voivodeship, samples, registers=[REGISTER])
    for name in FILES:
        import_register(voivodeship, shared / "registers" / name, VOCABULARIES)
    close_some(voivodeship)
    before = everything(voivodeship)
    assert {source for (source,) in voivodeship.execute(text("SELECT DISTINCT source FROM organization"))} >= {
        *("sample", "rjps", "dps_places", "sds_list"),
    }
    paths = [exported(voivodeship, code, tmp_path) for code in FORMATS]

    again = import_register(voivodeship, paths[0], VOCABULARIES)
    assert (again.saved.created, again.saved.updated, again.rejected, again.batch) == (0, 0, (), None)

    for path in paths:
        empty(voivodeship)
        report = import_register(voivodeship, path, VOCABULARIES)
        assert report.rejected == ()
        after = everything(voivodeship)
        for table, rows in before.items():
            assert after[table] == rows, table
