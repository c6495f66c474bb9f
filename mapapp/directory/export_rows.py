"""The listings of a search as rows to be written into files: all of them, in a total order, in constant memory.

Like everything public they come from the read model ``listing``, which holds nothing that must not be seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Join, Numeric, Select, Text, cast, func, literal, select, true
from sqlalchemy.orm import Session

from mapapp.database import texts_in_batches
from mapapp.directory.criteria import Criteria, conditions, distance_km, order, prepare, serves_position
from mapapp.directory.entitlement import entitlement
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.summary import directory_summary
from mapapp.directory.tables import Listing, ListingExport, Taxonomy, TaxonomyTerm
from mapapp.directory.told import told, told_names

# What a row is: a GeoJSON Feature as text, a JSON object as text, the values alone, or the values after a geometry.
Shape = Literal["feature", "object", "values", "wkb", "kml"]
Row = Sequence[Any]
Batch = Sequence[Row]

ROWS_AT_ONCE = 1_000
# whole objects are long: the first byte is not kept waiting for many, nor memory filled with them
OBJECTS_AT_ONCE = 250
DECIMALS = 6  # RFC 7946 §11.2: about 10 cm
BETWEEN_ITEMS = "|"
# A slow reader of a streamed file holds its connection between two batches.
LONGEST_PAUSE = "60s"

IDS = ("id", "service_id", "location_id")
LISTS = ("service_area", "audiences", "modes", "languages")
OBJECTS = ("accessibility", "profiles")
LISTS_TOLD = ("access_missing", "access_unknown")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds as a whole, and what was understood of its words."""

    total: int
    # how many of them have a place that is shown
    located: int
    has_samples: bool
    corrected: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


def read_one_snapshot(session: Session) -> None:
    """Let all that this session reads be of one moment; to be called before it reads anything."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    session.execute(
        select(
            func.set_config("idle_in_transaction_session_timeout", LONGEST_PAUSE, true()),
            # rows are wanted as they are found: sorting all of them first takes longer, and the reader waits for it
            func.set_config("cursor_tuple_fraction", "0", true()),
        )
    )


def found_services(session: Session, search: ServiceSearch) -> Found:
    """How many listings a search finds, and what to say about them."""
    if not _narrows(search):
        whole = directory_summary(session)
        return Found(whole.listings, whole.located, whole.has_samples, (), ())
    criteria = prepare(session, search)
    has_samples = func.coalesce(func.bool_or(Listing.is_sample), False)
    counted = select(func.count(), func.count(Listing.point), has_samples).select_from(Listing)
    total, located, any_sample = session.execute(counted.where(*conditions(criteria))).one()
    return Found(total, located, any_sample, criteria.wording.corrected, criteria.wording.ignored)


def organizations_found(session: Session, search: ServiceSearch) -> frozenset[UUID]:
    """The organizations whose listings a search finds, as far as these may be known."""
    criteria = prepare(session, search)
    query = (
        select(Listing.organization_id).where(Listing.organization_id.is_not(None), *conditions(criteria)).distinct()
    )
    return frozenset(session.scalars(query))


def service_rows(session: Session, search: ServiceSearch, shape: Shape, *, for_people: bool = False) -> Iterator[Batch]:
    """All that a search finds, whatever its limit and offset, in batches from a cursor on the server.

    In the order of the pages ``for_people``, by id for programs: then the first row needs no sorting of all.
    The values are in the order of ``column_names``; lists are joined by ``|``, times are UTC. A feature may come as
    bytes in UTF-8.
    """
    if shape == "feature" and not _narrows(search) and not for_people:
        yield from texts_in_batches(session, EVERY_FEATURE, OBJECTS_AT_ONCE)
        return
    criteria = prepare(session, search)
    is_same_for_all = search.near is None and not told_names(search)
    if shape in {"feature", "object"} and is_same_for_all and not for_people:
        query = _kept_query(criteria, shape)
    else:
        keys = order(criteria) if for_people else [Listing.id]
        query = _query(criteria, shape).where(*conditions(criteria)).order_by(*keys)
    at_once = OBJECTS_AT_ONCE if shape in {"feature", "object"} else ROWS_AT_ONCE
    with session.execute(query.execution_options(yield_per=at_once)) as rows:
        yield from rows.partitions()


def column_names(search: ServiceSearch) -> tuple[str, ...]:
    """The names of a row's values."""
    return (*PLAIN, *(POSITION if search.near else ()), *told_names(search))


def made_features() -> Select[*tuple[Any, ...]]:
    """The id and the feature of each listing, to be kept; what depends on a position is no part of it."""
    source, text = _objects([column.label(name) for name, column in JSON.items()])
    return select(Listing.id, _feature(text)).select_from(source)


def _narrows(search: ServiceSearch) -> bool:
    """Whether a search leaves anything out."""
    return replace(search, limit=1, offset=0) != ServiceSearch(limit=1)


def _kept_query(criteria: Criteria, shape: Shape) -> Select[*tuple[Any, ...]]:
    """The texts that were made when the listings were published."""
    query = select(ListingExport.geojson if shape == "feature" else KEPT_OBJECT).order_by(ListingExport.id)
    if _narrows(criteria.search):
        query = query.join(Listing, Listing.id == ListingExport.id).where(*conditions(criteria))
    return query


def _query(criteria: Criteria, shape: Shape) -> Select[*tuple[Any, ...]]:
    if shape in {"feature", "object"}:
        source, text = _objects(_labelled(criteria, JSON))
        return select(_feature(text) if shape == "feature" else text).select_from(source)
    geometry = {"values": [], "wkb": [func.ST_AsBinary(POINT)], "kml": [func.ST_AsKML(POINT, DECIMALS)]}[shape]
    return select(*geometry, *_labelled(criteria, PLAIN)).select_from(NAMED)


def _objects(columns: list[ColumnElement[Any]]) -> tuple[Join, ColumnElement[str]]:
    """Where the columns are from, and the JSON object of them."""
    properties = select(*columns).correlate(Listing, TYPE_NAME).lateral("properties")
    return NAMED.join(properties, true()), cast(func.row_to_json(properties.table_valued()), Text)


def _labelled(criteria: Criteria, columns: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    chosen: list[ColumnElement[Any]] = [column.label(name) for name, column in columns.items()]
    if criteria.search.near:
        chosen.append(cast(distance_km(criteria), Float).label("distance_km"))
        chosen.append(serves_position(criteria).label("serves_position"))
        chosen.append(cast(entitlement(criteria.around), Text).label("entitlement"))
    for name, column in told(criteria).items():
        is_joined = columns is PLAIN and name in LISTS_TOLD
        chosen.append((func.array_to_string(column, BETWEEN_ITEMS) if is_joined else column).label(name))
    return chosen


def _feature(properties: ColumnElement[str]) -> ColumnElement[str]:
    geometry = func.coalesce(func.ST_AsGeoJSON(Listing.point, DECIMALS), "null")
    head = literal('{"type":"Feature","id":"') + cast(Listing.id, Text) + '","geometry":' + geometry
    return head + BEFORE_PROPERTIES + properties + "}"


def _degrees(of: Any) -> ColumnElement[Any]:
    return cast(func.round(cast(of, Numeric), DECIMALS), Float)


def _type_names() -> Any:
    return (
        select(TaxonomyTerm.code, TaxonomyTerm.labels["pl"].astext.label("name"))
        .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(Taxonomy.code == "types")
        .subquery("type_name")
    )


def _pairs(column: Any) -> ColumnElement[str]:
    """``feature=value`` pairs, in the one order that the database keeps them."""
    pair = func.jsonb_each_text(column).table_valued("key", "value").render_derived("pair")
    ordered = func.aggregate_strings(pair.c.key + "=" + pair.c.value, BETWEEN_ITEMS)
    return func.coalesce(select(ordered).scalar_subquery(), "")


TYPE_NAME = _type_names()
NAMED = Listing.__table__.outerjoin(TYPE_NAME, TYPE_NAME.c.code == Listing.facility_type)
# before them stand only the id and the geometry
BEFORE_PROPERTIES = ',"properties":'
_START = func.strpos(ListingExport.geojson, BEFORE_PROPERTIES) + len(BEFORE_PROPERTIES)
EVERY_FEATURE = "SELECT geojson FROM listing_export ORDER BY id"
KEPT_OBJECT = func.left(func.substr(ListingExport.geojson, _START), -1)
LONGITUDE, LATITUDE = _degrees(func.ST_X(Listing.point)), _degrees(func.ST_Y(Listing.point))
# the same rounded numbers as in the columns, so that a file does not contradict itself
POINT = func.ST_SetSRID(func.ST_MakePoint(LONGITUDE, LATITUDE), 4326)
POSITION = ("distance_km", "serves_position", "entitlement")
_ORDER = (
    *IDS,
    *("name", "organization_name", "facility_type", "facility_type_name", "type_group", "centre_kind", "sector"),
    *("street", "postal_code", "city", "longitude", "latitude", "geometry_quality"),
    *("gmina_teryt", "gmina_name", "powiat_teryt", "powiat_name", "nuts3", "service_area"),
    *("phone", "phone_display", "email", "website", "opening_hours"),
    *("audiences", "minimum_age", "maximum_age", "modes", "care_setting", "cost_kind", "languages"),
    *("accessibility", "profiles", "places", "places_free", "places_as_of"),
    *("status", "alert", "verified_on", "visibility", "is_sample", "source", "source_date", "last_modified"),
)


def _columns(special: Mapping[str, Any]) -> dict[str, ColumnElement[Any]]:
    return {name: special[name] if name in special else Listing.__table__.c[name] for name in _ORDER}


_SHARED = {"facility_type_name": TYPE_NAME.c.name, "longitude": LONGITUDE, "latitude": LATITUDE}
_UTC = func.timezone("UTC", func.date_trunc("second", Listing.last_modified))
PLAIN: Mapping[str, ColumnElement[Any]] = _columns(
    _SHARED
    | {name: cast(getattr(Listing, name), Text) for name in (*IDS, "visibility")}
    | {name: func.array_to_string(getattr(Listing, name), BETWEEN_ITEMS) for name in LISTS}
    | {name: _pairs(getattr(Listing, name)) for name in OBJECTS}
    | {"last_modified": _UTC}
)
JSON: Mapping[str, ColumnElement[Any]] = _columns(
    _SHARED | {"last_modified": func.to_char(_UTC, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')}
)
