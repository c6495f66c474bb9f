"""Fields that a person wrote against what registers say: three values, the last one of the register being the base."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, delete, literal, select, update
from sqlalchemy.orm import Session

from mapapp.directory.capacity_fields import PLACES, places_id
from mapapp.directory.fields import value_of, with_value
from mapapp.directory.rows import Row, readable
from mapapp.directory.tables import ManualEdit

Choice = Literal["register", "manual"]
# by record and field: whose value is to stand where both are new
Choices = Mapping[tuple[UUID, str], Choice]
_DATES: Final = frozenset({"assured_date"})


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that a person wrote. ``base`` is what its register said then, ``value`` what stands there."""

    table: str
    record: UUID
    field: str
    base: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """A register says something new of a field that a person wrote. All three as text."""

    table: str
    record: UUID
    field: str
    base: str | None
    manual: str | None
    register: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows that keep what people wrote; ``ended`` edits are over, ``moved`` ones have a new base.

    ``dropped`` are rows of history that only an ended edit gave.
    """

    rows: tuple[Row, ...]
    conflicts: tuple[Conflict, ...] = ()
    ended: tuple[Edit, ...] = ()
    moved: tuple[tuple[Edit, Any], ...] = ()
    dropped: frozenset[UUID] = frozenset()


def settle(rows: Sequence[Row], edits: Iterable[Edit], choices: Choices) -> Settled:
    """``rows`` as a register gives them, with the fields that people wrote.

    The register says the base again: the person's value stays. It says what the person wrote: they agree, the edit is
    over. It says something else: that is a conflict, and the person's value stays until a choice is made.
    """
    conflicts: list[Conflict] = []
    ended: list[Edit] = []
    moved: list[tuple[Edit, Any]] = []
    for edit in edits:
        given = value_of(rows, edit.record, edit.field)
        choice = choices.get((edit.record, edit.field))
        differs = given not in (edit.base, edit.value)
        if given == edit.value or (differs and choice == "register"):
            ended.append(edit)
            continue
        if differs and choice == "manual":
            moved.append((edit, given))
        elif differs:
            texts = map(readable, (edit.base, edit.value, given))
            conflicts.append(Conflict(edit.table, edit.record, edit.field, *texts))
        rows = with_value(rows, edit.record, edit.field, as_column(edit.field, edit.value))
    dropped = {key for edit in ended if (key := written_row(edit))} - {row.id for row in rows}
    return Settled(tuple(rows), tuple(conflicts), tuple(ended), tuple(moved), frozenset(dropped))


def written_row(edit: Edit) -> UUID | None:
    """The row of history in which a number that a person wrote stands; None for all other fields."""
    is_number = edit.field.startswith(PLACES) and edit.value is not None
    return places_id(edit.record, edit.field, edit.value) if is_number else None


def as_column(field: str, value: Any) -> Any:
    """A value from JSON as its column takes it."""
    return date.fromisoformat(value) if field in _DATES and value else value


def edits_of(session: Session, records: Collection[UUID]) -> dict[UUID, list[Edit]]:
    """What people wrote in ``records``, by record, each in the order of the fields."""
    query = (
        select(ManualEdit.table_name, ManualEdit.record, ManualEdit.field, ManualEdit.base, ManualEdit.value)
        .where(ManualEdit.record == any_(literal(list(records), ARRAY(Uuid))))
        .order_by(ManualEdit.record, ManualEdit.field)
    )
    found: dict[UUID, list[Edit]] = {}
    for row in session.execute(query) if records else ():
        found.setdefault(row.record, []).append(Edit(*row))
    return found


def note_settled(session: Session, settled: Iterable[Settled]) -> None:
    """Forget edits that are over, and keep the new base of those that stay."""
    for each in settled:
        for edit in each.ended:
            session.execute(delete(ManualEdit).where(*_is(edit)))
        for edit, base in each.moved:
            session.execute(update(ManualEdit).where(*_is(edit)).values(base=base))


def _is(edit: Edit) -> tuple[Any, ...]:
    return ManualEdit.record == edit.record, ManualEdit.field == edit.field
