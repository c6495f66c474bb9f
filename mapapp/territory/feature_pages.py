"""Pages of GeoJSON features out of any table of ours: the questions of OGC API – Features, answered by PostgreSQL.

A collection names its rows once; identifiers come from it alone, never from a request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.database import Reader, ask_driver, driver_sql

Kind = Literal["text", "integer", "number", "boolean", "date", "timestamp", "codes", "uuid", "object"]
Box = tuple[float, float, float, float]

# Beyond so many matches a page is not preceded by counting them: a third of its time, for a number few people read.
MOST_COUNTED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate reference system that features are asked for in; ``bounds`` are of x and y, where it means anything.

    Ours have x first; ``is_y_first`` where the register's axis order, and so the answer, has y first.
    """

    uri: str
    srid: int
    is_y_first: bool
    decimals: int
    bounds: Box


OGC: Final = "http://www.opengis.net/def/crs"
DEGREES: Final = (-180.0, -90.0, 180.0, 90.0)
MERCATOR_EDGE: Final = 20_037_508.342789244
CRS84: Final = Crs(f"{OGC}/OGC/1.3/CRS84", 4326, False, 6, DEGREES)
WGS84: Final = Crs(f"{OGC}/EPSG/0/4326", 4326, True, 6, DEGREES)
# northing first; Poland lies within, with room around
PUWG_1992: Final = Crs(f"{OGC}/EPSG/0/2180", 2180, True, 2, (-1_000_000.0, -1_000_000.0, 2_000_000.0, 2_000_000.0))
MERCATOR: Final = Crs(
    f"{OGC}/EPSG/0/3857", 3857, False, 2, (-MERCATOR_EDGE, -MERCATOR_EDGE, MERCATOR_EDGE, MERCATOR_EDGE)
)
CRSS: Final[Mapping[str, Crs]] = {crs.uri: crs for crs in (CRS84, WGS84, PUWG_1992, MERCATOR)}


@dataclass(frozen=True, slots=True)
class Property:
    """A member of every feature's properties: where its value is from, and of what kind it is."""

    sql: str
    kind: Kind


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """Rows that are published as features; a constant, the same only as itself.

    ``source`` is a table or a subquery; its rows are called ``item`` and have an ``id``. ``geometries`` are by SRID.
    ``since`` and ``until`` bound the time that a feature is of; ``until`` NULL is open. ``kept`` is the table
    that has the finished text of each feature in ``storage_crs``, if there is one: its columns are id and geojson.
    """

    name: str
    source: str
    id_kind: Literal["uuid", "text"]
    properties: Mapping[str, Property]
    geometries: Mapping[int, str]
    geometry_type: Literal["point", "multipolygon"]
    since: str
    until: str
    storage_crs: Crs
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a collection's rows; values are parameters, named so that they meet no other."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which page of a collection, in which CRS. ``boxes`` are alternatives in x, y of ``box_crs``."""

    limit: int
    offset: int = 0
    crs: Crs = CRS84
    boxes: tuple[Box, ...] = ()
    box_crs: Crs = CRS84
    since: datetime | None = None
    until: datetime | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """GeoJSON features as PostgreSQL wrote them; ``matched`` is None where there are too many to count."""

    features: tuple[str, ...]
    matched: int | None
    has_more: bool


def feature_page(
    session: Session | Reader, collection: Collection, query: FeatureQuery, total: int | None = None
) -> FeaturePage:
    """The page, in the order of ids. ``total`` is what the whole collection has, where that is known."""
    conditions = list(_conditions(collection, query))
    parameters: dict[str, Any] = {"limit": query.limit + 1, "offset": query.offset}
    for condition in conditions:
        parameters |= condition.parameters
    where = " AND ".join(f"({condition.sql})" for condition in conditions) or "true"
    matched = total
    if conditions or total is None:
        counted = ask_driver(session, _statement(_COUNTED, collection, where, query.crs), parameters)
        matched = counted[0][0]
        if matched <= MOST_COUNTED:
            return _page([each for _matched, each in counted if each is not None], matched, query)
        matched = None
    template = _AND_KEPT if conditions else _OF_KEPT
    found = ask_driver(session, _statement(template, collection, where, query.crs), parameters)
    return _page([each for (each,) in found], matched, query)


def feature(session: Session | Reader, collection: Collection, item_id: object, crs: Crs = CRS84) -> str | None:
    """One feature; None where the collection has none of that id."""
    statement = _statement(_ONE, collection, f"item.id = CAST(:id AS {collection.id_kind})", crs)
    found = ask_driver(session, statement, {"id": item_id}, by_key=True)
    return found[0][0] if found else None


def collection_size(session: Session, collection: Collection) -> int:
    """How many features the whole collection has."""
    return int(session.execute(text(f"SELECT count(*) FROM {collection.source} AS item")).scalar_one())


# Those that fit are found first and at once: sorting ids costs less than sorting rows, and PostgreSQL, which cannot
# know how many there are in a box, need not choose between walking all ids and sorting all finds.
_COUNTED = """
WITH found AS MATERIALIZED (
    SELECT item.id FROM {source} AS item WHERE {where} LIMIT {most} + 1
), total AS MATERIALIZED (
    SELECT count(*) AS matched FROM found
), chosen AS MATERIALIZED (
    SELECT id FROM found WHERE (SELECT matched FROM total) <= {most} ORDER BY id LIMIT :limit OFFSET :offset
)
SELECT total.matched, page.feature
FROM total LEFT JOIN LATERAL (
    SELECT item.id, {feature} AS feature FROM {texts} AS item WHERE item.id = ANY (ARRAY(SELECT id FROM chosen))
) AS page ON true
ORDER BY page.id
"""
_IN_ORDER = """
SELECT {feature} AS feature
FROM {source} AS item WHERE {where} ORDER BY item.id LIMIT :limit OFFSET :offset
"""
_OF_KEPT = """
SELECT item.geojson AS feature
FROM {texts} AS item WHERE {where} ORDER BY item.id LIMIT :limit OFFSET :offset
"""
_ONE = """
SELECT {feature} AS feature FROM {texts} AS item WHERE {where}
"""
_AND_KEPT = """
SELECT kept.geojson AS feature
FROM {source} AS item JOIN {texts} AS kept ON kept.id = item.id
WHERE {where} ORDER BY item.id LIMIT :limit OFFSET :offset
"""


@lru_cache(maxsize=256)
def _statement(template: str, collection: Collection, where: str, crs: Crs) -> str:
    """The statement, composed once: a filter's values are no part of it."""
    if collection.kept and crs == collection.storage_crs:
        feature, texts = "item.geojson", collection.kept
    else:
        feature, texts = feature_sql(collection, crs), collection.source
        template = template if template in {_COUNTED, _ONE} else _IN_ORDER
    parts = {"source": collection.source, "texts": texts, "where": where, "feature": feature, "most": MOST_COUNTED}
    return driver_sql(template.format(**parts))


def feature_sql(collection: Collection, crs: Crs = CRS84) -> str:
    """The text of a feature, made from the columns of the row ``item``."""
    properties = ", ".join(f"{each.sql} AS {name}" for name, each in collection.properties.items())
    return f"""(
        SELECT CAST(row_to_json(feature) AS text) FROM (
            SELECT 'Feature' AS type, item.id, CAST({_geojson(collection, crs)} AS json) AS geometry,
                (SELECT properties FROM (SELECT {properties}) AS properties) AS properties
        ) AS feature)"""


def _geojson(collection: Collection, crs: Crs) -> str:
    shape = collection.geometries[crs.srid]
    if collection.geometry_type == "multipolygon":
        shape = f"ST_ForcePolygonCCW({shape})"  # RFC 7946 §3.1.6, before axes are swapped
    if crs.is_y_first:
        shape = f"ST_FlipCoordinates({shape})"
    # 0: no "crs" member, which RFC 7946 has done away with
    return f"ST_AsGeoJSON({shape}, {crs.decimals}, 0)"


def _conditions(collection: Collection, query: FeatureQuery) -> list[Condition]:
    conditions = []
    if query.boxes:
        conditions.append(_in_boxes(collection, query.boxes, query.box_crs))
    if query.since is not None:
        conditions.append(
            Condition(
                f"coalesce({collection.until}, 'infinity') >= CAST(:since AS timestamptz)", {"since": query.since}
            )
        )
    if query.until is not None:
        conditions.append(Condition(f"{collection.since} <= CAST(:until AS timestamptz)", {"until": query.until}))
    if query.condition is not None:
        conditions.append(query.condition)
    return conditions


def _in_boxes(collection: Collection, boxes: tuple[Box, ...], crs: Crs) -> Condition:
    shape = collection.geometries[crs.srid]
    # of a point the index alone tells
    test = "{shape} && {box}" if collection.geometry_type == "point" else "ST_Intersects({shape}, {box})"
    tests: list[str] = []
    parameters: dict[str, float] = {}
    for number, box in enumerate(boxes):
        names = [f"box{number}_{side}" for side in ("west", "south", "east", "north")]
        parameters |= dict(zip(names, box, strict=True))
        corners = ", ".join(f"CAST(:{name} AS double precision)" for name in names)
        tests.append(test.format(shape=shape, box=f"ST_MakeEnvelope({corners}, {crs.srid})"))
    return Condition(" OR ".join(tests), parameters)


def _page(rows: list[str], matched: int | None, query: FeatureQuery) -> FeaturePage:
    return FeaturePage(tuple(rows[: query.limit]), matched, len(rows) > query.limit)
