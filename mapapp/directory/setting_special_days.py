"""Closures and other hours on some days, as a person sets them for an organization, a place or a service."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.changes import FieldChange
from mapapp.directory.commands import write_log
from mapapp.directory.editing import keep_edit
from mapapp.directory.fields import value_of
from mapapp.directory.hours import LONGEST_PUBLISHED, OpeningHoursError, validate
from mapapp.directory.listing import refresh_listings
from mapapp.directory.manual import Edit
from mapapp.directory.records import SpecialDaysRecord, WrongSpecialDaysError
from mapapp.directory.rows import special_row, table_of
from mapapp.directory.special_rows import FIELD
from mapapp.directory.stored import stored_record
from mapapp.directory.tables import Listing, ScheduleException, ServiceAtLocation

OWNERS: Final = ("organization", "location", "service", "service_at_location")


class UnknownOwnerError(LookupError):
    """Nothing that can have special days has this id."""


@dataclass(frozen=True, slots=True)
class KnownSpecialDays:
    """Special days as they are stored."""

    id: UUID
    owner: str
    days: SpecialDaysRecord


def special_days_of(session: Session, owner: UUID, since: date | None = None) -> tuple[KnownSpecialDays, ...]:
    """The special days of a record, those that are not over on ``since``; in order. Raises UnknownOwnerError."""
    table = _table_of(session, owner)
    its = ScheduleException
    query = select(its).where(getattr(its, f"{table}_id") == owner, its.last_day >= (since or date.min))
    rows = session.scalars(query.order_by(its.day, its.last_day, its.id))
    return tuple(KnownSpecialDays(row.id, table, _record(row)) for row in rows)


def set_special_days(session: Session, owner: UUID, days: SpecialDaysRecord, *, by: str) -> UUID:
    """Add special days to an organization, location, service or service at a location, and publish them; their id.

    The same days again are written over. Where some touch others, what names fewer days holds. They stay when a file
    says what it said before. Raises UnknownOwnerError, WrongSpecialDaysError.
    """
    table = _table_of(session, owner)
    days = replace(days, opening_hours=times_of_a_day(days.opening_hours))
    row = special_row(table, owner, days, owner)
    there = next((each for each in special_days_of(session, owner) if _are_same(each.days, days)), None)
    number, before = (there.id, there.days) if there else (row.id, None)
    statement = insert(ScheduleException).values(id=number, **row.values)
    with _by_hand(session, owner, table, by):
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row.values))
        session.expire_all()
    _note(session, owner, table, before, days, by)
    _publish(session, owner)
    return number


def _are_same(one: SpecialDaysRecord, other: SpecialDaysRecord) -> bool:
    return (one.first, one.last) == (other.first, other.last)


def times_of_a_day(hours: str | None) -> str | None:
    """Times as they are stored; None stays None. Raises WrongSpecialDaysError."""
    if hours is None:
        return None
    try:
        found = validate(hours)
    except OpeningHoursError as error:
        raise WrongSpecialDaysError(str(error)) from error
    return "00:00-24:00" if found == "24/7" else found  # on these days, not always


def remove_special_days(session: Session, special: UUID, *, by: str) -> SpecialDaysRecord:
    """Take special days away again, and publish that; what they were. Raises UnknownOwnerError."""
    row = session.get(ScheduleException, special)
    if row is None:
        raise UnknownOwnerError(f"no special days have the id {special}")
    table, owner = next((name, key) for name in OWNERS if (key := getattr(row, f"{name}_id")))
    days = _record(row)
    with _by_hand(session, owner, table, by):
        session.execute(delete(ScheduleException).where(ScheduleException.id == special))
        session.expire_all()
    _note(session, owner, table, days, None, by)
    _publish(session, owner)
    return days


def _table_of(session: Session, owner: UUID) -> str:
    for name in OWNERS:
        if session.scalar(select(func.count()).select_from(table_of(name)).where(table_of(name).c.id == owner)):
            return name
    raise UnknownOwnerError(f"no organization, location or service has the id {owner}")


@contextmanager
def _by_hand(session: Session, owner: UUID, table: str, by: str) -> Iterator[None]:
    """Remember what is done inside as what a person wrote, so that no file writes over it unseen."""
    record, its_table = owner, table
    if table == "service_at_location":
        query = select(ServiceAtLocation.service_id).where(ServiceAtLocation.id == owner)
        record, its_table = session.scalars(query).one(), "service"
    before = value_of(stored_record(session, its_table, record), record, FIELD)
    yield
    after = value_of(stored_record(session, its_table, record), record, FIELD)
    keep_edit(session, Edit(its_table, record, FIELD, before, after), by)


def _note(
    session: Session,
    owner: UUID,
    table: str,
    before: SpecialDaysRecord | None,
    after: SpecialDaysRecord | None,
    by: str,
) -> None:
    change = FieldChange(table, owner, "special_days", _told(before), _told(after))
    write_log(session, [change], by)


def _record(row: ScheduleException) -> SpecialDaysRecord:
    return SpecialDaysRecord(row.day, row.last_day, row.opening_hours, row.reason, row.reason_en, row.reason_uk)


def _told(days: SpecialDaysRecord | None) -> str | None:
    """For the log: 2026-12-24–2027-01-02 closed: remont."""
    if days is None:
        return None
    reason = f": {days.reason}" if days.reason else ""
    return f"{days.first}–{days.last} {days.opening_hours or 'closed'}{reason}"


def _publish(session: Session, owner: UUID) -> None:
    query = """
        SELECT id FROM service WHERE id = :owner OR organization_id = :owner
        UNION SELECT service_id FROM service_at_location WHERE location_id = :owner OR id = :owner
        ORDER BY 1
    """
    services: Sequence[UUID] = session.scalars(text(query), {"owner": owner}).all()
    if not services:
        return
    refresh_listings(session, services)
    # the engine reads no longer text
    longest = session.scalar(
        select(func.max(func.octet_length(Listing.opening_hours))).where(Listing.service_id.in_(services))
    )
    if (longest or 0) > LONGEST_PUBLISHED:
        raise WrongSpecialDaysError(
            f"the hours with all special days have {longest} characters, expected at most {LONGEST_PUBLISHED}: "
            "remove some that are over, or make their reasons shorter"
        )
