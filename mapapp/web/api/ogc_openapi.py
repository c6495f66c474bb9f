"""The OpenAPI 3.0 document of OGC API – Features, made from the collections themselves."""

from typing import Any, Final

from mapapp.territory.feature_pages import CRS84, CRSS, Collection
from mapapp.web.api.ogc_collections import COLLECTIONS
from mapapp.web.api.ogc_documents import SCHEMAS, TITLES
from mapapp.web.api.ogc_links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, address
from mapapp.web.api.ogc_parameters import MOST_FEATURES, PAGE_SIZE
from mapapp.web.i18n import LANGUAGES, current_language
from mapapp.web.site import current_site

Schema = dict[str, Any]

PROBLEMS: Final = {
    "400": "A parameter is unknown or has a value that cannot be answered; every one at fault is named.",
    "404": "There is no such collection or feature.",
    "500": "Our mistake.",
    "503": "The data cannot be reached just now.",
}
_CRS: Final[Schema] = {"type": "string", "enum": list(CRSS), "default": CRS84.uri}
_NUMBERS: Final[Schema] = {
    "type": "array",
    "items": {"type": "number"},
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
}


def _parameter(name: str, description: str, schema: Schema, **more: Any) -> Schema:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": False,
        **more,
    }


PARAMETERS: Final[dict[str, Schema]] = {
    "f": _parameter(
        "f", "Representation, where Accept does not tell it.", {"type": "string", "enum": ["json", "html"]}
    ),
    "f-json": _parameter("f", "Representation; there is one.", {"type": "string", "enum": ["json"]}),
    "lang": _parameter(
        "lang", "Language of titles and messages.", {"type": "string", "enum": list(LANGUAGES), "default": "pl"}
    ),
    "limit": _parameter(
        "limit",
        f"Features on a page; more than {MOST_FEATURES} gives {MOST_FEATURES}.",
        # clients take pages of the maximum; but more is no error (requirement /req/core/fc-limit-definition)
        {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": PAGE_SIZE},
        example=10,
    ),
    "offset": _parameter(
        "offset", "Features to skip.", {"type": "integer", "minimum": 0, "maximum": 9_999_999, "default": 0}
    ),
    "bbox": _parameter(
        "bbox",
        "Features that meet this box: the lower corner, then the upper, in the axis order of bbox-crs; "
        "a first corner above the second answers 400, but for longitudes across the antimeridian.",
        _NUMBERS,
        example=[16.9, 51.0, 17.2, 51.2],
    ),
    "bbox-crs": _parameter("bbox-crs", "CRS of bbox.", _CRS),
    "crs": _parameter("crs", "CRS of the answer, in its own axis order: EPSG:4326 and EPSG:2180 have y first.", _CRS),
    "datetime": _parameter(
        "datetime",
        "Time or interval (RFC 3339) of the last change; of areas, of their validity.",
        {"type": "string", "maxLength": 200},
        example="2026-01-01T00:00:00Z/..",
    ),
    "filter": _parameter(
        "filter",
        "Condition in CQL2 on the queryables.",
        {"type": "string", "maxLength": 8000},
    ),
    "filter-lang": _parameter(
        "filter-lang", "Language of filter.", {"type": "string", "enum": ["cql2-text", "cql2-json"]}
    ),
    "filter-crs": _parameter("filter-crs", "CRS of the geometries in filter.", _CRS),
}
ITEMS: Final = ("limit", "offset", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs")
EVERYWHERE: Final = ("f", "lang")
OF_JSON: Final = ("f-json", "lang")


def openapi_document() -> Schema:
    """The API, described for programs."""
    paths = {
        "/": _operation("landing", "Landing page", {JSON: _ref("object"), HTML: _page()}),
        "/conformance": _operation("conformance", "Conformance", {JSON: _ref("object"), HTML: _page()}),
        "/openapi.json": _operation("openapi", "This document", {OPENAPI: _ref("object")}),
        "/collections": _operation("collections", "Collections", {JSON: _ref("object"), HTML: _page()}),
    }
    for collection in COLLECTIONS.values():
        paths |= _paths_of(collection)
    return {
        "openapi": "3.0.3",
        "info": {"title": current_site().names[current_language()], "version": "1.0.0"},
        "servers": [{"url": address()}],
        "paths": paths,
        "components": {
            "parameters": PARAMETERS,
            "schemas": {
                "object": {"type": "object"},
                "problem": _problem(),
                **{collection.name: _feature(collection) for collection in COLLECTIONS.values()},
            },
        },
    }


def _paths_of(collection: Collection) -> dict[str, Schema]:
    name, title = collection.name, str(TITLES[collection.name][0])
    path = f"/collections/{name}"
    page = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": _ref(name)},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "samples": {"type": "boolean"},
            "boundaries": {"type": "string", "enum": ["schematic", "official"], "nullable": True},
            "links": {"type": "array", "items": _ref("object")},
        },
    }
    identifier = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": dict(SCHEMAS[collection.id_kind]),
    }
    return {
        path: _operation(f"{name}.collection", title, {JSON: _ref("object"), HTML: _page()}, tag=name),
        f"{path}/queryables": _operation(f"{name}.queryables", title, {SCHEMA: _ref("object")}, tag=name),
        f"{path}/items": _operation(f"{name}.items", title, {GEOJSON: page, HTML: _page()}, ITEMS, tag=name),
        f"{path}/items/{{featureId}}": _operation(
            f"{name}.item", title, {GEOJSON: _ref(name), HTML: _page()}, ("crs",), tag=name, path=[identifier]
        ),
    }


def _operation(
    name: str,
    summary: str,
    content: dict[str, Schema],
    parameters: tuple[str, ...] = (),
    *,
    tag: str = "API",
    path: list[Schema] | None = None,
) -> Schema:
    shared = EVERYWHERE if HTML in content else OF_JSON
    referred = [{"$ref": f"#/components/parameters/{each}"} for each in (*parameters, *shared)]
    answers: Schema = {"200": {"description": summary, "content": {key: {"schema": of} for key, of in content.items()}}}
    for status, description in PROBLEMS.items():
        answers[status] = {
            "description": description,
            "content": {"application/problem+json": {"schema": _ref("problem")}},
        }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [*(path or ()), *referred],
            "responses": answers,
        }
    }


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _page() -> Schema:
    return {"type": "string"}


def _feature(collection: Collection) -> Schema:
    properties = {name: {**SCHEMAS[each.kind], "nullable": True} for name, each in collection.properties.items()}
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": dict(SCHEMAS[collection.id_kind]),
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "properties": properties, "additionalProperties": False},
        },
    }


def _problem() -> Schema:
    error = {
        "type": "object",
        "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
    }
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {"type": "array", "items": error},
        },
    }
