"""Staging: what a checked file would change is written down and waits for a person."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import ARRAY, Text, any_, func, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from mapapp.directory.facilities import registers_described
from mapapp.directory.sources import SourceRegister
from mapapp.registers.batch_tables import ImportBatch, StagedRecord
from mapapp.registers.batches import be_the_only_import
from mapapp.registers.checking import CheckedFile
from mapapp.registers.layouts import ReadRow
from mapapp.registers.review.comparing import compared, named, whole_hash
from mapapp.registers.review.records import Decision, Staged
from mapapp.registers.review.storing import staged_records, store


@dataclass(frozen=True, slots=True)
class Staging:
    """``batch`` waits with ``records``; without one there is nothing to do, and ``earlier`` brought the same in."""

    batch: int | None
    earlier: int | None
    records: tuple[Staged, ...]
    is_known: bool = False  # the same content was staged before, and may have been reviewed


@dataclass(frozen=True, slots=True)
class Source:
    """A register that a file's records name, with the latest day of their content."""

    register: SourceRegister
    content_date: date | None

    def as_json(self) -> dict[str, Any]:
        """For the batch that waits."""
        return asdict(self.register) | {"content_date": self.content_date.isoformat() if self.content_date else None}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Source":
        """What ``as_json`` wrote."""
        day = told["content_date"]
        register = SourceRegister(**{name: value for name, value in told.items() if name != "content_date"})
        return cls(register, date.fromisoformat(day) if day else None)


def stage(session: Session, checked: CheckedFile, file_hash: str) -> Staging:
    """Write down what ``checked`` would change; the directory stays as it is. Raises ImportRunningError.

    The same content again is no second batch: the one that waits is given, or none where nothing is left to do.
    """
    be_the_only_import(session)
    units = [named(row.facility, checked.sheet, row.line) for row in checked.rows]
    content = whole_hash(units)
    waiting = _batch_of(session, "staged", content, file_hash)
    if waiting is not None:
        return Staging(waiting, None, tuple(staged_records(session, waiting)), is_known=True)
    records = _decided_before(session, compared(session, units, checked.rejected_cells))
    if all(each.action == "unchanged" or each.decision for each in records):
        return Staging(None, _batch_of(session, "applied", content, file_hash), records)
    values = {
        "file_name": checked.file,
        "file_hash": file_hash,
        "content_hash": content,
        "layout": checked.layout.code,
        "sources": [each.as_json() for each in sources_of(session, checked)],
    }
    batch = session.scalars(insert(ImportBatch).values(values).returning(ImportBatch.id)).one()
    store(session, batch, records)
    return Staging(batch, None, records)


def sources_of(session: Session, checked: CheckedFile) -> tuple[Source, ...]:
    """The registers that the rows come from; what a file says of one that is described already does not count."""
    dates = _content_dates(checked.rows)
    told = {row.register.code: row.register for row in checked.rows if row.register}
    known = {each.code: each for each in checked.layout.registers}
    described = told | registers_described(session, sorted(told.keys() - known.keys())) | known
    return tuple(Source(described[code], dates[code]) for code in sorted(dates))


def _content_dates(rows: Iterable[ReadRow]) -> dict[str, date | None]:
    latest: dict[str, date | None] = {}
    for row in rows:
        known, day = latest.get(row.facility.source), row.facility.source_date
        latest[row.facility.source] = max((each for each in (known, day) if each), default=None)
    return latest


def _batch_of(session: Session, state: str, content: str, file_hash: str) -> int | None:
    """The latest batch in ``state`` of the same content, also where the file's bytes are others."""
    same = or_(ImportBatch.content_hash == content, ImportBatch.file_hash == file_hash)
    # what was rejected in a file may be read later: the same bytes are not the same content while they wait
    wanted = ImportBatch.content_hash == content if state == "staged" else same
    return session.scalar(select(func.max(ImportBatch.id)).where(ImportBatch.state == state, wanted))


def _decided_before(session: Session, records: Sequence[Staged]) -> tuple[Staged, ...]:
    """``records`` with what was decided about the same content in the latest import: left out, or kept."""
    earlier = _earlier_decisions(session, [each for each in records if each.action != "unchanged"])
    return tuple(
        replace(each, decision=decision)
        if (decision := earlier.get((*each.number, each.content_hash))) and each.action != "unchanged"
        else each
        for each in records
    )


def _earlier_decisions(session: Session, records: Sequence[Staged]) -> dict[tuple[str, str, str], Decision]:
    key = (StagedRecord.source, StagedRecord.source_id, StagedRecord.content_hash)
    query = (
        select(*key, StagedRecord.decision)
        .ext(distinct_on(*key))
        .join(ImportBatch, ImportBatch.id == StagedRecord.batch)
        .where(
            ImportBatch.state == "applied",
            StagedRecord.source_id == any_(literal([each.source_id for each in records], ARRAY(Text))),
        )
        .order_by(*key, StagedRecord.id.desc())
    )
    found = session.execute(query) if records else ()
    return {
        (source, number, content): cast("Decision", decision)
        for source, number, content, decision in found
        if decision in {"leave", "keep"}
    }
