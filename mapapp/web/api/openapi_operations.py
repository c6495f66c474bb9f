"""What each address of the APIs answers and which question it parses; a test compares this with the routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mapapp.registers.exports import spatial_formats
from mapapp.registers.template.taking_out import FORMATS as TEMPLATE_FORMATS
from mapapp.registers.writers import FORMATS
from mapapp.web.api import hsds_questions as of_hsds
from mapapp.web.api.export import ServicesExportQuestion
from mapapp.web.api.feed import FeedQuestion
from mapapp.web.api.map_view import MapQuestion
from mapapp.web.api.openapi_schemas import UUID, Schema, ref
from mapapp.web.api.tiles import DEEPEST, MVT, TileQuestion
from mapapp.web.parameters import Question
from mapapp.web.questions import ServicesQuestion
from mapapp.web.representations import GEOJSON, JSON

NDJSON: Final = "application/x-ndjson"
BYTES: Final[Schema] = {}


@dataclass(frozen=True, slots=True)
class Operation:
    """One address, as its reader sees it. ``question`` None: it takes no parameter at all, and ignores any."""

    tag: str
    summary: str
    answers: Mapping[str, Schema]  # media type -> schema
    question: type[Question] | None = Question
    path: Mapping[str, Schema] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)  # of all its parameters
    others: Mapping[str, str] = field(default_factory=dict)  # further answers without a body
    parts: Schema | None = None  # of the form that is sent, as multipart/form-data
    # the operation whose first record has the id that this one needs
    after: str = ""


Describe = Callable[[str], Operation]  # told which of several values the address has
TAGS: Final[Mapping[str, str]] = {
    "search": "The directory's search, as on the page, and the boundaries.",
    "export": "Everything that a filter shows, as files.",
    "hsds": "Open Referral HSDS 3.1.",
    "ogc": "OGC API – Features; its own OpenAPI 3.0 document is at /api/ogc/openapi.json.",
    "tiles": "Vector tiles (Mapbox Vector Tile) and their TileJSON.",
    "check": "Checks of files before they are given in.",
    "about": "About these APIs and this server.",
}
UNCHANGED: Final = {"304": "The client has this version already."}
_LISTS: Final[Mapping[str, tuple[str, type[Question], Mapping[str, Any]]]] = {
    "services": ("A page of services", of_hsds.ServicesQuestion, {"search": "dom", "per_page": 5}),
    "organizations": ("A page of organizations", of_hsds.OrganizationsQuestion, {"per_page": 5, "full": "true"}),
    "service_at_locations": (
        "A page of services at locations",
        of_hsds.PlacesQuestion,
        {"postcode": "57-300", "proximity": 20_000, "per_page": 5},
    ),
    "taxonomies": ("A page of vocabularies", of_hsds.ListQuestion, {"per_page": 50}),
    "taxonomy_terms": ("A page of terms", of_hsds.TermsQuestion, {"top_only": "true", "per_page": 50}),
}


def _list(name: str) -> Describe:
    summary, question, example = _LISTS[name]
    answers = {JSON: ref(f"hsds_{name}_page"), NDJSON: BYTES}
    return lambda _: Operation("hsds", summary, answers, question, example=example, others=UNCHANGED)


def _record(kind: str) -> Operation:
    summary = f"One of {kind}, with everything about it"
    question = of_hsds.OrganizationQuestion if kind == "organizations" else of_hsds.RootQuestion
    answers = {JSON: ref(f"hsds_{kind}")}
    return Operation(
        "hsds", summary, answers, question, {"record_id": UUID}, others=UNCHANGED, after=f"/api/hsds/{kind}"
    )


def _file(area: str) -> Operation:
    endings = list(spatial_formats() if area else [*FORMATS, *TEMPLATE_FORMATS])
    return Operation(
        "export",
        f"The boundaries of {area}, as a file" if area else "All services that match, as a file",
        {FORMATS[ending.removeprefix("template.")].media_type: BYTES for ending in endings},
        Question if area else ServicesExportQuestion,
        {"ending": {"type": "string", "enum": endings}},
        {"ending": "geojson"} if area else {"ending": "csv", "type": "dps", "powiat": "0264"},
        UNCHANGED,
    )


def _tile(layer: str) -> Operation:
    deepest = DEEPEST[layer]
    at = {"type": "integer", "minimum": 0, "maximum": 2**deepest - 1, "description": "Below 2 to the power of z."}
    return Operation(
        "tiles",
        f"One tile of {layer}",
        {MVT: BYTES},
        TileQuestion if layer == "services" else Question,
        {"z": {"type": "integer", "minimum": 0, "maximum": deepest}, "x": at, "y": at},
        {"z": 7, "x": 69, "y": 43},
        {"204": "Nothing is on this tile.", **UNCHANGED},
    )


def _tilejson(layer: str) -> Operation:
    question = TileQuestion if layer == "services" else Question
    return Operation("tiles", f"TileJSON of {layer}", {JSON: ref("tilejson")}, question, others=UNCHANGED)


def _boundaries(layer: str) -> Operation:
    answers = {GEOJSON: ref("boundaries")}
    return Operation("search", f"The outlines of the layer {layer}, to draw", answers, others=UNCHANGED)


OPERATIONS: Final[Mapping[str, Describe]] = {
    "services.search": lambda _: Operation(
        "search",
        "Services that match; GeoJSON by `format` or by Accept",
        {
            JSON: {"anyOf": [ref("services"), ref("service_changes")]},
            GEOJSON: {"anyOf": [ref("service_features"), ref("service_feature_changes")]},
        },
        ServicesQuestion,
        example={"q": "dom pomocy", "near": "17.03,51.11", "within_km": 10, "limit": 5},
        others=UNCHANGED,
    ),
    "map_view.signs": lambda _: Operation(
        "search",
        "What a map shows: services where few are in view, groups of them where many are",
        {GEOJSON: ref("map_signs")},
        MapQuestion,
        example={"type": "dps", "bbox": "14.8,50.0,17.9,51.9", "zoom": 8},
        others=UNCHANGED,
    ),
    "feed.changes": lambda form: Operation(
        "search",
        f"The newest changes of what matches, as {form.capitalize() if form == 'atom' else 'RSS'}",
        {f"application/{form}+xml": BYTES},
        FeedQuestion,
        example={"type": "dps"},
        others=UNCHANGED,
    ),
    "boundaries.layer": _boundaries,
    "export.services": _file,
    "export.boundaries": _file,
    "template.workbook": lambda _: Operation(
        "export",
        "An empty workbook to give data in, with drop-downs and explanations",
        {FORMATS["xlsx"].media_type: BYTES},
        others=UNCHANGED,
    ),
    "hsds.root": lambda _: Operation(
        "hsds", "What this API is", {JSON: ref("hsds")}, of_hsds.RootQuestion, others=UNCHANGED
    ),
    **{f"hsds.{name}": _list(name) for name in _LISTS},
    "hsds.record": _record,
    "hsds.organization": lambda _: _record("organizations"),
    "hsds.data_package": lambda _: Operation(
        "hsds",
        "Everything as CSV tables, described",
        {"application/zip": BYTES},
        of_hsds.RootQuestion,
        others=UNCHANGED,
    ),
    "tiles.description": _tilejson,
    "tiles.tile": _tile,
    "validator.check_for_programs": lambda _: Operation(
        "check",
        "What is right and wrong in a file of a register; nothing of it is kept",
        {JSON: ref("checked_file")},
        parts=ref("file_to_check"),
        example={"file": "@units.csv"},
    ),
    "reference.openapi": lambda _: Operation("about", "This document", {JSON: ref("openapi")}, others=UNCHANGED),
    "health.healthz": lambda _: Operation(
        "about", "The process lives; the database is not asked", {"text/plain": {"type": "string"}}, None
    ),
    "health.readyz": lambda _: Operation(
        "about", "The database answers and holds a region", {"text/plain": {"type": "string"}}, None
    ),
}
# addresses with a document or an audience of their own
OTHERS: Final = {
    "ogc": "described by its own document",
    "reference.page": "a page for people",
}
