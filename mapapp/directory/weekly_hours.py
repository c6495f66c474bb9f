"""Opening hours as a calendar writes them: weekly hours with the days on which they differ."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from mapapp.directory.hours import Openness, week_table

WEEKS: Final = 26


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours that come back each week on the same days, from ``first`` to ``last``, both included.

    ``except_on`` are days of the pattern on which the hours do not hold (a public holiday), ``also_on`` further days.
    Where nothing comes back each week ``weekdays`` is empty and ``also_on`` has all.
    """

    start: time
    lasts: timedelta
    weekdays: tuple[int, ...]  # Monday is 0
    first: date
    last: date
    except_on: tuple[date, ...]
    also_on: tuple[date, ...]

    def days(self) -> Iterator[date]:
        """Every day on which the hours hold, in order."""
        regular = {
            self.first + timedelta(days=number)
            for number in range((self.last - self.first).days + 1)
            if (self.first + timedelta(days=number)).weekday() in self.weekdays
        }
        yield from sorted((regular - set(self.except_on)) | set(self.also_on))


def weekly_hours(opening_hours: str | None, today: date, weeks: int = WEEKS) -> tuple[WeeklyHours, ...]:
    """The hours from today on, for so many weeks; empty where none are known. Raises OpeningHoursError."""
    if opening_hours is None:
        return ()
    monday = today - timedelta(days=today.weekday())
    last = monday + timedelta(days=7 * weeks - 1)
    found: dict[tuple[time, timedelta], set[date]] = defaultdict(set)
    for number in range(weeks):
        for row in week_table(opening_hours, monday + timedelta(days=7 * number)):
            for span in row.spans:
                if span.openness is Openness.OPEN and row.day >= today:
                    found[span.start.time(), span.end - span.start].add(row.day)
    return tuple(_pattern(start, lasts, days, today, last, weeks) for (start, lasts), days in sorted(found.items()))


def _pattern(start: time, lasts: timedelta, days: set[date], today: date, last: date, weeks: int) -> WeeklyHours:
    times = Counter(day.weekday() for day in days)
    weekdays = tuple(sorted(weekday for weekday, number in times.items() if number * 2 > weeks))
    whole = (today + timedelta(days=number) for number in range((last - today).days + 1))
    regular = {day for day in whole if day.weekday() in weekdays}
    return WeeklyHours(
        start=start,
        lasts=lasts,
        weekdays=weekdays,
        first=min(regular, default=min(days)),
        last=last,
        except_on=tuple(sorted(regular - days)),
        also_on=tuple(sorted(days - regular)),
    )
