"""Vector tiles of services: points from close by, groups of them from afar; PostgreSQL makes them.

Attributes are few, for a tile is read by a phone: the rest comes with the page of a place.
"""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ARRAY, BindParameter, Text, TextClause, bindparam, text
from sqlalchemy.orm import Session

from mapapp.database import Reader, ask_driver, driver_sql
from mapapp.directory.cells import CELLS, DEEPEST_CLUSTERED, PROFILE
from mapapp.directory.families import families
from mapapp.territory.tiles import BUFFER, EXTENT, Tile

DEEPEST: Final = 16

ATTRIBUTES = f"""listing.id, listing.location_id, listing.facility_type AS type, listing.type_group AS "group",
        listing.profiles ->> '{PROFILE}' AS access, listing.is_sample"""
POINTS = """
WITH bounds AS (
    SELECT ST_TileEnvelope(:z, :x, :y) AS tile, ST_TileEnvelope(:z, :x, :y, margin => {buffer}.0 / {extent}) AS around
)
SELECT ST_AsMVT(shown, 'services', {extent}, 'geom')
FROM (
    SELECT CAST(id AS text) AS id, CAST(location_id AS text) AS location_id, type, "group", access, is_sample,
        ST_AsMVTGeom(point_mercator, bounds.tile, {extent}, {buffer}, true) AS geom
    FROM (SELECT {attributes}, point_mercator FROM listing CROSS JOIN bounds
        WHERE point_mercator && bounds.around AND {filters}) AS listing CROSS JOIN bounds
    ORDER BY listing.id
) AS shown
WHERE geom IS NOT NULL
"""
# A cell belongs to one tile, and so does what stands on its western and northern edge: nothing counts twice.
# An object becomes attributes: the mix of a cluster is how many services of each group, as group:<code>.
CLUSTERS = """
WITH bounds AS (
    SELECT ST_XMin(tile) AS west, ST_YMax(tile) AS north, (ST_XMax(tile) - ST_XMin(tile)) / {cells} AS side, tile
    FROM ST_TileEnvelope(:z, :x, :y) AS tile
), found AS (
    SELECT {attributes}, ST_X(point_mercator) AS x, ST_Y(point_mercator) AS y,
        floor((ST_X(point_mercator) - west) / side) AS cell_x, floor((north - ST_Y(point_mercator)) / side) AS cell_y
    FROM listing CROSS JOIN bounds
    WHERE point_mercator && bounds.tile AND {filters}
), part AS (
    SELECT cell_x, cell_y, "group", count(*) AS services, sum(x) AS x, sum(y) AS y, min(CAST(id AS text)) AS id,
        min(CAST(location_id AS text)) AS location_id, min(type) AS type, min(access) AS access,
        bool_or(is_sample) AS is_sample
    FROM found
    WHERE cell_x BETWEEN 0 AND {cells} - 1 AND cell_y BETWEEN 0 AND {cells} - 1
    GROUP BY cell_x, cell_y, "group"
), cluster AS (
    SELECT cell_x, cell_y, sum(services) AS point_count, sum(x) / sum(services) AS x, sum(y) / sum(services) AS y,
        min(id) AS id, min(location_id) AS location_id, min(type) AS type, min("group") AS "group",
        min(access) AS access, bool_or(is_sample) AS is_sample,
        jsonb_object_agg('group:' || "group", services) AS mix
    FROM part GROUP BY cell_x, cell_y
)
"""
DRAWN = """
SELECT ST_AsMVT(shown, 'services', {extent}, 'geom')
FROM (
    SELECT CAST(point_count AS integer) AS point_count, is_sample,
        CASE WHEN point_count = 1 THEN id END AS id,
        CASE WHEN point_count = 1 THEN location_id END AS location_id,
        CASE WHEN point_count = 1 THEN type END AS type,
        CASE WHEN point_count = 1 THEN "group" END AS "group",
        CASE WHEN point_count = 1 THEN access END AS access,
        CASE WHEN point_count > 1 THEN mix END AS mix,
        ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(cluster.x, cluster.y), 3857), bounds.tile, {extent}, 0, false) AS geom
    FROM cluster CROSS JOIN bounds
    ORDER BY cell_y, cell_x
) AS shown
"""


# the same clusters from the cells that were counted when the services were published
KEPT = """
WITH bounds AS (
    SELECT ST_TileEnvelope(:z, :x, :y) AS tile
), cluster AS (
    SELECT x AS cell_x, y AS cell_y, sum(services) AS point_count, sum(sum_x) / sum(services) AS x,
        sum(sum_y) / sum(services) AS y, min(id) AS id, min(location_id) AS location_id, min(type) AS type,
        min("group") AS "group", min(access) AS access, bool_or(is_sample) AS is_sample,
        jsonb_object_agg('group:' || "group", services) AS mix
    FROM listing_cell
    WHERE z = :z AND x = ANY (:columns) AND y BETWEEN :top AND :top + {cells} - 1
    GROUP BY x, y
)
"""
# no row where something else wrote listings since
KEPT_TILE = driver_sql(f"{KEPT}{DRAWN}HAVING EXISTS (SELECT FROM listing_summary)".format(extent=EXTENT, cells=CELLS))


def kept_tile(reader: Reader, tile: Tile) -> bytes | None:
    """The tile with all services, as ``services_tile`` gives it; None where it has to be made of the listings."""
    if tile.z > DEEPEST_CLUSTERED:
        return None
    columns = list(range(tile.x * CELLS, (tile.x + 1) * CELLS))
    place = {"z": tile.z, "x": tile.x, "y": tile.y, "columns": columns, "top": tile.y * CELLS}
    found = ask_driver(reader, KEPT_TILE, place, by_key=True)
    return bytes(found[0][0]) if found else None


def services_tile(session: Session, tile: Tile, types: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> bytes:
    """A Mapbox Vector Tile with the services of these types (and those below them) and groups; empty where none are.

    A feature has id, location_id, type, group, access (yes, partial, no, unknown to a wheelchair) and is_sample; a
    cluster has point_count, is_sample and the services of each group instead.
    """
    template = CLUSTERS + DRAWN if tile.z <= DEEPEST_CLUSTERED else POINTS
    parameters: dict[str, Any] = {"z": tile.z, "x": tile.x, "y": tile.y}
    chosen = {"types": _with_narrower(session, types) if types else [], "groups": list(groups)}
    parameters |= {name: codes for name, codes in chosen.items() if codes}
    return bytes(session.execute(_statement(template, bool(types), bool(groups)), parameters).scalar_one())


def _with_narrower(session: Session, types: tuple[str, ...]) -> list[str]:
    (known,) = families(session, "types")
    return sorted({each for code in types for each in known.narrower(code)})


@lru_cache
def _statement(template: str, of_types: bool, of_groups: bool) -> TextClause:
    filters = ["true"]
    parameters: list[BindParameter[Any]] = []
    for is_asked, column, name in (
        (of_types, "listing.facility_type", "types"),
        (of_groups, "listing.type_group", "groups"),
    ):
        if is_asked:
            filters.append(f"{column} = ANY (:{name})")
            parameters.append(bindparam(name, type_=ARRAY(Text)))
    query = template.format(
        filters=" AND ".join(filters), attributes=ATTRIBUTES, extent=EXTENT, buffer=BUFFER, cells=CELLS
    )
    return text(query).bindparams(*parameters)
