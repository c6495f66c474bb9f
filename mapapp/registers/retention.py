"""How long it is kept what imports changed, and what their files said: records of people in charge, with telephones."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import ARRAY, CursorResult, Select, Text, delete, func, select, update
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from mapapp.directory.tables import ChangeJournal
from mapapp.registers.batch_tables import ImportBatch, StagedRecord
from mapapp.registers.batches import be_the_only_import

# the parts of a report that repeat what the file says; its numbers stay
_VALUES: Final = ["differences", "rejected", "notes", "no_longer_named"]
_LATEST: Final = func.coalesce(ImportBatch.undone_at, ImportBatch.applied_at, ImportBatch.staged_at)


@dataclass(frozen=True, slots=True)
class Closed:
    """How many imports cannot be undone or applied any more, and how many rows of them are deleted."""

    applied: int
    staged: int
    rows: int


def close_old(session: Session, days: int) -> Closed:
    """Delete rows and files' records of imports that were staged, applied or undone ``days`` ago or before.

    An applied one is closed with all that were applied before it: none is left that could be undone over it.
    Raises ImportRunningError.
    """
    be_the_only_import(session)
    old = select(ImportBatch.id).where(func.now() - timedelta(days=days) >= _LATEST)
    # while their states still tell which they are
    rows = sum(_count(session, delete(table).where(table.batch.in_(old))) for table in (ChangeJournal, StagedRecord))
    kept = ImportBatch.report.op("-")(cast_to(_VALUES, ARRAY(Text)))
    session.execute(update(ImportBatch).where(ImportBatch.id.in_(old)).values(report=kept))
    applied = _move(session, old, "applied", "closed")
    staged = _move(session, old, "staged", "discarded")
    return Closed(applied, staged, rows)


def _move(session: Session, old: "Select[int]", before: str, after: str) -> int:
    chosen = update(ImportBatch).where(ImportBatch.id.in_(old), ImportBatch.state == before)
    return _count(session, chosen.values(state=after))


def _count(session: Session, statement: Any) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
