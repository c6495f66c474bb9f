"""``/api/boundaries/<layer>``: outlines to draw; they change only when a territory is loaded."""

from flask import Blueprint, Response, request

from mapapp.territory.queries import AreaLayer, boundaries_geojson, territory_facts
from mapapp.web.kept import kept_body
from mapapp.web.parameters import Question, parse
from mapapp.web.problems import unavailable
from mapapp.web.representations import GEOJSON, document, unchanged_until
from mapapp.web.session import current_session

boundaries = Blueprint("boundaries", __name__, url_prefix="/api/boundaries")


@boundaries.get("/<any(subregion, powiat, gmina):layer>")
def layer(layer: AreaLayer) -> Response:
    """The outlines of one layer as GeoJSON, with their attribution and whether they are schematic."""
    parse(Question, request.args)
    facts = territory_facts(current_session())
    if facts is None:
        return unavailable()
    response = document(kept_body("boundaries", layer, lambda: boundaries_geojson(current_session(), layer)), GEOJSON)
    return unchanged_until(f"{layer}-{facts.release}", response)
