"""Taking a batch of changes back: the database is what it was, to the byte, or nothing happens."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import mapapp.coverage.tables
import mapapp.registers.batch_tables
import mapapp.territory.tables  # noqa: F401 - these imports register the tables
from mapapp.database import Base
from mapapp.directory.journal import (
    NOT_JOURNALED,
    ChangedSinceError,
    LaterChange,
    changed_since,
    has_changes,
    recording,
    take_back,
)
from mapapp.directory.listing import refresh_listings
from tests.directory.checksums import checksums
from tests.directory.hand_made import facility, save, service


def test_notes_every_table_or_says_why_not(directory: Session) -> None:
    query = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name = 'note_change'"
    noted = set(directory.scalars(text(query)))
    assert noted == set(Base.metadata.tables) - NOT_JOURNALED
    assert set(Base.metadata.tables) >= NOT_JOURNALED


def test_takes_back_what_was_added_changed_and_removed(directory: Session) -> None:
    save(directory, facility("a", service("ops"), email="a@b.pl"), facility("b", service("ops")))
    before = checksums(directory)
    with recording(directory, 1):
        save(directory, facility("a", service("dps"), email="c@d.pl"), facility("c", service("ops")))
        directory.execute(text("DELETE FROM service_area"))
        directory.execute(text("DELETE FROM phone"))
    assert checksums(directory) != before
    assert has_changes(directory, 1)
    take_back(directory, 1)
    assert checksums(directory) == before


def test_notes_nothing_outside_of_a_batch(directory: Session) -> None:
    with recording(directory, 1):
        pass
    save(directory, facility("a", service("ops")))
    assert directory.scalar(text("SELECT count(*) FROM change_journal")) == 0


def test_refuses_when_a_record_was_changed_later(directory: Session) -> None:
    with recording(directory, 1):
        save(directory, facility("a", service("ops")))
    organization = directory.scalars(text("UPDATE organization SET name = 'Inna' RETURNING id")).one()
    before = checksums(directory)
    with pytest.raises(ChangedSinceError) as caught:
        take_back(directory, 1)
    assert caught.value.changes == (LaterChange("organization", str(organization)),)
    assert checksums(directory) == before


def test_refuses_when_something_was_added_to_a_record_later(directory: Session) -> None:
    with recording(directory, 1):
        save(directory, facility("a", service("ops")))
    query = "INSERT INTO contact (organization_id, name) SELECT id, 'Dyżur' FROM organization RETURNING id"
    contact = directory.scalars(text(query)).one()
    assert changed_since(directory, 1) == (LaterChange("contact", str(contact)),)


def test_is_not_stopped_by_a_later_load_that_changed_nothing(directory: Session) -> None:
    refresh_listings(directory)  # the words of the vocabularies are published with the first listing
    before = checksums(directory)
    with recording(directory, 1):
        save(directory, facility("a", service("ops")))
    directory.execute(text("UPDATE source_register SET last_loaded_at = now() + interval '1 day'"))
    take_back(directory, 1)
    assert checksums(directory) == before
