"""The same question as of two releases: what was told then, what now, and what is between."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mapapp.coverage.areas import AreaRef, Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import Definition, definitions
from mapapp.coverage.figures import AreaFigure, Figure
from mapapp.coverage.history import PastFigures, PastQuestion, PastRelease, past_figures, past_questions
from mapapp.web.i18n import current_language, label, long_date
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.planner.amounts import NO_FIGURE, area_name, flag_words, group_words, number, told
from mapapp.web.planner.answers import one_moment
from mapapp.web.planner.choropleth import Drawing, draw
from mapapp.web.planner.diverging import Step, differences
from mapapp.web.planner.questions import TimeAsked
from mapapp.web.problems import ParameterError, ParametersError
from mapapp.web.site import current_site

MOST_TYPES_NAMED = 4
VIEW_WORDS = {"after": _l("the figure of the later release"), "difference": _l("the difference between the releases")}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a field."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Change:
    """An area in both releases."""

    name: str
    before: str
    after: str
    difference: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimePage:
    """The page; without ``definition`` nothing was ever released."""

    questions: tuple[Option, ...] = ()
    later: tuple[Option, ...] = ()
    earlier: tuple[Option, ...] = ()
    definition: Definition | None = None
    about: str = ""
    before: str = ""
    after: str = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    warnings: tuple[str, ...] = ()
    # what the map's colours tell
    views: tuple[Option, ...] = ()
    drawing: Drawing | None = None
    # the legend of differences; of figures ``drawing`` has it
    steps: tuple[Step, ...] = ()
    changes: tuple[Change, ...] = ()
    region: Change | None = None
    has_samples: bool = False


def time_page(data: CoverageData, asked: TimeAsked) -> TimePage:
    """The page of a question and two of its releases. Raises ParametersError for what was never released."""
    with one_moment() as session:
        questions = past_questions(session)
        if not questions:
            return TimePage()
        question = _chosen(questions, asked.pytanie)
        after = _release(questions, question, "stan", asked.stan, question.releases[-1])
        older = question.releases[: question.releases.index(after)]
        before = _release(questions, question, "wobec", asked.wobec, older[-1] if older else after)
        layer: Layer = question.asked["layer"]
        areas = data.areas.layers[layer]
        then, now = (past_figures(session, question, each.code, areas) for each in (before, after))
    measured = definitions()[question.asked["measure"]]
    old = {row.area.code: row.figure for row in then.rows}
    rows = [_change(row.area, old.get(row.area.code), row.figure, measured) for row in _largest_first(now, old)]
    drawing, steps = _map(data, layer, measured, now, old, asked.view)
    return TimePage(
        questions=tuple(Option(each.key, _title(each), each is question) for each in questions),
        later=_options(question, after),
        earlier=_options(question, before),
        definition=measured,
        about=_title(question),
        before=_name(before),
        after=_name(after),
        counts=_counts(then, now),
        warnings=tuple(_warnings(question, before, after)),
        views=tuple(Option(code, str(words), code == asked.view) for code, words in VIEW_WORDS.items()),
        drawing=drawing,
        steps=steps,
        changes=tuple(rows),
        region=_change(data.areas.layers["region"].refs[0], then.region, now.region, measured),
        has_samples=any(row.figure.has("samples") for row in now.rows),
    )


def _map(
    data: CoverageData, layer: Layer, measured: Definition, now: PastFigures, old: Mapping[str, Figure], view: str
) -> tuple[Drawing, tuple[Step, ...]]:
    """The areas in the classes of their figures, or in the colours of what is between the releases."""
    pairs = {row.area.code: (old.get(row.area.code), row.figure) for row in now.rows}
    between = {code: _difference(*figures, measured) for code, figures in pairs.items()}
    titles = {
        row.area.code: f"{area_name(row.area)}: {told(row.figure, measured)} ({between[row.area.code]})"
        for row in now.rows
    }
    drawing = draw(data, layer, now.rows, "quantiles", titles)
    if view == "after":
        return drawing, ()
    change = np.array([_between(*figures) for figures in pairs.values()], dtype=np.float64)
    found = differences(measured.code, change)
    colours = dict(zip(pairs, found.colours, strict=True))
    shapes = tuple(
        replace(each, colour=colours.get(each.code, each.colour), is_hatched=False) for each in drawing.shapes
    )
    return replace(drawing, shapes=shapes), found.steps


def _chosen(questions: tuple[PastQuestion, ...], key: str | None) -> PastQuestion:
    """The question asked for; the one with most releases where none is."""
    if key is None:
        return max(questions, key=lambda each: len(each.releases))
    for each in questions:
        if each.key == key:
            return each
    raise ParametersError([ParameterError("pytanie", _("no figures of this question were released"), key)])


def _release(
    questions: tuple[PastQuestion, ...], question: PastQuestion, field: str, code: str | None, otherwise: PastRelease
) -> PastRelease:
    """The release asked for. One of another question is what a form sends whose question was just changed."""
    if code is None:
        return otherwise
    for each in question.releases:
        if each.code == code:
            return each
    if any(each.code == code for other in questions for each in other.releases):
        return otherwise
    raise ParametersError([ParameterError(field, _("this question has no such release"), code)])


def _options(question: PastQuestion, chosen: PastRelease) -> tuple[Option, ...]:
    return tuple(Option(each.code, _name(each), each is chosen) for each in question.releases)


def _name(release: PastRelease) -> str:
    return _("%(day)s (release %(code)s)", day=long_date(release.day), code=release.code[:8])


def _title(question: PastQuestion) -> str:
    """A question in words."""
    asked: Mapping[str, Any] = question.asked
    measured = definitions()[asked["measure"]]
    vocabularies = current_site().vocabularies
    types = asked.get("types", ())
    names = [label(vocabularies.types[code]) if code in vocabularies.types else code for code in types]
    parts = [measured.label(current_language())]
    if len(names) > MOST_TYPES_NAMED:
        parts.append(_("services of %(count)s types", count=len(names)))
    elif names:
        parts.append(", ".join(names))
    if "people" in measured.needs:
        parts.append(group_words(asked["group"]))
    if "travel" in measured.needs:
        parts.append(_("up to %(minutes)s min", minutes=number(asked["minutes"])))
    levels = {"gmina": _("gminas"), "powiat": _("powiats"), "subregion": _("subregions"), "region": _("Region")}
    return "; ".join([*parts, levels[asked["layer"]]])


def _between(before: Figure | None, after: Figure | None) -> float | None:
    if before is None or after is None or before.value is None or after.value is None:
        return None
    return after.value - before.value


def _largest_first(now: PastFigures, old: Mapping[str, Figure]) -> list[AreaFigure]:
    def key(row: AreaFigure) -> tuple[float, str]:
        return -abs(_between(old.get(row.area.code), row.figure) or 0), row.area.code

    return sorted(now.rows, key=key)


def _difference(before: Figure | None, after: Figure | None, measured: Definition) -> str:
    difference = _between(before, after)
    if difference is None:
        return NO_FIGURE
    sign = "+" if round(difference, measured.decimals) > 0 else ""
    return f"{sign}{number(difference, measured.decimals)}"


def _change(area: AreaRef, before: Figure | None, after: Figure | None, measured: Definition) -> Change:
    return Change(
        name=area_name(area),
        before=NO_FIGURE if before is None else told(before, measured),
        after=NO_FIGURE if after is None else told(after, measured),
        difference=_difference(before, after, measured),
        flags=tuple(flag_words(after.flags - {"samples", "estimate"})) if after else (),
    )


def _counts(then: PastFigures, now: PastFigures) -> tuple[int, int, int]:
    """How many areas have more, less, and the same."""
    old = {row.area.code: row.figure for row in then.rows}
    found = [_between(old.get(row.area.code), row.figure) for row in now.rows]
    differences = [each for each in found if each is not None]
    return (
        sum(each > 0 for each in differences),
        sum(each < 0 for each in differences),
        sum(each == 0 for each in differences),
    )


def _warnings(question: PastQuestion, before: PastRelease, after: PastRelease) -> list[str]:
    warnings = []
    if len(question.releases) == 1:
        warnings.append(_("This question was released once so far; a difference can be told after the next release."))
    if before.definitions_version != after.definitions_version:
        warnings.append(
            _("The definitions or the code changed between these releases: part of the differences may come of that.")
        )
    if before.territory_release != after.territory_release:
        warnings.append(_("The territory or the population changed between these releases."))
    return warnings
