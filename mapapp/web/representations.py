"""Documents for machines: media types, caching, and which of them the client asks for."""

from flask import Response, g, make_response, request

from mapapp.web.kept import Body

JSON = "application/json"
GEOJSON = "application/geo+json"
A_DAY = 24 * 3600


def document(body: Body | str, media_type: str) -> Response:
    """A document that the database made; a client may keep it only to compare. One that was kept has a validator."""
    response = make_response(body.text if isinstance(body, Body) else body)
    response.mimetype = media_type
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    if isinstance(body, Body):
        g.body_digest = body.digest
        response.set_etag(body.digest)
        response.make_conditional(request)
    return response


def unchanged_until(etag: str, response: Response, max_age: int = A_DAY) -> Response:
    """The answer with a strong validator: 304 where the client has this version already."""
    response.set_etag(etag)
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.make_conditional(request)
    return response


def wants_geojson(asked: str | None) -> bool:
    """Whether the answer is GeoJSON: by ``format``, else by what the client accepts best."""
    if asked is not None:
        return asked == "geojson"
    return request.accept_mimetypes.best_match([JSON, GEOJSON]) == GEOJSON
