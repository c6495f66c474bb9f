"""Services, places and organizations as feature collections; all of them, and the areas.

They read the published read model (``listing``) alone: nothing that must not be seen is in it.
"""

from collections.abc import Mapping

from mapapp.territory.feature_pages import CRS84, Collection, Kind, Property
from mapapp.territory.features import AREA_COLLECTIONS

# column of the read model -> kind, in the order of the answer
SERVICE_COLUMNS: Mapping[str, Kind] = {
    "service_id": "uuid",
    "location_id": "uuid",
    "organization_id": "uuid",
    "name": "text",
    "organization_name": "text",
    "facility_type": "text",
    "type_group": "text",
    "centre_kind": "text",
    "sector": "text",
    "street": "text",
    "postal_code": "text",
    "city": "text",
    "phone": "text",
    "phone_display": "text",
    "email": "text",
    "website": "text",
    "opening_hours": "text",
    "geometry_quality": "text",
    "gmina_teryt": "text",
    "gmina_name": "text",
    "powiat_teryt": "text",
    "powiat_name": "text",
    "nuts3": "text",
    "service_area": "codes",
    "audiences": "codes",
    "minimum_age": "integer",
    "maximum_age": "integer",
    "modes": "codes",
    "care_setting": "text",
    "cost_kind": "text",
    "languages": "codes",
    "accessibility": "object",
    "profiles": "object",
    "places": "integer",
    "places_free": "integer",
    "places_as_of": "date",
    "status": "text",
    "alert": "text",
    "verified_on": "date",
    "source": "text",
    "source_date": "date",
    "last_modified": "timestamp",
    "visibility": "text",
    "is_sample": "boolean",
}
_PLACE_COLUMNS = [
    "organization_name",
    "street",
    "postal_code",
    "city",
    "opening_hours",
    "geometry_quality",
    "gmina_teryt",
    "gmina_name",
    "powiat_teryt",
    "powiat_name",
    "nuts3",
    "accessibility",
    "profiles",
    "is_sample",
]
_ORGANIZATION_COLUMNS = [
    "organization_name",
    "sector",
    "email",
    "website",
    "gmina_teryt",
    "gmina_name",
    "powiat_teryt",
    "powiat_name",
    "nuts3",
    "is_sample",
]
_POINT_COLUMNS = ("point", "point_metric", "point_mercator")
_POINTS = dict(zip((4326, 2180, 3857), (f"item.{column}" for column in _POINT_COLUMNS), strict=True))


def _collection(
    name: str,
    source: str,
    properties: Mapping[str, Property],
    changed: str = "item.last_modified",
    kept: str | None = None,
) -> Collection:
    return Collection(
        name=name,
        source=source,
        id_kind="uuid",
        properties=properties,
        geometries=_POINTS,
        geometry_type="point",
        since=changed,
        until=changed,
        storage_crs=CRS84,
        kept=kept,
    )


def _columns(names: list[str]) -> dict[str, Property]:
    return {name: Property(f"item.{name}", SERVICE_COLUMNS[name]) for name in names}


def _offered(column: str, same: str) -> str:
    """The distinct values of the services that are there, too."""
    return f"ARRAY(SELECT DISTINCT offered.{column} FROM listing AS offered WHERE {same} ORDER BY 1)"


def _grouped(
    key: str, order: str, same: str, columns: list[str], *, constant: tuple[str, ...] = ()
) -> tuple[str, dict[str, Property]]:
    """One row for each ``key``, the first in ``order``, and what there is about all that are the ``same``.

    By columns that are ``constant`` within a key PostgreSQL filters before it groups.
    """
    shared = ", ".join((*columns, "visibility", *_POINT_COLUMNS))
    keys = ", ".join((key, *constant))
    source = f"""(
        SELECT DISTINCT ON ({keys}) {key} AS id, {shared}
        FROM listing WHERE {key} IS NOT NULL ORDER BY {keys}, {order})"""
    return source, {
        **_columns(columns),
        "facility_types": Property(_offered("facility_type", same), "codes"),
        "type_groups": Property(_offered("type_group", same), "codes"),
        "services": Property(
            f"(SELECT count(DISTINCT offered.service_id) FROM listing AS offered WHERE {same})", "integer"
        ),
        "last_modified": Property(_changed(same), "timestamp"),
    }


def _changed(same: str) -> str:
    return f"(SELECT max(offered.last_modified) FROM listing AS offered WHERE {same})"


_AT_PLACE = "offered.location_id = item.id"
# An organization's hidden services say nothing of its public place: only what may be seen as much as it is listed here.
_OF_ORGANIZATION = "offered.organization_id = item.id AND offered.visibility = item.visibility"

SERVICES = _collection(
    "services",
    "listing",
    {name: Property(f"item.{name}", kind) for name, kind in SERVICE_COLUMNS.items()},
    kept="listing_feature",
)
LOCATIONS = _collection(
    "locations",
    *_grouped("location_id", "id", _AT_PLACE, _PLACE_COLUMNS, constant=_POINT_COLUMNS),
    changed=_changed(_AT_PLACE),
)
ORGANIZATIONS = _collection(
    "organizations",
    *_grouped("organization_id", "visibility, point IS NULL, id", _OF_ORGANIZATION, _ORGANIZATION_COLUMNS),
    changed=_changed(_OF_ORGANIZATION),
)
COLLECTIONS: Mapping[str, Collection] = {
    each.name: each for each in (SERVICES, LOCATIONS, ORGANIZATIONS, *AREA_COLLECTIONS)
}
# those whose rows may be samples
OF_THE_DIRECTORY = frozenset(each.name for each in (SERVICES, LOCATIONS, ORGANIZATIONS))
