"""``/api``: what programs can ask, for people who write them; ``/api/openapi.json``: the same for programs."""

from typing import Any, Final

from flask import Blueprint, Response, json, make_response, render_template, request

from mapapp.web.api.openapi_document import openapi_document
from mapapp.web.api.openapi_operations import TAGS
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.kept import kept, kept_body
from mapapp.web.parameters import Question, parse
from mapapp.web.representations import JSON, document
from mapapp.web.site import current_site

reference = Blueprint("reference", __name__, url_prefix="/api")

TITLES: Final = {
    "search": _l("Search and boundaries"),
    "export": _l("Files"),
    "hsds": _l("HSDS 3.1 (Open Referral)"),
    "ogc": _l("OGC API – Features"),
    "tiles": _l("Vector tiles"),
    "check": _l("Checking a file"),
    "about": _l("About the APIs"),
}
EXAMPLES: Final = (
    (_l("The nearest places that help, as JSON"), "/api/services?q=dom+pomocy&place=Wroc%C5%82aw&within_km=10&limit=5"),
    (_l("The same for a map, as GeoJSON"), "/api/services?q=dom+pomocy&format=geojson"),
    (_l("Everything of one type in one powiat, as a file"), "/api/export/services.csv?type=dps&powiat=0264"),
    (_l("The directory in the standard of Open Referral"), "/api/hsds/services?per_page=5"),
    (
        _l("Services in a box, by the standard of OGC"),
        "/api/ogc/collections/services/items?bbox=16.8,51.0,17.2,51.2&limit=10",
    ),
    (_l("The boundaries of powiats"), "/api/boundaries/powiat"),
)


@reference.get("")
def page() -> Response:
    """The reference, made from the document."""
    question, root = parse(Question, request.args), _root()
    described = kept("openapi document", (question.lang, root), lambda: openapi_document(root))
    groups = [(name, TITLES[name], _operations(described, name)) for name in TAGS]
    page_text = render_template("api/reference.html", groups=groups, examples=EXAMPLES, root=root)
    response = make_response(page_text)
    response.headers["Cache-Control"] = "no-cache"
    return response


@reference.get("/openapi.json")
def openapi() -> Response:
    """The document."""
    question, root = parse(Question, request.args), _root()
    body = kept_body("openapi", (question.lang, root), lambda: json.dumps(openapi_document(root), ensure_ascii=False))
    return document(body, JSON)


def _root() -> str:
    return current_site().settings.public_url or request.root_url.rstrip("/")


def _operations(described: dict[str, Any], tag: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of each that has the tag, references followed."""
    return [
        (method.upper(), path, _resolved(operation, described))
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if tag in operation["tags"]
    ]


def _resolved(operation: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    found = {kind: described["components"][kind] for kind in ("parameters", "responses", "schemas")}

    def follow(kind: str, value: dict[str, Any]) -> dict[str, Any]:
        target: dict[str, Any] = found[kind][value["$ref"].rpartition("/")[2]] if "$ref" in value else value
        return target

    answers = {status: follow("responses", each) for status, each in operation["responses"].items()}
    body = operation.get("requestBody", {}).get("content", {})
    form = follow("schemas", body["multipart/form-data"]["schema"]) if body else {}
    return operation | {
        "parts": [
            {"name": name, "description": schema.get("description"), "schema": schema}
            for name, schema in form.get("properties", {}).items()
        ],
        "parameters": [follow("parameters", each) for each in operation.get("parameters", ())],
        "responses": answers,
    }
