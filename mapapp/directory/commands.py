"""Changes of the directory. Each function works inside the caller's transaction: all of it, or nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from mapapp.directory import tables
from mapapp.directory.changes import RETIRED, Changes, FieldChange
from mapapp.directory.incoming import incoming_rows
from mapapp.directory.listing import refresh_listings
from mapapp.directory.manual import Choices, note_settled
from mapapp.directory.records import FacilityRecord
from mapapp.directory.rows import DETAIL_OWNERS, SOURCED_TABLES, SPECIAL_DAYS, Row, table_of, unit_id
from mapapp.directory.sources import SourceRegister, note_loading, save_registers
from mapapp.directory.stored import EarlierNumbers
from mapapp.directory.vocabulary_tables import save_vocabularies

__all__ = [
    "DuplicateFacilityError",
    "SaveReport",
    "compute_gminas",
    "save_facilities",
    "save_units",
    "save_vocabularies",
    "write_changes",
    "write_log",
]


class DuplicateFacilityError(ValueError):
    """Two facilities of one call claim the same number of the same register."""


@dataclass(frozen=True, slots=True)
class SaveReport:
    """What saving did, in facilities; retired samples in services."""

    created: int
    updated: int
    unchanged: int
    retired_samples: int


def save_facilities(
    session: Session,
    facilities: Iterable[FacilityRecord],
    *,
    retire_samples: bool = True,
    registers: Iterable[SourceRegister] = (),
    changed_by: str = "import",
    earlier_numbers: EarlierNumbers | None = None,
    choices: Choices | None = None,
) -> SaveReport:
    """Bring the directory to what ``facilities`` say, and publish what changed.

    A facility is known by its register's number; one that stays the same is not touched at all. Real services of a
    type end the sample services of that type. ``registers`` describes sources that may be new; ``earlier_numbers``
    says under which number a facility is stored that got another one. What a person wrote stays where the register
    says what it said before; where both are new ``choices`` tells whose value is to stand, without it the person's.
    Raises DuplicateFacilityError, and UnknownSourceError where a facility names a register nobody described.
    """
    given = list(facilities)
    _refuse_duplicates(given)
    save_registers(session, registers)
    note_loading(session, {each.source for each in given})
    incoming = incoming_rows(session, given, earlier_numbers, choices)
    changes = Changes()
    for facility, settled in zip(given, incoming.settled, strict=True):
        changes.add(facility, settled.rows, incoming.stored, settled.dropped)
    note_settled(session, incoming.settled)
    save_units(session, {c.unit for each in given for service in each.services for c in service.capacities})
    write_changes(session, changes, changed_by)
    retired = _retire_samples(session) if retire_samples else set()
    publish = sorted(changes.services | retired)
    if publish:
        refresh_listings(session, publish)
    return SaveReport(changes.created, changes.updated, changes.unchanged, len(retired))


def _refuse_duplicates(facilities: Sequence[FacilityRecord]) -> None:
    counted = Counter((each.source, each.source_id) for each in facilities)
    twice = sorted(number for number, count in counted.items() if count > 1)
    if twice:
        raise DuplicateFacilityError(f"the same register number is given twice: {twice[:5]}")


def save_units(session: Session, codes: Collection[str]) -> None:
    """Make sure that there are the units in which numbers of places are."""
    if codes:
        rows = [{"id": unit_id(code), "name": code} for code in sorted(codes)]
        session.execute(upsert(tables.Unit).values(rows).on_conflict_do_nothing())


def write_changes(session: Session, changes: Changes, changed_by: str) -> None:
    """Write ``changes`` and note each changed field; publishing them is the caller's."""
    details = (*DETAIL_OWNERS, SPECIAL_DAYS)
    for name in details:
        gone = [row.id for row in changes.deletes if row.table == name]
        if gone:
            table = table_of(name)
            session.execute(table.delete().where(table.c.id == any_(literal(gone, ARRAY(Uuid)))))
    for name in (*SOURCED_TABLES, *details):
        _insert(session, name, [row for row in changes.inserts if row.table == name])
        _update(session, name, [row for row in changes.updates if row.table == name])
    written = [row.id for row in (*changes.inserts, *changes.updates) if row.table == "location"]
    if written:
        compute_gminas(session, written)
    write_log(session, changes.log, changed_by)


def _insert(session: Session, name: str, rows: Sequence[Row]) -> None:
    if rows:
        session.execute(insert(table_of(name)), [{"id": row.id, **row.values} for row in rows])


def _update(session: Session, name: str, rows: Sequence[Row]) -> None:
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row.values), []).append({"its_id": row.id, **row.values})
    table = table_of(name)
    for columns, values in by_columns.items():
        new: dict[str, Any] = {column: bindparam(column) for column in columns}
        history = {"version": table.c.version + 1, "last_modified": func.now()}
        session.connection().execute(
            table.update().where(table.c.id == bindparam("its_id")).values(new | history), values
        )


def compute_gminas(session: Session, locations: Collection[UUID]) -> None:
    """Note in which gmina each of ``locations`` lies."""
    # a point on a shared border lies in both gminas: the lower code, so that it is always the same one
    session.execute(
        text(
            """
            UPDATE location SET computed_gmina_teryt = (
                SELECT min(gmina.teryt) FROM gmina
                WHERE gmina.valid_to IS NULL AND ST_Covers(gmina.geom, location.point_metric)
            ) WHERE location.id = ANY(:locations)
            """
        ),
        {"locations": list(locations)},
    )


def write_log(session: Session, changes: Sequence[FieldChange], changed_by: str) -> None:
    """Note who changed what in the records of ``changes``."""
    batch = uuid4()
    rows = [
        {
            "resource_id": change.record,
            "resource_type": change.table,
            "last_action_type": "update",
            "field_name": change.field_name,
            "previous_value": change.before,
            "replacement_value": change.after,
            "updated_by": changed_by,
            "import_batch": batch,
        }
        for change in changes
    ]
    if rows:
        session.execute(insert(tables.Metadata), rows)


def _retire_samples(session: Session) -> set[UUID]:
    """End the sample services of every type that has a real one; their ids."""
    service = tables.Service
    real = select(service.facility_type).where(~service.is_sample, service.status == "active")
    statement = (
        update(service)
        .where(service.is_sample, service.status != "defunct", service.facility_type.in_(real))
        .values(status="defunct", status_reason=RETIRED, version=service.version + 1, last_modified=func.now())
        .returning(service.id)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(statement))
