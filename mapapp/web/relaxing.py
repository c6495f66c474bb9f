"""Nothing was found: what to give up, with how much that finds, and the nearest of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import url_for

from mapapp.directory.queries import SearchHit, count_services, search_services
from mapapp.web.asking import ask
from mapapp.web.filters import DISTANCES_KM, ENDPOINT, Link
from mapapp.web.i18n import gettext as _
from mapapp.web.kept import kept
from mapapp.web.parameters import arguments_of
from mapapp.web.questions import PageQuestion
from mapapp.web.words import distance

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NEAREST = 3
MOST_LINKS = 20
# of a question's parameters, by name
Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What to give up, the smallest loss first; and the nearest that the first of them finds."""

    links: tuple[Link, ...] = ()
    nearest: tuple[SearchHit, ...] = ()


def relaxed(session: "Session", question: PageQuestion) -> Relaxed:
    """What finds something where the question finds nothing: giving up one thing, else as few as it takes."""
    ways = tuple(_ways(question))
    return _found(session, question, ways) or _found(session, question, _together(ways), most=1) or Relaxed()


def _found(
    session: "Session", question: PageQuestion, ways: Iterable[tuple[str, Changes]], most: int = MOST_LINKS
) -> Relaxed | None:
    links: list[Link] = []
    nearest: tuple[SearchHit, ...] = ()
    for text, changes in ways:
        other = question.model_copy(update={"page": 1, **changes})
        search = ask(session, other, NEAREST, 0).search
        count = kept("count", search, partial(count_services, session, search))
        if count and not links:
            nearest = kept("list", search, partial(search_services, session, search)).hits
        if count:
            arguments: dict[str, Any] = arguments_of(other)
            links.append(Link(text, url_for(ENDPOINT, **arguments), count))
        if len(links) == most:
            break
    return Relaxed(tuple(links), nearest) if links else None


def _together(ways: Iterable[tuple[str, Changes]]) -> Iterator[tuple[str, Changes]]:
    given_up: Changes = {}
    for _text, changes in ways:
        given_up = given_up | changes
        yield _("Give up several filters at once"), given_up


def _ways(question: PageQuestion) -> Iterator[tuple[str, Changes]]:
    yield from _farther(question)
    for name, empty, text in (
        ("profile", None, _("Search without the access filter")),
        ("verified", None, _("Search also what nobody verified")),
        ("sector", (), _("Search whoever runs it")),
        ("language", (), _("Search in all languages")),
        ("cost", (), _("Search whatever it costs")),
        ("mode", (), _("Search every way of helping")),
        ("care", (), _("Search in the community and in institutions")),
        ("audience", (), _("Search for all people")),
    ):
        if getattr(question, name):
            yield text, {name: empty}
    if question.open or question.open_at:
        yield _("Search at any time"), {"open": None, "open_at": None}
    if question.type or question.group or question.situation:
        yield _("Search all kinds of support"), {"type": (), "group": (), "situation": None}
    if question.gmina or question.powiat or question.subregion:
        yield _("Search the whole region"), {"gmina": None, "powiat": None, "subregion": None}
    if question.q and arguments_of(question).keys() - {"q", "lang", "page"}:
        kept_names = {"q", "lang"}
        rest = {name: info.default for name, info in PageQuestion.model_fields.items() if name not in kept_names}
        yield _("Search for “%(words)s” alone", words=question.q), rest


def _farther(question: PageQuestion) -> Iterable[tuple[str, Changes]]:
    if question.within_km and question.within_km < DISTANCES_KM[-1]:
        wider = float(next(km for km in DISTANCES_KM if km > question.within_km))
        yield _("Search farther: up to %(distance)s", distance=distance(wider)), {"within_km": wider}
    if question.within_km:
        yield _("Search at any distance"), {"within_km": None}
