"""``/api/export/…``: everything that a filter shows, and the boundaries, as files in the form that a tool expects."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, request

from mapapp.directory.export_rows import organizations_found, read_one_snapshot
from mapapp.directory.queries import ServiceSearch
from mapapp.registers.exports import (
    LAYERS,
    Release,
    areas_export,
    current_release,
    file_name,
    services_export,
    spatial_formats,
)
from mapapp.registers.template.taking_out import FORMATS as TEMPLATE_FORMATS
from mapapp.registers.template.taking_out import template_export
from mapapp.registers.writers import EXCEL, FORMATS, Export, Format
from mapapp.web.asking import ask, open_when, verified_since
from mapapp.web.i18n import gettext as _
from mapapp.web.moments import Moment
from mapapp.web.parameters import Box, Question, arguments_of, parse, parse_error
from mapapp.web.problems import NotFoundError, ParameterError, ParametersError, unavailable
from mapapp.web.questions import SearchQuestion
from mapapp.web.site import current_site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

export = Blueprint("export", __name__, url_prefix="/api/export")

# Each holds a database connection as long as it is read; the others are for the pages.
MOST_AT_ONCE = 3
LONGEST_WAIT_SECONDS = 2
# a workbook is made as a whole
MOST_FACILITIES = 20_000
# facilities rather than listings: what can be brought in again
TEMPLATES = {
    each: replace(FORMATS[each.removeprefix("template.")], code=each, writer="", is_bare=False)
    for each in TEMPLATE_FORMATS
}
_places = BoundedSemaphore(MOST_AT_ONCE)


class ServicesExportQuestion(SearchQuestion):
    """The same as a search, without pages; ``variant`` is the way of a CSV."""

    bbox: Box | None = None
    modified_since: Moment | None = None
    variant: Literal["machine", "excel"] = "machine"


@dataclass(frozen=True, slots=True)
class Made:
    """A file piece by piece, and the address of what is said about it, where it says nothing itself."""

    pieces: Generator[bytes, None, None]
    described_by: str = ""


Make = Callable[["Session", Release], Made]


@export.get("/services.<path:ending>")
def services(ending: str) -> Response:
    """All services that match, as a file."""
    to = TEMPLATES[ending] if ending in TEMPLATES else _format(ending)
    question = parse(ServicesExportQuestion, _arguments())
    if question.variant == "excel":
        if ending not in EXCEL:
            raise parse_error("variant", "choice", codes="machine")
        to = EXCEL[ending]
    asked = {name: value for name, value in arguments_of(question).items() if name != "lang"}
    address = f"{request.path}?{urlencode(asked, doseq=True)}" if asked else request.path

    def make(session: "Session", release: Release) -> Made:
        understood = ask(session, question, 1, 0, question.bbox)
        if understood.where.unknown:
            unknown = _("We do not know a place called “%(place)s”.", place=understood.where.unknown)
            raise ParametersError([ParameterError("place", unknown)])
        search = replace(understood.search, modified_since=question.modified_since)
        if ending in TEMPLATES:
            return _facilities(session, search, ending)
        return _written(services_export(session, release, search, asked, address, to), to)

    # what depends on the clock is another file each minute, or each day
    clock = (open_when(question), verified_since() if question.verified else None)
    return _answer("services", to, make, question.model_copy(update={"lang": "pl"}), *(each for each in clock if each))


@export.get("/<any(gminas, powiats, subregions):area>.<path:ending>")
def boundaries(area: str, ending: str) -> Response:
    """The boundaries of a layer, as a file."""
    to = _format(ending)
    if ending not in spatial_formats():
        raise NotFoundError(ending)
    parse(Question, request.args)

    def make(session: "Session", release: Release) -> Made:
        return _written(areas_export(session, release, area, request.path, to), to)

    return _answer(area, to, make)


def _facilities(session: "Session", search: ServiceSearch, ending: str) -> Made:
    """Whole facilities that have one of the services found, as far as they are public."""
    only = organizations_found(session, search)
    content = template_export(session, current_site().vocabularies, everything=False, only=only)
    if len(content.organizations) > MOST_FACILITIES:
        many = _("More than %(number)s facilities: narrow the search.", number=MOST_FACILITIES)
        raise ParametersError([ParameterError("q", many)])
    return Made(content.pieces(ending))


def _written(content: Export, to: Format) -> Made:
    address = content.about.address.replace(f".{to.code}", ".about.json", 1).replace("variant=excel", "variant=")
    return Made(to.write(content), address if to.is_bare else "")


def _format(ending: str) -> Format:
    if ending not in FORMATS:
        raise NotFoundError(ending[:20])
    return FORMATS[ending]


def _arguments() -> "MultiDict[str, str]":
    # the shared check of choices names the codes of its own parameters
    if request.args.get("variant") not in {None, "", "machine", "excel"}:
        raise parse_error("variant", "choice", codes="machine, excel")
    return request.args


def _answer(layer: str, to: Format, make: Make, *asked: object) -> Response:
    if not _places.acquire(timeout=LONGEST_WAIT_SECONDS):
        return unavailable()
    with ExitStack() as open_things:
        open_things.callback(_places.release)
        session = open_things.enter_context(current_site().open_session())
        read_one_snapshot(session)
        release = current_release(session)
        if layer in LAYERS and release.territory is None:
            return unavailable()
        etag = release.tag(layer, to.code, to.writer, *asked)
        if _has(etag):
            response = make_response(b"", 304)
        else:
            response = _file(open_things, make(session, release), to)
            name = file_name(f"{layer}{to.mark}", current_site().settings.region, release, to.code)
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.set_etag(etag)
    # the tag tells the release: ask each time, and get nothing where nothing changed
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _file(open_things: ExitStack, made: Made, to: Format) -> Response:
    """The file as it is made; session and place are given back with its last byte, or when the client is gone."""
    if request.method == "HEAD":
        response = Response(iter(()), mimetype=to.media_type)
    else:
        pieces = open_things.enter_context(closing(made.pieces))
        # what fails before the first piece is still answered in words
        first = next(pieces, b"")
        kept = open_things.pop_all()
        response = Response(_sent(first, pieces, kept), mimetype=to.media_type)
        response.call_on_close(kept.close)
    if made.described_by:
        response.headers["Link"] = f'<{made.described_by}>; rel="describedby"; type="application/json"'
    return response


def _sent(first: bytes, pieces: Iterator[bytes], kept: ExitStack) -> Iterator[bytes]:
    with kept:
        yield first
        yield from pieces


def _has(etag: str) -> bool:
    """Whether the client has these bytes, plain or compressed on the way ("tag:zstd")."""
    given = {tag.split(":")[0] for tag in request.if_none_match.as_set()}
    return etag in given or request.if_none_match.star_tag
