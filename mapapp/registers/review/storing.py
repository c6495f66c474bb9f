"""Staged units in the database: written in one go, read page by page."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final, cast

from sqlalchemy import Row, case, func, insert, select, update
from sqlalchemy.orm import Session

from mapapp.directory.records import FacilityRecord
from mapapp.directory.rows import table_of
from mapapp.registers.batch_tables import StagedRecord
from mapapp.registers.review.records import ORDER, Action, FieldDifference, Staged, content_of

PAGE: Final = 1_000
_TABLE: Final = table_of("staged_record")  # its columns, not its objects: the session would remember the old ones
_PLACE: Final = case({action: place for place, action in enumerate(ORDER)}, value=StagedRecord.action)


class UnknownRecordError(LookupError):
    """A staged batch has no unit of this id."""


def store(session: Session, batch: int, records: Iterable[Staged]) -> None:
    """Write ``records`` as those of ``batch``, in their order."""
    rows = [{"batch": batch, **_columns(each)} for each in records]
    if rows:
        session.execute(insert(StagedRecord), rows)


def replace_stored(session: Session, record: Staged) -> None:
    """Write ``record`` over what is stored under its id."""
    session.execute(update(StagedRecord).where(StagedRecord.id == record.id).values(_columns(record)))


def staged_page(
    session: Session, batch: int, actions: Collection[Action] = ORDER, after: int = 0, limit: int = PAGE
) -> tuple[Staged, ...]:
    """Up to ``limit`` units of ``batch`` with one of ``actions``, by id, those after the id ``after``."""
    query = select(_TABLE).where(_TABLE.c.batch == batch, _TABLE.c.action.in_(actions), _TABLE.c.id > after)
    rows = session.execute(query.order_by(_TABLE.c.id).limit(limit))
    return tuple(_record(row) for row in rows)


def staged_record(session: Session, batch: int, record: int) -> Staged:
    """The unit of ``batch`` with this id. Raises UnknownRecordError."""
    row = session.execute(select(_TABLE).where(_TABLE.c.batch == batch, _TABLE.c.id == record)).one_or_none()
    if row is None:
        raise UnknownRecordError(f"import {batch} has no record {record}; `mapapp batches show {batch}` lists them")
    return _record(row)


def staged_records(session: Session, batch: int, actions: Collection[Action] = ORDER) -> Iterator[Staged]:
    """Every unit of ``batch`` with one of ``actions``: none is left out, however many they are."""
    after = 0
    while page := staged_page(session, batch, actions, after):
        yield from page
        after = page[-1].id or 0


def counts(session: Session, batch: int) -> dict[Action, int]:
    """How many units of ``batch`` each action has, the most pressing first."""
    query = select(StagedRecord.action, func.count()).where(StagedRecord.batch == batch)
    found = session.execute(query.group_by(StagedRecord.action).order_by(_PLACE))
    return {cast("Action", action): count for action, count in found}


def _columns(record: Staged) -> dict[str, Any]:
    return {
        "sheet": record.sheet,
        "line": record.line,
        "source": record.source,
        "source_id": record.source_id,
        "name": record.name,
        "action": record.action,
        "content": content_of(record.facility) if record.facility else None,
        "content_hash": record.content_hash,
        "target": record.target,
        "target_version": record.target_version,
        "earlier_number": record.earlier_number,
        "match_score": record.match_score,
        "differences": [asdict(each) for each in record.differences],
        "is_older": record.is_older,
        "is_stale": record.is_stale,
        "decision": record.decision,
        "choices": dict(record.choices),
    }


def _record(row: Row[Any]) -> Staged:
    return Staged(
        source=row.source,
        source_id=row.source_id,
        name=row.name,
        action=row.action,
        content_hash=row.content_hash,
        sheet=row.sheet,
        line=row.line,
        facility=FacilityRecord.model_validate(row.content) if row.content else None,
        target=row.target,
        target_version=row.target_version,
        earlier_number=row.earlier_number,
        match_score=row.match_score,
        differences=tuple(FieldDifference(**each) for each in row.differences),
        is_older=row.is_older,
        is_stale=row.is_stale,
        decision=row.decision,
        choices=row.choices,
        id=row.id,
    )
