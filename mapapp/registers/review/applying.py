"""Applying a staged batch in one transaction, compared anew just before; or throwing it away."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, update
from sqlalchemy.orm import Session

from mapapp.directory.commands import SaveReport, save_facilities
from mapapp.directory.ending import end_units
from mapapp.directory.journal import recording
from mapapp.directory.manual import Choices
from mapapp.directory.sources import note_loading, save_registers
from mapapp.registers.batch_tables import ImportBatch, StagedRecord
from mapapp.registers.batches import be_the_only_import, staged_batch
from mapapp.registers.review.comparing import compared
from mapapp.registers.review.records import DEFAULTS, Staged
from mapapp.registers.review.staging import Source
from mapapp.registers.review.storing import replace_stored, staged_records

_NOTHING: Final = SaveReport(0, 0, 0, 0)


class UndecidedError(RuntimeError):
    """Units of a batch wait for a person's decision; ``waiting`` are they."""

    def __init__(self, batch: int, waiting: Sequence[Staged]) -> None:
        self.batch, self.waiting = batch, tuple(waiting)
        named = "; ".join(f"{each.name} ({each.source_id})" for each in waiting[:5])
        super().__init__(f"records that wait for a decision: {len(waiting)} ({named})")


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did. Where units are ``stale``, nothing was applied and they wait with new differences."""

    saved: SaveReport = _NOTHING
    ended: int = 0
    left_out: int = 0
    stale: tuple[Staged, ...] = ()


def apply_batch(session: Session, number: int, by: str, records: Sequence[Staged] | None = None) -> Applied:
    """Bring the directory to what the batch says and a person decided: all of it, or nothing.

    ``records`` are the batch's, if they were compared in this very transaction; else all are compared anew.
    Raises UnknownBatchError, NotStagedError, ImportRunningError, UndecidedError.
    """
    be_the_only_import(session)
    batch = staged_batch(session, number)
    if records is None:
        records, stale = _compared_anew(session, tuple(staged_records(session, number)))
        if stale:
            return Applied(stale=stale)
    waiting = [each for each in records if each.waits]
    if waiting:
        raise UndecidedError(number, waiting)
    with recording(session, number):
        applied = _apply(session, batch, records)
    _conclude(session, number, by, applied)
    return applied


def discard(session: Session, number: int) -> None:
    """Throw a staged batch away; its number and report stay. Raises UnknownBatchError, NotStagedError."""
    staged_batch(session, number)
    session.execute(delete(StagedRecord).where(StagedRecord.batch == number))
    session.execute(update(ImportBatch).where(ImportBatch.id == number).values(state="discarded"))


def note_sources(session: Session, sources: Iterable[Source]) -> None:
    """Remember that these registers were looked at now, and of what day they are."""
    given = tuple(sources)
    dates = {each.register.code: each.content_date for each in given}
    save_registers(session, [each.register for each in given], dates)
    note_loading(session, dates.keys())


def _apply(session: Session, batch: ImportBatch, records: Sequence[Staged]) -> Applied:
    note_sources(session, map(Source.from_json, batch.sources))
    taken = [each for each in records if each.facility and each.action != "unchanged" and each.effective != "leave"]
    ended = [each for each in records if each.effective == "end"]
    changed_by = f"import {batch.file_name}"
    saved = save_facilities(
        session,
        [each.facility for each in taken if each.facility],
        changed_by=changed_by,
        earlier_numbers=_earlier_numbers(taken),
        choices=_choices(taken),
    )
    count = end_units(session, [each.target for each in ended if each.target], changed_by=changed_by)
    same = sum(1 for each in records if each.action == "unchanged")
    left_out = sum(1 for each in records if each.effective == "leave")
    return Applied(replace(saved, unchanged=saved.unchanged + same), count, left_out)


def _earlier_numbers(records: Iterable[Staged]) -> dict[tuple[str, str], str]:
    """Under which number units are stored that got another one, but for those that are to be new."""
    return {each.number: each.earlier_number for each in records if each.earlier_number and each.effective != "new"}


def _choices(records: Iterable[Staged]) -> Choices:
    return {
        (UUID(change.record), change.field): choice
        for each in records
        for change in each.conflicts
        if (choice := each.chosen(change))
    }


def _compared_anew(session: Session, records: Sequence[Staged]) -> tuple[tuple[Staged, ...], tuple[Staged, ...]]:
    """The units as they are to be applied now, and those that would not change what was staged any more.

    The latter are stored with what they would change now. One that has nothing left to change waits for nobody.
    """
    present = [each for each in records if each.facility]
    now = {each.number: each for each in compared(session, present)}
    current: list[Staged] = []
    stale: list[Staged] = []
    for before in records:
        after = now.get(before.number) or _done(before)
        if before.is_like(after):
            current.append(before)
            continue
        fresh = replace(after, id=before.id, content_hash=before.content_hash, is_stale=after.action != "unchanged")
        replace_stored(session, fresh)
        current.append(fresh)
        if fresh.is_stale:
            stale.append(fresh)
    return tuple(current), tuple(stale)


def _done(record: Staged) -> Staged:
    """A unit that was gone, and that somebody ended or removed since: nothing is left to do."""
    return replace(record, action="unchanged", differences=(), target_version=0, decision=None, choices={})


def _conclude(session: Session, number: int, by: str, applied: Applied) -> None:
    """Note who applied it, what was done where nobody decided, and what became of it."""
    unchanged = StagedRecord.action == "unchanged"
    session.execute(delete(StagedRecord).where(StagedRecord.batch == number, unchanged))
    effective = case(DEFAULTS, value=StagedRecord.action)
    undecided = (StagedRecord.batch == number, StagedRecord.decision.is_(None))
    session.execute(update(StagedRecord).where(*undecided).values(decision=effective))
    done = {"saved": asdict(applied.saved), "ended": applied.ended, "left_out": applied.left_out, "state": "applied"}
    report: ColumnElement[dict[str, object]] = ImportBatch.report.concat(done)
    values = {"state": "applied", "applied_at": func.now(), "applied_by": by, "report": report}
    session.execute(update(ImportBatch).where(ImportBatch.id == number).values(values))
