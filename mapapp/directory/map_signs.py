"""What a map shows of a search: each service where few are in view, groups of them where many are.

A page with 100,000 places must not send them: they are grouped by the cells of a grid, as large on every screen. These
are counted on the facts that the process keeps (``fact_groups``), and by PostgreSQL where it keeps none.
"""

import json
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    Integer,
    Numeric,
    Select,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session

from geo.crs import WGS84
from mapapp.directory.criteria import LISTING, Criteria, conditions, order, prepare
from mapapp.directory.fact_groups import Group, groups, in_view
from mapapp.directory.reading_facts import current_facts
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.tables import Listing
from mapapp.territory.feature_pages import MERCATOR_EDGE

# so many services are sent one by one: beyond, they weigh more than a phone should load before it shows anything
MOST_SINGLE: Final = 400
MOST_CELLS: Final = 1_500
# cells along the side of a tile of 256 pixels
CELLS: Final = 4
DECIMALS: Final = 5  # about a metre

PROPERTIES: Final = {
    "service_id": LISTING.service_id,
    "location_id": LISTING.location_id,
    "name": LISTING.name,
    "type": LISTING.facility_type,
    "street": LISTING.street,
    "city": LISTING.city,
    "phone": LISTING.phone,
    "phone_display": LISTING.phone_display,
    "is_sample": LISTING.is_sample,
}


def map_signs(session: Session, search: ServiceSearch, zoom: int) -> str:
    """A GeoJSON FeatureCollection (RFC 7946) of what fits and has a place, for the search's ``bbox`` at a zoom.

    ``whole``: all that fits is here, wherever it is; nothing more need be asked when the map moves. Otherwise the
    services in ``bbox``, or, where these are many, groups of them: features with ``services``, how many, and the
    ``bbox`` of the group. ``limit`` and ``offset`` of the search say nothing here.
    """
    around = current_facts(session, search.near)
    criteria = prepare(session, replace(search, bbox=None), around)
    everywhere = [*conditions(criteria), LISTING.point.is_not(None)]
    view = LISTING.point.bool_op("&&")(func.ST_MakeEnvelope(*search.bbox, WGS84)) if search.bbox else true()
    facts = in_view(session, criteria, around, search.bbox)
    if facts:
        total, here = facts.everywhere.size, facts.here.size
    else:
        counts = select(func.count(), func.count().filter(view)).select_from(Listing.__table__).where(*everywhere)
        total, here = session.execute(counts).one()
    is_whole = total <= MOST_SINGLE
    shown = everywhere if is_whole else [*everywhere, view]
    is_grouped = not is_whole and here > MOST_SINGLE
    if is_grouped and facts:
        features = _features(session, groups(facts, _side(zoom), MOST_CELLS))
    else:
        rows = (_groups(shown, zoom) if is_grouped else _singles(shown, criteria)).subquery("found")
        features = session.scalar(select(func.coalesce(cast(func.json_agg(rows.table_valued()), Text), "[]"))) or "[]"
    head = json.dumps({"type": "FeatureCollection", "total": total, "whole": is_whole, "grouped": is_grouped})
    return f'{head[:-1]}, "features": {features}}}'


def _side(zoom: int) -> float:
    return 2 * MERCATOR_EDGE / (CELLS * 2.0**zoom)


def _features(session: Session, found: list[Group]) -> str:
    """The groups as GeoJSON; one that stands alone has the properties of a service."""
    alone = [each.id for each in found if each.services == 1]
    query = select(LISTING.id, _object(PROPERTIES)).where(LISTING.id == any_(literal(alone, ARRAY(Uuid))))
    properties = dict(tuple(row) for row in session.execute(query)) if alone else {}
    return json.dumps(
        [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [round(each, DECIMALS) for each in group.middle]},
                "bbox": [round(each, DECIMALS) for each in group.box],
                "properties": properties.get(group.id) or {"services": group.services},
            }
            for group in found
        ],
        ensure_ascii=False,
    )


def _object(values: dict[str, Any]) -> Any:
    return func.json_build_object(*(part for name, value in values.items() for part in (name, value)))


def _singles(found: list[Any], criteria: Criteria) -> Select[Any]:
    query = select(
        literal_column("'Feature'").label("type"),
        cast(func.ST_AsGeoJSON(LISTING.point, DECIMALS), JSON).label("geometry"),
        _object(PROPERTIES).label("properties"),
    )
    return query.where(*found).order_by(*order(criteria)).limit(MOST_SINGLE)


def _groups(found: list[Any], zoom: int) -> Select[Any]:
    """A row for each cell, the fullest first; one that stands alone has the properties of a service."""
    side = _side(zoom)
    column = cast(func.floor(func.ST_X(LISTING.point_mercator) / side), Integer)
    line = cast(func.floor(func.ST_Y(LISTING.point_mercator) / side), Integer)
    lon, lat = func.ST_X(LISTING.point), func.ST_Y(LISTING.point)
    cells = (
        select(
            func.count().label("services"),
            cast(func.min(cast(LISTING.id, Text)), Uuid).label("id"),
            func.json_build_array(_short(func.avg(lon)), _short(func.avg(lat))).label("middle"),
            func.json_build_array(*(_short(each) for each in _corners(lon, lat))).label("box"),
        )
        .where(*found)
        .group_by(column, line)
        .order_by(func.count().desc(), column, line)
        .limit(MOST_CELLS)
        .cte("cells")
    )
    alone = (cells.c.id == LISTING.id) & (cells.c.services == 1)
    return (
        select(
            literal_column("'Feature'").label("type"),
            _object({"type": "Point", "coordinates": cells.c.middle}).label("geometry"),
            cells.c.box.label("bbox"),
            func.coalesce(
                select(_object(PROPERTIES)).where(alone).scalar_subquery(), _object({"services": cells.c.services})
            ).label("properties"),
        )
        .select_from(cells)
        .order_by(cells.c.services.desc(), cells.c.id)
    )


def _corners(lon: Any, lat: Any) -> tuple[Any, ...]:
    return func.min(lon), func.min(lat), func.max(lon), func.max(lat)


def _short(value: Any) -> Any:
    return func.round(cast(value, Numeric), DECIMALS)
