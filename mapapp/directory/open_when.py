"""Whether one can come: now, at a moment, in the evening, at the weekend. The answer of badge, filter, API and export.

It rests on ``hours`` and has its three values. A service that is closed for a time is closed whatever its hours say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from mapapp.directory.hours import (
    OpeningHoursError,
    Openness,
    OpenState,
    Reason,
    Span,
    state_at,
    week_table,
)
from mapapp.polish_time import WARSAW

CLOSED_FOR_A_TIME = "temporarily closed"
EVENING_FROM = time(17)
# of other years nobody's hours are known
YEARS = range(2000, 2101)
SATURDAY = 5


class Occasion(StrEnum):
    """When someone can come. ``evening`` and ``weekend`` are those of the seven days from a moment on."""

    NOW = "now"
    AT = "at"
    EVENING = "evening"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class OpenWhen:
    """An occasion, and the moment that it is counted from. Raises ValueError where that has no time zone."""

    occasion: Occasion
    at: datetime

    def __post_init__(self) -> None:
        """A moment without a zone is none."""
        if self.at.tzinfo is None:
            raise ValueError(f"at is {self.at.isoformat()}, expected a moment with a time zone")


@lru_cache(maxsize=20_000)
def state_of(opening_hours: str | None, status: str, at: datetime) -> OpenState:
    """The state of a service with these hours at a moment; hours that cannot be read are as good as none."""
    if status == CLOSED_FOR_A_TIME:
        return OpenState(Openness.CLOSED, Reason.CLOSED_FOR_A_TIME)
    try:
        return state_at(opening_hours, at)
    except OpeningHoursError:
        return OpenState(Openness.UNKNOWN, Reason.NO_HOURS)


def openness(opening_hours: str | None, status: str, when: OpenWhen) -> Openness:
    """Whether one can come on this occasion: open, closed or unknown."""
    if status == CLOSED_FOR_A_TIME:
        return Openness.CLOSED
    if when.at.year not in YEARS:
        return Openness.UNKNOWN
    if when.occasion in {Occasion.NOW, Occasion.AT}:
        return _at(opening_hours, when.at)
    return _within_a_week(opening_hours, when.occasion, when.at.astimezone(WARSAW).date())


def split(hours: Iterable[str], when: OpenWhen) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of these hours, those that are open and those that are closed then; the others are unknown."""
    states = {each: openness(each, "active", when) for each in hours}
    opened, closed = (
        tuple(sorted(each for each, state in states.items() if state is wanted))
        for wanted in (Openness.OPEN, Openness.CLOSED)
    )
    return opened, closed


@lru_cache(maxsize=20_000)
def _at(opening_hours: str | None, at: datetime) -> Openness:
    return state_of(opening_hours, "active", at).openness


@lru_cache(maxsize=20_000)
def _within_a_week(opening_hours: str | None, occasion: Occasion, first: date) -> Openness:
    try:
        weeks = [week_table(opening_hours, day) for day in (first, first + timedelta(days=7))]
    except OpeningHoursError:
        return Openness.UNKNOWN
    days = [day for week in weeks for day in week if first <= day.day < first + timedelta(days=7)]
    if opening_hours is None:
        return Openness.UNKNOWN
    spans = [span for day in days for span in day.spans if _is_on(occasion, day.day, span)]
    states = {span.openness for span in spans}
    return next((state for state in (Openness.OPEN, Openness.UNKNOWN) if state in states), Openness.CLOSED)


def _is_on(occasion: Occasion, day: date, span: Span) -> bool:
    is_weekend = day.weekday() >= SATURDAY
    if occasion is Occasion.WEEKEND:
        return is_weekend
    return not is_weekend and span.end > datetime.combine(day, EVENING_FROM, WARSAW)
