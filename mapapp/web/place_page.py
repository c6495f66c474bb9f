"""What the pages of one place and of one service show."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import url_for

from mapapp.directory.easy_texts import EasyText, load_easy_texts
from mapapp.directory.queries import (
    AccessibilityFact,
    CapacityFact,
    DirectoryFacts,
    PlaceDetails,
    ServiceDetails,
)
from mapapp.directory.terms import Unit
from mapapp.settings import ROOT
from mapapp.territory.queries import TerritoryFacts
from mapapp.web.addresses import absolute
from mapapp.web.facts import current_facts
from mapapp.web.i18n import N_, current_language, gettext_in, label, long_date, ngettext
from mapapp.web.i18n import gettext as _
from mapapp.web.payments import has_rule
from mapapp.web.place_files import has_calendar
from mapapp.web.site import current_site
from mapapp.web.words import (
    DayRow,
    OpenWords,
    SpecialWords,
    ages,
    area_words,
    listed,
    now,
    open_words,
    special_words,
    week_rows,
)

EASY_TEXTS = ROOT / "data" / "texts" / "easy_texts.csv"
# a count of places is worth little after this
OLD_COUNT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """Surveyed features of one part of a place."""

    name: str
    features: tuple[AccessibilityFact, ...]


# of easy_texts.PARTS, in their order
EASY_HEADINGS = (
    N_("What is it?"),
    N_("Who is it for?"),
    N_("What do you get?"),
    N_("How do you get it?"),
    N_("What does it cost?"),
)


@dataclass(frozen=True, slots=True)
class EasyWords:
    """A text in easy words: headings and sentences in ``language``; who wrote it, and whether readers checked it."""

    language: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    written: str
    checked: str | None


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One service in words."""

    details: ServiceDetails
    audiences: str
    ages: str
    modes: str
    cost: str
    languages: str
    capacities: tuple[str, ...]
    areas: str  # whose people it serves
    agreed: str  # and whose by an agreement
    payment_url: str | None  # where it is calculated, if there is a rule
    easy: EasyWords | None  # in the language of the page, else in Polish
    film: str | None  # in Polish Sign Language
    opening: OpenWords | None  # where its hours are not those of the place
    special: tuple[SpecialWords, ...]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Everything that the template of ``/miejsce/…`` needs."""

    place: PlaceDetails
    services: tuple[ServiceCard, ...]
    opening: OpenWords
    week: list[DayRow]
    special: tuple[SpecialWords, ...]
    access: tuple[FeatureGroup, ...]
    unknown_features: tuple[str, ...]
    territory: TerritoryFacts | None
    url: str  # for whoever is sent it
    list_url: str
    has_calendar: bool
    today: date


@dataclass(frozen=True, slots=True)
class ServicePage:
    """Everything that the template of ``/usluga/…`` needs."""

    card: ServiceCard
    # of a service without a place
    opening: OpenWords | None
    week: list[DayRow]
    special: tuple[SpecialWords, ...]
    territory: TerritoryFacts | None
    facts: DirectoryFacts


def place_page(place: PlaceDetails) -> PlacePage:
    """The page of a place, with its state at this moment."""
    moment = now()
    return PlacePage(
        place=place,
        services=tuple(_service_card(service, place) for service in place.services),
        opening=open_words(place.opening_hours, moment, place.status),
        week=week_rows(place.opening_hours, moment.date()),
        special=tuple(map(special_words, place.special_days)),
        access=_access_groups(place.accessibility),
        unknown_features=_unknown_features(place.accessibility),
        territory=current_facts().territory,
        url=absolute(url_for("resident.place", location_id=place.id)),
        list_url=url_for("favourites.page", m=place.id),
        has_calendar=has_calendar(place, moment.date()),
        today=moment.date(),
    )


def service_page(service: ServiceDetails) -> ServicePage:
    """The page of a service without a place, or with several."""
    moment = now()
    has_place = bool(service.location_ids)
    return ServicePage(
        card=_service_card(service),
        opening=None if has_place else open_words(service.opening_hours, moment, service.status),
        week=[] if has_place else week_rows(service.opening_hours, moment.date()),
        special=() if has_place else tuple(map(special_words, service.special_days)),
        territory=current_facts().territory,
        facts=current_facts().directory,
    )


def _area_names(codes: tuple[str, ...]) -> list[str]:
    """The gminas, powiats and subregions of a service area in words; the whole region where it is named by its code."""
    known = current_facts()
    names = {area.teryt: area_words(area) for areas in known.areas.values() for area in areas}
    whole = _("the whole voivodeship (%(name)s)", name=known.territory.voivodeship_name) if known.territory else ""
    return [names.get(code, whole if len(code) == 2 else code) for code in codes]


def _service_card(service: ServiceDetails, place: PlaceDetails | None = None) -> ServiceCard:
    words = current_site().vocabularies
    has_own_hours = place is not None and (place.opening_hours, place.status) != (service.opening_hours, service.status)
    texts = load_easy_texts(EASY_TEXTS, words.types.keys())
    return ServiceCard(
        details=service,
        audiences=listed(label(words.audiences[code]) for code in service.audiences if code in words.audiences),
        ages=ages(service.minimum_age, service.maximum_age),
        modes=listed(label(words.place_modes[code]) for code in service.modes if code in words.place_modes),
        cost=label(words.cost_kinds.get(service.cost_kind) or words.cost_kinds["unknown"]),
        languages=listed(label(words.languages[code]) for code in service.languages if code in words.languages),
        capacities=tuple(_capacity(capacity) for capacity in service.capacity),
        areas=", ".join(_area_names(service.service_area)),
        agreed=", ".join(_area_names(service.agreed_area)),
        payment_url=_payment_url(service),
        easy=_easy_words(texts.easy(service.facility_type, current_language())),
        film=texts.film(service.facility_type),
        opening=open_words(service.opening_hours, now(), service.status) if has_own_hours else None,
        special=tuple(map(special_words, service.special_days)) if place else (),
    )


def _easy_words(text: EasyText | None) -> EasyWords | None:
    if text is None:
        return None
    headings = (gettext_in(text.language, heading) for heading in EASY_HEADINGS)
    checked = (
        _("Checked by readers: %(who)s, %(date)s.", who=text.checked_by, date=long_date(text.checked_on))
        if text.checked_on
        else None
    )
    written = _("Written by: %(who)s, %(date)s.", who=text.written_by, date=long_date(text.written_on))
    return EasyWords(text.language, tuple(zip(headings, text.parts, strict=True)), written, checked)


def _payment_url(service: ServiceDetails) -> str | None:
    if service.cost_kind == "paid" or not has_rule(service.facility_type):
        return None
    return url_for("payments.page", type=service.facility_type)


def _capacity(capacity: CapacityFact) -> str:
    """Places with their date: "Miejsca zatwierdzone: 40 miejsc, wolnych 3 (stan na 1 marca 2026)"."""
    parts = [] if capacity.maximum is None else [_units(capacity.unit, capacity.maximum)]
    if capacity.available is not None:
        parts.append(_("free: %(places)s", places=capacity.available))
    if capacity.waiting_days is not None:
        days = ngettext("waiting: about %(num)s day", "waiting: about %(num)s days", capacity.waiting_days)
        parts.append(days)
    said = _("%(places)s (as of %(date)s)", places=", ".join(parts) or _("not known"), date=long_date(capacity.as_of))
    if now().date() - capacity.as_of > OLD_COUNT:
        said = _("%(places)s – old data, ask by phone", places=said)
    kind = current_site().vocabularies.capacity_kinds.get(capacity.kind)
    return f"{label(kind)}: {said}" if kind else said


def _units(code: str, number: int) -> str:
    unit = current_site().vocabularies.units.get(code)
    return f"{number} {_plural(unit, number)}" if unit else str(number)


def _plural(unit: Unit, number: int) -> str:
    """The unit's name after a number: Polish and Ukrainian have three forms."""
    language = current_language()
    if language == "en":
        return unit.label_en.lower()
    form = "one" if number == 1 else _slavic_form(number)
    if language == "uk" and number % 10 == 1 and number % 100 != 11:
        form = "one"
    return str(getattr(unit, f"{language}_{form}"))


def _slavic_form(number: int) -> str:
    return "few" if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14} else "many"


def _access_groups(facts: tuple[AccessibilityFact, ...]) -> tuple[FeatureGroup, ...]:
    """What is known of the building, in the order of the vocabulary."""
    words = current_site().vocabularies
    order = list(words.features)
    known = sorted(
        (fact for fact in facts if fact.feature in words.features and fact.value != "unknown"),
        key=lambda fact: order.index(fact.feature),
    )
    grouped = groupby(known, key=lambda fact: words.features[fact.feature].group)
    return tuple(FeatureGroup(label(words.feature_groups[code]), tuple(items)) for code, items in grouped)


def _unknown_features(facts: tuple[AccessibilityFact, ...]) -> tuple[str, ...]:
    """The features most people ask for of which nothing is known."""
    words = current_site().vocabularies
    known = {fact.feature for fact in facts if fact.value != "unknown"}
    asked = {code for profile in words.profiles.values() for code in profile.required_features}
    return tuple(label(feature) for code, feature in words.features.items() if code in asked - known)
