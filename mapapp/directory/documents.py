"""Search results as JSON and GeoJSON. PostgreSQL makes the lists: three to five times as fast as through Python."""

import json
from typing import Any

from sqlalchemy import JSON, Numeric, Select, Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from mapapp.directory.criteria import LISTING, Criteria, conditions, order, prepare
from mapapp.directory.entitlement import entitlement
from mapapp.directory.search import page, summary
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.told import told
from mapapp.territory.queries import territory_facts

DECIMALS = 6  # RFC 7946 §11.2: about 10 cm


def services_json(session: Session, search: ServiceSearch) -> str:
    """A page of listings with every public field, as JSON."""
    criteria = prepare(session, search)
    position = (
        func.round(cast(func.ST_X(LISTING.point), Numeric), DECIMALS).label("longitude"),
        func.round(cast(func.ST_Y(LISTING.point), Numeric), DECIMALS).label("latitude"),
    )
    return _document(
        session, criteria, "services", page(criteria, *position), {"limit": search.limit, "offset": search.offset}
    )


def services_geojson(session: Session, search: ServiceSearch) -> str:
    """A page of listings for the map, as a GeoJSON FeatureCollection (RFC 7946).

    Few properties; ``access`` (yes, partial, unknown) where a profile was asked for, ``open`` where an occasion was,
    ``entitlement`` where a position was. A listing whose place is not shown, or that has none, has no geometry.
    """
    criteria = prepare(session, search)
    return _document(session, criteria, "features", _features(criteria), {"type": "FeatureCollection"})


def _features(criteria: Criteria) -> Select[Any]:
    properties: dict[str, Any] = {
        "service_id": LISTING.service_id,
        "location_id": LISTING.location_id,
        "name": LISTING.name,
        "type": LISTING.facility_type,
        "group": LISTING.type_group,
        "street": LISTING.street,
        "city": LISTING.city,
        "phone": LISTING.phone,
        "is_sample": LISTING.is_sample,
    }
    if criteria.around:
        properties["entitlement"] = entitlement(criteria.around)
    properties |= told(criteria)
    query = select(
        literal_column("'Feature'").label("type"),
        cast(func.ST_AsGeoJSON(LISTING.point, DECIMALS), JSON).label("geometry"),
        func.json_build_object(*(part for name, value in properties.items() for part in (name, value))).label(
            "properties"
        ),
    )
    query = query.where(*conditions(criteria)).order_by(*order(criteria))
    return query.limit(criteria.search.limit).offset(criteria.search.offset)


def _document(session: Session, criteria: Criteria, member: str, rows: Select[Any], head: dict[str, Any]) -> str:
    """``head``, what is to be said about the whole, and the rows as the last member."""
    total, has_samples = session.execute(summary(criteria)).one()
    territory = territory_facts(session)
    wording = criteria.wording
    head = head | {
        "total": total,
        "samples": has_samples,
        "boundaries": None if territory is None else "schematic" if territory.is_schematic else "official",
        "corrected": [{"typed": typed, "used": used} for typed, used in wording.corrected],
        "ignored": list(wording.ignored),
    }
    found = rows.subquery("found")
    items = session.scalar(select(func.coalesce(cast(func.json_agg(found.table_valued()), Text), "[]")))
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "{member}": {items}}}'
