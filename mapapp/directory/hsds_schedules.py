"""HSDS schedules of places, services and services at a place, derived from OpenStreetMap opening hours.

The weekly hours become one row for every time span with the days that have it, in Polish local time. HSDS knows only
fixed offsets from UTC, and none of them is right all year: no offset is written. Hours that are not the same every week
(seasons, single dates) have no such rows; the one row they get says the hours in words, and claims no times.

Special days have rows with their first and last day, a closure one without times; the weekly hours of the same owner
end before them and begin again after them. Those of an organization stand with each of its services.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.hours import DayHours, OpeningHoursError, Openness, is_public_holiday, week_table
from mapapp.directory.hours_published import DAYS_KEPT, ORDER
from mapapp.directory.identity import detail_id
from mapapp.directory.tables import Schedule
from mapapp.polish_time import WARSAW

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# a year of weeks, so that every season and every yearly date is in one of them
FIRST_MONDAY: Final = date(2026, 1, 5)
WEEKS: Final = 52
ROWS_AT_ONCE: Final = 2_000

Spans = tuple[tuple[time, time, Openness, str], ...]

# by owner: its hours, whose special days it has, and which of them belong to some services
OWNERS: Final = {
    "location": (
        "owner.opening_hours",
        "special.location_id = owner.id",
        "owner.id IN (SELECT location_id FROM service_at_location WHERE service_id = ANY (:service_ids))",
    ),
    "service": (
        "owner.opening_hours",
        "special.service_id = owner.id OR special.organization_id = owner.organization_id",
        "owner.id = ANY (:service_ids)",
    ),
    "service_at_location": (
        "CAST(NULL AS text)",
        "special.service_at_location_id = owner.id",
        "owner.service_id = ANY (:service_ids)",
    ),
}
SERVICES: Final = bindparam("service_ids", type_=ARRAY(Uuid))
SPECIAL = f"""
    SELECT json_agg(json_build_array(special.day, special.last_day, special.opening_hours, special.reason)
        ORDER BY {ORDER})
    FROM schedule_exception AS special
    WHERE ({{whose}}) AND special.last_day >= current_date - {DAYS_KEPT} AND special.visibility = 'public'"""
REMOVE = """
    DELETE FROM schedule USING unnest(:owners) AS owner (id)
    WHERE schedule.{owner}_id = owner.id AND schedule.id <> ALL (:kept)"""
REMOVE_OTHERS = "DELETE FROM schedule WHERE {owner}_id IN (SELECT id FROM ({known}) AS known WHERE NOT has_hours)"


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A span of the day on some days of the week; without times where the hours are only told in words.

    ``closes_at`` midnight is the end of the day; a ``closes_at`` before ``opens_at`` is on the day after.
    """

    days: tuple[str, ...]
    opens_at: time | None
    closes_at: time | None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class _Special:
    """Days on which other hours hold, or none."""

    first: date
    last: date
    times: str | None
    reason: str | None


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
    """Derive the schedules of these services and their places anew, or all; how many rows they have now.

    Rows that stay the same are not touched. To be called in the transaction of every change of opening hours.
    """
    session.flush()
    return sum(_refresh(session, owner, service_ids) for owner in OWNERS)


def _refresh(session: Session, owner: str, service_ids: Sequence[UUID] | None) -> int:
    hours, whose, belongs = OWNERS[owner]
    everything = f"""
        SELECT owner.id, {hours} AS hours, known.special,
            coalesce({hours}, CAST(known.special AS text)) IS NOT NULL AS has_hours
        FROM {owner} AS owner CROSS JOIN LATERAL ({SPECIAL.format(whose=whose)}) AS known (special)"""
    if service_ids is None:
        session.execute(text(REMOVE_OTHERS.format(owner=owner, known=everything)))
        found = session.execute(text(f"SELECT id, hours, special FROM ({everything}) AS known WHERE has_hours")).all()
    else:
        some = text(f"{everything} WHERE {belongs}").bindparams(SERVICES)
        found = session.execute(some, {"service_ids": list(service_ids)}).all()
    remove = text(REMOVE.format(owner=owner)).bindparams(
        bindparam("owners", type_=ARRAY(Uuid)), bindparam("kept", type_=ARRAY(Uuid))
    )
    written = 0
    for start in range(0, len(found), ROWS_AT_ONCE):
        owners = found[start : start + ROWS_AT_ONCE]
        rows = [row for each in owners for row in _table_rows(owner, each.id, each.hours, each.special or ())]
        session.execute(remove, {"owners": [each.id for each in owners], "kept": [row["id"] for row in rows]})
        if rows:
            session.execute(insert(Schedule).on_conflict_do_nothing(index_elements=["id"]), rows)
        written += len(rows)
    return written


def _table_rows(owner: str, its: UUID, hours: str | None, special: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    runs = list(_runs([_Special(date.fromisoformat(a), date.fromisoformat(b), *told) for a, b, *told in special]))
    for each in weekly_hours(hours) if hours else ():
        for valid in _between(runs):
            yield _table_row(owner, its, each, valid)
    for run in runs:
        for each in _on_special_days(run):
            yield _table_row(owner, its, each, (run.first, run.last))


def _table_row(owner: str, its: UUID, hours: WeeklyHours, valid: tuple[date | None, date | None]) -> dict[str, Any]:
    values = {
        "freq": "WEEKLY" if hours.days else None,
        "byday": ",".join(hours.days) or None,
        "opens_at": hours.opens_at,
        "closes_at": hours.closes_at,
        "description": hours.description,
    }
    limits = {"valid_from": valid[0], "valid_to": valid[1]}
    telling = (*values.values(), *filter(None, valid))
    return {"id": detail_id("schedule", its, *telling), f"{owner}_id": its, **values, **limits}


def _runs(special: Iterable[_Special]) -> Iterator[_Special]:
    """The same days without overlaps, in order: of two for one day the later one holds."""
    days: dict[date, _Special] = {}
    for each in special:
        days |= {each.first + timedelta(days=n): each for n in range((each.last - each.first).days + 1)}
    run: _Special | None = None
    for day, each in sorted(days.items(), key=lambda item: item[0]):
        if run and (run.times, run.reason, run.last) == (each.times, each.reason, day - timedelta(days=1)):
            run = replace(run, last=day)
            continue
        if run:
            yield run
        run = replace(each, first=day, last=day)
    if run:
        yield run


def _between(runs: Iterable[_Special]) -> Iterator[tuple[date | None, date | None]]:
    """From when to when ordinary hours hold; None is without end."""
    start: date | None = None
    for run in runs:
        if start is None or start < run.first:
            yield start, run.first - timedelta(days=1)
        start = run.last + timedelta(days=1)
    yield start, None


def _on_special_days(run: _Special) -> Iterator[WeeklyHours]:
    if run.times is None:
        yield WeeklyHours((), None, None, f"Nieczynne: {run.reason}" if run.reason else "Nieczynne")
        return
    weekdays = {(run.first + timedelta(days=n)).weekday() for n in range((run.last - run.first).days + 1)}
    days = tuple(DAYS[weekday] for weekday in sorted(weekdays))
    for each in weekly_hours(f"Mo-Su {run.times}"):
        yield replace(each, days=days, description=run.reason)


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
