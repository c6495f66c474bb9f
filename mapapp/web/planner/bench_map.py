"""The colours of a scenario's map: the figure after the changes in the classes of today, or better and worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final

import numpy as np

from mapapp.coverage.areas import Floats
from mapapp.coverage.bench import Bench, Outcome
from mapapp.web.drawing import WIDTH
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.bench_words import plain_value
from mapapp.web.planner.choropleth import ABOVE, NO_DATA, classified, outlines
from mapapp.web.planner.choropleth import colour as class_colour
from mapapp.web.planner.diverging import ColouredAreas, Step, differences

WAY: Final = "quantiles"


def bench_map(outcome: Outcome, code: str, view: str) -> ColouredAreas:
    """The map of a measure: ``after`` the changes, or the ``difference`` that they make."""
    if view == "difference":
        return differences(code, outcome.after[code] - outcome.before[code])
    return _after(code, outcome.before[code], outcome.after[code])


def _after(code: str, before: Floats, after: Floats) -> ColouredAreas:
    """The classes are those of today, so that a colour means the same before and after; the legend has those in use."""
    classes = classified([None if isnan(value) else float(value) for value in before], WAY)
    count = len(classes.upper)
    if not count:
        return ColouredAreas((NO_DATA,) * len(after), (Step(NO_DATA, _("no figure"), len(after)),))
    known = ~np.isnan(after)
    found = np.where(known, np.minimum(np.searchsorted(classes.upper * (1 + 1e-12), after), count - 1), -1)
    colours = tuple(NO_DATA if number < 0 else class_colour(int(number), count) for number in found)
    steps = []
    for number in np.unique(found[known]):
        own = class_colour(int(number), count)
        # what the changes made may lie beyond all figures of today
        told = np.r_[classes.lower[number], classes.upper[number], after[found == number]]
        ends = [plain_value(code, float(told.min())), plain_value(code, float(told.max()))]
        steps.append(Step(own, " – ".join(dict.fromkeys(ends)), colours.count(own)))
    if NO_DATA in colours:
        steps.append(Step(NO_DATA, _("no figure"), colours.count(NO_DATA)))
    return ColouredAreas(colours, tuple(steps))


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
