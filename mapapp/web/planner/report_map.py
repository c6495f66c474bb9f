"""The map of a report: one SVG with its own colours on a white ground, for screen and paper alike."""

from collections.abc import Iterator
from html import escape
from typing import Final

from mapapp.coverage.areas import Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.figures import Figures
from mapapp.coverage.frame import Frame
from mapapp.web.i18n import current_language
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import number
from mapapp.web.planner.answers import figures as answered
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.choropleth import LEFT_OUT, NO_DATA, Drawing, draw, outlines
from mapapp.web.planner.questions import ServicesAsked, coverage_question
from mapapp.web.planner.report_parts import Picture

COLOURS: Final = {
    **{"1": "#e3f1ee", "2": "#acd5cf", "3": "#66aeb0", "4": "#2c7a8c", "5": "#123f63"},
    NO_DATA: "#f4efe3",
    LEFT_OUT: "#ece8df",
}
LINE, SITE, OWN, INK = "#5b6a68", "#b8431c", "#c2006b", "#1c2b2d"
ROW: Final = 34
FONT: Final = 'font-family="Libertinus Serif, sans-serif" font-size="24"'


def report_map(data: CoverageData, asked: ServicesAsked, layer: Layer, code: str) -> Picture | None:
    """Reach by gmina with the area outlined; the sites where nobody's reach can be told. None without outlines."""
    found: Figures | None = None
    for measure in ("reach_share", "sites"):
        try:
            found = answered(data, coverage_question(data, asked, measure, "gmina"))
        except NotAnswerable:
            continue
        break
    if found is None:
        return None
    asked_for = found.question
    sites = of_data(data, "sites", (asked_for.types, asked_for.audience), lambda: Frame(data, asked_for).sites)
    drawing = draw(data, "gmina", found.rows, "quantiles", {}, sites)
    if not drawing.shapes:
        return None
    own = outlines(data, layer).paths.get(code, "") if layer != "region" else ""
    title = found.definition.label(current_language())
    caption = _("Map: %(label)s, by gmina", label=title)
    legend = tuple(map_legend(drawing, found, own))
    shapes = "".join(_shapes(drawing, own))
    return Picture(
        svg=_svg(drawing, shapes + "".join(_drawn_legend(drawing, legend)), 24 + ROW * len(legend)),
        alt=_("%(caption)s. The figures are in the tables.", caption=caption),
        caption=caption,
        drawing=_svg(drawing, shapes, 0),
        legend=legend,
    )


def _svg(drawing: Drawing, inside: str, below: int) -> str:
    width, height = drawing.width + 16, drawing.height + below + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {width} {height}" width="{width}" height="{height}">'
        f'<rect x="-8" y="-8" width="{width}" height="{height}" fill="#fff"/>{inside}</svg>'
    )


def _shapes(drawing: Drawing, own: str) -> Iterator[str]:
    yield (
        '<defs><pattern id="report-hatch" width="9" height="9" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="2.5" height="9" fill="#4a2b12" fill-opacity="0.75"/></pattern>'
        "</defs>"
    )
    for shape in drawing.shapes:
        yield f'<path d="{shape.path}" fill="{COLOURS[shape.colour]}" stroke="{LINE}" stroke-width="0.8"/>'
        if shape.is_hatched:
            yield f'<path d="{shape.path}" fill="url(#report-hatch)"/>'
    for line in drawing.lines:
        yield f'<path d="{line}" fill="none" stroke="{LINE}" stroke-width="2"/>'
    if own:
        yield f'<path d="{own}" fill="none" stroke="{OWN}" stroke-width="6" stroke-linejoin="round"/>'
    for x, y in drawing.sites:
        yield f'<circle cx="{x}" cy="{y}" r="5" fill="{SITE}" stroke="#fff" stroke-width="1.5"/>'


def _drawn_legend(drawing: Drawing, legend: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for place, (sign, words) in enumerate(legend):
        top = drawing.height + 24 + ROW * place
        text = f'<text x="52" y="22" {FONT} fill="{INK}">{escape(words)}</text>'
        yield f'<g transform="translate(0 {top})">{sign}{text}</g>'


def map_legend(drawing: Drawing, found: Figures, own: str) -> Iterator[tuple[str, str]]:
    """Each sign with its words; ``own``: the outline of an area that is told apart, empty for none."""

    def box(fill: str, stroke: str = LINE, width: float = 0.8) -> str:
        return f'<rect x="2" y="2" width="36" height="24" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'

    unit, decimals = found.definition.unit_label(current_language()), found.definition.decimals
    for step in drawing.steps:
        span = " – ".join(dict.fromkeys((number(step.low, decimals), number(step.high, decimals))))
        yield (
            box(COLOURS[step.colour]),
            _("%(span)s %(unit)s; areas: %(count)s", span=span, unit=unit, count=step.areas),
        )
    if drawing.hatched:
        yield box("url(#report-hatch)"), _("hatched: uncertain; areas: %(count)s", count=drawing.hatched)
    if drawing.without_figure:
        yield box(COLOURS[NO_DATA]), _("no figure; areas: %(count)s", count=drawing.without_figure)
    if drawing.sites:
        yield (
            f'<circle cx="20" cy="14" r="7" fill="{SITE}"/>',
            _("a place of these services: %(count)s", count=len(drawing.sites)),
        )
    if own:
        yield box("none", OWN, 4), _("the area of this report")
