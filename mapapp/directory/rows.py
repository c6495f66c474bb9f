"""A facility as the rows of the tables that hold it. Pure: the same facility gives the same rows, ids included."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from geo.crs import Position
from mapapp.database import Base
from mapapp.directory.identity import detail_id, record_id
from mapapp.directory.records import FacilityRecord, LocationRecord, ServiceRecord, SpecialDaysRecord

# Parents before children; a column names the owner whose version a changed detail raises.
SOURCED_TABLES = ("organization", "location", "service")
DETAIL_OWNERS: Mapping[str, str] = {
    "organization_identifier": "organization_id",
    "phone": "organization_id",
    "address": "location_id",
    "accessibility": "location_id",
    "service_at_location": "service_id",
    "service_area": "service_id",
    "cost_option": "service_id",
    "service_capacity": "service_id",
    "language": "service_id",
}
# its owner is one of four kinds, among them a service at a location
SPECIAL_DAYS = "schedule_exception"
SPECIAL_DAYS_OWNERS = ("organization_id", "location_id", "service_id", "service_at_location_id")


def table_of(name: str) -> Table:
    """The table called ``name``."""
    return Base.metadata.tables[name]


@dataclass(frozen=True, slots=True)
class Row:
    """One row to be: every column that an import may set. ``of`` is its owner where no one column tells it."""

    table: str
    id: UUID
    values: Mapping[str, Any] = field(repr=False)
    of: UUID | None = None

    @property
    def owner(self) -> UUID:
        """The organization, location or service that this row is or belongs to."""
        column = DETAIL_OWNERS.get(self.table)
        return self.of or (self.values[column] if column else self.id)


@dataclass(frozen=True, slots=True)
class KnownIds:
    """Ids that records already have, by table, source and source_id; all others follow from the register's number."""

    by_number: Mapping[tuple[str, str, str], UUID]

    def of(self, table: str, facility: FacilityRecord, key: str = "") -> UUID:
        """The id of a record of ``facility``."""
        known = self.by_number.get((table, facility.source, service_number(facility.source_id, key)))
        return known or record_id(table, facility.source, facility.source_id, key)


def service_number(number: str, key: str) -> str:
    """``source_id`` of a service or a branch of the facility ``number``; without a key that number itself."""
    return f"{number}#{key}" if key else number


def unit_id(code: str) -> UUID:
    """The id of a unit of capacity, such as places."""
    return record_id("unit", "vocabulary", code)


def facility_rows(facility: FacilityRecord, known: KnownIds) -> tuple[Row, ...]:
    """Every row of ``facility``, owners before what they own."""
    organization = known.of("organization", facility)
    rows = [_organization(facility, organization), *_organization_details(facility, organization)]
    offers = tuple(_offers(facility, known))
    for key, place, row_id in _places(facility, known):
        rows += [_location(facility, key, place, row_id), *_location_details(place, row_id)]
    for service in facility.services:
        service_id = known.of("service", facility, service.key)
        rows.append(_service(facility, service, service_id, organization))
        rows += _service_details(service, service_id, offers, facility.source)
    return (*rows, *_special_days(facility, known))


def _places(facility: FacilityRecord, known: KnownIds) -> Iterator[tuple[str, LocationRecord, UUID]]:
    if facility.location:
        yield "", facility.location, known.of("location", facility)
    for each in facility.branches:
        yield each.key, each.location, known.of("location", facility, each.key)


def _offers(facility: FacilityRecord, known: KnownIds) -> Iterator[dict[str, Any]]:
    """What ``service_at_location`` says of each place; a single place has no share and is no branch."""
    shares = {each.key: each.places for each in facility.branches}
    for key, _, row_id in _places(facility, known):
        branch = ("branch" if key else "main") if facility.branches else None
        share = shares.get(key, facility.main_places) if facility.branches else None
        yield {"location_id": row_id, "branch": branch, "capacity_share": share}


def point_text(position: Position | None) -> str | None:
    """``position`` as PostGIS reads it, exact to the last bit."""
    return f"SRID=4326;POINT({position.lon!r} {position.lat!r})" if position else None


def readable(values: object) -> str | None:
    """A value for the change log: text as it is, lists and numbers as JSON."""
    if values is None or isinstance(values, str):
        return values
    return json.dumps(values, ensure_ascii=False, default=str)


def _origin(facility: FacilityRecord, key: str = "") -> dict[str, Any]:
    return {
        "source": facility.source,
        "source_id": service_number(facility.source_id, key),
        "source_date": facility.source_date,
        "is_sample": facility.is_sample,
    }


def _organization(facility: FacilityRecord, row_id: UUID) -> Row:
    values = _origin(facility) | {
        "name": facility.organization_name,
        "alternate_name": facility.alternate_name,
        "sector": facility.sector,
        "email": facility.email,
        "website": facility.website,
        "epuap": facility.epuap,
        "edoreczenia": facility.edoreczenia,
        "visibility": facility.visibility,
    }
    return Row("organization", row_id, values)


def _organization_details(facility: FacilityRecord, owner: UUID) -> Iterator[Row]:
    for order, phone in enumerate(facility.phones):
        yield _detail("phone", owner, (order,), phone.model_dump() | {"position": order})
    for each in facility.identifiers:
        values = {"identifier_scheme": each.scheme, "identifier_type": each.scheme, "identifier": each.identifier}
        yield _detail("organization_identifier", owner, (each.scheme, each.identifier), values)


def _location(facility: FacilityRecord, key: str, location: LocationRecord, row_id: UUID) -> Row:
    same = location.model_dump(exclude={"position", "address", "accessibility", "opening_hours_notes"})
    own = {
        "point": point_text(location.position),
        "opening_hours_notes": list(location.opening_hours_notes),
    }
    return Row("location", row_id, _origin(facility, key) | same | own)


def _location_details(location: LocationRecord, owner: UUID) -> Iterator[Row]:
    if location.address:
        yield _detail("address", owner, (), location.address.model_dump())
    for each in location.accessibility:
        yield _detail("accessibility", owner, (each.feature,), each.model_dump())


_SERVICE_COLUMNS = {
    *("facility_type", "name", "alternate_name", "description", "minimum_age", "maximum_age", "care_setting"),
    *("application_process", "eligibility_description", "legal_basis", "assured_date", "status", "alert", "visibility"),
    *("status_reason", "opening_hours"),
}
_SERVICE_LISTS = ("subtypes", "audiences", "modes", "law_fields")


def _service(facility: FacilityRecord, service: ServiceRecord, row_id: UUID, organization: UUID) -> Row:
    same = service.model_dump(include=_SERVICE_COLUMNS)
    lists = {name: list(getattr(service, name)) for name in _SERVICE_LISTS}
    own = {"organization_id": organization}
    return Row("service", row_id, _origin(facility, service.key) | same | lists | own)


def _service_details(
    service: ServiceRecord, owner: UUID, offers: Sequence[dict[str, Any]], source: str
) -> Iterator[Row]:
    for offer in offers:
        yield _detail("service_at_location", owner, (offer["location_id"],), offer)
    if service.service_area:
        yield _detail("service_area", owner, (), {"teryt": list(service.service_area)})
    for order, cost in enumerate(service.costs):
        yield _detail("cost_option", owner, (order,), cost.model_dump())
    for code in service.languages:
        yield _detail("language", owner, (code,), {"code": code})
    for capacity in service.capacities:
        values = capacity.model_dump(exclude={"unit"}) | {"unit_id": unit_id(capacity.unit), "source": source}
        part = (capacity.target,) if capacity.target else ()
        yield _detail("service_capacity", owner, (capacity.kind, capacity.unit, capacity.as_of, *part), values)


def _special_days(facility: FacilityRecord, known: KnownIds) -> Iterator[Row]:
    for each in facility.special_days or ():
        place, service = known.of("location", facility, each.branch), known.of("service", facility, each.service)
        if each.owner == "service_at_location":
            yield special_row(each.owner, detail_id(each.owner, service, place), each.days, service)
        else:
            owner = {"location": place, "service": service}.get(each.owner, known.of("organization", facility))
            yield special_row(each.owner, owner, each.days, owner)


def special_row(table: str, owner: UUID, days: SpecialDaysRecord, of: UUID) -> Row:
    """The special days of an owner in ``table``; ``of`` is the organization, location or service that they are with."""
    facts = {"day": days.first, "last_day": days.last, "opening_hours": days.opening_hours}
    reasons = {name: getattr(days, name) for name in ("reason", "reason_en", "reason_uk")}
    owners = dict.fromkeys(SPECIAL_DAYS_OWNERS) | {f"{table}_id": owner}
    # an owner has the same days once
    return Row(SPECIAL_DAYS, detail_id(SPECIAL_DAYS, owner, days.first, days.last), facts | reasons | owners, of)


def _detail(table: str, owner: UUID, distinguishing: tuple[object, ...], values: dict[str, Any]) -> Row:
    return Row(table, detail_id(table, owner, *distinguishing), values | {DETAIL_OWNERS[table]: owner})
