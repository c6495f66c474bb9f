"""The colours of differences: better and worse, or more and less, told apart by every kind of sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Final

import numpy as np

from mapapp.coverage.areas import Floats
from mapapp.coverage.definitions import definition
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.bench_words import plain_value
from mapapp.web.planner.choropleth import NO_DATA

SAME: Final = "same"


@dataclass(frozen=True, slots=True)
class Step:
    """A class in the legend."""

    colour: str
    text: str
    areas: int


@dataclass(frozen=True, slots=True)
class ColouredAreas:
    """Colours by area in the order that was given, and the legend."""

    colours: tuple[str, ...]
    steps: tuple[Step, ...]


def differences(code: str, change: Floats) -> ColouredAreas:
    """The differences of a measure; nan where there is none. Where neither is better, blue is more."""
    measured = definition(code)
    better = -change if measured.better == "less" else change
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
    words = _words(
        f"{half_shown} – {most_shown}", f"{least_shown} – {half_shown}", is_judged=measured.better != "neither"
    )
    shown = [own for own in words if own in colours or own == SAME]
    return ColouredAreas(colours, tuple(Step(own, words[own], colours.count(own)) for own in shown))


def _words(far: str, near: str, *, is_judged: bool) -> Mapping[str, str]:
    if is_judged:
        up = [_("better by %(range)s", range=far), _("better by %(range)s", range=near)]
        down = [_("worse by %(range)s", range=near), _("worse by %(range)s", range=far)]
    else:
        up = [_("more by %(range)s", range=far), _("more by %(range)s", range=near)]
        down = [_("less by %(range)s", range=near), _("less by %(range)s", range=far)]
    names = ("better-2", "better-1", SAME, "worse-1", "worse-2", NO_DATA)
    return dict(zip(names, (*up, _("as before"), *down, _("no figure")), strict=True))
