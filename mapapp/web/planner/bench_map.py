"""The colours of a scenario's map: the figure after the changes in the classes of today, or better and worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final

import numpy as np

from mapapp.coverage.areas import Floats
from mapapp.coverage.bench import Bench, Outcome
from mapapp.coverage.definitions import definition
from mapapp.web.drawing import WIDTH
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.bench_words import plain_value
from mapapp.web.planner.choropleth import ABOVE, NO_DATA, classified, outlines
from mapapp.web.planner.choropleth import colour as class_colour

SAME: Final = "same"
WAY: Final = "quantiles"


@dataclass(frozen=True, slots=True)
class Step:
    """A class in the legend."""

    colour: str
    text: str
    areas: int


@dataclass(frozen=True, slots=True)
class BenchMap:
    """Colours by area in the order of their codes, and the legend."""

    colours: tuple[str, ...]
    steps: tuple[Step, ...]


def bench_map(outcome: Outcome, code: str, view: str) -> BenchMap:
    """The map of a measure: ``after`` the changes, or the ``difference`` that they make."""
    if view == "difference":
        return _differences(code, outcome.after[code] - outcome.before[code])
    return _after(code, outcome.before[code], outcome.after[code])


def _after(code: str, before: Floats, after: Floats) -> BenchMap:
    """The classes are those of today, so that a colour means the same before and after."""
    classes = classified([None if isnan(value) else float(value) for value in before], WAY)
    count = len(classes.upper)
    if not count:
        return BenchMap((NO_DATA,) * len(after), (Step(NO_DATA, _("no figure"), len(after)),))
    found = np.minimum(np.searchsorted(classes.upper * (1 + 1e-12), after), count - 1)
    colours = tuple(
        NO_DATA if isnan(value) else class_colour(int(number), count)
        for value, number in zip(after, found, strict=True)
    )
    steps = []
    for number, (low, high) in enumerate(zip(classes.lower, classes.upper, strict=True)):
        own = class_colour(number, count)
        ends = [plain_value(code, float(low)), plain_value(code, float(high))]
        steps.append(Step(own, " – ".join(dict.fromkeys(ends)), colours.count(own)))
    if NO_DATA in colours:
        steps.append(Step(NO_DATA, _("no figure"), colours.count(NO_DATA)))
    return BenchMap(colours, tuple(steps))


def _differences(code: str, change: Floats) -> BenchMap:
    measured = definition(code)
    better = change if measured.better == "more" else -change
    least = 0.5 * 10.0**-measured.decimals
    most = float(np.nanmax(np.abs(change), initial=0.0))
    half = max(most / 2, least)

    def colour(value: float) -> str:
        if isnan(value):
            return NO_DATA
        if abs(value) < least:
            return SAME
        return ("better" if value > 0 else "worse") + ("-2" if abs(value) > half else "-1")

    colours = tuple(colour(float(value)) for value in better)
    least_shown, half_shown, most_shown = (plain_value(code, value) for value in (least * 2, half, most))
    far, near = f"{half_shown} – {most_shown}", f"{least_shown} – {half_shown}"
    words = {
        "better-2": _("better by %(range)s", range=far),
        "better-1": _("better by %(range)s", range=near),
        SAME: _("as before"),
        "worse-1": _("worse by %(range)s", range=near),
        "worse-2": _("worse by %(range)s", range=far),
        NO_DATA: _("no figure"),
    }
    shown = [own for own in words if own in colours or own == SAME]
    return BenchMap(colours, tuple(Step(own, words[own], colours.count(own)) for own in shown))


@dataclass(frozen=True, slots=True)
class Dot:
    """A site on the drawn map: ``state`` is present, closed, new or moved."""

    x: int
    y: int
    state: str


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """An area on the drawn map."""

    code: str
    path: str
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class BenchDrawing:
    """The map as the server draws it."""

    width: int
    height: int
    shapes: tuple[DrawnArea, ...]
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]


def bench_drawing(
    bench: Bench, colours: Sequence[str], titles: Sequence[str], sites: Sequence[tuple[float, float, str]]
) -> BenchDrawing:
    """The areas in their colours with the sites on top, ``sites`` by longitude, latitude and state."""
    drawn = outlines(bench.data, bench.question.layer)
    numbers = {ref.code: number for number, ref in enumerate(bench.areas.refs)}
    shapes = tuple(
        DrawnArea(code, path, colours[numbers[code]], titles[numbers[code]])
        for code, path in drawn.paths.items()
        if code in numbers
    )
    dots = tuple(Dot(*drawn.plane.at(lon, lat), state) for lon, lat, state in sites)
    above = ABOVE.get(bench.question.layer)
    lines = tuple(outlines(bench.data, above).paths.values()) if above else ()
    return BenchDrawing(WIDTH, drawn.plane.height, shapes, lines, dots)
