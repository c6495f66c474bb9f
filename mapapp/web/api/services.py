"""``/api/services``: the search of the page, for programs and for the map."""

from flask import Blueprint, Response, request

from mapapp.directory.queries import ServiceSearch, services_geojson, services_json
from mapapp.web.api.changes import changes
from mapapp.web.asking import ask
from mapapp.web.kept import kept_body
from mapapp.web.parameters import parse, parse_error
from mapapp.web.questions import MOST_ON_A_MAP, MOST_RESULTS, PAGE_SIZE, ServicesQuestion
from mapapp.web.representations import GEOJSON, JSON, document, wants_geojson
from mapapp.web.session import current_session

services = Blueprint("services", __name__, url_prefix="/api")


@services.get("/services")
def search() -> Response:
    """Services that match, or what of them changed; GeoJSON by ``format=geojson`` or by Accept."""
    question = parse(ServicesQuestion, request.args)
    geographic = wants_geojson(question.format)
    if question.cursor or question.modified_since:
        return changes(question, geographic)
    found = _search(question, geographic)
    if geographic:
        return document(kept_body("geojson", found, lambda: services_geojson(current_session(), found)), GEOJSON)
    return document(kept_body("json", found, lambda: services_json(current_session(), found)), JSON)


def _search(question: ServicesQuestion, geographic: bool) -> ServiceSearch:
    most = MOST_ON_A_MAP if geographic else MOST_RESULTS
    limit = question.limit or (most if geographic else PAGE_SIZE)
    if limit > most:
        raise parse_error("limit", "range", least=1, most=most)
    asked = ask(current_session(), question, limit, question.offset, question.bbox)
    if asked.where.unknown:
        # a program must not take the whole region for the neighbourhood it asked for
        raise parse_error("place", "place", value=asked.where.unknown)
    return asked.search
