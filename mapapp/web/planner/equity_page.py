"""How evenly support is spread over people, how much of it is in the community, and how sure and open it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mapapp.coverage.data import CoverageData
from mapapp.coverage.equity import Equity, equity
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.figures import Figures
from mapapp.coverage.question import Question
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import amount, area_name, flag_words, group_words, number, told
from mapapp.web.planner.answers import figures as answered
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.form import DAY_HOMES, Form, form
from mapapp.web.planner.questions import EquityAsked, coverage_question
from mapapp.web.planner.sentences import services_words, travel_words
from mapapp.web.site import current_site

MEASURES: Final = ("access_e2sfca", "reach_share", "places_per_1k")
EVEN: Final = 0.2
UNEVEN: Final = 0.4


@dataclass(frozen=True, slots=True)
class Spread:
    """How a measure is spread, in words."""

    label: str
    says: str
    gini: str
    palma: str
    urban: str
    rural: str
    areas: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the two numbers behind it."""

    name: str
    value: str
    parts: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EquityPage:
    """The page; ``message`` says why no spread can be told. The first of the shares is the region's."""

    asked: EquityAsked
    form: Form
    services: str
    group: str
    travel: str
    spreads: tuple[Spread, ...]
    message: str
    community: tuple[Share, ...]
    profiles: tuple[Share, ...]
    verified: tuple[Share, ...]
    late: tuple[Share, ...]
    has_samples: bool


def equity_page(data: CoverageData, asked: EquityAsked) -> EquityPage:
    """The page of a question; of day homes for people of 80 and over where none is asked about."""
    if not asked.type and not asked.group:
        asked = asked.model_copy(update={"type": DAY_HOMES, "ages": asked.ages or "80+"})
    spreads, message = [], ""
    for code in MEASURES:
        try:
            found = _equity(data, coverage_question(data, asked, code, asked.by))
        except NotAnswerable:
            message = _("The number of these people is not known, so nothing can be told per person.")
            continue
        spreads.append(_spread(found))
    every = asked.model_copy(update={"type": (), "group": (), "audience": None})
    community = answered(data, coverage_question(data, every, "community_share", "powiat"))
    question = coverage_question(data, asked, MEASURES[0], asked.by)
    return EquityPage(
        asked=asked,
        form=form(data, asked),
        services=services_words(asked),
        group=group_words(question.group),
        travel=travel_words(question),
        spreads=tuple(spreads),
        message=message,
        community=tuple(_shares(community)),
        profiles=tuple(_profiles(data, every)),
        verified=tuple(_shares(answered(data, coverage_question(data, every, "verified_share", "powiat")))),
        late=tuple(_shares(answered(data, coverage_question(data, every, "open_late_share", "powiat")))),
        has_samples=community.has_samples,
    )


def _equity(data: CoverageData, question: Question) -> Equity:
    return of_data(data, "equity", question, lambda: equity(data, question))


def _spread(found: Equity) -> Spread:
    definition = found.figures.definition
    unit, decimals = definition.unit, definition.decimals
    return Spread(
        label=definition.label(current_language()),
        says=_says(found),
        gini=number(found.gini, 2),
        palma=number(found.palma, 1),
        urban=amount(found.urban, unit, decimals),
        rural=amount(found.rural, unit, decimals),
        areas=found.areas,
    )


def _says(found: Equity) -> str:
    """In plain words; the limits between words are ours, and the page says so."""
    if found.gini is None:
        return _("Nobody has anything of it, so there is nothing to be spread.")
    if found.gini < EVEN:
        evenness = _("Spread fairly evenly.")
    elif found.gini < UNEVEN:
        evenness = _("Spread unevenly.")
    else:
        evenness = _("Spread very unevenly.")
    ratio = found.urban_to_rural
    if ratio is None:
        return evenness
    if ratio >= 1:
        between = _("In cities people have %(times)s times what they have elsewhere.", times=number(ratio, 1))
    elif ratio > 0:
        between = _("Outside cities people have %(times)s times what they have in cities.", times=number(1 / ratio, 1))
    else:
        between = _("In cities people have nothing of it.")
    return f"{evenness} {between}"


def _shares(found: Figures) -> Iterator[Share]:
    yield _share(_("Region as a whole"), found, None)
    for row in found:
        yield _share(area_name(row.area), found, row.area.code)


def _share(name: str, found: Figures, code: str | None) -> Share:
    figure = found.region if code is None else found.of(code)
    parts = ""
    if figure.denominator:
        parts = _("%(part)s of %(whole)s", part=number(figure.numerator), whole=number(figure.denominator))
    return Share(name, told(figure, found.definition), parts, tuple(flag_words(figure.flags - {"samples"})))


def _profiles(data: CoverageData, every: EquityAsked) -> Iterator[Share]:
    """Of the whole region, for each profile: of how many sites somebody knows that they are accessible."""
    for code, profile in current_site().vocabularies.profiles.items():
        asked = every.model_copy(update={"profile": code})
        found = answered(data, coverage_question(data, asked, "accessible_share", "powiat"))
        yield _share(label(profile), found, None)
