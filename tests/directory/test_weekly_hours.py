"""Hours as a calendar writes them hold on the days on which the engine says open, and on no other."""

from datetime import date, timedelta

import pytest

from mapapp.directory.hours import Openness, week_table
from mapapp.directory.weekly_hours import WEEKS, weekly_hours

TODAY = date(2026, 11, 26)  # a Thursday
HOURS = [
    "Mo-Fr 08:00-16:00",
    "Mo-Th 08:00-15:00; Fr 08:00-13:30; PH off",
    "Mo,We 08:00-12:00,14:00-18:00; Sa 09:00-13:00",
    "Fr 22:00-06:00",
    "24/7",
    "Dec 23 10:00-12:00",
    "Mo-Su 10:00-20:00; Dec 25 off",
    'Mo-Su 20:00-08:00; 2026 Dec 24-2027 Jan 02 off "remont"; 2027 Jan 10 10:00-12:00',
    "Mo[1] 12:00-14:00",
    "Jan-Feb Mo-Fr 09:00-11:00",
]


@pytest.mark.parametrize("hours", HOURS)
def test_holds_on_the_days_of_the_engine(hours: str) -> None:
    expected = set()
    for number in range(WEEKS):
        for row in week_table(hours, TODAY + timedelta(weeks=number)):
            expected |= {
                (row.day, span.start.time(), span.end - span.start)
                for span in row.spans
                if span.openness is Openness.OPEN and row.day >= TODAY
            }
    found = [(day, each.start, each.lasts) for each in weekly_hours(hours, TODAY) for day in each.days()]
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert expected


def test_is_one_pattern_for_office_hours() -> None:
    (pattern,) = weekly_hours("Mo-Fr 08:00-16:00", TODAY)
    assert pattern.weekdays == (0, 1, 2, 3, 4)
    assert pattern.first == TODAY
    assert pattern.also_on == ()
    assert date(2026, 12, 24) in pattern.except_on and date(2027, 1, 6) in pattern.except_on


def test_starts_with_the_first_day_of_the_pattern() -> None:
    (pattern,) = weekly_hours("Tu 10:00-12:00", TODAY)
    assert pattern.first == date(2026, 12, 1)


def test_is_empty_where_nothing_is_known() -> None:
    assert weekly_hours(None, TODAY) == ()
    assert weekly_hours("off", TODAY) == ()
