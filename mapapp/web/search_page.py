"""What the search page shows: the list in its blocks, the filters with their counts, what is applied, what to relax."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request, url_for

from mapapp.directory.queries import (
    DirectoryFacts,
    SearchHit,
    SearchResult,
    search_with_facets,
)
from mapapp.directory.terms import CrisisNumber, LifeSituation
from mapapp.territory.queries import TerritoryFacts
from mapapp.web.asking import Asked, ask
from mapapp.web.blocks import BlockWords, block_words
from mapapp.web.facts import current_facts
from mapapp.web.filters import Link, Option, applied_filters, filter_options, local_moment, page_url, without_travel
from mapapp.web.i18n import current_language, label, ngettext
from mapapp.web.i18n import gettext as _
from mapapp.web.kept import kept
from mapapp.web.parameters import arguments_of, in_words
from mapapp.web.questions import PAGE_SIZE, PageQuestion
from mapapp.web.relaxing import relaxed
from mapapp.web.site import current_site
from mapapp.web.words import OpenWords, distance, now, open_words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


# ids that nothing has
PLACE, SERVICE = str(UUID(int=1)), str(UUID(int=2))


@dataclass(frozen=True, slots=True)
class Card:
    """One result, with what else there is at the same place."""

    hit: SearchHit
    title: str
    giver: str  # who gives the service, where the title does not say so already
    url: str
    distance: str
    opening: OpenWords
    access: str  # yes, partial, no, unknown for the chosen profile; empty without one
    missing: tuple[str, ...] = ()  # of what the profile needs: not there, or only in part
    not_surveyed: tuple[str, ...] = ()
    here: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Results that are for someone in the same way; without words where nothing is known of that."""

    words: BlockWords | None
    cards: tuple[Card, ...]
    start: int
    # what was asked for by name stands above
    begins_similar: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a question."""

    blocks: tuple[Block, ...]
    total: int
    corrected: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    is_relaxed: bool
    has_samples: bool
    previous: str | None
    following: str | None
    page: int
    pages: int

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards of the page."""
        return tuple(card for block in self.blocks for card in block.cards)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything that the template of ``/`` needs."""

    question: PageQuestion
    territory: TerritoryFacts | None
    facts: DirectoryFacts
    filters: Mapping[str, list[Option]]
    asked: Asked | None = None  # None: nothing asked yet, the page introduces itself
    results: Results | None = None
    applied: tuple[Link, ...] = ()
    relax: tuple[Link, ...] = ()
    nearest: tuple[Card, ...] = ()
    namesakes: tuple[Link, ...] = ()
    comes_to_you: Link | None = None
    situation: LifeSituation | None = None

    @property
    def chosen_moment(self) -> str:
        """The chosen day and hour, for the field of the form."""
        return local_moment(self.question)

    @property
    def crisis_numbers(self) -> tuple[CrisisNumber, ...]:
        """Whom someone in this situation can call at once."""
        known = current_site().vocabularies.crisis_numbers
        return tuple(known[code] for code in self.situation.crisis_numbers) if self.situation else ()


def search_page(session: "Session", question: PageQuestion) -> SearchPage:
    """The page for a question; an introduction where nothing is asked."""
    known = current_facts()
    territory, facts = known.territory, known.directory
    if not arguments_of(question).keys() - {"lang"}:
        return SearchPage(question, territory, facts, {})
    asked = ask(session, question, PAGE_SIZE, (question.page - 1) * PAGE_SIZE)
    found, counts = kept("search", asked.search, lambda: search_with_facets(session, asked.search))
    situations = current_site().vocabularies.situations
    page = SearchPage(
        question,
        territory,
        facts,
        filter_options(question, counts),
        asked,
        _results(question, found, asked, _this_minute()),
        applied=tuple(applied_filters(question)),
        namesakes=tuple(_namesakes(asked, question)),
        comes_to_you=without_travel(question, counts) if asked.where.position else None,
        situation=situations[question.situation] if question.situation else None,
    )
    if found.total:
        return page
    instead = relaxed(session, question)
    nearest = at_one_place([card(hit, question.profile, _this_minute()) for hit in instead.nearest])
    return replace(page, relax=instead.links, nearest=nearest)


def _this_minute() -> datetime:
    # hours begin and end with a minute: who has the same is asked once
    return now().replace(second=0, microsecond=0)


def _results(question: PageQuestion, found: SearchResult, asked: Asked, at: datetime) -> Results:
    pages = max(1, -(-found.total // PAGE_SIZE))
    return Results(
        blocks=tuple(_blocks(question, found.hits, asked, at)),
        total=found.total,
        corrected=found.corrected,
        ignored=found.ignored,
        is_relaxed=found.is_relaxed,
        has_samples=found.has_samples,
        previous=page_url(question, page=question.page - 1) if question.page > 1 else None,
        following=page_url(question, page=question.page + 1) if question.page < pages else None,
        page=question.page,
        pages=pages,
    )


def _blocks(question: PageQuestion, hits: Iterable[SearchHit], asked: Asked, at: datetime) -> Iterable[Block]:
    start = (question.page - 1) * PAGE_SIZE + 1
    was_meant = False
    for (is_meant, entitlement), together in groupby(hits, key=lambda hit: (hit.is_meant, hit.entitlement)):
        cards = at_one_place([card(hit, question.profile, at) for hit in together])
        yield Block(
            block_words(entitlement, asked.where.place), cards, start, begins_similar=was_meant and not is_meant
        )
        start += len(cards)
        was_meant = is_meant


def at_one_place(cards: Sequence[Card]) -> tuple[Card, ...]:
    """What stands in one place as one card: the first, and links to the others."""
    by_place: dict[Any, list[Card]] = {}
    for each in cards:
        by_place.setdefault(each.hit.location_id or each.hit.id, []).append(each)
    return tuple(
        replace(first, here=tuple(Link(_kind_and_name(other), other.url) for other in others)) if others else first
        for first, *others in by_place.values()
    )


def _kind_and_name(other: Card) -> str:
    kind = label(current_site().vocabularies.types[other.hit.facility_type])
    is_same = other.title.casefold() == kind.casefold()
    return kind if is_same else _("%(title)s (%(kind)s)", title=other.title, kind=kind)


def card(hit: SearchHit, profile: str | None, at: datetime) -> Card:
    """The result in the words of a page."""
    words = current_site().vocabularies
    kind = label(words.types[hit.facility_type])
    # "Dom pomocy społecznej" names no place; its organization does
    is_general = kind.casefold().startswith(hit.name.casefold())
    title = hit.organization_name if is_general and hit.organization_name else hit.name
    return Card(
        hit,
        title=title,
        giver=hit.organization_name if hit.organization_name and hit.organization_name != title else "",
        url=place_url(hit.location_id, hit.service_id),
        distance="" if hit.distance_km is None else distance(hit.distance_km),
        opening=open_words(hit.opening_hours, at, hit.status),
        access=(hit.access or "unknown") if profile else "",
        missing=tuple(label(words.features[code]) for code in hit.access_missing),
        not_surveyed=tuple(label(words.features[code]) for code in hit.access_unknown),
    )


def place_url(location_id: Any, service_id: Any) -> str:
    """The page of a place, at the service meant; the service's own page where it has no place."""
    of_service, of_place = _patterns(request.script_root, current_language())
    if location_id is None:
        return of_service.replace(SERVICE, str(service_id))
    return of_place.replace(PLACE, str(location_id)).replace(SERVICE, str(service_id))


@lru_cache(100)
def _patterns(_root: str, _language: str) -> tuple[str, str]:
    """The addresses of a service and of a place on this page's site, in its language: a list has dozens."""
    of_place = url_for("resident.place", location_id=UUID(PLACE), _anchor=f"u-{SERVICE}")
    return url_for("resident.service", service_id=UUID(SERVICE)), of_place


def _namesakes(asked: Asked, question: PageQuestion) -> Iterable[Link]:
    for place in asked.where.alternatives:
        text = _("%(place)s (gmina %(gmina)s)", place=place.name, gmina=place.gmina_name)
        yield Link(text, page_url(question, q=asked.what or None, place=place.name, near=in_words(place.position)))


def count_sentence(total: int) -> str:
    """How many services were found, in the right plural."""
    return ngettext("%(num)s service found", "%(num)s services found", total)
