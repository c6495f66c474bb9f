"""Everything about one place or one service that may be seen.

Each question starts from the published rows, which have passed the visibility predicate. What is added to them hangs on
a row whose level shows it, and is public itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.answers import (
    AccessibilityFact,
    CapacityFact,
    PhoneNumber,
    PlaceDetails,
    ServiceDetails,
    SpecialDays,
)
from mapapp.directory.hours_published import hours_of_places
from mapapp.directory.shown_special_days import special_days_shown
from mapapp.directory.tables import (
    Accessibility,
    CostOption,
    Listing,
    Location,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    SourceRegister,
    Unit,
)

# what a listing says of its service and of its place
OF_SERVICE = (
    *(
        "visibility",
        "name",
        "organization_name",
        "facility_type",
        "type_group",
        "centre_kind",
        "minimum_age",
        "maximum_age",
    ),
    *(
        "care_setting",
        "cost_kind",
        "places",
        "places_free",
        "places_as_of",
        "email",
        "website",
        "gmina_name",
        "powiat_name",
    ),
    *("status", "alert", "opening_hours", "verified_on", "is_sample", "last_modified"),
)
LISTS_OF_SERVICE = ("audiences", "modes", "languages", "service_area", "agreed_area")
OF_PLACE = (
    *("visibility", "organization_name", "street", "postal_code", "city", "gmina_teryt", "gmina_name", "powiat_teryt"),
    *("powiat_name", "email", "website", "geometry_quality", "profiles"),
)
# what only the place's own record says
MORE_OF_PLACE = ("opening_hours_text", "opening_hours_status", "transportation", "floor", "source_date")
FREE_TEXT = ("description", "application_process", "eligibility_description", "legal_basis")


def place_details(session: Session, location_id: UUID) -> PlaceDetails | None:
    """The place with its services; None where there is none, or none that may be seen."""
    listings = _listings(session, Listing.location_id == location_id)
    if not listings:
        return None
    place, register = session.execute(
        select(Location, SourceRegister)
        .join(SourceRegister, SourceRegister.code == Location.source)
        .where(Location.id == location_id)
    ).one()
    main = listings[0]
    services = tuple(_services(session, listings).values())
    special = special_days_shown(session, listings)
    owners = dict.fromkeys([location_id, *(listing["organization_id"] for listing in listings)])
    return PlaceDetails(
        id=location_id,
        name=place.name or main["organization_name"],
        position=None if main["lon"] is None else Position(main["lon"], main["lat"]),
        phones=tuple(dict.fromkeys(phone for service in services for phone in service.phones)),
        opening_hours=hours_of_places(session, [location_id])[location_id],
        opening_hours_notes=tuple(place.opening_hours_notes),
        special_days=tuple(days for owner in owners for days in special.get(owner, ())),
        accessibility=_accessibility(session, location_id),
        services=services,
        is_sample=any(listing["is_sample"] for listing in listings),
        last_modified=max(listing["last_modified"] for listing in listings),
        source_code=register.code,
        source_title=register.title,
        source_publisher=register.publisher,
        source_url=register.url,
        **{name: main[name] for name in OF_PLACE},
        **{name: getattr(place, name) for name in MORE_OF_PLACE},
    )


def service_details(session: Session, service_id: UUID) -> ServiceDetails | None:
    """The service, as the most open of its places shows it; None where there is none, or none that may be seen."""
    listings = _listings(session, Listing.service_id == service_id)
    return _services(session, listings).get(service_id)


def _listings(session: Session, criterion: ColumnElement[bool]) -> Sequence[RowMapping]:
    """The published rows, the most open first."""
    lon, lat = func.ST_X(Listing.point).label("lon"), func.ST_Y(Listing.point).label("lat")
    query = select(*Listing.__table__.columns, lon, lat).where(criterion)
    return session.execute(query.order_by(Listing.visibility, Listing.name, Listing.id)).mappings().all()


def _services(session: Session, listings: Sequence[RowMapping]) -> dict[UUID, ServiceDetails]:
    """The services of these rows, in their order."""
    rows: dict[UUID, list[RowMapping]] = defaultdict(list)
    for listing in listings:
        rows[listing["service_id"]].append(listing)
    records = {
        service.id: (service, register, costs) for service, register, costs in session.execute(_records(rows.keys()))
    }
    phones, capacities = _phones(session, listings), _capacities(session, rows.keys())
    special = special_days_shown(session, listings)
    return {
        service_id: _service(
            shown, *records[service_id], phones[service_id], capacities[service_id], _special(shown, special)
        )
        for service_id, shown in rows.items()
    }


def _special(shown: Sequence[RowMapping], special: Mapping[UUID, Sequence[SpecialDays]]) -> tuple[SpecialDays, ...]:
    """A service's own, and its organization's where there is no place that says them."""
    owners = [shown[0]["service_id"], *(each["id"] for each in shown if each["location_id"])]
    if not any(each["location_id"] for each in shown):
        owners.append(shown[0]["organization_id"])
    return tuple(days for owner in owners for days in special.get(owner, ()))


def _records(service_ids: Iterable[UUID]) -> Any:
    """Each service with its register and the price in words."""
    costs = (
        select(func.string_agg(func.coalesce(CostOption.amount_description, CostOption.option), "; "))
        .where(CostOption.service_id == Service.id, _is_public(CostOption))
        .scalar_subquery()
    )
    query = select(Service, SourceRegister, costs).join(SourceRegister, SourceRegister.code == Service.source)
    return query.where(Service.id.in_(tuple(service_ids)))


def _service(
    shown: Sequence[RowMapping],
    service: Service,
    register: SourceRegister,
    costs: str | None,
    phones: Mapping[PhoneNumber, None],
    capacities: Sequence[CapacityFact],
    special: tuple[SpecialDays, ...],
) -> ServiceDetails:
    main = shown[0]
    is_place_shown = main["visibility"] == "public"
    is_area_shown = main["visibility"] in {"public", "area_only"}
    lists: dict[str, Any] = {name: tuple(main[name]) for name in LISTS_OF_SERVICE}
    free_text: dict[str, Any] = {name: getattr(service, name) if is_place_shown else None for name in FREE_TEXT}
    return ServiceDetails(
        id=service.id,
        cost_description=costs if is_place_shown else None,
        capacity=tuple(capacities) if is_area_shown else (),
        phones=tuple(phones),
        special_days=special,
        location_ids=tuple(listing["location_id"] for listing in shown if listing["location_id"]),
        source_code=register.code,
        source_title=register.title,
        source_publisher=register.publisher,
        source_url=register.url,
        source_date=service.source_date,
        **{name: main[name] for name in OF_SERVICE},
        **lists,
        **free_text,
    )


def _phones(session: Session, listings: Sequence[RowMapping]) -> dict[UUID, dict[PhoneNumber, None]]:
    """By service its numbers, without repetition: its own, the organization's, and those of places that are shown."""
    own = or_(Phone.service_id == Service.id, Phone.organization_id == Service.organization_id)
    of_place = and_(
        Listing.location_id.is_not(None),
        or_(Phone.location_id == Listing.location_id, Phone.service_at_location_id == ServiceAtLocation.id),
    )
    query = (
        select(Listing.service_id, Phone)
        .join(Service, Service.id == Listing.service_id)
        .outerjoin(
            ServiceAtLocation,
            and_(ServiceAtLocation.service_id == Service.id, ServiceAtLocation.location_id == Listing.location_id),
        )
        .join(Phone, or_(own, of_place))
        .where(Listing.id.in_([listing["id"] for listing in listings]), _is_public(Phone))
        .order_by(Phone.service_at_location_id, Phone.service_id, Phone.location_id, Phone.position, Phone.id)
    )
    found: dict[UUID, dict[PhoneNumber, None]] = defaultdict(dict)
    for service_id, phone in session.execute(query):
        number = PhoneNumber(phone.number, phone.display, phone.extension, phone.description)
        found[service_id][number] = None
    return found


def _capacities(session: Session, service_ids: Iterable[UUID]) -> dict[UUID, list[CapacityFact]]:
    """By service the newest count of each kind; older ones are history, those with a target are parts of one."""
    query = (
        select(ServiceCapacity, Unit.name)
        .join(Unit, Unit.id == ServiceCapacity.unit_id)
        .where(
            ServiceCapacity.service_id.in_(tuple(service_ids)),
            ServiceCapacity.target.is_(None),
            _is_public(ServiceCapacity),
        )
        .order_by(ServiceCapacity.kind, ServiceCapacity.as_of.desc(), ServiceCapacity.id)
    )
    found: dict[UUID, list[CapacityFact]] = defaultdict(list)
    for row, unit in session.execute(query):
        if row.kind not in {known.kind for known in found[row.service_id]}:
            found[row.service_id].append(
                CapacityFact(row.kind, row.maximum, row.available, unit, row.as_of, row.waiting_days)
            )
    return found


def _accessibility(session: Session, location_id: UUID) -> tuple[AccessibilityFact, ...]:
    query = select(Accessibility).where(Accessibility.location_id == location_id, _is_public(Accessibility))
    return tuple(
        AccessibilityFact(
            fact.feature,
            fact.value,
            None if fact.measure is None else float(fact.measure),
            fact.description,
            fact.surveyed_on,
        )
        for fact in session.scalars(query.order_by(Accessibility.feature, Accessibility.id))
    )


def _is_public(detail: Any) -> ColumnElement[bool]:
    """The level that details have of their own, see ``visibility``."""
    is_public: ColumnElement[bool] = detail.visibility == "public"
    return is_public
