"""The map of one measure with its legend, its sentences and the same as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import url_for

from mapapp.coverage.areas import AreaRef
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import Definition, definition
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.figures import FLAGS, AreaFigure, Figures
from mapapp.coverage.frame import Frame
from mapapp.coverage.sites import Sites
from mapapp.web.filters import Link
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import amount, area_name, flag_words, kind_words, number, told
from mapapp.web.planner.answers import figures as answered
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.choropleth import ABOVE, Drawing, bounds_of, draw, positions
from mapapp.web.planner.form import Form, Preset, form, presets
from mapapp.web.planner.questions import CoverageAsked, ServicesAsked, arguments, check_together, coverage_question
from mapapp.web.planner.sentences import summary, why_not

FORMATS: Final = (("xlsx", "XLSX"), ("csv", "CSV"), ("geojson", "GeoJSON"), ("json", "JSON"))


@dataclass(frozen=True, slots=True)
class Row:
    """An area in the table; ``flags`` are those that not every area has."""

    area: AreaRef
    kind: str
    url: str
    value: str
    numerator: str
    denominator: str
    sites: str
    unknown: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts. ``sorted_as``: ascending, descending, or empty."""

    label: str
    url: str
    sorted_as: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """The page; without ``figures`` ``message`` says why there are none."""

    asked: CoverageAsked
    is_start: bool
    form: Form
    presets: list[Preset]
    definition: Definition
    message: str = ""
    figures: Figures | None = None
    sentences: tuple[str, ...] = ()
    drawing: Drawing | None = None
    rows: tuple[Row, ...] = ()
    columns: tuple[Column, ...] = ()
    everywhere: tuple[str, ...] = ()
    region: Row | None = None
    downloads: tuple[Link, ...] = ()
    further: tuple[Link, ...] = ()
    map: Mapping[str, Any] = field(default_factory=dict)


def coverage_page(data: CoverageData, asked: CoverageAsked, *, is_start: bool) -> CoveragePage:
    """The answer to a planner's question. Raises ParametersError."""
    check_together(data, asked)
    question = coverage_question(data, asked, asked.measure, asked.by)
    measured = definition(asked.measure)
    common = (asked, is_start, form(data, asked), presets(), measured)
    try:
        figures = answered(data, question)
    except NotAnswerable as error:
        return CoveragePage(*common, message=why_not(data, error, question))
    shown = shown_rows(figures, asked)
    everywhere = frozenset.intersection(*(row.figure.flags for row in figures)) if figures.rows else frozenset()
    titles = {row.area.code: f"{area_name(row.area)}: {told(row.figure, measured)}" for row in shown}
    sites = None
    if measured.is_of_services:
        sites = of_data(data, "sites", (question.types, question.audience), lambda: Frame(data, question).sites)
    return CoveragePage(
        *common,
        figures=figures,
        sentences=tuple(summary(asked, figures, shown)),
        drawing=draw(data, figures.layer, shown, asked.breaks, titles, sites),
        rows=tuple(_row(row, figures, asked, everywhere) for row in in_order(shown, figures, asked)),
        columns=_columns(figures, asked),
        everywhere=tuple(flag_words(everywhere)),
        region=_row(AreaFigure(data.areas.layers["region"].refs[0], figures.region), figures, asked, everywhere),
        downloads=_downloads(asked),
        further=_further(asked),
        map=_map(data, figures, sites),
    )


def shown_rows(figures: Figures, asked: CoverageAsked) -> list[AreaFigure]:
    """The areas that the question's filters leave."""
    return [row for row in figures if not (asked.bez_miast and row.area.is_city) and _is_over(row, asked.ponad)]


def _is_over(row: AreaFigure, limit: float | None) -> bool:
    return limit is None or (row.figure.value is not None and row.figure.value > limit)


def in_order(rows: Sequence[AreaFigure], figures: Figures, asked: CoverageAsked) -> list[AreaFigure]:
    """The rows in the order asked for; those without a number stand last either way, ties go by code."""
    falls = is_falling(figures, asked, asked.sort)
    if asked.sort in {"name", "parent"}:
        order = {code: place for place, code in enumerate(_alphabet(rows, asked.sort))}
        ordered = sorted(rows, key=lambda row: row.area.code)
        return sorted(ordered, key=lambda row: order[_text(row, asked.sort)], reverse=falls)
    sign = -1 if falls else 1

    def key(row: AreaFigure) -> tuple[bool, float, str]:
        own = row.figure.n if asked.sort == "sites" else getattr(row.figure, asked.sort)
        return own is None, sign * (own or 0), row.area.code

    return sorted(rows, key=key)


def _alphabet(rows: Sequence[AreaFigure], sort: str) -> list[str]:
    return sorted({_text(row, sort) for row in rows}, key=polish_order)


def _text(row: AreaFigure, sort: str) -> str:
    return row.area.name if sort == "name" else row.area.parent_name


LETTERS: Final = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"


def polish_order(name: str) -> tuple[list[int], str]:
    """A key that puts Polish names in their alphabet."""
    return [LETTERS.find(letter) for letter in name.casefold()], name


def is_falling(figures: Figures, asked: CoverageAsked, sort: str) -> bool:
    """Whether a column is sorted from the largest; without a wish the worst stands first."""
    if asked.order is not None and asked.sort == sort:
        return asked.order == "desc"
    if sort in {"name", "parent"}:
        return False
    return not (sort == "value" and figures.definition.better == "more")


def _columns(figures: Figures, asked: CoverageAsked) -> tuple[Column, ...]:
    labels = {
        "name": _("Area"),
        "value": _("Figure"),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "sites": _("N: sites"),
        "parent": _("Lies in"),
    }
    columns = []
    for sort, label in labels.items():
        falls = is_falling(figures, asked, sort)
        is_sorted = asked.sort == sort
        wanted = ("asc" if falls else "desc") if is_sorted else None
        url = url_for("planner.coverage", **arguments(asked, sort=sort, order=wanted)) + "#table"
        state = ("descending" if falls else "ascending") if is_sorted else ""
        columns.append(Column(label, url, state, sort not in {"name", "parent"}))
    return tuple(columns)


def _row(row: AreaFigure, figures: Figures, asked: CoverageAsked, everywhere: frozenset[str]) -> Row:
    figure = row.figure
    own = [flag for flag in FLAGS if flag in figure.flags - everywhere]
    return Row(
        area=row.area,
        kind=kind_words(row.area),
        url=_area_url(row.area, asked),
        value=told(figure, figures.definition),
        numerator=_number(figure.numerator, figures.definition, "numerator"),
        denominator=_number(figure.denominator, figures.definition, "denominator"),
        sites=number(figure.n),
        unknown=amount(100 * figure.unknown_capacity_share, "percent") if figure.unknown_capacity_share else "",
        flags=tuple(flag_words(own)),
    )


def _number(value: float | None, measured: Definition, part: str) -> str:
    """A part of a figure: whole, except where it is an area or a gap that is not."""
    if value is None or (part == "denominator" and not measured.denominator()):
        return number(None)
    return number(value, 0 if value == round(value) or value >= 10 else 1)


def _map(data: CoverageData, figures: Figures, sites: Sites | None) -> dict[str, Any]:
    """What the map's script needs besides the drawing: outlines to come nearer to, and the sites' positions."""
    return {
        "boundaries": url_for("boundaries.layer", layer=figures.layer),
        "above": url_for("boundaries.layer", layer=ABOVE[figures.layer]) if figures.layer in ABOVE else None,
        "bounds": bounds_of(data),
        "sites": positions(sites.xy) if sites is not None else [],
    }


def _further(asked: CoverageAsked) -> tuple[Link, ...]:
    """The same services, people and travel on the pages that tell what would help."""
    if not asked.type and not asked.group:
        return ()
    about = _about(asked)
    return (
        Link(_("Where would two new sites help most?"), url_for("planner.siting", k=2, **about)),
        Link(_("What if a site were added, moved or closed?"), url_for("planner.scenario", **about)),
    )


def _about(asked: CoverageAsked) -> dict[str, Any]:
    """Those parts of the question that other pages understand too."""
    names = set(ServicesAsked.model_fields)
    return {name: value for name, value in arguments(asked).items() if name in names}


def _area_url(area: AreaRef, asked: CoverageAsked) -> str:
    endpoint = {"gmina": "planner.gmina", "powiat": "planner.powiat"}.get(asked.by)
    if endpoint is None or area.kind == "voivodeship":
        return ""
    return url_for(endpoint, teryt=area.code, **_about(asked))


def _downloads(asked: CoverageAsked) -> tuple[Link, ...]:
    own = arguments(asked, sort="value", order=None)
    files = (Link(title, url_for("planner.download", ending=ending, **own)) for ending, title in FORMATS)
    offline = Link(_("Map as one file that opens without a network (HTML)"), url_for("planner.offline_map", **own))
    return (*files, offline)
