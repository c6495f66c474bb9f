"""The third step to hours: items become blocks (the unit, a desk, the cash desk) with rules for their days."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from mapapp.registers.hours_items import Item, Role, What
from mapapp.registers.hours_week import (
    Plan,
    Rule,
    State,
    is_office_day,
    is_plausible,
    without_break,
)
from mapapp.registers.hours_words import ALL_DAYS, WEEKDAYS, WEEKEND, Assumption, AssumptionCode, assumed

_VALUES: Final = frozenset({What.HOURS, What.CLOSED, What.INTERNAL, What.UNSURE})
_TELLING: Final = _VALUES | {What.DAYS, What.SOMETIMES, What.EXCEPT}
_IDLE_ROLES: Final = frozenset({Role.CONTACT, Role.COURTESY})
_PARTS: Final = frozenset({Role.DESK, Role.CLIENTS})

Span = tuple[int, int]


@dataclass(slots=True)
class Block:
    """The statements under one heading; the first block of a text may have none."""

    heading: Item | None = None
    statements: list[list[Item]] = field(default_factory=lambda: [[]])

    @property
    def role(self) -> Role:
        """Whose hours these are."""
        return self.heading.role if self.heading and self.heading.content else Role.UNIT

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said in it."""
        return not any(self.statements)


@dataclass(slots=True)
class Reading:
    """What one block says, what it says of single desks, and the places that could not be read."""

    rules: list[Rule] = field(default_factory=list)
    desks: list[tuple[Item, Rule]] = field(default_factory=list)
    unsure: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    starred: frozenset[int] = frozenset()
    unread: list[Span] = field(default_factory=list)
    dayless: list[Rule] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    # several lines of days before the first hours: a column of days beside a column of hours
    is_stacked: bool = False
    is_mixed: bool = False


def blocks_of(items: Sequence[Item]) -> tuple[list[Block], list[Span]]:
    """The blocks of a text, and the places of words that announce nothing."""
    blocks, stray = [Block()], list[Span]()
    for at, item in enumerate(items):
        current = blocks[-1]
        if item.what is What.END:
            current.statements.append([])
        elif item.what is What.HEADING:
            # "Godziny pracy:" below a desk's hours leads back to the unit's.
            blocks.extend([] if current.role is Role.UNIT or current.is_empty else [Block()])
        elif item.what is not What.LABEL:
            current.statements[-1].append(item)
        elif _is_heading(items, at, current.statements[-1]):
            blocks.append(Block(item))
        elif current.statements[-1]:
            current.statements[-1].extend(_beside_hours(item, current.statements[-1][-1], items[at + 1 : at + 2]))
        elif item.role not in _IDLE_ROLES:
            stray.append((item.start, item.end))
    return [block for block in blocks if not block.is_empty], stray


def _is_heading(items: Sequence[Item], at: int, statement: Sequence[Item]) -> bool:
    """Whether days or hours follow, for words within a line on that same line."""
    if statement and statement[-1].what is What.DAYS:
        return False
    starts_line = items[at].starts_line
    following = next((item for item in items[at + 1 :] if not starts_line or item.what is not What.END), None)
    return following is not None and following.what in _TELLING


def _beside_hours(label: Item, before: Item, following: Sequence[Item]) -> list[Item]:
    """Words within a statement: whose hours follow ("we wtorki psycholog 15-17"), or a remark."""
    if before.what is What.DAYS and label.role is Role.UNIT:
        return []
    are_hours_next = before.what is What.DAYS and bool(following) and following[0].what in _VALUES
    return [replace(label, what=What.SOMETIMES if are_hours_next else What.REMARK)]


def read_block(block: Block) -> Reading:
    """The rules of a block."""
    reading = Reading()
    pending: Item | None = None
    for statement in block.statements:
        pending = _read_statement(statement, reading, pending)
    if pending is not None:
        _leave(reading, [pending])
    _settle_dayless(reading, block.role, is_dangling=pending is not None)
    return reading


def _leave(reading: Reading, items: Sequence[Item]) -> None:
    """Report a stretch as not understood; of the days it names nothing is known by it."""
    reading.unread.append((items[0].start, items[-1].end))
    for item in items:
        reading.unsure |= item.days


def _read_statement(statement: list[Item], reading: Reading, pending: Item | None) -> Item | None:
    """Take in one statement; the days still waiting for their hours are given back."""
    certain = _until_sometimes(statement, reading)
    if certain and certain[0].what is What.STAR:
        certain = [_days_of_footnote(certain[0], reading), *certain[1:]]
    groups = _groups(certain, reading)
    if pending is None and len(groups) > 1 and _is_value(groups[0]) and not _is_value(groups[-1]):
        _read_hours_first(groups, reading)
        return None
    for group in groups:
        if not _is_value(group):
            reading.is_stacked |= pending is not None and pending not in statement
            pending = _merged(pending, group)
            continue
        _add_rule(reading, pending, group)
        pending = None
    return pending


def _until_sometimes(statement: list[Item], reading: Reading) -> list[Item]:
    """The part of a statement before the words that make it true on some days only."""
    at = next((at for at, item in enumerate(statement) if item.what is What.SOMETIMES), None)
    if at is None:
        return statement
    if not any(item.what in _VALUES for item in statement[at:]):
        while at > 0 and statement[at - 1].what in _VALUES:
            at -= 1
    while at > 0 and statement[at - 1].what in {What.DAYS, What.EXCEPT, What.REMARK}:
        at -= 1
    _leave(reading, statement[at:])
    return statement[:at]


def _days_of_footnote(star: Item, reading: Reading) -> Item:
    return Item(What.DAYS, star.start, star.end, days=reading.starred)


def _is_value(group: list[Item]) -> bool:
    return group[0].what in _VALUES


def _groups(items: list[Item], reading: Reading) -> list[list[Item]]:
    """Days and values as they follow each other; what stands beside them is dealt with."""
    groups: list[list[Item]] = []
    at = 0
    while at < len(items):
        item, following = items[at], items[at + 1] if at + 1 < len(items) else None
        at += 1
        if item.what is What.REMARK:
            _read_remark(item, groups, reading)
        elif item.what is What.BREAK and following and following.what is What.HOURS:
            _take_break(item, following, groups, reading)
            at += 1
        elif item.what is What.EXCEPT and following and following.what is What.DAYS:
            reading.excluded |= following.days
            at += 1
        elif item.what in {What.BREAK, What.EXCEPT, What.STAR}:
            reading.unread.append((item.start, item.end))
        elif groups and _is_value(groups[-1]) and item.what in _VALUES:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _read_remark(remark: Item, groups: list[list[Item]], reading: Reading) -> None:
    """Words after the hours: of one desk, about contact, or not understood."""
    if remark.role in _IDLE_ROLES:
        return
    values = groups[-1] if groups and _is_value(groups[-1]) else []
    if remark.role not in _PARTS or len(values) < 2 or values[-1].what is not What.HOURS:
        reading.unread.append((remark.start, remark.end))
        return
    days = groups[-2] if len(groups) > 1 else groups[-1]
    reading.desks.append((remark, _rule(days[0].days, [values.pop()])))


def _take_break(word: Item, pause: Item, groups: list[list[Item]], reading: Reading) -> None:
    values = groups[-1] if groups and _is_value(groups[-1]) else None
    if values is not None:
        hours = without_break([item.hours for item in values], pause.hours)
        if hours is not None:
            values[:] = [Item(What.HOURS, values[0].start, pause.end, hours=stretch) for stretch in hours]
            return
    elif not groups and _take_break_daily(pause, reading):
        return
    reading.unread.append((word.start, pause.end))


def _take_break_daily(pause: Item, reading: Reading) -> bool:
    """A break on a line of its own is one of every day above it."""
    for rules in (reading.rules, reading.dayless):
        for at, rule in enumerate(rules):
            hours = without_break(rule.plan.hours, pause.hours) if rule.plan.state is State.OPEN else ()
            if hours is None:
                return False
            plan = Plan(State.OPEN, hours) if hours else rule.plan
            rules[at] = Rule(rule.days, plan, rule.start, rule.end, rule.is_remaining)
    return bool(reading.rules or reading.dayless)


def _read_hours_first(groups: list[list[Item]], reading: Reading) -> None:
    for values, days in zip(groups[::2], groups[1::2], strict=False):
        _add_rule(reading, days[0], values)


def _merged(pending: Item | None, group: list[Item]) -> Item:
    days = [*([pending] if pending else []), *group]
    return Item(
        What.DAYS,
        days[0].start,
        days[-1].end,
        days=frozenset().union(*(item.days for item in days)),
        starred=frozenset().union(*(item.starred for item in days)),
        assumptions=frozenset().union(*(item.assumptions for item in days)),
        is_remaining=any(item.is_remaining for item in days),
    )


def _add_rule(reading: Reading, days: Item | None, values: list[Item]) -> None:
    rule = _rule(days.days if days else frozenset(), values, days)
    if rule.plan.state is State.UNKNOWN:
        _leave(reading, [*([days] if days else []), *values])
    elif days is None:
        reading.dayless.append(rule)
    else:
        reading.starred |= days.starred
        reading.rules.append(_told_daily(rule, days, reading))


def _told_daily(rule: Rule, days: Item, reading: Reading) -> Rule:
    """The rule; an office that says "daily" hardly means Sundays too."""
    codes = set(days.assumptions)
    if AssumptionCode.DAILY in codes and is_office_day(rule.plan) and not reading.excluded & WEEKEND:
        codes ^= {AssumptionCode.DAILY, AssumptionCode.WEEKEND_UNSURE}
        reading.unsure |= WEEKEND
        rule = Rule(rule.days - WEEKEND, rule.plan, rule.start, rule.end, rule.is_remaining)
    reading.assumptions.extend(assumed(code) for code in sorted(codes))
    return rule


def _rule(days: frozenset[int], values: list[Item], days_item: Item | None = None) -> Rule:
    ends = [*([days_item] if days_item else []), *values]
    start, end = min(item.start for item in ends), max(item.end for item in ends)
    return Rule(days, _plan(values), start, end, bool(days_item and days_item.is_remaining))


def _plan(values: list[Item]) -> Plan:
    kinds = {item.what for item in values}
    if What.INTERNAL in kinds:
        return Plan(State.INTERNAL)
    if kinds == {What.CLOSED}:
        return Plan(State.CLOSED)
    hours = tuple(item.hours for item in values)
    is_in_order = all(one[1] <= other[0] for one, other in pairwise(hours))
    if kinds == {What.HOURS} and is_in_order and all(is_plausible(stretch) for stretch in hours):
        return Plan(State.OPEN, hours)
    return Plan(State.UNKNOWN)


def _settle_dayless(reading: Reading, role: Role, *, is_dangling: bool) -> None:
    """Hours without days: round the clock is every day, an office's day is Monday to Friday, all else unread."""
    alone = len(reading.dayless) == 1 and not (reading.rules or reading.unsure)
    for rule in reading.dayless:
        if alone and rule.plan.hours == ((0, 24 * 60),):
            reading.rules.append(Rule(ALL_DAYS, rule.plan, rule.start, rule.end))
        elif alone and role is Role.UNIT and is_office_day(rule.plan):
            reading.rules.append(Rule(WEEKDAYS, rule.plan, rule.start, rule.end))
            reading.assumptions.append(assumed(AssumptionCode.NO_DAYS))
        else:
            reading.unread.append((rule.start, rule.end))
            reading.unsure |= WEEKDAYS if role is Role.UNIT else frozenset()
    if reading.dayless and reading.rules and not alone and (is_dangling or reading.is_stacked or role is not Role.UNIT):
        # No telling which days and hours belong together, nor whose they are.
        reading.is_mixed = True
        reading.unread.extend((rule.start, rule.end) for rule in reading.rules)
        reading.unsure |= {day for rule in reading.rules for day in rule.days}
        reading.rules.clear()
