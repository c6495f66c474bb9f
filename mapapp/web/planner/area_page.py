"""The page of a gmina or powiat, alone or beside up to four others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for

from mapapp.coverage.areas import AreaRef, Areas, Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import Definition
from mapapp.coverage.duties import DutyState, duty_matrix
from mapapp.coverage.errors import NotAnswerable, TimesNotKept
from mapapp.coverage.figures import Figure, Figures, Flag
from mapapp.coverage.supply import SuppliedService, TrendPoint, trend
from mapapp.web.filters import Link
from mapapp.web.i18n import current_language
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import area_name, flag_words, group_genitive, number, told
from mapapp.web.planner.answers import figures as answered
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.choropleth import outlines
from mapapp.web.planner.diagnosis import diagnosis
from mapapp.web.planner.form import DAY_HOMES, Form, form
from mapapp.web.planner.questions import AreaAsked, arguments, coverage_question
from mapapp.web.planner.sentences import reference_words, services_words, travel_words, why_not
from mapapp.web.problems import NotFoundError, ParameterError, ParametersError

NEED: Final = ("total", "0-17", "60+", "80+")
MEASURES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("supply", ("sites", "places", "places_per_1k", "occupancy", "waiting_per_100", "free_places")),
    ("reach", ("reach_share", "beyond_people", "nearest_minutes", "near_not_entitled_people", "access_e2sfca")),
    ("gaps", ("gap_places", "gap_people", "gap_accessible_places")),
    ("trust", ("verified_share",)),
)
# of these the page has a sentence of its own
SAID_ONCE: Final[frozenset[Flag]] = frozenset({"samples", "estimate", "unclear_area", "town_has_one"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of an area in words, with what it rests on."""

    value: str
    parts: str
    flags: tuple[str, ...]
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A measure over the areas compared, then the region."""

    label: str
    flags: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class AreaPage:
    """The page of an area; ``areas``: it and those it is compared with."""

    asked: AreaAsked
    form: Form
    layer: Layer
    area: AreaRef
    areas: tuple[AreaRef, ...]
    region: AreaRef
    services: str
    diagnosis: tuple[str, ...]
    sections: tuple[Section, ...]
    duties: tuple[DutyState, ...]
    neighbours: tuple[Link, ...]
    others: tuple[AreaRef, ...]
    left: tuple[tuple[str, str], ...]
    trend: tuple[TrendPoint, ...]
    above: tuple[Link, ...]
    sources: str
    day: date | None
    has_samples: bool
    report: dict[str, Any]


def area_page(data: CoverageData, layer: Layer, teryt: str, asked: AreaAsked) -> AreaPage:
    """The page of an area. Raises NotFoundError, and ParametersError for an unknown one to compare with."""
    refs = {ref.code: ref for ref in data.areas.layers[layer].refs}
    if teryt not in refs:
        raise NotFoundError(f"no {layer} has the code {teryt}")
    unknown = [code for code in asked.z if code not in refs]
    if unknown:
        raise ParametersError([ParameterError("z", _("there is no such area to compare with"), unknown[0])])
    if not asked.type and not asked.group:
        asked = asked.model_copy(update={"type": DAY_HOMES, "ages": asked.ages or "80+"})
    areas = tuple(refs[code] for code in dict.fromkeys((teryt, *asked.z)))
    sections = (need_section(data, asked, layer, areas), *measured_sections(data, asked, layer, areas))
    services = services_here(data, asked, layer, teryt)
    facts = answered(data, coverage_question(data, asked, "sites", layer))
    return AreaPage(
        asked=asked,
        form=form(data, asked),
        layer=layer,
        area=refs[teryt],
        areas=areas,
        region=data.areas.layers["region"].refs[0],
        services=services_words(asked),
        diagnosis=tuple(diagnosis(data, asked, layer, refs[teryt], services_words(asked))),
        sections=sections,
        duties=duties_of(data, layer, teryt),
        neighbours=_neighbours(data, layer, teryt, asked),
        others=tuple(ref for ref in refs.values() if ref.code not in {area.code for area in areas}),
        left=kept_fields(asked),
        trend=trend(services),
        above=_above(data.areas, layer, teryt, asked),
        sources="; ".join(facts.sources),
        day=facts.region.day,
        has_samples=facts.has_samples,
        report=arguments(asked),
    )


def duties_of(data: CoverageData, layer: Layer, teryt: str) -> tuple[DutyState, ...]:
    """How an area meets its own tasks."""
    if layer not in {"gmina", "powiat"}:
        return ()
    states = of_data(data, "duties", layer, lambda: duty_matrix(data, "powiat" if layer == "powiat" else "gmina"))
    return tuple(state for state in states if state.area.code == teryt)


def need_section(data: CoverageData, asked: AreaAsked, layer: Layer, areas: tuple[AreaRef, ...]) -> Section:
    """How many people there are; of the region alone where no areas are named."""
    groups = list(dict.fromkeys((*NEED, asked.ages or "80+")))
    lines = []
    for group in groups:
        own = asked.model_copy(update={"ages": group, "type": (), "group": ()})
        try:
            found = answered(data, coverage_question(data, own, "target_people", layer))
        except NotAnswerable:
            continue
        lines.append(_line(_("Number %(group)s", group=group_genitive(group)), found.definition, found, areas))
    return Section(_("Need"), tuple(lines), "" if lines else _("The population is not loaded."))


def measured_sections(
    data: CoverageData, asked: AreaAsked, layer: Layer, areas: tuple[AreaRef, ...]
) -> Iterable[Section]:
    """Supply, reach, gaps and how sure all that is; of the region alone where no areas are named."""
    question = coverage_question(data, asked, "gap_places", layer)
    titles = {
        "supply": _("Supply"),
        "reach": _("Reach: %(travel)s", travel=travel_words(question)),
        "gaps": _("Gaps, measured against: %(reference)s", reference=reference_words(question)),
        "trust": _("How sure the entries are"),
    }
    for name, codes in MEASURES:
        lines, message = [], ""
        for code in codes:
            try:
                found = answered(data, coverage_question(data, asked, code, layer))
            except TimesNotKept as error:
                message = why_not(data, error, question)
                continue
            except NotAnswerable:
                message = _(
                    "Some figures cannot be told: the number %(group)s is not known, or the reference is about "
                    "other ages.",
                    group=group_genitive(question.group),
                )
                continue
            lines.append(_line(found.definition.label(current_language()), found.definition, found, areas))
        yield Section(titles[name], tuple(lines), message)


def _line(title: str, measured: Definition, found: Figures, areas: tuple[AreaRef, ...]) -> Line:
    """What holds for all figures of a line is said once."""
    figures = [*(found.of(area.code) for area in areas), found.region]
    common = frozenset.intersection(*(figure.flags for figure in figures)) - SAID_ONCE
    cells = tuple(_cell(figure, measured, common) for figure in figures)
    return Line(title, tuple(flag_words(common)), cells)


def _cell(figure: Figure, measured: Definition, common: frozenset[Flag]) -> Cell:
    parts = ""
    if measured.denominator() and figure.numerator is not None and figure.denominator is not None:
        parts = _("%(part)s of %(whole)s", part=number(figure.numerator), whole=number(figure.denominator))
    own = figure.flags - common - SAID_ONCE
    return Cell(told(figure, measured), parts, tuple(flag_words(own)), figure.value)


def services_here(data: CoverageData, asked: AreaAsked, layer: Layer, teryt: str) -> list[SuppliedService]:
    """The services asked about that count in an area."""
    question = coverage_question(data, asked, "sites", layer)
    refs = data.areas.layers[layer].refs
    here = next(number for number, ref in enumerate(refs) if ref.code == teryt)
    every = data.supply.of(question.types, question.audience)
    return [service for service in every if here in service.areas(data.areas, layer)]


def _neighbours(data: CoverageData, layer: Layer, teryt: str, asked: AreaAsked) -> tuple[Link, ...]:
    """Each leads to itself; what they have stands in the comparison."""
    refs = {ref.code: ref for ref in data.areas.layers[layer].refs}
    touching = [refs[code] for code in outlines(data, layer).touching(teryt) if code in refs]
    own = arguments(asked, z=())
    return tuple(Link(area_name(ref), url_for(f"planner.{layer}", teryt=ref.code, **own)) for ref in touching)


def _above(areas: Areas, layer: Layer, teryt: str, asked: AreaAsked) -> tuple[Link, ...]:
    """The powiat of a gmina, or the gminas of a powiat."""
    own = arguments(asked, z=())
    if layer == "gmina":
        code = areas.gminas[areas.index[teryt]].powiat_teryt
        ref = next(ref for ref in areas.layers["powiat"].refs if ref.code == code)
        return (Link(area_name(ref), url_for("planner.powiat", teryt=code, **own)),)
    inside = [ref for ref in areas.layers["gmina"].refs if ref.code.startswith(teryt)]
    return tuple(Link(area_name(ref), url_for("planner.gmina", teryt=ref.code, **own)) for ref in inside)


def kept_fields(asked: AreaAsked) -> tuple[tuple[str, str], ...]:
    """What a form has to send along so that the question stays the same."""
    fields: list[tuple[str, str]] = []
    for name, value in arguments(asked, z=()).items():
        fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return tuple(fields)
