"""Hours that hold on dates of one year only, instead of all others: a closure, other hours on a day before a feast.

They stand at the end of ``opening_hours`` as OSM writes them: ``2026 Dec 24-2027 Jan 2 off "remont"``. What begins on
such a day is what they say and nothing else; a night that began the day before ends as it always does. The engine
leaves that out: it ends the night at midnight, and lets the night of a closed day begin on the day after.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, pairwise
from typing import Final

from opening_hours import OpeningHours

from mapapp.directory.hours_engine import A_DAY, Openness, Span, calendar, cut_by_day, midnight, spans

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE: Final = rf"(\d{{4}}) ({'|'.join(_MONTHS)}) (\d{{1,2}})"
_RULE: Final = re.compile(rf'{_DATE}(?:-{_DATE})?(?: (?:closed|off|open|[\d:,-]+))?(?: "([^"]*)")?')


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """A rule for the days from ``first`` to ``last``, both included; ``comment`` is why."""

    rule: str
    first: date
    last: date
    comment: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Ordinary hours, and the special days on which they do not hold; of two for one day the later one does."""

    ordinary: OpeningHours
    special: tuple[SpecialDays, ...]

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The states from ``start`` to ``end``, without gaps, in order."""
        return _joined(chain.from_iterable(self._pieces(start, end)))

    def _pieces(self, start: datetime, end: datetime) -> Iterator[Iterator[Span]]:
        for first, last in _stretches(self.special):
            # a day more, so that no night of the last day is left in it
            begins, ends = midnight(first), midnight(last + 2 * A_DAY)
            if ends <= start or begins >= end:
                continue
            if start < begins:
                yield spans(self.ordinary, start, begins)
            yield self._around(max(start, begins), min(end, ends))
            start = min(end, ends)
        if start < end:
            yield spans(self.ordinary, start, end)

    def _around(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The states of a window in which special days are."""
        wide = midnight(start.date() - 2 * A_DAY), midnight(end.date() + A_DAY)
        ordinary = [each for each in _by_day(self.ordinary, *wide) if self._of(each.start.date()) is None]
        special = [
            span
            for each in self.special
            for span in _by_day(calendar(each.rule), *wide)
            if self._of(span.start.date()) is each
        ]
        days = (midnight(start.date() + number * A_DAY) for number in range(1, (end.date() - start.date()).days + 1))
        edges = {edge for span in (*ordinary, *special) for edge in (span.start, span.end)}
        for begins, ends in pairwise(sorted({start, end, *days, *edges}, key=datetime.timestamp)):
            if begins.timestamp() < start.timestamp() or ends.timestamp() > end.timestamp():
                continue
            here = _at(special, begins) or _at(ordinary, begins)
            its = self._of(begins.date())
            openness, comment = (here.openness, here.comment) if here else (Openness.CLOSED, its.comment if its else "")
            yield Span(begins, ends, openness, comment)

    def _of(self, day: date) -> SpecialDays | None:
        return next((each for each in reversed(self.special) if each.first <= day <= each.last), None)


def special_days(rules: Sequence[str]) -> tuple[list[str], tuple[SpecialDays, ...]]:
    """Canonical rules without the special days at their end, and these; the first rule is never one."""
    ordinary, special = list(rules), list[SpecialDays]()
    while len(ordinary) > 1 and (found := _read(ordinary[-1])):
        special.insert(0, found)
        ordinary.pop()
    return ordinary, tuple(special)


def _read(rule: str) -> SpecialDays | None:
    parts = _RULE.fullmatch(rule)
    if not parts:
        return None
    *begins, until_year, until_month, until_day, comment = parts.groups()
    first = _day(*begins)
    last = _day(until_year, until_month, until_day) if until_year else first
    return SpecialDays(rule, first, last, comment or "") if last >= first else None


def _day(year: str, month: str, day: str) -> date:
    return date(int(year), _MONTHS.index(month) + 1, int(day))


def _stretches(special: Sequence[SpecialDays]) -> Iterator[tuple[date, date]]:
    """First and last days, in order; those that touch are one."""
    known: list[tuple[date, date]] = []
    for first, last in sorted((each.first, each.last) for each in special):
        if known and first <= known[-1][1] + 2 * A_DAY:
            known[-1] = known[-1][0], max(last, known[-1][1])
        else:
            known.append((first, last))
    yield from known


def _by_day(engine: OpeningHours, start: datetime, end: datetime) -> Iterator[Span]:
    for span in spans(engine, start, end):
        if span.openness is not Openness.CLOSED:
            yield from cut_by_day(span)


def _at(them: Sequence[Span], moment: datetime) -> Span | None:
    stamp = moment.timestamp()
    return next((span for span in them if span.start.timestamp() <= stamp < span.end.timestamp()), None)


def _joined(them: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of the same state and comment as one."""
    held: Span | None = None
    for span in them:
        if held and (held.openness, held.comment) == (span.openness, span.comment):
            held = replace(held, end=span.end)
            continue
        if held:
            yield held
        held = span
    if held:
        yield held
