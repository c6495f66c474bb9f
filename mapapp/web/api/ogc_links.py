"""Addresses of the API, absolute as its clients expect them, and links to them."""

from typing import Any, Final
from urllib.parse import urlencode

from flask import request

from mapapp.web.site import current_site

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
HTML: Final = "text/html"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
OGC_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"

Link = dict[str, Any]


def address(path: str = "", **arguments: Any) -> str:
    """The absolute address of a path below the API; arguments that are None are left out."""
    root = current_site().settings.public_url or request.root_url.rstrip("/")
    given = {name: value for name, value in arguments.items() if value is not None}
    return f"{root}/api/ogc{path}" + (f"?{urlencode(given, doseq=True)}" if given else "")


def link(rel: str, media_type: str, title: str, path: str = "", **arguments: Any) -> Link:
    """A link as the API writes it."""
    return {"rel": rel, "type": media_type, "title": title, "href": address(path, **arguments)}


def self_and_other(path: str, is_html: bool, media_type: str = JSON, **arguments: Any) -> list[Link]:
    """The links to this document, and to the same for the other kind of reader."""
    data = link("alternate" if is_html else "self", media_type, "JSON", path, f="json", **arguments)
    page = link("self" if is_html else "alternate", HTML, "HTML", path, f="html", **arguments)
    return [page, data] if is_html else [data, page]
