"""What a unit of a staged file would change, and what may be decided about it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

from mapapp.directory.incoming import Comparison
from mapapp.directory.manual import Choice
from mapapp.directory.records import FacilityRecord

Action = Literal["added", "changed", "unchanged", "gone", "conflict", "doubtful"]
Decision = Literal["take", "leave", "keep", "end", "register", "manual", "same", "new"]

# what may be decided, the default first; a conflict and a doubtful match have none
DECISIONS: Final[Mapping[Action, tuple[Decision, ...]]] = {
    "added": ("take", "leave"),
    "changed": ("take", "leave"),
    "unchanged": (),
    "gone": ("keep", "end"),
    "conflict": ("register", "manual", "leave"),
    "doubtful": ("same", "new", "leave"),
}
DEFAULTS: Final[Mapping[Action, Decision]] = {"added": "take", "changed": "take", "gone": "keep"}
_ORIGIN: Final = frozenset({"source_id", "source_date", "is_sample"})
ORDER: Final[tuple[Action, ...]] = ("conflict", "doubtful", "added", "changed", "gone", "unchanged")


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that applying would change, as text.

    In a conflict ``before`` is what a person wrote, ``after`` what the register says now, ``base`` what it said before.
    """

    table: str
    record: str
    field: str
    before: str | None
    after: str | None
    is_conflict: bool = False
    base: str | None = None

    @property
    def key(self) -> str:
        """The field among all those of a unit, for choices."""
        return f"{self.record}/{self.field}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit that an import adds (no field), or a field that it changes."""

    name: str
    field: str | None = None
    before: str | None = None
    after: str | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """One unit. ``line`` and ``facility`` are absent where the file no longer names it; ``id`` before it is stored."""

    source: str
    source_id: str
    name: str
    action: Action
    content_hash: str
    sheet: str = ""
    line: int | None = None
    facility: FacilityRecord | None = None
    target: UUID | None = None
    target_version: int = 0
    earlier_number: str | None = None
    match_score: float | None = None  # how likely the unit of the earlier number is this one
    differences: tuple[FieldDifference, ...] = ()
    is_older: bool = False  # than what the directory holds: only past numbers of places are added
    is_stale: bool = False
    decision: Decision | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)  # of single fields in conflict
    id: int | None = None

    @property
    def number(self) -> tuple[str, str]:
        """Its register and its number there."""
        return self.source, self.source_id

    @property
    def waits(self) -> bool:
        """Whether nothing can be applied before a person decides about it."""
        needs_one = self.is_stale or self.action in {"conflict", "doubtful"}
        return needs_one and self.decision is None

    @property
    def effective(self) -> Decision | None:
        """The decision, or what is done where nobody took one."""
        return self.decision or DEFAULTS.get(self.action)

    @property
    def is_dated_only(self) -> bool:
        """Whether nothing but the day of the register's content changes."""
        return self.action == "changed" and {each.field for each in self.differences} == {"source_date"}

    @property
    def conflicts(self) -> tuple[FieldDifference, ...]:
        """The fields in which a person and the register say something new."""
        return tuple(each for each in self.differences if each.is_conflict)

    def chosen(self, change: FieldDifference) -> Choice | None:
        """Whose value is to stand in a field in conflict; None where nobody said."""
        whole: Choice | None = "register" if self.decision == "register" else None
        return self.choices.get(change.key, "manual" if self.decision == "manual" else whole)

    def is_like(self, other: "Staged") -> bool:
        """Whether both would change the same records in the same way."""
        return (self.action, self.target, self.target_version, self.earlier_number, self.differences) == (
            other.action,
            other.target,
            other.target_version,
            other.earlier_number,
            other.differences,
        )

    def as_json(self) -> dict[str, Any]:
        """The unit without its content, for programs."""
        told = asdict(replace(self, facility=None))
        del told["facility"]
        return told | {"target": str(self.target) if self.target else None, "waits": self.waits}


def content_of(facility: FacilityRecord) -> dict[str, Any]:
    """A facility as it is stored while it waits."""
    return facility.model_dump(mode="json")


def hash_of(*parts: object) -> str:
    """SHA-256 of values that JSON can hold."""
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def field_differences(comparison: Comparison) -> tuple[FieldDifference, ...]:
    """The changed fields of one facility, in a total order."""
    whole = {each.field_name for each in comparison.changes if each.table == "organization"} & _ORIGIN
    found = (
        FieldDifference(each.table, str(each.record), each.field_name, each.before, each.after)
        for each in comparison.changes
        # said once of the unit, not of each of its services again
        if each.table == "organization" or each.field_name not in whole
    )
    conflicts = (
        FieldDifference(each.table, str(each.record), each.field, each.manual, each.register, True, each.base)
        for each in comparison.conflicts
    )
    return tuple(sorted((*found, *conflicts), key=lambda each: (each.table, each.field, each.record)))


def flat_differences(records: Iterable[Staged]) -> tuple[Difference, ...]:
    """What ``records`` add and change: additions first, each by name and field."""
    found = [
        *(Difference(each.name) for each in records if each.action == "added"),
        *(
            Difference(each.name, change.field, change.before, change.after, change.table)
            for each in records
            for change in each.differences
        ),
    ]
    return tuple(sorted(found, key=lambda each: (each.field or "", each.name, each.before or "", each.after or "")))
