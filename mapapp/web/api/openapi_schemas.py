"""What the APIs answer, as JSON Schema (OpenAPI 3.1), made from the same columns and members."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from mapapp.directory.hsds_resources import (
    MINIMAL_SERVICES,
    ORGANIZATIONS,
    SERVICES,
    SERVICES_AT_LOCATIONS,
    TAXONOMIES,
    TAXONOMY_TERMS,
    Resource,
)
from mapapp.registers.dictionary import ASKED_COLUMNS, POSITION_COLUMNS, SERVICE_COLUMNS, Column, Kind

Schema = dict[str, Any]

PROBLEM: Final = "application/problem+json"
_KINDS: Final[Mapping[Kind, Schema]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "list": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "additionalProperties": {"type": "string"}},
}
# a row of a file may say them, the documents do not
OF_FILES: Final = {"facility_type_name"}
# a feature says them itself, beside its properties
OF_FEATURES: Final = {"id", "longitude", "latitude"}
# where the question has a position, a profile or an occasion
OF_ASKER: Final = {"entitlement", *(column.name for column in ASKED_COLUMNS)}
# of lists, not of the signs on a map
OF_LISTS: Final = {"group", *OF_ASKER}
ALWAYS: Final = {"id", "service_id", "name", "facility_type", "is_sample", "visibility"}
HSDS: Final = {
    "services": SERVICES,
    "organizations": ORGANIZATIONS,
    "service_at_locations": SERVICES_AT_LOCATIONS,
    "taxonomies": TAXONOMIES,
    "taxonomy_terms": TAXONOMY_TERMS,
}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
TRUTH: Final[Schema] = {"type": "boolean"}
TEXT: Final[Schema] = {"type": "string"}
UUID: Final[Schema] = {"type": "string", "format": "uuid"}
BOUNDARIES: Final[Schema] = {"type": ["string", "null"], "enum": ["schematic", "official", None]}


def ref(name: str) -> Schema:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas() -> dict[str, Schema]:
    """Every schema of the document but those of OGC API – Features, which has its own."""
    return {
        "problem": _problem(),
        "service": _service(),
        "services": _object({**_found(), "limit": COUNT, "offset": COUNT, "services": _list(ref("service"))}),
        "service_changes": _object({**_changes(), "services": _list(_service(measured=False))}),
        "geometry": _geometry(),
        "service_features": _features(_found(), _map_properties()),
        "map_signs": _map_signs(),
        "service_feature_changes": _features(_changes(), _service(measured=False, besides=OF_FEATURES)),
        "boundaries": _features({"is_schematic": TRUTH, "attribution": TEXT}, _strings("code", "name", "kind")),
        "hsds": _strings(
            "version", "profile", "openapi_url", "x_datapackage_url", x_samples=TRUTH, x_boundaries=BOUNDARIES
        ),
        **{f"hsds_{name}": _record(resource) for name, resource in HSDS.items()},
        **{f"hsds_{name}_page": _page(name, resource) for name, resource in HSDS.items()},
        "tilejson": _tilejson(),
        "file_to_check": _file_to_check(),
        "checked_file": _checked_file(),
        "collection_of_anything": {"type": "object", "required": ["type", "features"]},
        "openapi": {"type": "object", "required": ["openapi", "info", "paths"]},
    }


def _changes() -> Schema:
    following: Schema = {"type": ["string", "null"]}
    told = {"samples": TRUTH, "boundaries": BOUNDARIES, "cursor": TEXT, "next": following, "later": TEXT}
    return {**told, "removed": _list(UUID)}


def _object(properties: Schema, optional: Iterable[str] = ()) -> Schema:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "required": required, "properties": properties}


def _strings(*names: str, **more: Schema) -> Schema:
    return _object({**dict.fromkeys(names, TEXT), **more})


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _service(*, measured: bool = True, besides: Collection[str] = ()) -> Schema:
    """A service; ``measured``: with what depends on the position that was asked from."""
    of_asker = (*POSITION_COLUMNS, *ASKED_COLUMNS) if measured else ()
    left_out = {*OF_FILES, *besides}
    columns = {column.name: _column(column) for column in (*SERVICE_COLUMNS, *of_asker) if column.name not in left_out}
    return _object(columns, optional=[column.name for column in ASKED_COLUMNS])


def _column(column: Column) -> Schema:
    kind = UUID if column.unit == "UUID" else _KINDS[column.kind]
    described = {**(kind if column.name in ALWAYS else _or_null(kind)), "description": column.en}
    return described | ({"x-vocabulary": column.vocabulary} if column.vocabulary else {})


def _found() -> Schema:
    """What is said about a whole list."""
    return {
        "total": {**COUNT, "description": "How many match on all pages."},
        "samples": {**TRUTH, "description": "Whether invented entries are among them."},
        "boundaries": {**BOUNDARIES, "description": "Whether areas are official or computed."},
        "corrected": {**_list(_strings("typed", "used")), "description": "Words that were taken for a misspelling."},
        "ignored": {**_list(TEXT), "description": "Words that no entry has."},
    }


def _map_properties() -> Schema:
    nullable = ("street", "city", "phone")
    properties = {
        "service_id": UUID,
        "location_id": _or_null(UUID),
        **dict.fromkeys(("name", "type", "group"), TEXT),
        **{name: _or_null(TEXT) for name in nullable},
        "is_sample": TRUTH,
        **{column.name: _column(column) for column in (*POSITION_COLUMNS, *ASKED_COLUMNS) if column.name in OF_ASKER},
    }
    return _object(properties, optional=OF_ASKER)


def _map_signs() -> Schema:
    service = {name: schema for name, schema in _map_properties()["properties"].items() if name not in OF_LISTS}
    service["phone_display"] = {**_or_null(TEXT), "description": "The number as it is written."}
    group = _object({"services": {**COUNT, "description": "How many services the group has."}})
    head = {
        "total": {**COUNT, "description": "How many match and have a place, in view or not."},
        "whole": {**TRUTH, "description": "Whether all that match are here, wherever they are."},
        "grouped": {**TRUTH, "description": "Whether many are in view, and put into groups."},
    }
    return _features(head, {"anyOf": [_object(service), group]})


def _features(head: Schema, properties: Schema) -> Schema:
    feature = _object({"type": {"const": "Feature"}, "geometry": ref("geometry"), "properties": properties})
    return _object({"type": {"const": "FeatureCollection"}, **head, "features": _list(feature)})


def _geometry() -> Schema:
    kinds = ["Point", "Polygon", "MultiPolygon"]
    return {
        "description": "A geometry of GeoJSON (RFC 7946); null where the place is not shown or there is none.",
        **_object({"type": {"enum": kinds}, "coordinates": {"type": "array"}}),
        "type": ["object", "null"],
    }


def _record(resource: Resource) -> Schema:
    """A record with any of its members; what is not known is left out, as HSDS has it."""
    names = {**resource.brief, **resource.full, **resource.alone}
    return {
        "type": "object",
        "required": ["id"],
        "properties": {name: UUID if name == "id" else {} for name in names},
        "additionalProperties": False,
        "externalDocs": {"url": "https://docs.openreferral.org/en/3.1/hsds/", "description": "HSDS 3.1"},
    }


def _page(name: str, resource: Resource) -> Schema:
    minimal = dict.fromkeys(MINIMAL_SERVICES.brief, TEXT)
    content = {"anyOf": [ref(f"hsds_{name}"), _object(minimal)]} if resource is SERVICES else ref(f"hsds_{name}")
    return _object(
        {
            **dict.fromkeys(("total_items", "total_pages", "page_number", "size"), COUNT),
            **dict.fromkeys(("first_page", "last_page", "empty", "x_samples"), TRUTH),
            "x_boundaries": BOUNDARIES,
            "contents": _list(content),
        }
    )


def _tilejson() -> Schema:
    layer = _strings("id", fields={"type": "object", "additionalProperties": TEXT})
    properties = {
        "tilejson": {"const": "3.0.0"},
        "name": TEXT,
        "tiles": _list(TEXT),
        "minzoom": COUNT,
        "maxzoom": COUNT,
        "bounds": {**_list({"type": "number"}), "minItems": 4, "maxItems": 4},
        "attribution": TEXT,
        "vector_layers": _list(layer),
        "samples": TRUTH,
        "boundaries": BOUNDARIES,
    }
    return _object(properties, optional={"bounds"})


def _file_to_check() -> Schema:
    mapping = '{"columns": {"Nazwa klubu": "name"}, "constants": {"type": "klub_sen"}}'
    properties = {
        "file": {"type": "string", "format": "binary", "description": "A table or a geographic file, with its name."},
        "mapping": {
            **TEXT,
            "contentMediaType": "application/json",
            "description": "For a layout that is not known: fields by heading, and what holds for all rows.",
            "examples": [mapping],
        },
    }
    return {**_object(properties, optional={"mapping"}), "additionalProperties": False}


def _checked_file() -> Schema:
    """The file's findings; without them where ``problem`` says what its columns lack."""
    finding = {"severity": {"enum": ["error", "warning"]}, "sheet": TEXT, "line": COUNT}
    finding |= dict.fromkeys(("field", "value", "message", "nearest"), TEXT)
    column = {
        "heading": TEXT,
        "field": TEXT,
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "is_used": TRUTH,
        "sample": _list(TEXT),
    }
    mapping = _object(
        {"columns": _list(_object(column)), "constants": {"type": "object", "additionalProperties": TEXT}}
    )
    checked = {
        "file": TEXT,
        "layout": _strings("code", "title"),
        **dict.fromkeys(("encoding", "separator"), TEXT),
        **dict.fromkeys(("rows", "accepted", "rejected"), COUNT),
        "findings": _list(_object(finding)),
        "points": ref("collection_of_anything"),
    }
    told = {
        "mapping": {**_or_null(mapping), "description": "What the columns were taken for; null where it is known."},
        "problem": {**_or_null(TEXT), "description": "What the columns lack to be checked."},
    }
    return _object({**checked, **told}, optional=checked)


def _problem() -> Schema:
    error = {
        "parameter": TEXT,
        "detail": {**TEXT, "description": "What was expected."},
        "value": {**_or_null(TEXT), "description": "What was given."},
    }
    properties = {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": TEXT,
        "instance": {**TEXT, "description": "The number of the incident, where the mistake is ours."},
        "errors": {**_list(_object(error)), "description": "Every parameter at fault."},
    }
    return {**_object(properties, optional={"instance", "errors"}), "description": "Problem details (RFC 9457)."}
