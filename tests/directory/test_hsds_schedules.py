"""Opening hours as HSDS schedules: what is open every week, and nothing that claims more."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mapapp.directory.hours import Openness, state_at
from mapapp.directory.hsds_schedules import DAYS, WeeklyHours, refresh_schedules, weekly_hours
from mapapp.directory.tables import Location, Schedule
from mapapp.polish_time import WARSAW
from tests.directory.hand_made import facility, place, save, service, service_id

WORKDAYS = ("MO", "TU", "WE", "TH", "FR")
# a week without public holidays or a change of the clocks
MONDAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("hours", "rows"),
    [
        ("Mo-Fr 08:00-16:00", [WeeklyHours(WORKDAYS, time(8), time(16))]),
        ("Mo-Fr 08:00-16:00; PH off", [WeeklyHours(WORKDAYS, time(8), time(16))]),
        (
            "Mo,We 10:00-12:00,14:00-18:00",
            [WeeklyHours(("MO", "WE"), time(10), time(12)), WeeklyHours(("MO", "WE"), time(14), time(18))],
        ),
        ("24/7", [WeeklyHours(DAYS, time(0), time(0))]),
        ("Mo-Su 20:00-08:00", [WeeklyHours(DAYS, time(20), time(8))]),
        ('Mo 10:00-12:00 "po umówieniu"', [WeeklyHours(("MO",), time(10), time(12), "po umówieniu")]),
    ],
)
def test_says_weekly_hours(hours: str, rows: list[WeeklyHours]) -> None:
    assert list(weekly_hours(hours)) == rows


@pytest.mark.parametrize(
    "hours",
    [
        "Jun-Aug Mo-Fr 08:00-12:00; Sep-May Mo-Fr 10:00-18:00",
        "week 1-53/2 Mo 08:00-12:00",
        "Fr[1] 10:00-12:00",
        "May 04 10:00-12:00",
        "not hours at all",
    ],
)
def test_claims_no_times_where_weeks_differ(hours: str) -> None:
    assert weekly_hours(hours) == (WeeklyHours((), None, None, hours),)


def test_claims_no_times_where_nobody_knows() -> None:
    (row,) = weekly_hours('Tu unknown "na telefon"')
    assert (row.days, row.opens_at, row.description) == (("TU",), None, "na telefon")


SPAN = st.tuples(st.integers(0, 46), st.integers(1, 24))


@settings(max_examples=40, deadline=None)
@given(days=st.sets(st.integers(0, 6), min_size=1), span=SPAN)
def test_is_open_exactly_when_the_hours_say_so(days: set[int], span: tuple[int, int]) -> None:
    start, length = span
    ends = (start + length) % 48
    clock = [f"{half // 2:02}:{half % 2 * 30:02}" for half in (start, ends)]
    names = ",".join(DAYS[day].capitalize() for day in sorted(days))
    hours = f"{names} {clock[0]}-{clock[1] if ends else '24:00'}"
    rows = weekly_hours(hours)
    for half in range(7 * 48):
        moment = datetime.combine(MONDAY, time(0), WARSAW) + timedelta(minutes=30 * half + 10)
        expected = state_at(hours, moment).openness is Openness.OPEN
        assert any(_covers(row, moment) for row in rows) == expected, moment


def _covers(row: WeeklyHours, moment: datetime) -> bool:
    """Slowly: whether a span of this day or of the day before is on at the moment."""
    assert row.opens_at is not None
    assert row.closes_at is not None
    for back in (0, 1):
        day = moment.date() - timedelta(days=back)
        opens = datetime.combine(day, row.opens_at, WARSAW)
        closes = datetime.combine(day + timedelta(days=row.closes_at <= row.opens_at), row.closes_at, WARSAW)
        if DAYS[day.weekday()] in row.days and opens <= moment < closes:
            return True
    return False


def _stored(session: Session) -> list[tuple[str | None, time | None, datetime]]:
    query = select(Schedule.byday, Schedule.opens_at, Schedule.created_at).order_by(Schedule.opens_at)
    return [tuple(row) for row in session.execute(query)]


def test_follows_the_hours_of_the_place(directory: Session) -> None:
    save(directory, facility("1", service("ops"), location=place(opening_hours="Mo-Fr 08:00-16:00")))
    save(directory, facility("2", service("dps")))
    assert refresh_schedules(directory) == 1
    assert [row[:2] for row in _stored(directory)] == [("MO,TU,WE,TH,FR", time(8))]
    directory.execute(update(Location).values(opening_hours="Sa 09:00-12:00"))
    assert refresh_schedules(directory, [service_id(directory, "2", "dps")]) == 1
    assert [row[:2] for row in _stored(directory)] == [("MO,TU,WE,TH,FR", time(8)), ("SA", time(9))]
    directory.execute(update(Location).values(opening_hours=None))
    assert refresh_schedules(directory) == 0
    assert _stored(directory) == []


def test_leaves_rows_that_stay_the_same(directory: Session) -> None:
    save(directory, facility("1", service("ops"), location=place(opening_hours="Mo-Fr 08:00-16:00; Sa 09:00-12:00")))
    refresh_schedules(directory)
    directory.execute(text("UPDATE schedule SET created_at = '2020-01-01'"))
    directory.execute(update(Location).values(opening_hours="Mo-Fr 08:00-16:00; Sa 09:00-13:00"))
    refresh_schedules(directory)
    first, second = _stored(directory)
    assert (first[2].year, second[2].year) == (2020, second[2].year)
    assert second[2].year != 2020
