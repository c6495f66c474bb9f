"""The last step to hours: what was said of each day becomes one OSM ``opening_hours`` text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from mapapp.directory.hours import validate
from mapapp.registers.hours_tokens import MIDNIGHT
from mapapp.registers.hours_words import (
    DAY_NAMES,
    DAYS_IN_POLISH,
    PUBLIC_HOLIDAY,
    WEEKDAYS,
    Assumption,
    AssumptionCode,
    assumed,
)

SHORTEST_RANGE: Final = 30
EARLIEST_NIGHT: Final = 16 * 60
LATEST_MORNING: Final = 10 * 60
LONGEST_NIGHT: Final = 16 * 60


class State(Enum):
    """What is known of a day."""

    OPEN = auto()
    CLOSED = auto()
    INTERNAL = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Plan:
    """One day's hours, in minutes from midnight, or why there are none."""

    state: State
    hours: tuple[tuple[int, int], ...] = ()

    @property
    def osm(self) -> str:
        """The part of an OSM rule that follows the days."""
        if self.state is State.OPEN:
            return ",".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in self.hours)
        return {State.CLOSED: "off", State.INTERNAL: 'off "dzień wewnętrzny"', State.UNKNOWN: "unknown"}[self.state]


@dataclass(frozen=True, slots=True)
class Rule:
    """Days and what holds on them; ``start`` and ``end`` are its place in the text."""

    days: frozenset[int]
    plan: Plan
    start: int
    end: int
    is_remaining: bool = False


@dataclass(slots=True)
class Week:
    """A week as it is pieced together from the rules."""

    plans: dict[int, Plan] = field(default_factory=dict)
    rule_of_day: dict[int, Rule] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)
    doubtful: list[Rule] = field(default_factory=list)

    @property
    def osm(self) -> str | None:
        """The canonical OSM text, None where no day is known to be open."""
        if not any(plan.state is State.OPEN for plan in self.plans.values()):
            return None
        days_of: dict[str, list[int]] = {}
        for day in sorted(self.plans):
            days_of.setdefault(self.plans[day].osm, []).append(day)
        return validate("; ".join(f"{_day_names(days)} {osm}" for osm, days in days_of.items()))


def is_plausible(hours: tuple[int, int]) -> bool:
    """Whether a range of hours can be meant: half an hour at least, and over midnight only as a night."""
    opens, closes = hours
    if closes > opens:
        return closes - opens >= SHORTEST_RANGE
    is_short_enough = closes + MIDNIGHT - opens <= LONGEST_NIGHT
    return opens >= EARLIEST_NIGHT and closes <= LATEST_MORNING and is_short_enough


def is_office_day(plan: Plan) -> bool:
    """Whether the hours are those of an office: six to ten hours, begun between 6 and 10 o'clock."""
    if plan.state is not State.OPEN:
        return False
    opens, closes = plan.hours[0][0], plan.hours[-1][1]
    return 6 * 60 <= opens <= 10 * 60 and 6 * 60 <= closes - opens <= 10 * 60


def without_break(hours: Sequence[tuple[int, int]], pause: tuple[int, int]) -> tuple[tuple[int, int], ...] | None:
    """The hours with a break taken out, None where the break lies in none of them."""
    holding = [(opens, closes) for opens, closes in hours if opens < pause[0] < pause[1] < closes]
    if len(holding) != 1:
        return None
    opens, closes = holding[0]
    rest = [stretch for stretch in hours if stretch != holding[0]]
    return tuple(sorted([*rest, (opens, pause[0]), (pause[1], closes)]))


def week_of(rules: Iterable[Rule], unsure: Iterable[int] = (), excluded: Iterable[int] = ()) -> Week:
    """The week the rules make, the later one winning; days that are only in doubt are unknown."""
    week = Week()
    remaining: list[Rule] = []
    for rule in rules:
        if rule.is_remaining:
            remaining.append(rule)
        for day in sorted(rule.days):
            _state(week, day, rule)
    for rule in remaining:
        week.assumptions.append(assumed(AssumptionCode.OTHER_DAYS))
        for day in sorted(WEEKDAYS - week.plans.keys()):
            _state(week, day, rule)
    for day in excluded:
        week.plans[day] = Plan(State.CLOSED)
    for day in unsure:
        week.plans.setdefault(day, Plan(State.UNKNOWN))
    _doubt_odd_afternoon(week)
    return week


def _state(week: Week, day: int, rule: Rule) -> None:
    before, plan = week.plans.get(day), rule.plan
    if plan.state is State.INTERNAL:
        week.assumptions.append(assumed(AssumptionCode.INTERNAL_DAY, DAYS_IN_POLISH[day]))
    elif before is not None and before != plan:
        code = AssumptionCode.LATER_RULE
        if before.state is plan.state is State.OPEN and not _overlap(before.hours, plan.hours):
            code, plan = AssumptionCode.JOINED_RULES, Plan(State.OPEN, tuple(sorted(before.hours + plan.hours)))
        week.assumptions.append(assumed(code, DAYS_IN_POLISH[day]))
    week.plans[day], week.rule_of_day[day] = plan, rule


def _overlap(one: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]) -> bool:
    return any(
        opens < (closes_other if closes_other > opens_other else closes_other + MIDNIGHT)
        and opens_other < (closes if closes > opens else closes + MIDNIGHT)
        for opens, closes in one
        for opens_other, closes_other in other
    )


def _doubt_odd_afternoon(week: Week) -> None:
    """A weekday that opens for a short while, only when most other days have closed, is a slip of the pen."""
    open_days = [day for day in WEEKDAYS if day in week.plans and week.plans[day].state is State.OPEN]
    for day in open_days:
        opens, closes = week.plans[day].hours[0]
        closed_by_then = [other for other in open_days if other != day and week.plans[other].hours[-1][1] <= opens]
        is_short = len(week.plans[day].hours) == 1 and 0 < closes - opens <= 3 * 60
        if is_short and len(closed_by_then) >= 3:
            week.doubtful.append(week.rule_of_day[day])
            week.plans[day] = Plan(State.UNKNOWN)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day_names(days: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1 and day != PUBLIC_HOLIDAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAY_NAMES[run[0]] if len(run) == 1 else f"{DAY_NAMES[run[0]]}-{DAY_NAMES[run[-1]]}" for run in runs)
