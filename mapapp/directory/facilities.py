"""Stored facilities as the records they were saved from: what was saved can be taken out and saved again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.fields import costs_in_order
from mapapp.directory.records import (
    AccessibilityRecord,
    AddressRecord,
    BranchRecord,
    CapacityRecord,
    Checked,
    CostRecord,
    FacilityRecord,
    IdentifierRecord,
    LocationRecord,
    PhoneRecord,
    ServiceRecord,
    SpecialDaysOf,
)
from mapapp.directory.rows import DETAIL_OWNERS, SPECIAL_DAYS, Row, table_of
from mapapp.directory.sources import SourceRegister
from mapapp.directory.special_rows import days_in
from mapapp.directory.stored import read_rows, read_special_days
from mapapp.directory.visibility import shows_place

Of = TypeVar("Of", bound=Checked)
AT_ONCE: Final = 500
_OF_THE_GIVER: Final = (
    *("source", "source_id", "source_date", "is_sample", "visibility"),
    *("alternate_name", "sector", "email", "website", "epuap", "edoreczenia"),
)
_POINT: Final = re.compile(r"SRID=4326;POINT\((\S+) (\S+)\)")
# every place of a public service is public too: a facility's services are given at all of its places
_PUBLIC: Final = f"""
    SELECT service.id FROM service
    WHERE EXISTS (SELECT FROM listing WHERE listing.service_id = service.id)
        AND NOT EXISTS (
            SELECT FROM listing WHERE listing.service_id = service.id AND NOT ({shows_place("listing.visibility")})
        )
        AND NOT EXISTS (
            SELECT FROM service_at_location AS offer WHERE offer.service_id = service.id AND NOT EXISTS (
                SELECT FROM listing
                WHERE (listing.service_id, listing.location_id) = (offer.service_id, offer.location_id)
            )
        )
"""
_ORGANIZATIONS: Final = text(f"""
    SELECT DISTINCT giver.source, giver.source_id, giver.id FROM organization AS giver
    JOIN service ON service.organization_id = giver.id
    WHERE :everything OR service.id IN ({_PUBLIC})
    ORDER BY giver.source, giver.source_id, giver.id
""")
_PUBLIC_OF: Final = text(f"{_PUBLIC} AND service.organization_id = ANY (:organizations) ORDER BY service.id")
_REGISTERS: Final = text("""
    SELECT code, title, publisher, licence, url, is_sample FROM source_register
    WHERE :all OR code = ANY (:codes) ORDER BY code
""").bindparams(bindparam("codes", type_=ARRAY(Text)))


class NotCarriedError(ValueError):
    """A stored facility that the records cannot tell whole."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A facility; or, for one that cannot be told whole, its ``name`` and why."""

    name: str
    facility: FacilityRecord | None
    reason: str = ""


def facility_ids(session: Session, *, everything: bool) -> tuple[UUID, ...]:
    """The organizations to be taken out, by register and number: all of them, or those with public services."""
    return tuple(row.id for row in session.execute(_ORGANIZATIONS, {"everything": everything}))


def taken_out(session: Session, organizations: Sequence[UUID], *, everything: bool) -> Iterator[TakenOut]:
    """The facilities of ``organizations`` in their order; without ``everything`` what is public of them."""
    for start in range(0, len(organizations), AT_ONCE):
        ids = organizations[start : start + AT_ONCE]
        rows = _Rows.read(session, set(ids))
        shown = None if everything else set(session.scalars(_PUBLIC_OF, {"organizations": list(ids)}))
        for each in ids:
            yield _taken_out(rows, each, shown)


def registers_described(session: Session, codes: Sequence[str] | None = None) -> dict[str, SourceRegister]:
    """The registers as the database describes them, by code."""
    rows = session.execute(_REGISTERS, {"all": codes is None, "codes": list(codes or ())})
    return {row.code: SourceRegister(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of some organizations."""

    organizations: Mapping[UUID, Row]
    services: Mapping[UUID, Sequence[Row]]  # by organization
    locations: Mapping[UUID, Row]
    details: Mapping[tuple[str, UUID], Sequence[Row]]  # by table and owner
    units: Mapping[UUID, str]

    @classmethod
    def read(cls, session: Session, ids: set[UUID]) -> Self:
        givers = {row.id: row for row in read_rows(session, "organization", table_of("organization").c.id, ids)}
        services: dict[UUID, list[Row]] = {}
        for row in read_rows(session, "service", table_of("service").c.organization_id, ids):
            services.setdefault(row.values["organization_id"], []).append(row)
        service_ids = {row.id for each in services.values() for row in each}
        details: dict[tuple[str, UUID], list[Row]] = {}

        def add(owner: str, owners: set[UUID]) -> None:
            for name in (name for name, column in DETAIL_OWNERS.items() if column == owner):
                for row in read_rows(session, name, table_of(name).c[owner], owners):
                    details.setdefault((name, row.owner), []).append(row)

        add("organization_id", ids)
        add("service_id", service_ids)
        offers = [row for (name, _), rows in details.items() if name == "service_at_location" for row in rows]
        places = {row.values["location_id"] for row in offers}
        add("location_id", places)
        owners = {"organization": ids, "location": places, "service": service_ids}
        for row in read_special_days(session, owners, offers):
            details.setdefault((SPECIAL_DAYS, row.owner), []).append(row)
        locations = {row.id: row for row in read_rows(session, "location", table_of("location").c.id, places)}
        units = {row.id: row.name for row in session.execute(text("SELECT id, name FROM unit"))}
        return cls(givers, services, locations, details, units)

    def of(self, table: str, owner: UUID) -> Sequence[Row]:
        """The details of one record."""
        return self.details.get((table, owner), ())


def _taken_out(rows: _Rows, organization: UUID, shown: set[UUID] | None) -> TakenOut:
    name = rows.organizations[organization].values["name"]
    try:
        return TakenOut(name, _Reading(rows, shown).facility(rows.organizations[organization]))
    except NotCarriedError as error:
        return TakenOut(name, None, str(error))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return TakenOut(name, None, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows turned into records; ``shown`` are the public services, None for all."""

    rows: _Rows
    shown: set[UUID] | None

    def facility(self, giver: Row) -> FacilityRecord:
        services = [
            row
            for row in sorted(self.rows.services[giver.id], key=lambda row: row.values["source_id"])
            if self.shown is None or row.id in self.shown
        ]
        offers = self._offers(services)
        number = giver.values["source_id"]
        places = sorted((self.rows.locations[each] for each in offers), key=lambda row: row.values["source_id"])
        main = next((row for row in places if row.values["source_id"] == number), None)
        branches = [row for row in places if row is not main]
        return FacilityRecord(
            **_same(giver, _OF_THE_GIVER),
            organization_name=giver.values["name"],
            phones=tuple(_record(row, PhoneRecord) for row in self._shown("phone", giver, "position")),
            identifiers=tuple(self._identifiers(giver)),
            location=self._location(main) if main else None,
            main_places=offers[main.id] if main and branches else None,
            branches=tuple(
                BranchRecord(key=_key(row, number), location=self._location(row), places=offers[row.id])
                for row in branches
            ),
            services=tuple(self._service(row, number) for row in services),
            special_days=tuple(self._special_days(giver, places, services)),
        )

    def _special_days(self, giver: Row, places: Sequence[Row], services: Sequence[Row]) -> Iterator[SpecialDaysOf]:
        number = giver.values["source_id"]
        keys = {row.id: _key(row, number) for row in (giver, *places, *services)}
        at = {offer.id: keys[offer.values["location_id"]] for row in services for offer in self._offers_of(row)}
        for owner in (giver, *places, *services):
            key = keys[owner.id]
            for row in self._shown(SPECIAL_DAYS, owner, "day", "last_day", "id"):
                days = days_in(row.values)
                if (offer := row.values["service_at_location_id"]) is not None:
                    yield SpecialDaysOf(owner="service_at_location", branch=at[offer], service=key, days=days)
                elif owner.table == "location":
                    yield SpecialDaysOf(owner="location", branch=key, days=days)
                else:
                    yield SpecialDaysOf(owner=owner.table, service=key, days=days)

    def _offers_of(self, service: Row) -> Sequence[Row]:
        return self.rows.of("service_at_location", service.id)

    def _offers(self, services: Sequence[Row]) -> dict[UUID, int | None]:
        """The share of each place; every service has to be given at all of them."""
        per_service = [
            {row.values["location_id"]: row.values["capacity_share"] for row in self._offers_of(each)}
            for each in services
        ]
        if any(each != per_service[0] for each in per_service):
            raise NotCarriedError("services of one facility are given at different places")
        return per_service[0]

    def _shown(self, table: str, owner: Row, *order: str) -> list[Row]:
        """Details that may be told. A hidden one is left out in public; for staff it cannot be told as hidden."""
        rows = self.rows.of(table, owner.id)
        hidden = [row for row in rows if row.values["visibility"] != "public"]
        if hidden and self.shown is None:
            raise NotCarriedError(f"{table} is hidden by itself, which the file could not say")
        return sorted(
            (row for row in rows if row not in hidden),
            key=lambda row: [(row.values[each] is not None, row.values[each]) for each in order],
        )

    def _identifiers(self, giver: Row) -> Iterator[IdentifierRecord]:
        for row in self._shown("organization_identifier", giver, "identifier_scheme", "identifier"):
            yield IdentifierRecord(scheme=row.values["identifier_scheme"], identifier=row.values["identifier"])

    def _location(self, row: Row) -> LocationRecord:
        addresses = self._shown("address", row, "id")
        if len(addresses) > 1:
            raise NotCarriedError("a place has several addresses")
        access = (_record(each, AccessibilityRecord) for each in self._shown("accessibility", row, "feature"))
        found = _POINT.fullmatch(row.values["point"]) if row.values["point"] else None
        names = LocationRecord.model_fields.keys() - {"position", "address", "accessibility"}
        return LocationRecord(
            **{name: row.values[name] for name in names},
            position=Position(float(found[1]), float(found[2])) if found else None,
            address=_record(addresses[0], AddressRecord) if addresses else None,
            accessibility=tuple(access),
        )

    def _service(self, row: Row, number: str) -> ServiceRecord:
        areas = self._shown("service_area", row, "id")
        if len(areas) > 1:
            raise NotCarriedError("a service has several areas")
        lists = {"languages", "service_area", "costs", "capacities", "key"}
        return ServiceRecord(
            **{name: row.values[name] for name in ServiceRecord.model_fields.keys() - lists},
            key=_key(row, number),
            languages=tuple(each.values["code"] for each in self._shown("language", row, "code")),
            service_area=tuple(areas[0].values["teryt"]) if areas else (),
            costs=tuple(_record(each, CostRecord) for each in costs_in_order(self._shown("cost_option", row), row.id)),
            capacities=tuple(self._capacities(row)),
        )

    def _capacities(self, service: Row) -> Iterator[CapacityRecord]:
        for row in self._shown("service_capacity", service, "as_of", "kind", "target", "unit_id"):
            yield _record(row, CapacityRecord, unit=self.rows.units[row.values["unit_id"]])


def _same(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row.values[name] for name in names}


def _record(row: Row, record: type[Of], **own: Any) -> Of:
    names = record.model_fields.keys() - own.keys()
    return record(**{name: row.values[name] for name in names}, **own)


def _key(row: Row, number: str) -> str:
    """What tells a place or service from the others of its facility; empty for the main place."""
    return "" if row.values["source_id"] == number else str(row.values["source_id"]).removeprefix(f"{number}#")
