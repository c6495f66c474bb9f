"""``/api/ogc``: OGC API – Features, for GIS programs and for reading.

Part 1 (core, GeoJSON, HTML, OpenAPI 3.0), Part 2 (CRS), Part 3 (filters in CQL2).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, render_template, request

from mapapp.directory.queries import survivor_of
from mapapp.directory.release import Release, current_release, with_release, without_transaction
from mapapp.territory.feature_pages import Collection, Crs, FeaturePage, collection_size, feature, feature_page
from mapapp.web.api import ogc_documents as documents
from mapapp.web.api.ogc_collections import known_collection
from mapapp.web.api.ogc_links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Link, address, link, self_and_other
from mapapp.web.api.ogc_openapi import openapi_document
from mapapp.web.api.ogc_parameters import ItemQuestion, ItemsQuestion, PageQuestion, ask, item_crs, items_query
from mapapp.web.i18n import current_language
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import parse_error
from mapapp.web.problems import NotFoundError
from mapapp.web.session import current_session
from mapapp.web.site import current_site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mapapp.database import Reader

Answer = TypeVar("Answer")
ogc = Blueprint("ogc", __name__, url_prefix="/api/ogc")

# the values of ``f``
FORMATS: Final = {"json": JSON, "html": HTML}


@ogc.get("", strict_slashes=False)
def landing() -> Response:
    """Where to go from here."""
    is_html = _is_html(ask(PageQuestion))
    return _described(lambda release: documents.landing(release, is_html), "landing", is_html)


@ogc.get("/conformance")
def conformance() -> Response:
    """Which requirements are met."""
    is_html = _is_html(ask(PageQuestion))
    return _described(lambda _release: documents.conformance(is_html), "conformance", is_html)


@ogc.get("/openapi.json")
def openapi() -> Response:
    """The API as an OpenAPI 3.0 document."""
    _is_json_alone(ask(PageQuestion))
    return _described(lambda _release: openapi_document(), "", False, OPENAPI)


@ogc.get("/collections")
def collections() -> Response:
    """Every collection."""
    is_html = _is_html(ask(PageQuestion))
    return _described(lambda release: documents.collections(release, is_html), "collections", is_html)


@ogc.get("/collections/<name>")
def collection(name: str) -> Response:
    """One collection."""
    is_html = _is_html(ask(PageQuestion))
    described = known_collection(name)
    return _described(lambda release: documents.collection(described, release, is_html), "collection", is_html)


@ogc.get("/collections/<name>/queryables")
def queryables(name: str) -> Response:
    """What a filter may name."""
    _is_json_alone(ask(PageQuestion))
    described = known_collection(name)
    return _described(lambda _release: documents.queryables_schema(described), "", False, SCHEMA)


@ogc.get("/collections/<name>/items")
def items(name: str) -> Response:
    """A page of features."""
    described, question = known_collection(name), ask(ItemsQuestion)
    is_html, query = _is_html(question, GEOJSON), items_query(question, described)
    unchanged = _unchanged(is_html)
    if unchanged is not None:
        return unchanged
    release, page = _answered(lambda source, known: feature_page(source, described, query, _size(described, known)))
    head = {
        "type": "FeatureCollection",
        **({} if page.matched is None else {"numberMatched": page.matched}),
        "numberReturned": len(page.features),
        **documents.notices(release, [name]),
        "links": _page_links(name, question, query.limit, page, is_html),
    }
    text = f'{_json(head)[:-1]},"features":[{",".join(page.features)}]}}'
    if is_html:
        return _page("items", release, document=json.loads(text), about=documents.TITLES[name], name=name)
    return _features(text, release, query.crs)


@ogc.get("/collections/<name>/items/<item_id>")
def item(name: str, item_id: str) -> Response:
    """One feature."""
    described, question = known_collection(name), ask(ItemQuestion)
    is_html, crs = _is_html(question, GEOJSON), item_crs(question)
    unchanged = _unchanged(is_html)
    if unchanged is not None:
        return unchanged
    known_id = _id(described, item_id)
    release, found = _answered(lambda source, _known: feature(source, described, known_id, crs))
    if found is None:
        item_id = _survivor(described, item_id)
        found = feature(current_session(), described, item_id, crs)
    if found is None:
        raise NotFoundError(f"{name} has no feature {item_id!r}")
    path = f"/collections/{name}"
    links = [
        *self_and_other(f"{path}/items/{item_id}", is_html, GEOJSON),
        link("collection", JSON, str(documents.TITLES[name][0]), path),
    ]
    tail = {**documents.notices(release, [name]), "links": links}
    text = f"{found[:-1]},{_json(tail)[1:]}"
    if is_html:
        return _page("item", release, document=json.loads(text), about=documents.TITLES[name], name=name)
    return _features(text, release, crs)


def _id(described: Collection, item_id: str) -> str:
    if described.id_kind == "uuid":
        try:
            return str(UUID(item_id))
        except ValueError:
            raise NotFoundError(f"{item_id!r} is no id of {described.name}") from None
    if not item_id.isalnum():
        raise NotFoundError(f"{item_id!r} is no id of {described.name}")
    return item_id


def _survivor(described: Collection, item_id: str) -> str:
    """The id of the feature that a merged one went into; else the same id."""
    survivor = survivor_of(current_session(), UUID(item_id)) if described.id_kind == "uuid" else None
    return str(survivor or item_id)


def _size(described: Collection, release: Release) -> int:
    """How many features a whole collection has; counted once for each release."""
    if described.name == "services":
        return release.listings
    sizes: dict[str, tuple[str, int]] = current_app.extensions.setdefault("ogc_sizes", {})
    tag, size = sizes.get(described.name, ("", 0))
    if tag != release.tag:
        size = collection_size(current_session(), described)
        sizes[described.name] = (release.tag, size)
    return size


def _page_links(name: str, question: ItemsQuestion, limit: int, page: FeaturePage, is_html: bool) -> list[Link]:
    path, media_type = f"/collections/{name}/items", HTML if is_html else GEOJSON
    asked = {key: value for key, value in request.args.items() if key not in {"f", "offset"}}
    offset = question.offset

    def other(rel: str, title: str, start: int) -> Link:
        arguments = {**asked, "offset": start or None, "f": request.args.get("f")}
        return link(rel, media_type, title, path, **arguments)

    links = self_and_other(path, is_html, GEOJSON, **asked, offset=offset or None)
    if page.has_more:
        links.append(other("next", _("Next page"), offset + limit))
    if offset:
        links.append(other("prev", _("Previous page"), max(0, offset - limit)))
    return [*links, link("collection", JSON, str(documents.TITLES[name][0]), f"/collections/{name}")]


def _is_html(question: PageQuestion, media_type: str = JSON) -> bool:
    """Whether a page is asked for: by ``f``, else by what the client accepts best."""
    if question.f:
        if question.f not in FORMATS:
            raise parse_error("f", "choice", codes=", ".join(FORMATS))
        return question.f == "html"
    return request.accept_mimetypes.best_match([media_type, JSON, HTML], media_type) == HTML


def _is_json_alone(question: PageQuestion) -> None:
    """Refuse a representation that this document does not have."""
    if question.f not in {"", "json"}:
        raise parse_error("f", "choice", codes="json")


def _described(
    make: Callable[[Release], Mapping[str, Any]], template: str, is_html: bool, media_type: str = JSON
) -> Response:
    unchanged = _unchanged(is_html)
    if unchanged is not None:
        return unchanged
    release = _release()
    if is_html:
        return _page(template, release, document=make(release))
    return _sent(_json(make(release)), media_type, release)


def _features(text: str, release: Release, crs: Crs) -> Response:
    response = _sent(text, GEOJSON, release)
    response.headers["Content-Crs"] = f"<{crs.uri}>"
    return response


def _page(template: str, release: Release, **values: object) -> Response:
    page = render_template(f"ogc/{template}.html", release=release, address=address, **values)
    return _sent(page, HTML, release)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sent(text: str, media_type: str, release: Release) -> Response:
    response = make_response(text)
    response.content_type = f"{media_type}; charset=utf-8" if media_type == HTML else media_type
    return _validated(response, release, media_type == HTML)


def _validated(response: Response, release: Release, is_html: bool) -> Response:
    """The answer with its validator; it may be kept, and shown again once it was compared."""
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    if not is_html:  # a page has a nonce of its own each time
        response.set_etag(_tag(release))
    return response


def _release() -> Release:
    return current_release(without_transaction(current_session()))


def _answered(answer: "Callable[[Session | Reader, Release], Answer]") -> tuple[Release, Answer]:
    return with_release(current_site().open_reader(), current_session, answer)


def _unchanged(is_html: bool) -> Response | None:
    """304 where the client has this very answer; nothing but the release is asked of the database for it."""
    if is_html or not request.if_none_match:
        return None
    release = _release()
    # compression adds the name of its coding to a tag
    if _tag(release) not in {tag.partition(":")[0] for tag in request.if_none_match.as_set()}:
        return None
    response = make_response("", 304)
    return _validated(response, release, is_html)


def _tag(release: Release) -> str:
    """What this answer is recognised by: the release, and all that the request says."""
    asked = (release.tag, current_app.static_url_path, request.root_url, request.path, current_language())
    return hashlib.sha256(repr((asked, request.query_string)).encode()).hexdigest()[:32]
