"""The engine ``opening_hours`` in Polish time: rules in, spans of open, closed and unknown out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from opening_hours import OpeningHours, State

from mapapp.polish_time import WARSAW

# Beyond this the engine calls a state permanent; a year holds every yearly rule.
HORIZON: Final = timedelta(days=400)
A_DAY: Final = timedelta(days=1)


class Openness(StrEnum):
    """Whether a place is open; the third value is as good as the other two."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one state and one comment, ``end`` excluded."""

    start: datetime
    end: datetime
    openness: Openness
    comment: str = ""


_OPENNESS: Final = {
    State.OPEN: Openness.OPEN,
    State.CLOSED: Openness.CLOSED,
    State.UNKNOWN: Openness.UNKNOWN,
}


def calendar(rules: str) -> OpeningHours:
    """The engine for these rules."""
    return OpeningHours(rules, timezone=WARSAW, country="PL", max_interval_days=HORIZON.days)


def spans(engine: OpeningHours, start: datetime, end: datetime) -> Iterator[Span]:
    """What the engine says from ``start`` to ``end``, without gaps, in order."""
    for begins, ends, state, comment in engine.intervals(start, end):
        # Hours inside the hour that the clocks skip in March last no time.
        if begins.timestamp() < ends.timestamp():
            yield Span(begins, ends, _OPENNESS[state], comment)


def midnight(day: date) -> datetime:
    """The beginning of a day."""
    return datetime.combine(day, time(0), WARSAW)


def cut_by_day(span: Span) -> Iterator[Span]:
    """The span itself, which belongs to the day that it begins on; one of 24 hours or more is cut at each midnight."""
    # Python subtracts wall clocks where the zone is the same, so a day of 23 or 25 hours is still one day.
    if span.end - span.start < A_DAY:
        yield span
        return
    start = span.start
    while start < span.end:
        end = min(span.end, midnight(start.date() + A_DAY))
        yield Span(start, end, span.openness, span.comment)
        start = end
