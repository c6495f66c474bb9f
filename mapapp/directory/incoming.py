"""Facilities as the rows that they are to be, beside the rows that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from mapapp.directory.changes import Changes, FieldChange, is_older
from mapapp.directory.manual import Choices, Conflict, Edit, Settled, edits_of, settle
from mapapp.directory.precision import with_better_points
from mapapp.directory.records import FacilityRecord
from mapapp.directory.rows import SOURCED_TABLES, Row, facility_rows
from mapapp.directory.special_rows import FIELD as SPECIAL_DAYS_FIELD
from mapapp.directory.special_rows import with_special_days
from mapapp.directory.stored import EarlierNumbers, Stored, known_ids, stored_rows


@dataclass(frozen=True, slots=True)
class Incoming:
    """What facilities say, each with what people wrote in its records, and what is stored of them."""

    settled: tuple[Settled, ...]
    stored: Stored


@dataclass(frozen=True, slots=True)
class Comparison:
    """What saving a facility would do. ``version`` sums the versions of its records: 0 where it is new.

    Where the directory holds a later state (``is_older``) only past numbers of places are added.
    """

    organization: UUID
    is_new: bool
    changes: tuple[FieldChange, ...]
    conflicts: tuple[Conflict, ...]
    version: int
    is_older: bool = False


def incoming_rows(
    session: Session,
    facilities: Sequence[FacilityRecord],
    earlier_numbers: EarlierNumbers | None = None,
    choices: Choices | None = None,
) -> Incoming:
    """The rows of ``facilities`` under the ids that their records have already, with what people wrote in them."""
    known = known_ids(session, facilities, earlier_numbers)
    rows = [facility_rows(each, known) for each in facilities]
    stored = stored_rows(session, (row for each in rows for row in each))
    edits = edits_of(session, {row_id for table, row_id in stored.by_id if table in SOURCED_TABLES})
    settled = (
        Settled(its_rows)
        if is_older(each, its_rows, stored)
        else settle(its_rows, _edits(each, its_rows, edits), choices or {})
        for each, its_rows in zip(facilities, rows, strict=True)
    )
    # after what people wrote: a point set by hand is the best of all
    better = (replace(each, rows=with_better_points(each.rows, stored)) for each in settled)
    whole = (
        replace(each, rows=with_special_days(facility, each.rows, stored))
        for facility, each in zip(facilities, better, strict=True)
    )
    return Incoming(tuple(whole), stored)


def _edits(facility: FacilityRecord, rows: Sequence[Row], edits: Mapping[UUID, Sequence[Edit]]) -> list[Edit]:
    """What people wrote in the records of ``rows``, of what the facility's register speaks of."""
    is_silent = facility.special_days is None
    found = (edit for row in rows for edit in edits.get(row.id, ()))
    return [edit for edit in found if not (is_silent and edit.field == SPECIAL_DAYS_FIELD)]


def compare_facilities(
    session: Session, facilities: Sequence[FacilityRecord], earlier_numbers: EarlierNumbers | None = None
) -> tuple[Comparison, ...]:
    """What saving each of ``facilities`` would do. Nothing is changed."""
    incoming = incoming_rows(session, facilities, earlier_numbers)
    return tuple(
        _compared(facility, settled, incoming.stored)
        for facility, settled in zip(facilities, incoming.settled, strict=True)
    )


def _compared(facility: FacilityRecord, settled: Settled, stored: Stored) -> Comparison:
    changes = Changes()
    changes.add(facility, settled.rows, stored, settled.dropped)
    organization = settled.rows[0].id
    records = {(row.table, row.id) for row in settled.rows if row.table in SOURCED_TABLES}
    records |= {("service", row.id) for row in stored.services_of.get(organization, ())}
    there = (stored.by_id[each] for each in records if each in stored.by_id)
    return Comparison(
        organization=organization,
        is_new=bool(changes.created),
        changes=tuple(changes.log),
        conflicts=settled.conflicts,
        version=sum(row.values["version"] for row in there),
        is_older=is_older(facility, settled.rows, stored),
    )
