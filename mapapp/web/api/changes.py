"""``/api/services`` with ``cursor`` or ``modified_since``: for programs that keep a copy in step."""

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import Response, request

from mapapp.directory.queries import ServiceSearch
from mapapp.directory.sync import LONG_AGO, LostTrackError, Page, Point, at_moment, beginning, changes_after
from mapapp.web.addresses import absolute
from mapapp.web.api.cursors import WrongCursorError, read, written
from mapapp.web.facts import current_facts
from mapapp.web.parameters import arguments_of, parse_error
from mapapp.web.problems import GoneError
from mapapp.web.questions import MOST_ON_A_MAP, MOST_RESULTS, ServicesQuestion
from mapapp.web.representations import GEOJSON, JSON, document
from mapapp.web.session import current_session

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

START: Final = "start"
CHANGES_AT_ONCE: Final = 500
# What they find depends on other listings, on the clock, or on where things stand in a list: no copy can be kept in
# step with it.
OF_ONE_ANSWER: Final = ("q", "place", "near", "within_km", "open", "open_at", "verified", "offset")
OF_THE_PAGE: Final = {"cursor", "modified_since", "limit", "format", "lang"}


def changes(question: ServicesQuestion, geographic: bool) -> Response:
    """The next changes of what the question finds, with the address of those that follow."""
    _refuse_mixture(question)
    most = MOST_ON_A_MAP if geographic else MOST_RESULTS
    limit = question.limit or CHANGES_AT_ONCE
    if limit > most:
        raise parse_error("limit", "range", least=1, most=most)
    session, asked = current_session(), _asked(question)
    try:
        page = changes_after(
            session, _search(question, limit), _point(session, question, asked), "geojson" if geographic else "json"
        )
    except LostTrackError as error:
        raise GoneError(str(error)) from error
    cursor = written(page.point, asked)
    later = absolute(f"{request.path}?{urlencode({**arguments_of(question), **_going_on(cursor)}, doseq=True)}")
    response = document(_text(page, cursor, later, geographic), GEOJSON if geographic else JSON)
    if not page.is_last:
        response.headers["Link"] = f'<{later}>; rel="next"'
    return response


def _refuse_mixture(question: ServicesQuestion) -> None:
    first = "cursor" if question.cursor else "modified_since"
    given: list[str] = [name for name in OF_ONE_ANSWER if name in arguments_of(question)]
    if question.cursor and question.modified_since:
        given.append("modified_since")
    if given:
        raise parse_error(given[0], "apart", other=first)


def _asked(question: ServicesQuestion) -> str:
    arguments = {name: value for name, value in arguments_of(question).items() if name not in OF_THE_PAGE}
    return urlencode(sorted(arguments.items()), doseq=True)


def _search(question: ServicesQuestion, limit: int) -> ServiceSearch:
    return ServiceSearch(
        types=question.type,
        groups=question.group,
        audiences=question.audience,
        profile=question.profile,
        gmina=question.gmina,
        powiat=question.powiat,
        subregion=question.subregion,
        bbox=question.bbox,
        limit=limit,
    )


def _point(session: "Session", question: ServicesQuestion, asked: str) -> Point:
    if question.modified_since:
        return at_moment(max(question.modified_since, LONG_AGO))
    if question.cursor == START:
        return beginning(session)
    try:
        return read(question.cursor, asked)
    except WrongCursorError:
        raise parse_error("cursor", "cursor") from None


def _going_on(cursor: str) -> dict[str, str | list[str]]:
    return {"cursor": cursor, "modified_since": []}


def _text(page: Page, cursor: str, later: str, geographic: bool) -> str:
    facts = current_facts()
    territory = facts.territory
    head = {
        **({"type": "FeatureCollection"} if geographic else {}),
        "samples": facts.directory.has_samples,
        "boundaries": None if territory is None else "schematic" if territory.is_schematic else "official",
        "cursor": cursor,
        "next": None if page.is_last else later,
        "later": later,
        "removed": [str(each) for each in page.removed],
    }
    member = "features" if geographic else "services"
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "{member}": [{", ".join(page.items)}]}}'
