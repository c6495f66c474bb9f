"""Imports as batches: each waits, is applied or discarded, and can be undone whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory.journal import recording, take_back
from mapapp.registers.batch_tables import ImportBatch

_AT_MOST: Final = 1_000
_COLUMNS: Final = (
    ImportBatch.id,
    ImportBatch.file_name,
    ImportBatch.layout,
    ImportBatch.state,
    ImportBatch.staged_at,
    ImportBatch.applied_at,
    ImportBatch.applied_by,
    ImportBatch.undone_at,
)


class ImportRunningError(RuntimeError):
    """Another import has not finished yet."""


class UnknownBatchError(LookupError):
    """No import has this number."""


class NotStagedError(RuntimeError):
    """The import does not wait: it was applied, undone or discarded."""


class AlreadyUndoneError(RuntimeError):
    """The import was undone before."""


class NotAppliedError(RuntimeError):
    """The import was never applied, or too long ago, so that there is nothing to undo."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A file that is staged, or was."""

    id: int
    file: str
    layout: str
    state: str
    staged_at: datetime
    applied_at: datetime | None
    applied_by: str | None
    undone_at: datetime | None


def be_the_only_import(session: Session) -> None:
    """Hold the lock of imports until the transaction ends. Raises ImportRunningError."""
    # freed with the transaction, also when its holder dies
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('mapapp import', 0))")):
        raise ImportRunningError("inny import właśnie trwa; poczekaj, aż się skończy, i spróbuj ponownie")


@contextmanager
def at_once(session: Session, name: str, layout: str, by: str) -> Iterator[int]:
    """Record what is done inside as a batch that nobody had to review; its number, to undo it with."""
    values = {"file_name": name, "file_hash": "", "layout": layout, "state": "applied", "applied_by": by}
    made = insert(ImportBatch).values(**values, applied_at=func.now()).returning(ImportBatch.id)
    number = session.scalars(made).one()
    with recording(session, number):
        yield number


def batches(session: Session) -> tuple[Batch, ...]:
    """The latest thousand batches, the newest first."""
    rows = session.execute(select(*_COLUMNS).order_by(ImportBatch.id.desc()).limit(_AT_MOST))
    return tuple(Batch(*row) for row in rows)


def batch(session: Session, number: int) -> Batch:
    """The batch of that number. Raises UnknownBatchError."""
    row = session.execute(select(*_COLUMNS).where(ImportBatch.id == number)).one_or_none()
    if row is None:
        raise _unknown(number)
    return Batch(*row)


def report_of(session: Session, number: int) -> dict[str, Any]:
    """What was found in a batch's file and what became of it, as ``mapapp import --report`` writes it.

    Raises UnknownBatchError.
    """
    batch(session, number)
    report: dict[str, Any] = session.scalars(select(ImportBatch.report).where(ImportBatch.id == number)).one()
    return report


def staged_batch(session: Session, number: int) -> ImportBatch:
    """The batch of that number, locked, if it waits. Raises UnknownBatchError, NotStagedError."""
    found = session.get(ImportBatch, number, with_for_update=True, populate_existing=True)
    if found is None:
        raise _unknown(number)
    if found.state != "staged":
        raise NotStagedError(f"import {number} is {found.state}, not staged")
    return found


def undo(session: Session, number: int) -> None:
    """Make the directory what it was before a batch, exactly.

    Raises UnknownBatchError, AlreadyUndoneError, NotAppliedError, ChangedSinceError, ImportRunningError.
    """
    be_the_only_import(session)
    state = batch(session, number).state
    if state == "undone":
        raise AlreadyUndoneError(f"import {number} is undone already")
    if state == "closed":
        raise NotAppliedError(f"import {number} is closed: its rows as they were before are deleted, so it stays")
    if state != "applied":
        raise NotAppliedError(f"import {number} is {state}, not applied: there is nothing to undo")
    take_back(session, number)
    undone = {"state": "undone", "undone_at": func.now()}
    session.execute(update(ImportBatch).where(ImportBatch.id == number).values(undone))


def _unknown(number: int) -> UnknownBatchError:
    return UnknownBatchError(f"no import has the number {number}; `mapapp batches list` lists them")
