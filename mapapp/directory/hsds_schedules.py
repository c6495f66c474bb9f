"""HSDS schedules, derived from OpenStreetMap opening hours.

The weekly hours become one row for every time span with the days that have it, in Polish local time. HSDS knows only
fixed offsets from UTC, and none of them is right all year: no offset is written. Hours that are not the same every week
(seasons, single dates) have no such rows; the one row they get says the hours in words, and claims no times.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.hours import WARSAW, DayHours, OpeningHoursError, Openness, is_public_holiday, week_table
from mapapp.directory.identity import detail_id
from mapapp.directory.tables import Location, Schedule, ServiceAtLocation

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# a year of weeks, so that every season and every yearly date is in one of them
FIRST_MONDAY: Final = date(2026, 1, 5)
WEEKS: Final = 52
ROWS_AT_ONCE: Final = 2_000

Spans = tuple[tuple[time, time, Openness, str], ...]

REMOVE = text("""
    DELETE FROM schedule USING unnest(:locations) AS location (id)
    WHERE schedule.location_id = location.id AND schedule.id <> ALL (:kept)
""").bindparams(bindparam("locations", type_=ARRAY(Uuid)), bindparam("kept", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A span of the day on some days of the week; without times where the hours are only told in words.

    ``closes_at`` midnight is the end of the day; a ``closes_at`` before ``opens_at`` is on the day after.
    """

    days: tuple[str, ...]
    opens_at: time | None
    closes_at: time | None
    description: str | None = None


@lru_cache(maxsize=4096)
def weekly_hours(opening_hours: str) -> tuple[WeeklyHours, ...]:
    """The rows that say these hours; one row of words where they are no weekly hours."""
    try:
        week = _ordinary_week(opening_hours)
    except OpeningHoursError:
        week = None
    if week is None or not any(week):
        return (WeeklyHours((), None, None, opening_hours),)
    days_of: dict[tuple[time, time, Openness, str], list[str]] = defaultdict(list)
    for day, spans in zip(DAYS, week, strict=True):
        for span in spans:
            days_of[span].append(day)
    return tuple(_row(tuple(days), *span) for span, days in days_of.items())


def refresh_schedules(session: Session, service_ids: Sequence[UUID] | None = None) -> int:
    """Derive the schedules of these services' places anew, or of all places; how many rows they have now.

    Rows that stay the same are not touched. To be called in the transaction of every change of opening hours.
    """
    session.flush()
    query = select(Location.id, Location.opening_hours).order_by(Location.id)
    if service_ids is None:
        session.execute(delete(Schedule).where(Schedule.location_id.in_(_without_hours())))
        query = query.where(Location.opening_hours.is_not(None))
    else:
        there = select(ServiceAtLocation.location_id).where(ServiceAtLocation.service_id.in_(service_ids))
        query = query.where(Location.id.in_(there))
    places = session.execute(query).all()
    written = 0
    for start in range(0, len(places), ROWS_AT_ONCE):
        some = {place.id: place.opening_hours for place in places[start : start + ROWS_AT_ONCE]}
        rows = [row for place, hours in some.items() if hours for row in _table_rows(place, weekly_hours(hours))]
        session.execute(REMOVE, {"locations": list(some), "kept": [row["id"] for row in rows]})
        if rows:
            session.execute(insert(Schedule).on_conflict_do_nothing(index_elements=["id"]), rows)
        written += len(rows)
    return written


def _without_hours() -> Select[UUID]:
    return select(Location.id).where(Location.opening_hours.is_(None))


def _table_rows(location: UUID, hours: Iterable[WeeklyHours]) -> Iterable[dict[str, object]]:
    for each in hours:
        values = {
            "freq": "WEEKLY" if each.days else None,
            "byday": ",".join(each.days) or None,
            "opens_at": each.opens_at,
            "closes_at": each.closes_at,
            "description": each.description,
        }
        yield {"id": detail_id("schedule", location, *values.values()), "location_id": location, **values}


def _ordinary_week(opening_hours: str) -> list[Spans] | None:
    """The spans of each weekday; None where they are not the same in every week."""
    seen: list[set[Spans]] = [set() for _ in DAYS]
    for week in range(WEEKS):
        for weekday, day in enumerate(week_table(opening_hours, FIRST_MONDAY + timedelta(weeks=week))):
            if _is_ordinary(day.day):
                seen[weekday].add(_spans(day))
                if len(seen[weekday]) > 1:
                    return None
    return [spans for (spans,) in seen]


def _is_ordinary(day: date) -> bool:
    """Whether no night of the day runs into a public holiday or out of one, nor into a change of the clocks."""
    around = [day + timedelta(days=days) for days in (-1, 0, 1)]
    clocks = {datetime.combine(day + timedelta(days=days), time(0), WARSAW).utcoffset() for days in (0, 2)}
    return len(clocks) == 1 and not any(is_public_holiday(each) for each in around)


def _spans(day: DayHours) -> Spans:
    return tuple(
        (span.start.timetz().replace(tzinfo=None), span.end.timetz().replace(tzinfo=None), span.openness, span.comment)
        for span in day.spans
    )


def _row(days: tuple[str, ...], opens_at: time, closes_at: time, openness: Openness, comment: str) -> WeeklyHours:
    if openness is Openness.OPEN:
        return WeeklyHours(days, opens_at, closes_at, comment or None)
    # nobody knows whether it is open then: times would claim that it is
    return WeeklyHours(days, None, None, comment or f"{opens_at:%H:%M}-{closes_at:%H:%M}?")
