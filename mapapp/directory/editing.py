"""A person's changes of one record: checked like a register's, written down, and kept against later imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.capacity_fields import EXPECTED, PLACES, unit_of
from mapapp.directory.changes import Changes, FieldChange
from mapapp.directory.commands import save_units, write_changes
from mapapp.directory.editable import EDITABLE, WrongFieldError, checked, read_field
from mapapp.directory.fields import ADDRESS_FIELDS, known_fields, plain, value_of, with_value
from mapapp.directory.listing import refresh_listings
from mapapp.directory.manual import Edit, edits_of, written_row
from mapapp.directory.rows import SOURCED_TABLES, Row, point_text, table_of
from mapapp.directory.stored import as_stored, stored_record
from mapapp.directory.tables import ManualEdit
from mapapp.directory.vocabulary import Vocabularies


class UnknownRecordError(LookupError):
    """No organization, location or service has this id."""


class ChangedMeanwhileError(RuntimeError):
    """The record is not the version that a person looked at."""


@dataclass(frozen=True, slots=True)
class EditableRecord:
    """A record as a person edits it. ``edits`` are the fields that people wrote, with what the register said."""

    table: str
    id: UUID
    version: int
    values: Mapping[str, Any]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit changed; nothing where the record said so already."""

    version: int
    changes: tuple[FieldChange, ...]


def editable_record(session: Session, record: UUID) -> EditableRecord:
    """The record of this id. Raises UnknownRecordError."""
    table, version = _found(session, record)
    rows = stored_record(session, table, record)
    values = {field: value_of(rows, record, field) for field in (*EDITABLE[table], *known_fields(rows, record))}
    return EditableRecord(table, record, version, values, tuple(edits_of(session, [record]).get(record, ())))


def edit_record(
    session: Session,
    record: UUID,
    written: Mapping[str, str],
    vocabularies: Vocabularies,
    *,
    by: str,
    version: int | None = None,
) -> Edited:
    """Write fields of a record, given as text: all of them, or none. Publishes what changed.

    ``version`` is the one that the person looked at. A value that the register gave itself ends the edit.
    Raises UnknownRecordError, ChangedMeanwhileError, WrongFieldError.
    """
    table, found = _found(session, record)
    if version is not None and version != found:
        raise ChangedMeanwhileError(f"{table} {record} has version {found}, expected {version}: look at it again")
    before = stored_record(session, table, record)
    columns = _columns(table, before, record, written, vocabularies)
    numbers = {field: value for field, value in columns.items() if field.startswith(PLACES)}
    taken_back = _taken_back(session, record, [field for field, value in numbers.items() if value is None])
    _refuse_earlier(before, record, written, numbers)
    columns |= {edit.field: edit.base for edit in taken_back}
    save_units(session, {unit_of(field) for field in numbers})
    dropped = {key for edit in taken_back if (key := written_row(edit))}
    kept = (row for row in before[1:] if row.id not in dropped)
    # its source is that of its numbers
    rows: tuple[Row, ...] = (Row(table, record, {"source": before[0].values["source"]}), *kept)
    for field, value in columns.items():
        rows = with_value(rows, record, field, value)
    changes = Changes()
    changes.write(rows, as_stored(before), dropped)
    if not changes.log:
        return Edited(found, ())
    write_changes(session, changes, by)
    for field, value in columns.items():
        keep_edit(session, Edit(table, record, field, value_of(before, record, field), plain(value)), by)
    refresh_listings(session, _services(session, record))
    return Edited(found + 1, tuple(changes.log))


def _found(session: Session, record: UUID) -> tuple[str, int]:
    """The table of a record and its version; the record is locked."""
    for name in SOURCED_TABLES:
        columns = table_of(name).c
        version = session.scalar(select(columns.version).where(columns.id == record).with_for_update())
        if version is not None:
            return name, version
    raise UnknownRecordError(f"no organization, location or service has the id {record}")


def _columns(
    table: str, rows: Sequence[Row], record: UUID, written: Mapping[str, str], vocabularies: Vocabularies
) -> dict[str, Any]:
    """The columns that ``written`` sets, with those that follow from them."""
    given = {field: read_field(table, field, value, vocabularies) for field, value in written.items()}
    address = next((row.values for row in rows if row.table == "address"), None)
    if address is None and given.keys() & ADDRESS_FIELDS:
        field = min(given.keys() & ADDRESS_FIELDS)
        raise WrongFieldError(field, written[field], "expected a location that has an address")
    present = {field: value_of(rows, record, field) for field in EDITABLE[table] if field != "point"}
    if address:
        present["state_province"] = address["state_province"]
    columns = {field: _column(value) for field, value in checked(table, present | given, written).items()}
    if "point" in columns:
        columns["geometry_quality"] = "manual" if columns["point"] else None
    if table == "location" and "opening_hours" in columns:
        # what was read from the register's text is no matter any more
        columns |= {"opening_hours_status": "understood", "opening_hours_notes": []}
    return columns


def _taken_back(session: Session, record: UUID, fields: Sequence[str]) -> list[Edit]:
    """What a person wrote in these numbers. Raises WrongFieldError where nobody did: history is not emptied."""
    known = {each.field: each for each in edits_of(session, [record]).get(record, ())} if fields else {}
    for field in fields:
        if field not in known:
            raise WrongFieldError(
                field, "", f"{EXPECTED}; empty takes back a number written by hand, and there is none"
            )
    return [known[field] for field in fields]


def _refuse_earlier(
    rows: Sequence[Row], record: UUID, written: Mapping[str, str], numbers: Mapping[str, Mapping[str, Any] | None]
) -> None:
    """Raise WrongFieldError where a number is of a day before the last one known."""
    for field, value in numbers.items():
        last = value_of(rows, record, field)
        if value and last and value["as_of"] < last["as_of"]:
            raise WrongFieldError(field, written[field], f"expected a day from {last['as_of']}, the last one known")


def _column(value: Any) -> Any:
    if isinstance(value, Position):
        return point_text(value)
    if isinstance(value, tuple):
        return [each if isinstance(each, str) else each.model_dump() for each in value]
    return value


def keep_edit(session: Session, edit: Edit, by: str) -> None:
    """Remember what a person wrote. The base stays that of the first edit: what the register said last."""
    known = {each.field: each.base for each in edits_of(session, [edit.record]).get(edit.record, ())}
    base = known.get(edit.field, edit.base)
    if base == edit.value:
        session.execute(delete(ManualEdit).where(ManualEdit.record == edit.record, ManualEdit.field == edit.field))
        return
    values = {"table_name": edit.table, "record": edit.record, "field": edit.field, "base": base}
    new = {"value": edit.value, "edited_by": by, "edited_at": func.now()}
    statement = insert(ManualEdit).values(values | new)
    session.execute(statement.on_conflict_do_update(index_elements=["record", "field"], set_=new))


def _services(session: Session, record: UUID) -> list[UUID]:
    """The services whose listings show a record."""
    query = """
        SELECT id FROM service WHERE id = :record OR organization_id = :record
        UNION SELECT service_id FROM service_at_location WHERE location_id = :record
        ORDER BY 1
    """
    return list(session.scalars(text(query), {"record": record}))
