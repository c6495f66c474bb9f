"""What OGC API – Features says about itself: landing page, conformance, collections, queryables."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mapapp.directory.cql import queryables
from mapapp.directory.features import OF_THE_DIRECTORY
from mapapp.directory.release import Release
from mapapp.territory.feature_pages import CRS84, CRSS, Collection, Kind
from mapapp.web.api.ogc_collections import COLLECTIONS, MADE_WITH_SAMPLES
from mapapp.web.api.ogc_links import GEOJSON, HTML, JSON, OGC_REL, OPENAPI, SCHEMA, Link, address, link, self_and_other
from mapapp.web.i18n import current_language
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.site import current_site

FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features"
CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    *(f"{FEATURES}-1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{FEATURES}-2/1.0/conf/crs",
    *(f"{FEATURES}-3/1.0/conf/{name}" for name in ("queryables", "filter", "features-filter")),
    *(
        f"{CQL2}/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
        )
    ),
)
TITLES: Final = {
    "services": (_l("Services"), _l("Every service at every place where it is given, and those without a place.")),
    "locations": (_l("Places"), _l("Public places, each with the types of service that are given there.")),
    "organizations": (_l("Organizations"), _l("Who gives the services; at the first public place of each.")),
    "gminas": (_l("Gminas"), _l("Boundaries of the gminas, with their residents.")),
    "powiats": (_l("Powiats"), _l("Boundaries of the powiats and cities with powiat rights, with their residents.")),
    "subregions": (_l("Subregions"), _l("Boundaries of the NUTS 3 subregions, with their residents.")),
    "coverage": (
        _l("Coverage"),
        _l(
            "Released figures of coverage for each area, with the release, what was asked and what to be careful about."
        ),
    ),
}
# JSON Schema of a property; temporal kinds carry their format
SCHEMAS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "codes": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "additionalProperties": {"type": "string"}},
}


def notices(release: Release, names: Iterable[str] = COLLECTIONS) -> dict[str, Any]:
    """What every answer says: whether samples are in the data, and what its boundaries are."""
    return {
        "samples": release.has_samples and not MADE_WITH_SAMPLES.isdisjoint(names),
        "boundaries": release.boundaries,
    }


def landing(release: Release, is_html: bool) -> dict[str, Any]:
    """Where to go from here."""
    return {
        "title": current_site().names[current_language()],
        "description": release.attribution or "",
        **notices(release),
        "links": [
            *self_and_other("", is_html),
            link("service-desc", OPENAPI, "OpenAPI 3.0", "/openapi.json"),
            link("service-doc", HTML, "HTML", "", f="html"),
            link("conformance", JSON, "Conformance", "/conformance"),
            link("data", JSON, "Collections", "/collections"),
        ],
    }


def conformance(is_html: bool) -> dict[str, Any]:
    """Which requirements are met."""
    return {"links": self_and_other("/conformance", is_html), "conformsTo": list(CONFORMANCE)}


def collections(release: Release, is_html: bool) -> dict[str, Any]:
    """Every collection, described."""
    return {
        **notices(release),
        "links": self_and_other("/collections", is_html),
        "crs": list(CRSS),
        "collections": [collection(each, release) for each in COLLECTIONS.values()],
    }


def collection(described: Collection, release: Release, is_html: bool = False) -> dict[str, Any]:
    """What a collection holds, and where."""
    title, description = TITLES[described.name]
    path = f"/collections/{described.name}"
    return {
        "id": described.name,
        "title": str(title),
        "description": str(description),
        "itemType": "feature",
        **notices(release, [described.name]),
        "attribution": release.attribution,
        "extent": _extent(described, release),
        "crs": list(CRSS),
        "storageCrs": described.storage_crs.uri,
        "links": [*self_and_other(path, is_html), *_links(path)],
    }


def _links(path: str) -> list[Link]:
    return [
        link("items", GEOJSON, "GeoJSON", f"{path}/items", f="json"),
        link("items", HTML, "HTML", f"{path}/items", f="html"),
        link(f"{OGC_REL}/queryables", SCHEMA, "Queryables", f"{path}/queryables"),
    ]


def _extent(described: Collection, release: Release) -> dict[str, Any]:
    is_dated = described.name in OF_THE_DIRECTORY
    extent: dict[str, Any] = {}
    box = (release.bbox if is_dated else None) or release.region_bbox
    if box is not None:
        extent["spatial"] = {"bbox": [[round(side, 5) for side in box]], "crs": CRS84.uri}
    if is_dated and release.oldest and release.newest:
        interval = [release.oldest.isoformat(), release.newest.isoformat()]
        trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
        extent["temporal"] = {"interval": [interval], "trs": trs}
    return extent


def queryables_schema(described: Collection) -> dict[str, Any]:
    """What a filter may name, as a JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(f"/collections/{described.name}/queryables"),
        "type": "object",
        "title": str(TITLES[described.name][0]),
        "additionalProperties": False,
        "properties": {
            "geometry": {
                "x-ogc-role": "primary-geometry",
                "format": f"geometry-{described.geometry_type}",
            },
            **{name: dict(SCHEMAS[each.kind]) for name, each in queryables(described).items()},
        },
    }
