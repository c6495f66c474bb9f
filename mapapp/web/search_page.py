"""What the search page shows: the list, the filters with their counts, what is applied, what to relax."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import url_for

from mapapp.directory.queries import (
    DirectoryFacts,
    SearchHit,
    SearchResult,
    search_with_facets,
)
from mapapp.directory.terms import Term
from mapapp.territory.queries import Area, AreaLayer, TerritoryFacts
from mapapp.web.asking import Asked, ask
from mapapp.web.facts import LAYERS, current_facts
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import label, ngettext
from mapapp.web.kept import kept
from mapapp.web.parameters import PAGE_SIZE, PageQuestion, arguments_of, in_words
from mapapp.web.site import current_site
from mapapp.web.words import OpenWords, area_words, distance, now, open_words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DISTANCES_KM = (2, 5, 10, 25, 50)
ENDPOINT = "resident.search"


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter; ``count`` None where it was not counted."""

    value: str
    text: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One result."""

    hit: SearchHit
    title: str
    giver: str  # who gives the service, where the title does not say so already
    url: str
    distance: str
    opening: OpenWords
    access: str  # yes, partial, no, unknown for the chosen profile; empty without one


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a question."""

    cards: tuple[Card, ...]
    total: int
    corrected: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    is_relaxed: bool
    has_samples: bool
    previous: str | None
    following: str | None
    page: int
    pages: int


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
    namesakes: tuple[Link, ...] = ()


def search_page(session: "Session", question: PageQuestion) -> SearchPage:
    """The page for a question; an introduction where nothing is asked."""
    known = current_facts()
    territory, facts = known.territory, known.directory
    if not arguments_of(question).keys() - {"lang"}:
        return SearchPage(question, territory, facts, _filters(question, {}))
    asked = ask(session, question, PAGE_SIZE, (question.page - 1) * PAGE_SIZE)
    found, counts = kept("search", asked.search, lambda: search_with_facets(session, asked.search))
    return SearchPage(
        question,
        territory,
        facts,
        _filters(question, counts),
        asked,
        _results(question, found, now()),
        applied=tuple(_applied(question)),
        relax=() if found.total else tuple(_relax(question)),
        namesakes=tuple(_namesakes(asked, question)),
    )


def _results(question: PageQuestion, found: SearchResult, at: datetime) -> Results:
    pages = max(1, -(-found.total // PAGE_SIZE))
    return Results(
        cards=tuple(card(hit, question.profile, at) for hit in found.hits),
        total=found.total,
        corrected=found.corrected,
        ignored=found.ignored,
        is_relaxed=found.is_relaxed,
        has_samples=found.has_samples,
        previous=_url(question, page=question.page - 1) if question.page > 1 else None,
        following=_url(question, page=question.page + 1) if question.page < pages else None,
        page=question.page,
        pages=pages,
    )


def card(hit: SearchHit, profile: str | None, at: datetime) -> Card:
    """The result in the words of a page."""
    kind = label(current_site().vocabularies.types[hit.facility_type])
    # "Dom pomocy społecznej" names no place; its organization does
    is_general = kind.casefold().startswith(hit.name.casefold())
    title = hit.organization_name if is_general and hit.organization_name else hit.name
    return Card(
        hit,
        title=title,
        giver=hit.organization_name if hit.organization_name and hit.organization_name != title else "",
        url=place_url(hit.location_id, hit.service_id),
        distance="" if hit.distance_km is None else distance(hit.distance_km),
        opening=open_words(hit.opening_hours, at),
        access=hit.profiles.get(profile, "unknown") if profile else "",
    )


def place_url(location_id: Any, service_id: Any) -> str:
    """The page of a place, at the service meant; the service's own page where it has no place."""
    if location_id is None:
        return url_for("resident.service", service_id=service_id)
    return url_for("resident.place", location_id=location_id, _anchor=f"u-{service_id}")


def _url(question: PageQuestion, **changes: Any) -> str:
    """The same question with some parameters changed; a new question starts at its first page."""
    arguments = {**arguments_of(question), "page": None, **changes}
    return url_for(ENDPOINT, **arguments)


def _filters(question: PageQuestion, counts: Mapping[str, Mapping[str, int]]) -> dict[str, list[Option]]:
    words, areas = current_site().vocabularies, current_facts().areas
    types = [kind for kind in words.types.values() if kind.group in question.group or kind.code in question.type]
    return {
        "group": _options(words.groups.values(), question.group, counts.get("groups")),
        "type": _options(types, question.type, counts.get("types")),
        "audience": _options(words.audiences.values(), question.audience, counts.get("audiences")),
        "profile": _options(words.profiles.values(), (question.profile,), counts.get("profiles")),
        "within_km": [Option(str(km), distance(km), is_chosen=question.within_km == km) for km in DISTANCES_KM],
        "powiat": area_options(areas["powiat"], question.powiat),
        "subregion": area_options(areas["subregion"], question.subregion),
    }


def _options(terms: Iterable[Term], chosen: Iterable[str | None], counts: Mapping[str, int] | None) -> list[Option]:
    return [
        Option(term.code, label(term), counts.get(term.code, 0) if counts else None, term.code in set(chosen))
        for term in terms
    ]


def area_options(found: Iterable[Area], chosen: str | None) -> list[Option]:
    """Areas to choose from."""
    return [Option(area.teryt, area.name, is_chosen=area.teryt == chosen) for area in found]


def _applied(question: PageQuestion) -> Iterable[Link]:
    """What is filtered by, each as a link that takes it away."""
    words = current_site().vocabularies
    for name, vocabulary in (("group", words.groups), ("type", words.types), ("audience", words.audiences)):
        chosen: tuple[str, ...] = getattr(question, name)
        for code in chosen:
            rest = [other for other in chosen if other != code]
            yield Link(label(vocabulary[code]), _url(question, **{name: rest}))
    if question.profile:
        yield Link(label(words.profiles[question.profile]), _url(question, profile=None))
    if question.within_km:
        yield Link(_("up to %(distance)s", distance=distance(question.within_km)), _url(question, within_km=None))
    if question.near and not question.place:
        yield Link(_("your position"), _url(question, near=None, within_km=None))
    for layer in reversed(LAYERS):
        code = getattr(question, layer)
        if code:
            yield Link(_area_label(layer, code), _url(question, **{layer: None}))


def _area_label(layer: AreaLayer, code: str) -> str:
    return next((area_words(area) for area in current_facts().areas[layer] if area.teryt == code), code)


def _relax(question: PageQuestion) -> Iterable[Link]:
    """What to give up, the smallest loss first, where nothing was found."""
    if question.within_km and question.within_km < DISTANCES_KM[-1]:
        wider = next(km for km in DISTANCES_KM if km > question.within_km)
        yield Link(_("Search farther: up to %(distance)s", distance=distance(wider)), _url(question, within_km=wider))
    if question.within_km:
        yield Link(_("Search at any distance"), _url(question, within_km=None))
    if question.profile:
        yield Link(_("Search without the access filter"), _url(question, profile=None))
    if question.audience:
        yield Link(_("Search for all people"), _url(question, audience=None))
    if question.type or question.group:
        yield Link(_("Search all kinds of support"), _url(question, type=None, group=None))
    if question.gmina or question.powiat or question.subregion:
        yield Link(_("Search the whole region"), _url(question, gmina=None, powiat=None, subregion=None))
    if question.q and arguments_of(question).keys() - {"q", "lang", "page"}:
        yield Link(_("Search for “%(words)s” alone", words=question.q), url_for(ENDPOINT, q=question.q))


def _namesakes(asked: Asked, question: PageQuestion) -> Iterable[Link]:
    for place in asked.where.alternatives:
        text = _("%(place)s (gmina %(gmina)s)", place=place.name, gmina=place.gmina_name)
        yield Link(text, _url(question, q=asked.what or None, place=place.name, near=in_words(place.position)))


def count_sentence(total: int) -> str:
    """How many services were found, in the right plural."""
    return ngettext("%(num)s service found", "%(num)s services found", total)
