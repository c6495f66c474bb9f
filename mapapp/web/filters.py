"""The filters of the search page: their values with counts, and those in use, each to be taken away alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from mapapp.directory.entitlement import WITHOUT_TRAVEL
from mapapp.directory.hours import Openness
from mapapp.directory.open_when import Occasion, OpenWhen, openness
from mapapp.directory.terms import Term
from mapapp.polish_time import WARSAW
from mapapp.territory.queries import Area, AreaLayer
from mapapp.web.asking import open_when, situation_types, verified_since
from mapapp.web.facts import LAYERS, current_facts
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.parameters import arguments_of
from mapapp.web.questions import PageQuestion
from mapapp.web.site import current_site
from mapapp.web.words import area_words, distance, moment, now

DISTANCES_KM = (2, 5, 10, 25, 50)
ENDPOINT = "resident.search"
# parameter -> facet and vocabulary
BY_VOCABULARY: Final = {
    "group": ("groups", "groups"),
    "type": ("types", "types"),
    "audience": ("audiences", "audiences"),
    "cost": ("costs", "cost_kinds"),
    "mode": ("modes", "place_modes"),
    "language": ("languages", "languages"),
    "care": ("settings", "care_settings"),
    "sector": ("sectors", "sectors"),
}
OCCASIONS: Final = {
    Occasion.NOW: _l("open now"),
    Occasion.EVENING: _l("open on an evening, after 17:00"),
    Occasion.WEEKEND: _l("open at the weekend"),
    Occasion.AT: _l("open when I choose:"),
}
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter; ``count`` None where it was not counted."""

    value: str
    text: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead; ``count`` how much is found there, where that was counted."""

    text: str
    url: str
    count: int | None = None


def page_url(question: PageQuestion, **changes: Any) -> str:
    """The same question with some parameters changed; a new question starts at its first page."""
    arguments = {**arguments_of(question), "page": None, **changes}
    return url_for(ENDPOINT, **arguments)


def filter_options(question: PageQuestion, counts: Counts) -> dict[str, list[Option]]:
    """Every filter with its values."""
    words, areas = current_site().vocabularies, current_facts().areas
    shown = {name: getattr(words, vocabulary).values() for name, (_facet, vocabulary) in BY_VOCABULARY.items()}
    narrowed = situation_types(question)
    shown["type"] = [
        kind
        for kind in words.types.values()
        if kind.group in question.group or kind.code in question.type or kind.code in narrowed
    ]
    counts = {**counts, "modes": _any_of(words.place_modes, counts.get("modes"))} if counts else counts
    found = {
        name: _options(shown[name], getattr(question, name), counts.get(facet))
        for name, (facet, _vocabulary) in BY_VOCABULARY.items()
    }
    # what nothing has is no choice; of languages there are many
    for name in ("language", "sector", "mode", "care"):
        found[name] = [option for option in found[name] if option.count or option.is_chosen]
    return {
        **found,
        "profile": _options(words.profiles.values(), (question.profile,), counts.get("profiles")),
        "open": _occasions(question, counts.get("hours")),
        "verified": _verified(question, counts.get("verified")),
        "within_km": [Option(str(km), distance(km), is_chosen=question.within_km == km) for km in DISTANCES_KM],
        "powiat": area_options(areas["powiat"], question.powiat),
        "subregion": area_options(areas["subregion"], question.subregion),
    }


def without_travel(question: PageQuestion, counts: Counts) -> Link | None:
    """Where all that comes to people, or is had by telephone, stands by itself; None where there is none."""
    count = sum(
        number for codes, number in counts.get("modes", {}).items() if set(codes.split()).intersection(WITHOUT_TRAVEL)
    )
    if not count or question.mode:
        return None
    text = _("Only help that comes to you or works by phone")
    return Link(text, page_url(question, mode=list(WITHOUT_TRAVEL)), count)


def _options(terms: Iterable[Term], chosen: Iterable[str | None], counts: Mapping[str, int] | None) -> list[Option]:
    language, marked = current_language(), set(chosen)
    return [
        Option(
            term.code,
            term.label(language),
            counts.get(term.code, 0) if counts is not None else None,
            term.code in marked,
        )
        for term in terms
    ]


def _any_of(codes: Iterable[str], combinations: Mapping[str, int] | None) -> Mapping[str, int]:
    """How much each code finds, of counts by combination."""
    return {code: sum(count for each, count in (combinations or {}).items() if code in each.split()) for code in codes}


def _occasions(question: PageQuestion, hours: Mapping[str, int] | None) -> list[Option]:
    asked = open_when(question)
    options = []
    for occasion, text in OCCASIONS.items():
        is_chosen = asked is not None and asked.occasion is occasion
        when = asked if is_chosen else OpenWhen(occasion, now().replace(second=0, microsecond=0))
        is_counted = hours is not None and (occasion is not Occasion.AT or is_chosen)
        count = _open_then(hours or {}, when) if is_counted and when else None
        options.append(Option(occasion.value, str(text), count, is_chosen))
    return options


def _open_then(hours: Mapping[str, int], when: OpenWhen) -> int:
    return sum(count for text, count in hours.items() if openness(text, "active", when) is Openness.OPEN)


def _verified(question: PageQuestion, days: Mapping[str, int] | None) -> list[Option]:
    since = verified_since().isoformat()
    count = None if days is None else sum(number for day, number in days.items() if day >= since)
    return [Option("yes", _("verified by a person within a year"), count, bool(question.verified))]


def area_options(found: Iterable[Area], chosen: str | None) -> list[Option]:
    """Areas to choose from."""
    return [Option(area.teryt, area.name, is_chosen=area.teryt == chosen) for area in found]


def local_moment(question: PageQuestion) -> str:
    """The chosen day and hour as a field of a form holds them; empty where none is chosen."""
    return f"{question.open_at.astimezone(WARSAW):%Y-%m-%dT%H:%M}" if question.open_at else ""


def applied_filters(question: PageQuestion) -> Iterable[Link]:
    """What is filtered by, each as a link that takes it away."""
    words = current_site().vocabularies
    if question.situation:
        yield Link(label(words.situations[question.situation]), page_url(question, situation=None))
    for name, (_facet, vocabulary) in BY_VOCABULARY.items():
        chosen: tuple[str, ...] = getattr(question, name)
        for code in chosen:
            rest = [other for other in chosen if other != code]
            yield Link(label(getattr(words, vocabulary)[code]), page_url(question, **{name: rest}))
    if question.profile:
        yield Link(label(words.profiles[question.profile]), page_url(question, profile=None))
    if when := open_when(question):
        yield Link(occasion_words(when), page_url(question, open=None, open_at=None))
    if question.verified:
        yield Link(_("verified by a person within a year"), page_url(question, verified=None))
    yield from _applied_places(question)


def occasion_words(when: OpenWhen) -> str:
    """The occasion on a chip: "open now", "open on 27 November 2026 at 18:00"."""
    if when.occasion is Occasion.AT:
        return _("open: %(moment)s", moment=moment(when.at))
    return str(OCCASIONS[when.occasion])


def _applied_places(question: PageQuestion) -> Iterable[Link]:
    if question.within_km:
        text = _("up to %(distance)s", distance=distance(question.within_km))
        yield Link(text, page_url(question, within_km=None))
    if question.near and not question.place:
        yield Link(_("your position"), page_url(question, near=None, within_km=None))
    for layer in reversed(LAYERS):
        code = getattr(question, layer)
        if code:
            yield Link(_area_label(layer, code), page_url(question, **{layer: None}))


def _area_label(layer: AreaLayer, code: str) -> str:
    return next((area_words(area) for area in current_facts().areas[layer] if area.teryt == code), code)
