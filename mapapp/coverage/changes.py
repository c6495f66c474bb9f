"""Changes that a planner tries out: a site added, moved, closed or resized, each as a short text for an address.

``add:ddp:17.03000,51.11000:30`` · ``move:1a2b3c4d5e:17.03000,51.11000`` (and ``:40`` where it changes its places too)
· ``close:1a2b3c4d5e`` · ``size:1a2b3c4d5e:40``. Longitude comes first; places left empty are unknown.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from geo.crs import Position, in_poland
from geo.errors import OutsideExtent
from mapapp.coverage.errors import CoverageError

Kind = Literal["add", "move", "close", "size"]
MOST_CHANGES = 30
MOST_PLACES = 9_999
KEY_LETTERS = 10
_KEY = r"(?P<key>[0-9a-f]{10})"
_AT = r"(?P<at>-?\d{1,3}(?:\.\d{1,8})?,-?\d{1,3}(?:\.\d{1,8})?)"
_PLACES = r"(?P<places>\d{1,4})"
_FORMS: dict[str, re.Pattern[str]] = {
    "add": re.compile(rf"add:(?P<type>[a-z0-9_]{{1,40}}):{_AT}:(?:{_PLACES})?", re.ASCII),
    "move": re.compile(rf"move:{_KEY}:{_AT}(?::{_PLACES})?", re.ASCII),
    "close": re.compile(rf"close:{_KEY}", re.ASCII),
    "size": re.compile(rf"size:{_KEY}:{_PLACES}", re.ASCII),
}
EXAMPLE = "add:ddp:17.03000,51.11000:30"


class WrongChange(CoverageError):
    """A change that cannot be made: ``value`` is its text."""

    def __init__(self, value: str, expected: str) -> None:
        super().__init__(f"change {value!r}: expected {expected}")
        self.value, self.expected = value, expected


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``key``: of the present site it is about; ``type``: of a new one; ``places``: None: as they are."""

    kind: Kind
    key: str = ""
    type: str = ""
    at: Position | None = None
    places: int | None = None

    def __str__(self) -> str:
        """Its text for an address; positions to about a metre."""
        at = f"{self.at.lon:.5f},{self.at.lat:.5f}" if self.at else ""
        places = "" if self.places is None else str(self.places)
        if self.kind == "add":
            return f"add:{self.type}:{at}:{places}"
        return ":".join(part for part in (self.kind, self.key, at, places) if part)


def read_change(written: str) -> Change:
    """The change of a text. Raises WrongChange."""
    kind = written.partition(":")[0]
    match = _FORMS[kind].fullmatch(written) if kind in _FORMS else None
    if match is None:
        raise WrongChange(written[:80], f"such as {EXAMPLE}")
    parts = match.groupdict()
    places = parts.get("places")
    at = _position(written, parts["at"]) if parts.get("at") else None
    number = None if places is None else int(places)
    return Change(kind, parts.get("key") or "", parts.get("type") or "", at, number)  # type: ignore[arg-type] # of _FORMS


def read_changes(written: Iterable[str]) -> tuple[Change, ...]:
    """The changes of some texts. Raises WrongChange: also for a site that is changed twice, and for too many."""
    changes = tuple(read_change(each) for each in written)
    if len(changes) > MOST_CHANGES:
        raise WrongChange(str(changes[MOST_CHANGES]), f"at most {MOST_CHANGES} changes")
    seen: set[str] = set()
    for change in changes:
        if change.key and change.key in seen:
            raise WrongChange(str(change), "one change of each site")
        seen.add(change.key)
    return changes


def _position(written: str, at: str) -> Position:
    lon, lat = map(float, at.split(","))
    try:
        return in_poland(Position(lon, lat))
    except OutsideExtent as error:
        raise WrongChange(written[:80], "a position in Poland, longitude first") from error
