"""Closures and other hours on some days: the days that they name are theirs, all others stay as they are."""

from datetime import date, datetime, timedelta

import pytest

from mapapp.directory.hours import Openness, Reason, state_at, week_table
from mapapp.polish_time import WARSAW

CLOSED = '2026 Dec 24-2027 Jan 02 off "remont"'
OFFICE = f"Mo-Fr 08:00-16:00; {CLOSED}"
NIGHT = "Mo-Su 22:00-06:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def state(hours: str, moment: str) -> Openness:
    return state_at(hours, at(moment)).openness


def texts(hours: str, day: str) -> list[str]:
    """What begins on a day, as text."""
    wanted = date.fromisoformat(day)
    (row,) = (row for row in week_table(hours, wanted) if row.day == wanted)
    return [f"{span.start:%a %H:%M}-{span.end:%a %H:%M}" for span in row.spans]


def test_a_closure_says_why_and_when_it_ends() -> None:
    found = state_at(OFFICE, at("2026-12-28T10:00"))
    assert (found.openness, found.reason, found.comment) == (Openness.CLOSED, Reason.SCHEDULE, "remont")
    # the first working day after it: the second of January is a Saturday
    assert (found.until, found.then) == (at("2027-01-04T08:00"), Openness.OPEN)


@pytest.mark.parametrize("moment", ["2026-12-23T10:00", "2027-01-04T10:00", "2025-12-29T10:00", "2027-12-28T10:00"])
def test_holds_on_its_own_days_of_its_own_year_only(moment: str) -> None:
    assert state(OFFICE, moment) is Openness.OPEN


def test_closes_what_is_open_round_the_clock_and_leaves_its_holidays() -> None:
    hours = f"24/7; {CLOSED}"
    states = [state(hours, f"{moment}:59") for moment in ("2026-12-23T23:59", "2026-12-24T00:00", "2027-01-02T23:59")]
    assert states == [Openness.OPEN, Openness.CLOSED, Openness.CLOSED]
    assert state(hours, "2027-01-03T00:00") is Openness.OPEN
    # a holiday outside of the closure: what never closes is open then too
    assert state(hours, "2027-01-06T12:00") is Openness.OPEN


def test_the_night_before_ends_in_its_morning_and_that_of_a_closed_day_never_begins() -> None:
    hours = f'{NIGHT}; 2026 Nov 24-2026 Nov 25 off "remont"'
    assert texts(hours, "2026-11-23") == ["Mon 22:00-Tue 06:00"]
    assert texts(hours, "2026-11-24") == texts(hours, "2026-11-25") == []
    assert state(hours, "2026-11-24T05:00") is Openness.OPEN
    assert state(hours, "2026-11-26T05:00") is Openness.CLOSED
    assert texts(hours, "2026-11-28") == ["Sat 22:00-Sun 06:00"]


def test_other_hours_take_the_place_of_the_ordinary_ones_past_midnight_too() -> None:
    hours = f'{NIGHT}; 2026 Nov 27 20:00-02:00 "mróz"'
    assert texts(hours, "2026-11-27") == ["Fri 20:00-Sat 02:00"]
    assert texts(hours, "2026-11-28") == ["Sat 22:00-Sun 06:00"]
    assert state(hours, "2026-11-28T05:00") is Openness.CLOSED
    assert state_at(hours, at("2026-11-28T01:00")).until == at("2026-11-28T02:00")


def test_other_hours_hold_on_a_public_holiday() -> None:
    hours = "Mo-Fr 08:00-16:00; 2026 Dec 25-2026 Dec 26 10:00-12:00,14:00-15:00"
    assert texts(hours, "2026-12-25") == ["Fri 10:00-Fri 12:00", "Fri 14:00-Fri 15:00"]
    assert state(hours, "2026-12-26T11:00") is Openness.OPEN


def test_the_later_rule_of_two_for_a_day_holds() -> None:
    hours = f'{OFFICE}; 2026 Dec 28 10:00-12:00 "dyżur"'
    assert state(hours, "2026-12-28T11:00") is Openness.OPEN
    assert state(hours, "2026-12-28T13:00") is state(hours, "2026-12-29T11:00") is Openness.CLOSED
    assert state_at(hours, at("2026-12-28T13:00")).then is Openness.OPEN


def test_where_ordinary_hours_are_not_known_only_the_named_days_are() -> None:
    hours = f"24/7 unknown; {CLOSED}"
    assert state(hours, "2026-12-23T12:00") is state(hours, "2027-01-04T12:00") is Openness.UNKNOWN
    assert state(hours, "2026-12-31T12:00") is Openness.CLOSED


@pytest.mark.parametrize(("day", "hours_long"), [("2026-10-25", 25), ("2027-03-28", 23)])
def test_a_whole_day_lasts_as_long_as_the_clocks_let_it(day: str, hours_long: int) -> None:
    first = date.fromisoformat(day)
    name = f"{first:%Y %b} {first.day}"
    hours = f"Mo-Fr 08:00-16:00; {name} 00:00-24:00"
    assert state(hours, f"{day}T12:00") is Openness.OPEN
    start, end = at(f"{day}T00:00"), at(f"{first + timedelta(days=1)}T00:00")
    assert end.timestamp() - start.timestamp() == hours_long * 3600
    assert state_at(hours, start).until == end
    assert state(hours.replace("00:00-24:00", "off"), f"{day}T12:00") is Openness.CLOSED


def test_days_far_from_it_are_as_if_it_were_not_there() -> None:
    ordinary = "Mo-Sa 20:00-04:00; Su 10:00-12:00; PH off"
    special = f"{ordinary}; {CLOSED}; 2027 Feb 10 off"
    for week in range(60):
        monday = date(2026, 11, 2) + timedelta(weeks=week)
        for row, plain in zip(week_table(special, monday), week_table(ordinary, monday), strict=True):
            if date(2026, 12, 24) <= row.day <= date(2027, 1, 2) or row.day == date(2027, 2, 10):
                assert row.spans == ()
            else:
                assert row == plain
