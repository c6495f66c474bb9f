"""Opening hours as offices write them, in free Polish text, turned into OSM ``opening_hours``.

Four steps, a module each: tokens (``hours_tokens``), items (``hours_items``), blocks with rules (``hours_blocks``),
the week (``hours_week``). The text is kept, what had to be assumed is said, what could not be understood is given
back, and a day named only there is ``unknown`` rather than closed.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mapapp.directory.hours import OpeningHoursError, validate
from mapapp.registers.hours_blocks import Block, Reading, Span, blocks_of, read_block
from mapapp.registers.hours_items import Item, Role, What, items_of
from mapapp.registers.hours_tokens import Token, tidied, tokens_of
from mapapp.registers.hours_week import Week, week_of
from mapapp.registers.hours_words import (
    Assumption,
    AssumptionCode,
    assumed,
)

LONGEST_TEXT: Final = 5_000
_LONGEST_FRAGMENT: Final = 160
_ABOUT_TIME: Final = frozenset({What.DAYS, What.HOURS, What.CLOSED, What.INTERNAL, What.BREAK, What.UNSURE})
# What another system, or this one, exported is OSM already. "08:00-16:00" is not taken so: it would mean every day.
_BEGINS_IN_OSM: Final = re.compile(r"\s*(?:Mo|Tu|We|Th|Fr|Sa|Su)\b")
# A heading that names no part of the unit may stand for the whole of it.
_WHOLE: Final = frozenset({Role.UNIT, Role.OTHER, Role.CONTACT, Role.COURTESY})


class Status(StrEnum):
    """How far a text was understood."""

    UNDERSTOOD = "understood"
    PARTLY = "partly"
    NOT_HOURS = "not_hours"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class LabelledHours:
    """The hours of one part of a unit: its customer desk, its cash desk."""

    label: str
    opening_hours: str


@dataclass(frozen=True, slots=True)
class UnderstoodHours:
    """What a text says of a unit's hours, with everything needed to judge it."""

    original: str
    status: Status
    opening_hours: str | None = None
    assumptions: tuple[Assumption, ...] = ()
    not_understood: tuple[str, ...] = ()
    further: tuple[LabelledHours, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    block: Block
    reading: Reading
    week: Week

    @property
    def role(self) -> Role:
        return self.block.role

    @property
    def contradicts_itself(self) -> bool:
        """Whether a part's days come twice: the second time they are likely another part's."""
        return self.role is not Role.UNIT and bool(self.week.assumptions)


def understand_hours(text: str) -> UnderstoodHours:
    """The unit's hours in OSM ``opening_hours``, those of its desks, what was assumed, what was not understood."""
    if len(text) > LONGEST_TEXT:
        return UnderstoodHours(text, Status.NOT_UNDERSTOOD, not_understood=(_shortened(text),))
    if _BEGINS_IN_OSM.match(text):
        with suppress(OpeningHoursError):
            return UnderstoodHours(text, Status.UNDERSTOOD, validate(text))
    tidy, slips = tidied(text)
    tokens = tokens_of(tidy)
    items = items_of(tokens)
    if not any(item.what in _ABOUT_TIME for item in items):
        return UnderstoodHours(text, Status.NOT_HOURS)
    blocks, stray = blocks_of(items)
    parts = _parts(blocks)
    unit, choice = _unit_of(parts, tidy)
    spans = [*stray, *(span for part in parts for span in _unread(part, is_unit=part is unit))]
    opening_hours = unit.week.osm if unit else None
    further = tuple(_further(parts, unit, tidy))
    fragments = tuple(dict.fromkeys(_shortened(tidy[start:end]) for start, end in sorted(spans)))
    if not (opening_hours or further):
        return UnderstoodHours(text, Status.NOT_UNDERSTOOD, not_understood=fragments or (_shortened(tidy),))
    marks = [*_corrections(tokens, slips), *choice, *(mark for part in parts for mark in _marks(part))]
    status = Status.UNDERSTOOD if opening_hours and not fragments else Status.PARTLY
    return UnderstoodHours(text, status, opening_hours, tuple(dict.fromkeys(marks)), fragments, further)


def _parts(blocks: Sequence[Block]) -> list[_Part]:
    readings = [read_block(block) for block in blocks]
    # Days of a block that mixes its hours with another's may be any block's days.
    mixed = {day for reading in readings if reading.is_mixed for day in reading.unsure}
    return [
        _Part(block, reading, week_of(reading.rules, reading.unsure | mixed, reading.excluded))
        for block, reading in zip(blocks, readings, strict=True)
    ]


def _unit_of(parts: Sequence[_Part], text: str) -> tuple[_Part | None, list[Assumption]]:
    """The part whose hours are the unit's: its own, else those that name no desk, else those for clients."""
    told = [part for part in parts if part.week.osm and not part.contradicts_itself]
    several = [assumed(AssumptionCode.FIRST_BLOCK)]
    own = [part for part in told if part.role is Role.UNIT]
    whole = [part for part in told if part.role in _WHOLE]
    for_clients = [part for part in told if part.role is Role.CLIENTS]
    if own:
        return own[0], several[: len(own) - 1]
    if whole:
        mark = assumed(AssumptionCode.WHOLE_UNIT, _label(whole[0].block.heading, text))
        return whole[0], [mark, *several[: len(whole) - 1]]
    if for_clients:
        return for_clients[0], [assumed(AssumptionCode.CLIENT_DESK)]
    return None, []


def _further(parts: Sequence[_Part], unit: _Part | None, text: str) -> Iterable[LabelledHours]:
    for part in parts:
        if part is not unit and part.week.osm and not part.contradicts_itself:
            yield LabelledHours(_label(part.block.heading, text), part.week.osm)
        for desk, rule in part.reading.desks:
            hours = week_of([rule]).osm
            if hours:
                yield LabelledHours(_label(desk, text), hours)


def _unread(part: _Part, *, is_unit: bool) -> Iterable[Span]:
    """Places not understood; of a desk without a heading of its own, all of it is told by its heading."""
    heading = part.block.heading
    for start, end in [*part.reading.unread, *((rule.start, rule.end) for rule in part.week.doubtful)]:
        yield (start if is_unit or heading is None else heading.start, end)
    is_lost = not part.week.osm or part.contradicts_itself
    if is_lost and not part.reading.unread and part.reading.rules:
        yield min(rule.start for rule in part.reading.rules), max(rule.end for rule in part.reading.rules)


def _marks(part: _Part) -> Iterable[Assumption]:
    yield from part.reading.assumptions
    yield from part.week.assumptions


def _corrections(tokens: Sequence[Token], slips: Sequence[str]) -> Iterable[Assumption]:
    for slip in (*slips, *(token.slip for token in tokens if token.slip)):
        yield assumed(AssumptionCode.SLIP, slip)


def _label(heading: Item | None, text: str) -> str:
    return " ".join(text[heading.start : heading.end].split()) if heading else ""


def _shortened(fragment: str) -> str:
    words = " ".join(fragment[: 4 * _LONGEST_FRAGMENT].split())
    return words if len(words) <= _LONGEST_FRAGMENT else words[: _LONGEST_FRAGMENT - 1] + "…"
