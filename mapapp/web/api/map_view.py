"""``/api/services/map``: what a map shows of a question in its view, light enough for 100,000 services."""

from typing import Annotated, Final

from flask import Blueprint, Response, request

from mapapp.directory.queries import map_signs
from mapapp.web.asking import ask
from mapapp.web.kept import kept_body
from mapapp.web.parameters import Box, Whole, between, parse, parse_error
from mapapp.web.questions import SearchQuestion
from mapapp.web.representations import GEOJSON, document
from mapapp.web.session import current_session

map_view = Blueprint("map_view", __name__, url_prefix="/api/services")

DEEPEST: Final = 20
# a whole region on a small screen
USUAL_ZOOM: Final = 8


class MapQuestion(SearchQuestion):
    """The search, and what of it is on the screen."""

    bbox: Box | None = None
    zoom: Annotated[Whole, between(0, DEEPEST)] = USUAL_ZOOM


@map_view.get("/map")
def signs() -> Response:
    """Services that match and have a place: one by one where few are in ``bbox``, grouped where many are."""
    question = parse(MapQuestion, request.args)
    asked = ask(current_session(), question, 1, 0, question.bbox)
    if asked.where.unknown:
        raise parse_error("place", "place", value=asked.where.unknown)
    search, zoom = asked.search, question.zoom
    body = kept_body("map", (search, zoom), lambda: map_signs(current_session(), search, zoom))
    return document(body, GEOJSON)
