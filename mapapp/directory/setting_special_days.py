"""Closures and other hours on some days, as a person sets them for an organization, a place or a service."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from mapapp.directory.changes import FieldChange
from mapapp.directory.commands import write_log
from mapapp.directory.hours import LONGEST_PUBLISHED, OpeningHoursError, validate
from mapapp.directory.listing import refresh_listings
from mapapp.directory.rows import table_of
from mapapp.directory.tables import Listing, ScheduleException

OWNERS: Final = ("organization", "location", "service", "service_at_location")
LONGEST_REASON: Final = 120
LONGEST_STRETCH: Final = timedelta(days=366)
_TIMES: Final = re.compile(r"\d{1,2}:\d\d-\d{1,2}:\d\d(\s*,\s*\d{1,2}:\d\d-\d{1,2}:\d\d)*")


class UnknownOwnerError(LookupError):
    """Nothing that can have special days has this id."""


class WrongSpecialDaysError(ValueError):
    """Special days that cannot be; the message has the value and what was expected."""


@dataclass(frozen=True, slots=True)
class SpecialDaysRecord:
    """The days from ``first`` to ``last``, both included: closed, or open at ``opening_hours`` of each of them.

    Reasons are for visitors: ``reason`` in Polish, the others where somebody wrote them.
    """

    first: date
    last: date
    opening_hours: str | None = None
    reason: str | None = None
    reason_en: str | None = None
    reason_uk: str | None = None

    def __post_init__(self) -> None:
        """Raises WrongSpecialDaysError."""
        if not self.first <= self.last <= self.first + LONGEST_STRETCH:
            raise WrongSpecialDaysError(
                f"the days are {self.first} to {self.last}, expected an end not before the beginning, "
                "and a year at most; what is closed for longer has the status 'temporarily closed'"
            )
        for reason in filter(None, (self.reason, self.reason_en, self.reason_uk)):
            if len(reason) > LONGEST_REASON or '"' in reason or not reason.isprintable():
                raise WrongSpecialDaysError(
                    f'the reason is {reason!r}, expected one line of {LONGEST_REASON} characters at most without "'
                )
        if self.opening_hours is not None and not _TIMES.fullmatch(self.opening_hours):
            raise WrongSpecialDaysError(
                f"the hours are {self.opening_hours!r}, expected times of the day such as 10:00-14:00,16:00-18:00"
            )


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

    Where some touch others, what names fewer days holds. Raises UnknownOwnerError, WrongSpecialDaysError.
    """
    table = _table_of(session, owner)
    try:
        hours = validate(days.opening_hours) if days.opening_hours else None
    except OpeningHoursError as error:
        raise WrongSpecialDaysError(str(error)) from error
    if hours == "24/7":
        hours = "00:00-24:00"  # on these days, not always
    values: dict[str, Any] = {
        "id": uuid4(),
        f"{table}_id": owner,
        "day": days.first,
        "last_day": days.last,
        "opening_hours": hours,
        **{name: getattr(days, name) for name in ("reason", "reason_en", "reason_uk")},
    }
    session.execute(insert(ScheduleException).values(values))
    _note(session, owner, table, None, days, by)
    _publish(session, owner)
    return UUID(str(values["id"]))


def remove_special_days(session: Session, special: UUID, *, by: str) -> SpecialDaysRecord:
    """Take special days away again, and publish that; what they were. Raises UnknownOwnerError."""
    row = session.get(ScheduleException, special)
    if row is None:
        raise UnknownOwnerError(f"no special days have the id {special}")
    table, owner = next((name, key) for name in OWNERS if (key := getattr(row, f"{name}_id")))
    days = _record(row)
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
