"""A search that found nothing is counted for planners: which need, in which gmina, on which day; nobody's words."""

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mapapp.directory.terms import Term
from mapapp.directory.unmet import Need, count_unmet
from mapapp.territory.names import folded
from mapapp.territory.queries import gmina_at
from mapapp.web.asking import Asked
from mapapp.web.questions import PageQuestion
from mapapp.web.site import current_site
from mapapp.web.words import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_NEEDS = 5
logger = logging.getLogger(__name__)


def count_in_vain(session: "Session", question: PageQuestion, asked: Asked) -> None:
    """Count the search. Where that cannot be written, the page is given all the same, and the log says so."""
    gmina = _gmina(session, question, asked)
    try:
        count_unmet(session, needs_of(question, asked.what), gmina, now().date())
    except Exception:
        logger.warning("a search without results could not be counted", exc_info=True)
        session.rollback()


def needs_of(question: PageQuestion, what: str) -> list[Need]:
    """The needs of a question: what was chosen, else the kinds of service that its words name, else only "words"."""
    if question.type:
        return [Need("type", code) for code in question.type[:MOST_NEEDS]]
    if question.situation:
        return [Need("situation", question.situation)]
    if question.group:
        return [Need("group", code) for code in question.group[:MOST_NEEDS]]
    return [Need("type", code) for code in _types_named(what)[:MOST_NEEDS]] or ([Need("words")] if what else [])


def _types_named(what: str) -> list[str]:
    """Types one of whose names is in the words, the longest name first."""
    said = f" {_plain(what)} "
    types = current_site().vocabularies.types.values()
    named = {kind.code: max((len(name) for name in _names(kind) if f" {name} " in said), default=0) for kind in types}
    return sorted((code for code, length in named.items() if length), key=lambda code: (-named[code], code))


def _names(kind: Term) -> Iterable[str]:
    return filter(None, map(_plain, (kind.label_pl, *kind.synonyms_pl)))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))


def _gmina(session: "Session", question: PageQuestion, asked: Asked) -> str | None:
    if question.gmina:
        return question.gmina
    if asked.where.place is not None:
        return asked.where.place.gmina_teryt
    area = gmina_at(session, asked.where.position) if asked.where.position else None
    return area.teryt if area else None
