"""Imports as batches: each is listed with what it changed, and can be undone whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Text, bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory.journal import has_changes, recording, take_back
from mapapp.directory.records import FacilityRecord
from mapapp.directory.tables import ChangeJournal
from mapapp.registers.batch_tables import ImportBatch

_AT_MOST: Final = 1_000


class ImportRunningError(RuntimeError):
    """Another import has not finished yet."""


class UnknownBatchError(LookupError):
    """No import has this number."""


class AlreadyUndoneError(RuntimeError):
    """The import was undone before."""


@dataclass(frozen=True, slots=True)
class Batch:
    """An import that changed something."""

    id: int
    file: str
    layout: str
    state: str
    applied_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit that an import added (no field), or a field that it changed."""

    name: str
    field: str | None = None
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        """The difference as one line."""
        change = f"{self.field}: {self.before or '–'} → {self.after or '–'}" if self.field else "added"
        return f"{self.name}: {change}"


def be_the_only_import(session: Session) -> None:
    """Hold the lock of imports until the transaction ends. Raises ImportRunningError."""
    # freed with the transaction, also when its holder dies
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('mapapp import', 0))")):
        raise ImportRunningError("inny import właśnie trwa; poczekaj, aż się skończy, i spróbuj ponownie")


@contextmanager
def new_batch(session: Session, file: str, file_hash: str, layout: str) -> Iterator[int]:
    """Record what is done inside under a new number; a batch that changed no record is forgotten."""
    values = {"file_name": file, "file_hash": file_hash, "layout": layout}
    batch = session.scalars(insert(ImportBatch).values(values).returning(ImportBatch.id)).one()
    with recording(session, batch):
        yield batch
    if not has_changes(session, batch):
        session.execute(delete(ChangeJournal).where(ChangeJournal.batch == batch))
        session.execute(delete(ImportBatch).where(ImportBatch.id == batch))


def latest_of(session: Session, file_hash: str) -> int | None:
    """The latest applied batch of the file with this hash."""
    query = select(func.max(ImportBatch.id)).where(ImportBatch.file_hash == file_hash, ImportBatch.state == "applied")
    return session.scalar(query)


def batches(session: Session) -> tuple[Batch, ...]:
    """The latest thousand batches, the newest first."""
    query = select(ImportBatch).order_by(ImportBatch.id.desc()).limit(_AT_MOST)
    return tuple(_batch(each) for each in session.scalars(query))


def batch(session: Session, number: int) -> Batch:
    """The batch of that number. Raises UnknownBatchError."""
    found = session.get(ImportBatch, number)
    if found is None:
        raise UnknownBatchError(f"no import has the number {number}; `mapapp batches list` lists them")
    return _batch(found)


def differences(session: Session, number: int) -> tuple[Difference, ...]:
    """What a batch added and changed, by name and field; up to a thousand."""
    query = text("""
        SELECT after -> 'name' AS name, NULL AS field, NULL AS before, NULL AS later
        FROM change_journal
        WHERE batch = :batch AND table_name = 'organization' AND before IS NULL
        UNION ALL
        SELECT coalesce(giver.name, place_giver.name, service.name, ''), log.after -> 'field_name',
               log.after -> 'previous_value', log.after -> 'replacement_value'
        FROM change_journal AS log
        LEFT JOIN organization AS giver ON giver.id::text = log.after -> 'resource_id'
        LEFT JOIN service ON service.id::text = log.after -> 'resource_id'
        LEFT JOIN location AS place ON place.id::text = log.after -> 'resource_id'
        LEFT JOIN organization AS place_giver
            ON (place_giver.source, place_giver.source_id) = (place.source, split_part(place.source_id, '#', 1))
        WHERE log.batch = :batch AND log.table_name = 'metadata' AND log.before IS NULL
        ORDER BY 2 NULLS FIRST, 1, 3, 4 LIMIT :at_most
    """)
    rows = session.execute(query, {"batch": number, "at_most": _AT_MOST})
    return tuple(Difference(row.name, row.field, row.before, row.later) for row in rows)


def no_longer_named(session: Session, facilities: Sequence[FacilityRecord]) -> tuple[str, ...]:
    """Units of the same registers in the same powiats that ``facilities`` lack, by name; up to a thousand.

    Nothing happens to them: a file may be a part of its register, so that a person has to decide.
    """
    query = text("""
        SELECT giver.name || ' (' || giver.source_id || ')' FROM organization AS giver
        JOIN location AS place ON (place.source, place.source_id) = (giver.source, giver.source_id)
        WHERE NOT giver.is_sample AND left(place.declared_gmina_teryt, 4) = ANY (:powiats)
            AND giver.source = ANY (:sources) AND giver.source || ' ' || giver.source_id <> ALL (:numbers)
            AND EXISTS (SELECT FROM service WHERE organization_id = giver.id AND status <> 'defunct')
        ORDER BY 1 LIMIT :at_most
    """).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("powiats", "sources", "numbers")))
    gminas = (each.location.declared_gmina_teryt for each in facilities if each.location)
    named = {
        "powiats": sorted({teryt[:4] for teryt in gminas if teryt}),
        "sources": sorted({each.source for each in facilities}),
        "numbers": sorted(f"{each.source} {each.source_id}" for each in facilities),
    }
    return tuple(session.scalars(query, named | {"at_most": _AT_MOST}))


def undo(session: Session, number: int) -> None:
    """Make the directory what it was before a batch, exactly.

    Raises UnknownBatchError, AlreadyUndoneError, ChangedSinceError, ImportRunningError.
    """
    be_the_only_import(session)
    if batch(session, number).state == "undone":
        raise AlreadyUndoneError(f"import {number} is undone already")
    take_back(session, number)
    undone = {"state": "undone", "undone_at": func.now()}
    session.execute(update(ImportBatch).where(ImportBatch.id == number).values(undone))


def _batch(row: ImportBatch) -> Batch:
    return Batch(row.id, row.file_name, row.layout, row.state, row.applied_at, row.undone_at)
