"""Facilities as the rows that they are to be, beside the rows that are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from mapapp.directory.changes import Changes, FieldChange
from mapapp.directory.records import FacilityRecord
from mapapp.directory.rows import SOURCED_TABLES, Row, facility_rows
from mapapp.directory.stored import EarlierNumbers, Stored, known_ids, stored_rows


@dataclass(frozen=True, slots=True)
class Incoming:
    """What facilities say, one tuple of rows each, and what is stored of the same records."""

    rows: tuple[tuple[Row, ...], ...]
    stored: Stored


@dataclass(frozen=True, slots=True)
class Comparison:
    """What saving a facility would do. ``version`` sums the versions of its records: 0 where it is new."""

    organization: UUID
    is_new: bool
    changes: tuple[FieldChange, ...]
    version: int


def incoming_rows(
    session: Session, facilities: Sequence[FacilityRecord], earlier_numbers: EarlierNumbers | None = None
) -> Incoming:
    """The rows of ``facilities`` under the ids that their records have already."""
    known = known_ids(session, facilities, earlier_numbers)
    rows = tuple(facility_rows(each, known) for each in facilities)
    return Incoming(rows, stored_rows(session, (row for each in rows for row in each)))


def compare_facilities(
    session: Session, facilities: Sequence[FacilityRecord], earlier_numbers: EarlierNumbers | None = None
) -> tuple[Comparison, ...]:
    """What saving each of ``facilities`` would do. Nothing is changed."""
    incoming = incoming_rows(session, facilities, earlier_numbers)
    return tuple(
        _compared(facility, rows, incoming.stored) for facility, rows in zip(facilities, incoming.rows, strict=True)
    )


def _compared(facility: FacilityRecord, rows: Sequence[Row], stored: Stored) -> Comparison:
    changes = Changes()
    changes.add(facility, rows, stored)
    organization = rows[0].id
    records = {(row.table, row.id) for row in rows if row.table in SOURCED_TABLES}
    records |= {("service", row.id) for row in stored.services_of.get(organization, ())}
    there = (stored.by_id[each] for each in records if each in stored.by_id)
    return Comparison(
        organization=organization,
        is_new=bool(changes.created),
        changes=tuple(changes.log),
        version=sum(row.values["version"] for row in there),
    )
