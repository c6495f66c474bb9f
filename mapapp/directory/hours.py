"""When a place is open: the one answer that badge, filter, API and export share.

Hours are OSM ``opening_hours`` text, evaluated in Polish time by the engine ``opening_hours``. Every
answer has three values, and unknown is never turned into open or closed. Words for people are made by
the pages: here are only values.

Public holidays are days off by the Act of 18 January 1951, as Sundays are. Rules that name ``PH`` are
obeyed. For all others: what is open 24/7 stays open; a place that never works on Sundays is closed on
a public holiday; of one that does work on Sundays nobody has told us, so its hours are unknown. A rule
for one date, and special days (``special_days``), win over that.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Final

from opening_hours import OpeningHours
from opening_hours import validate as is_osm_syntax

from mapapp.directory.hours_engine import HORIZON, Openness, Span, calendar, cut_by_day, midnight, spans
from mapapp.directory.special_days import Timeline, special_days
from mapapp.polish_time import WARSAW

__all__ = [
    "LONGEST_PUBLISHED",
    "LONGEST_TEXT",
    "ROUND_THE_CLOCK",
    "DayHours",
    "OpenState",
    "OpeningHoursError",
    "Openness",
    "Reason",
    "Span",
    "is_public_holiday",
    "state_at",
    "validate",
    "week_table",
]
LONGEST_TEXT: Final = 500
# as published, with the special days of a year or more
LONGEST_PUBLISHED: Final = 2_500
ROUND_THE_CLOCK: Final = "24/7"
# An ordinary week, without a public holiday, that shows whether a place works on Sundays.
ORDINARY_SUNDAY: Final = date(2026, 3, 15)

_COMMENT: Final = re.compile(r'"[^"]*"')
_RULE: Final = re.compile(r'(?:"[^"]*"|[^;"])+')
# Rules the engine takes but can't know here: school holidays, the sun's times, an open end. And a fallback:
# of "Mo-Fr 08:00-16:00 || unknown" it says on a Saturday that nothing will ever change again.
_UNDECIDABLE: Final = re.compile(r"\bSH\b|\b(?:sunrise|sunset|dawn|dusk)\b|:\d\d\+|\|\|")
_ONE_DATE: Final = re.compile(r"(?:\d{4}\s*)?(?:easter\b|[A-Z][a-z]{2}\s+\d{1,2}\b)(?!\s*-)")


class OpeningHoursError(ValueError):
    """The text is not an ``opening_hours`` value this project can evaluate."""


class Reason(StrEnum):
    """What the state rests on."""

    SCHEDULE = "schedule"
    PUBLIC_HOLIDAY = "public_holiday"
    NO_HOURS = "no_hours"
    CLOSED_FOR_A_TIME = "closed_for_a_time"


@dataclass(frozen=True, slots=True)
class OpenState:
    """The state at one moment; ``until`` is when it becomes ``then``, None where no change is in sight."""

    openness: Openness
    reason: Reason
    until: datetime | None = None
    then: Openness | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DayHours:
    """One row of the week: the spans that begin on this day, open or unknown, in order.

    A span past midnight stays with the day it begins on; one of 24 hours or more is cut at each midnight.
    """

    day: date
    openness: Openness
    is_public_holiday: bool
    spans: tuple[Span, ...] = ()
    comment: str = ""


def state_at(opening_hours: str | None, at: datetime) -> OpenState:
    """The state of a place with these hours at a moment; unknown where the hours are not known.

    ``at`` needs a time zone, the answer is in Polish time. Raises OpeningHoursError, ValueError.
    """
    if at.tzinfo is None:
        raise ValueError(f"at is {at.isoformat()}, expected a moment with a time zone")
    if opening_hours is None:
        return OpenState(Openness.UNKNOWN, Reason.NO_HOURS)
    # By way of UTC, as a Polish time within the hour that March skips is no moment the engine knows.
    here = at.astimezone(UTC).astimezone(WARSAW)
    runs = _by_openness(_timeline(opening_hours).spans(here, midnight(here.date() + HORIZON)))
    now, following = next(runs), next(runs, None)
    is_off = now.openness is not Openness.OPEN and is_public_holiday(here.date())
    return OpenState(
        openness=now.openness,
        reason=Reason.PUBLIC_HOLIDAY if is_off else Reason.SCHEDULE,
        until=following.start if following else None,
        then=following.openness if following else None,
        comment=now.comment,
    )


def week_table(opening_hours: str | None, week_of: date) -> tuple[DayHours, ...]:
    """The seven days, Monday first, of the week that holds ``week_of``. Raises OpeningHoursError."""
    monday = week_of - timedelta(days=week_of.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    if opening_hours is None:
        return tuple(DayHours(day, Openness.UNKNOWN, is_public_holiday(day)) for day in days)
    # A day more on both sides, so that what passes midnight is seen whole.
    around = midnight(monday - timedelta(days=1)), midnight(monday + timedelta(days=8))
    pieces = [piece for span in _timeline(opening_hours).spans(*around) for piece in cut_by_day(span)]
    return tuple(_day_hours(day, [piece for piece in pieces if piece.start.date() == day]) for day in days)


def validate(opening_hours: str) -> str:
    """The canonical form of an ``opening_hours`` text. Raises OpeningHoursError."""
    return _canonical(opening_hours, LONGEST_TEXT)


def _canonical(opening_hours: str, longest: int) -> str:
    text = opening_hours.strip()
    if len(text) > longest:
        raise OpeningHoursError(f"opening_hours has {len(text)} characters, expected at most {longest}")
    if not is_osm_syntax(text):
        raise OpeningHoursError(
            f"opening_hours is {text!r}, expected rules such as 'Mo-Fr 08:00-16:00; Sa 10:00-14:00; PH off'"
        )
    undecidable = _UNDECIDABLE.search(_COMMENT.sub("", text))
    if undecidable:
        raise OpeningHoursError(
            f"opening_hours has {undecidable.group()!r}, "
            "expected clock times with an end, days Mo to Su or PH, and rules separated by ';'"
        )
    return str(OpeningHours(text).normalize())


@lru_cache(maxsize=512)
def is_public_holiday(day: date) -> bool:
    """Whether a day is a public holiday in Poland; plain Sundays are not."""
    return calendar("PH").is_open(datetime.combine(day, time(12), WARSAW))


@lru_cache(maxsize=4096)
def _timeline(opening_hours: str) -> Timeline:
    rules = [rule.strip() for rule in _RULE.findall(_canonical(opening_hours, LONGEST_PUBLISHED))]
    ordinary, special = special_days(rules)
    return Timeline(calendar(_with_public_holidays("; ".join(ordinary))), special)


def _with_public_holidays(rules: str) -> str:
    if rules == ROUND_THE_CLOCK or re.search(r"\bPH\b", _COMMENT.sub("", rules)):
        return rules
    weekly = [rule.strip() for rule in _RULE.findall(rules)]
    dated: list[str] = []
    while len(weekly) > 1 and _ONE_DATE.match(weekly[-1]):
        dated.insert(0, weekly.pop())
    return "; ".join([*weekly, "PH unknown" if _works_on_sundays(rules) else "PH off", *dated])


def _works_on_sundays(rules: str) -> bool:
    sunday = midnight(ORDINARY_SUNDAY)
    saturday, noon, monday = (sunday + timedelta(hours=hours) for hours in (-24, 12, 24))
    # What only ends on Sunday morning is Saturday's night.
    return any(
        span.openness is not Openness.CLOSED and (span.start >= sunday or span.end > noon)
        for span in spans(calendar(rules), saturday, monday)
    )


def _by_openness(spans: Iterable[Span]) -> Iterator[Span]:
    # A new comment, or midnight between two rules, doesn't change the state.
    for openness, run in groupby(spans, key=lambda span: span.openness):
        first = next(run)
        yield Span(first.start, first.end, openness, first.comment)


def _day_hours(day: date, pieces: list[Span]) -> DayHours:
    spans = tuple(piece for piece in pieces if piece.openness is not Openness.CLOSED)
    states = {span.openness for span in spans}
    openness = next((state for state in (Openness.OPEN, Openness.UNKNOWN) if state in states), Openness.CLOSED)
    comment = "" if spans else next((piece.comment for piece in pieces if piece.comment), "")
    return DayHours(day, openness, is_public_holiday(day), spans, comment)
