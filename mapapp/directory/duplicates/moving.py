"""Moving what hangs on one record to another, so that nothing but the record itself is gone. SQL on any table."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from mapapp.directory.duplicates.choices import chosen_details
from mapapp.directory.identity import detail_id
from mapapp.directory.journal import journaled_tables
from mapapp.directory.rows import table_of
from mapapp.directory.tables import RecordAlias, Unit

# what tells a detail from its like, in the order of its id: a register that is loaded again finds it under that id
_DISTINGUISHING: Final[Mapping[str, tuple[str, ...]]] = {
    "phone": ("position",),
    "address": (),
    "accessibility": ("feature",),
    "language": ("code",),
    "service_area": (),
    "organization_identifier": ("identifier_scheme", "identifier"),
}
_MOST_COSTS: Final = 50
# derived, or moved by rules of their own
_LEFT: Final = frozenset({"schedule", "service_at_location", "organization_identifier"})


def row_of(session: Session, table: str, key: UUID) -> dict[str, Any]:
    """Every column of a record, and how many of each chosen detail it has."""
    its = table_of(table)
    values = dict(session.execute(select(its).where(its.c.id == key)).mappings().one())
    for name in chosen_details(table):
        details = table_of(name)
        of = select(func.count()).select_from(details).where(details.c[f"{table}_id"] == key)
        values[name] = session.scalar(of) or None
    return values


def take_details(session: Session, table: str, survivor: UUID, absorbed: UUID, names: Collection[str]) -> None:
    """Put the absorbed record's details of these tables in the place of the survivor's."""
    for name in sorted(chosen_details(table) & set(names)):
        details = table_of(name)
        owner = details.c[f"{table}_id"]
        session.execute(delete(details).where(owner == survivor))
        _give(session, details, owner.name, survivor, absorbed)


def add_identifiers(session: Session, survivor: UUID, absorbed: UUID) -> None:
    """Give the survivor the identifiers that it has not."""
    identifiers = table_of("organization_identifier")
    number = (identifiers.c.identifier_scheme, identifiers.c.identifier)
    has = select(*number).where(identifiers.c.organization_id == survivor)
    known = {tuple(row) for row in session.execute(has)}
    theirs = session.execute(select(identifiers.c.id, *number).where(identifiers.c.organization_id == absorbed)).all()
    twice = [key for key, *its in theirs if tuple(its) in known]
    session.execute(delete(identifiers).where(identifiers.c.id.in_(twice)))
    _give(session, identifiers, "organization_id", survivor, absorbed)


def _give(session: Session, details: Table, owner: str, survivor: UUID, absorbed: UUID) -> None:
    """Give details another owner, under the ids that they would have had with it from the start."""
    columns = [column for column in details.c if column.computed is None]
    rows = session.execute(select(*columns).where(details.c[owner] == absorbed).order_by(details.c.id)).mappings().all()
    new = [dict(row) | {owner: survivor, "id": _id(session, details.name, row, absorbed, survivor)} for row in rows]
    session.execute(delete(details).where(details.c[owner] == absorbed))
    if new:
        session.execute(insert(details), new)


def _id(session: Session, table: str, row: Mapping[Any, Any], absorbed: UUID, survivor: UUID) -> UUID:
    """The id of a detail under its new owner; details that no register gave keep theirs."""
    telling: Sequence[tuple[object, ...]] = [tuple(row[name] for name in _DISTINGUISHING.get(table, ()))]
    if table == "service_capacity":
        unit = session.scalar(select(Unit.name).where(Unit.id == row["unit_id"]))
        part = (row["target"],) if row["target"] else ()
        telling = [(row["kind"], unit, row["as_of"], *part)]
    if table == "cost_option":  # numbered in the register's order, which is not stored
        telling = [(order,) for order in range(_MOST_COSTS)]
    known = (each for each in telling if row["id"] == detail_id(table, absorbed, *each))
    found = next(known, None)
    return UUID(str(row["id"])) if found is None else detail_id(table, survivor, *found)


def move_links(session: Session, table: str, survivor: UUID, absorbed: UUID) -> None:
    """Everything else that names the absorbed record names the survivor: services, programmes, contacts, addresses."""
    for its in journaled_tables():
        if its.name in chosen_details(table) | _LEFT:
            continue
        for foreign in its.foreign_keys:
            if foreign.column.table.name == table:
                _point_to(session, its, foreign, survivor, absorbed)
    attributes = table_of("attribute")
    session.execute(
        update(attributes)
        .where(attributes.c.link_entity == table, attributes.c.link_id == absorbed)
        .values(link_id=survivor)
    )


def _point_to(session: Session, its: Table, foreign: ForeignKey, survivor: UUID, absorbed: UUID) -> None:
    column = foreign.parent
    session.execute(update(its).where(column == absorbed).values({column.name: survivor}))
    if its is foreign.column.table:  # nobody is his own parent or predecessor
        session.execute(update(its).where(its.c.id == survivor, column == survivor).values({column.name: None}))


def remove(
    session: Session, table: str, survivor: UUID, absorbed: Mapping[str, Any], fields: Collection[str] = ()
) -> None:
    """Delete the absorbed record, and remember under its id and number where it went.

    ``fields`` of the survivor follow the absorbed record from now on, or what had gone into that one before.
    """
    its = table_of(table)
    left = set(fields)
    for earlier in session.scalars(select(RecordAlias).where(RecordAlias.survivor_id == survivor)):
        earlier.fields = [name for name in earlier.fields if name not in left]
    for earlier in session.scalars(select(RecordAlias).where(RecordAlias.survivor_id == absorbed["id"])):
        earlier.survivor_id = survivor
        earlier.fields = [name for name in earlier.fields if name in left]
        left -= set(earlier.fields)
    numbers = {name: absorbed.get(name) for name in ("source", "source_id")}
    session.add(RecordAlias(id=absorbed["id"], table_name=table, survivor_id=survivor, fields=sorted(left), **numbers))
    session.flush()
    session.execute(delete(its).where(its.c.id == absorbed["id"]))
