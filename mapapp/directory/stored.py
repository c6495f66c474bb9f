"""The rows of facilities as the database holds them, read in one query per table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from struct import unpack_from
from typing import Any
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, literal, select
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.merged_records import MergedRecords, merged_records, survivors_by_number
from mapapp.directory.records import FacilityRecord
from mapapp.directory.rows import (
    DETAIL_OWNERS,
    SOURCED_TABLES,
    SPECIAL_DAYS,
    KnownIds,
    Row,
    point_text,
    service_number,
    table_of,
)

# under which number a facility of this source and number is stored
EarlierNumbers = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is there, with every column."""

    by_id: Mapping[tuple[str, UUID], Row]  # by table and id
    details_of: Mapping[UUID, Sequence[Row]]  # by organization, location or service
    services_of: Mapping[UUID, Sequence[Row]]  # by organization
    merged: MergedRecords = field(default_factory=MergedRecords)

    def like(self, row: Row) -> Row | None:
        """The stored row that ``row`` would replace; None where it is new."""
        return self.by_id.get((row.table, row.id))


def known_ids(
    session: Session, facilities: Sequence[FacilityRecord], earlier_numbers: EarlierNumbers | None = None
) -> KnownIds:
    """The ids of the records that are there already under the numbers of ``facilities``.

    ``earlier_numbers`` says under which number a facility is stored that its register numbers otherwise now.
    """
    known: dict[tuple[str, str, str], UUID] = {}
    for source in sorted({each.source for each in facilities}):
        ours = [each for each in facilities if each.source == source]
        stored_as = [(each, _as_stored(each, earlier_numbers or {})) for each in ours]
        keyed = {
            "organization": _numbers(stored_as, lambda _: ("",)),
            "location": _numbers(stored_as, lambda each: ("", *(branch.key for branch in each.branches))),
            "service": _numbers(stored_as, lambda each: tuple(service.key for service in each.services)),
        }
        for name in SOURCED_TABLES:
            columns = table_of(name).c
            wanted = literal(list(keyed[name]), ARRAY(Text))
            query = select(columns.source_id, columns.id)
            query = query.where(columns.source == source, columns.source_id == any_(wanted))
            known |= {(name, source, keyed[name][number]): row_id for number, row_id in session.execute(query)}
    return KnownIds(known | survivors_by_number(session, {each.source for each in facilities}))


def _as_stored(facility: FacilityRecord, earlier_numbers: EarlierNumbers) -> str:
    return earlier_numbers.get((facility.source, facility.source_id), facility.source_id)


def _numbers(
    stored_as: Iterable[tuple[FacilityRecord, str]], keys: Callable[[FacilityRecord], tuple[str, ...]]
) -> dict[str, str]:
    """The number of each record as it is stored, with the one that it is to have."""
    return {
        service_number(number, key): service_number(facility.source_id, key)
        for facility, number in stored_as
        for key in keys(facility)
    }


def stored_rows(session: Session, rows: Iterable[Row]) -> Stored:
    """The stored rows of the organizations, locations and services among ``rows``, and of all their details."""
    ids: dict[str, set[UUID]] = {name: set() for name in SOURCED_TABLES}
    for row in rows:
        if row.table in ids:
            ids[row.table].add(row.id)
    found = [
        *read_rows(session, "organization", table_of("organization").c.id, ids["organization"]),
        *read_rows(session, "location", table_of("location").c.id, ids["location"]),
        # all services of these organizations: one that its register no longer names is to end
        *read_rows(session, "service", table_of("service").c.organization_id, ids["organization"]),
    ]
    details: dict[UUID, list[Row]] = {}
    services: dict[UUID, list[Row]] = {}
    for row in found:
        if row.table == "service":
            services.setdefault(row.values["organization_id"], []).append(row)
    for name, column in DETAIL_OWNERS.items():
        for row in read_rows(session, name, table_of(name).c[column], ids[column.removesuffix("_id")]):
            details.setdefault(row.owner, []).append(row)
    offers = [row for rows in details.values() for row in rows if row.table == "service_at_location"]
    for row in read_special_days(session, ids, offers):
        details.setdefault(row.owner, []).append(row)
    merged = merged_records(session, {row.id for row in found})
    return Stored({(row.table, row.id): row for row in found}, details, services, merged)


def stored_record(session: Session, table: str, record: UUID) -> tuple[Row, ...]:
    """One organization, location or service and its details; empty where it is not there."""
    owner = f"{table}_id"
    details = (name for name, column in DETAIL_OWNERS.items() if column == owner)
    found = [*read_rows(session, table, table_of(table).c.id, {record})]
    found += [row for name in details for row in read_rows(session, name, table_of(name).c[owner], {record})]
    offers = [row for row in found if row.table == "service_at_location"]
    return (*found, *read_special_days(session, {table: {record}}, offers))


def as_stored(rows: Sequence[Row]) -> Stored:
    """What is there, where ``rows`` are one record and its details."""
    return Stored({(row.table, row.id): row for row in rows}, {rows[0].id: rows[1:]}, {})


def read_special_days(session: Session, ids: Mapping[str, set[UUID]], offers: Sequence[Row]) -> Iterator[Row]:
    """The special days of organizations, locations and services, by table, and of ``offers`` of services at places."""
    columns = table_of(SPECIAL_DAYS).c
    for name, owners in ids.items():
        for row in read_rows(session, SPECIAL_DAYS, columns[f"{name}_id"], owners):
            yield replace(row, of=row.values[f"{name}_id"])
    given = {offer.id: offer.owner for offer in offers}
    for row in read_rows(session, SPECIAL_DAYS, columns.service_at_location_id, set(given)):
        yield replace(row, of=given[row.values["service_at_location_id"]])


def read_rows(session: Session, name: str, column: ColumnElement[Any], ids: set[UUID]) -> Iterator[Row]:
    """The rows of the table called ``name`` whose ``column`` is one of ``ids``."""
    if not ids:
        return
    query = select(table_of(name)).where(column == any_(literal(list(ids), ARRAY(Uuid))))
    for values in session.execute(query).mappings():
        plain = dict(values)
        if "point" in plain:
            plain["point"] = point_text(_position(plain["point"]))
        yield Row(name, plain["id"], plain)


def _position(point: WKBElement | None) -> Position | None:
    # little-endian EWKB of a point: order, type, srid, then the two doubles
    return Position(*unpack_from("<dd", bytes(point.data), 9)) if point is not None else None
