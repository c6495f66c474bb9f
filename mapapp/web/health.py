"""Whether this process lives, and whether it can answer."""

from flask import Blueprint, Response, make_response

from mapapp.territory.queries import territory_facts
from mapapp.web.problems import unavailable
from mapapp.web.session import current_session

health = Blueprint("health", __name__)


def _plain(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response


@health.get("/healthz")
def healthz() -> Response:
    """The process lives; the database is not asked."""
    return _plain("ok\n")


@health.get("/readyz")
def readyz() -> Response:
    """The database answers and holds a region; 503 until then."""
    return _plain("ready\n") if territory_facts(current_session()) else unavailable()
