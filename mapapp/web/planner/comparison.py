"""Scenarios side by side: the region's figures of each, and the areas that any of them changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import url_for

from mapapp.coverage.areas import Layer
from mapapp.coverage.bench import MEASURES
from mapapp.coverage.comparison_exports import ComparedScenario, comparison_written
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definition
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.scenarios import SavedScenario
from mapapp.web.filters import Link
from mapapp.web.i18n import current_language
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import group_words, kind_words, number
from mapapp.web.planner.bench_page import BY_WORDS, EXPORTS
from mapapp.web.planner.bench_questions import BenchAsked
from mapapp.web.planner.bench_tried import Tried, tried
from mapapp.web.planner.bench_words import difference, told_value
from mapapp.web.planner.form import Choice
from mapapp.web.planner.questions import BY
from mapapp.web.planner.sentences import services_words, travel_words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_AREAS: Final = 40
FEWEST: Final = 2

Saved = tuple[SavedScenario, BenchAsked]


@dataclass(frozen=True, slots=True)
class Compared:
    """A scenario as the head of its column."""

    name: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class Line:
    """A measure, or an area, with a figure and a difference for each scenario; ``today``: before the changes."""

    label: str
    kind: str
    today: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The page. ``is_alike``: whether all scenarios ask the same of the present, so that one column tells it."""

    scenarios: tuple[Compared, ...] = ()
    is_alike: bool = True
    message: str = ""
    region: tuple[Line, ...] = ()
    by: tuple[Choice, ...] = ()
    areas: tuple[Line, ...] = ()
    more: int = 0
    downloads: tuple[Link, ...] = ()
    has_samples: bool = False


def comparison(data: CoverageData, scenarios: Sequence[Saved], by: Layer) -> Comparison:
    """Two scenarios or more, computed with the data of now, by these areas whatever each was looked at by."""
    scenarios = _by(scenarios, by)
    heads = tuple(_head(scenario, asked, data) for scenario, asked in scenarios)
    layers = tuple(Choice(code, str(BY_WORDS[code]), code == by) for code in BY)
    if len(scenarios) < FEWEST:
        return Comparison(heads, message=_("Give the links of two to four saved scenarios."), by=layers)
    try:
        found = [tried(data, asked) for _scenario, asked in scenarios]
    except NotAnswerable:
        return Comparison(
            heads, message=_("One of the scenarios asks about people whose number is not known."), by=layers
        )
    changed = list(dict.fromkeys(number for each in found for number in each.outcome.changed))
    return Comparison(
        scenarios=heads,
        is_alike=len({each.bench.question for each in found}) == 1,
        region=tuple(_region(code, found) for code in MEASURES) + tuple(_people(found)),
        by=layers,
        areas=tuple(_area(n, found) for n in changed[:MOST_AREAS]),
        more=max(0, len(changed) - MOST_AREAS),
        downloads=tuple(_download(ending, title, scenarios, by) for ending, title in EXPORTS),
        has_samples=any(each.bench.frame.has_samples for each in found),
    )


def comparison_file(
    session: "Session", data: CoverageData, scenarios: Sequence[Saved], by: Layer, address: str, ending: str
) -> bytes:
    """The whole file. Raises NotAnswerable, ParametersError."""
    compared = []
    for scenario, asked in _by(scenarios, by):
        found = tried(data, asked)
        changes = tuple(str(change) for change in found.changes)
        compared.append(ComparedScenario(scenario.name, changes, found.bench, found.outcome))
    return b"".join(comparison_written(session, compared, address, ending))


def _by(scenarios: Sequence[Saved], by: Layer) -> list[Saved]:
    return [(scenario, asked.model_copy(update={"by": by})) for scenario, asked in scenarios]


def _download(ending: str, title: str, scenarios: Sequence[Saved], by: Layer) -> Link:
    keys = [scenario.share_key for scenario, _asked in scenarios]
    return Link(title, url_for("planner.scenario_compare_file", ending=ending, w=keys, by=by))


def _head(scenario: SavedScenario, asked: BenchAsked, data: CoverageData) -> Compared:
    try:
        question = tried(data, asked).bench.question
        about = f"{services_words(asked)}; {group_words(question.group)}; {travel_words(question)}"
    except NotAnswerable:
        about = services_words(asked)
    return Compared(scenario.name, url_for("planner.saved", share_key=scenario.share_key), about)


def _region(code: str, found: Sequence[Tried]) -> Line:
    cells = tuple(
        (
            told_value(code, each.outcome.region_after[code]),
            difference(code, each.outcome.region_before[code], each.outcome.region_after[code]),
        )
        for each in found
    )
    label = definition(code).label(current_language())
    return Line(label, "", told_value(code, found[0].outcome.region_before[code]), cells)


def _people(found: Sequence[Tried]) -> list[Line]:
    gained = tuple((number(float(each.outcome.gained.sum())), "") for each in found)
    lost = tuple((number(float(each.outcome.lost.sum())), "") for each in found)
    return [Line(_("People who gain"), "", "", gained), Line(_("People who lose"), "", "", lost)]


def _area(n: int, found: Sequence[Tried]) -> Line:
    """People out of reach in an area."""
    code = "beyond_people"
    ref = found[0].bench.areas.refs[n]
    cells = tuple(
        (
            told_value(code, float(each.outcome.after[code][n])),
            difference(code, float(each.outcome.before[code][n]), float(each.outcome.after[code][n])),
        )
        for each in found
    )
    return Line(ref.name, kind_words(ref), told_value(code, float(found[0].outcome.before[code][n])), cells)
