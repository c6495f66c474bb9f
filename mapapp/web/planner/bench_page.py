"""The scenario bench: what changes of sites would make of every indicator, on paper and for the map's script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for

from mapapp.coverage.areas import AreaRef, Floats
from mapapp.coverage.bench import MEASURES, Bench, PresentSite
from mapapp.coverage.changes import Change
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definition
from mapapp.coverage.errors import NotAnswerable
from mapapp.web.filters import Link
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.planner.amounts import kind_words, number
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.bench_map import BenchDrawing, bench_drawing, bench_map
from mapapp.web.planner.bench_questions import BenchAsked
from mapapp.web.planner.bench_tried import Tried, gmina_number, tried
from mapapp.web.planner.bench_words import (
    assumptions,
    change_words,
    difference,
    outcome_words,
    plain_value,
    told_value,
    where_words,
)
from mapapp.web.planner.diverging import Step
from mapapp.web.planner.form import Choice, Form, form
from mapapp.web.planner.questions import BY, ServicesAsked, arguments, coverage_question
from mapapp.web.planner.sentences import services_words, why_not
from mapapp.web.site import current_site

BY_WORDS: Final = {"gmina": _l("gminas"), "powiat": _l("powiats"), "subregion": _l("subregions")}
# more areas than these are told in the table for machines only
MOST_ROWS: Final = 40
MOST_SITES: Final = 400
EXPORTS: Final = (("xlsx", "XLSX"), ("csv", "CSV"), ("geojson", "GeoJSON"), ("json", "JSON"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure after the changes, before them, and what lies between."""

    after: str
    before: str
    difference: str


@dataclass(frozen=True, slots=True)
class Row:
    """An area that the changes touch, or the region."""

    code: str
    name: str
    kind: str
    url: str
    gained: str
    lost: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A present site: ``state`` is present, closed, moved or resized."""

    key: str
    name: str
    kind: str
    gmina: str
    places: int | None
    lon: float
    lat: float
    state: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change in words, with the address of the scenario without it."""

    written: str
    text: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Result:
    """What comes of the changes."""

    sentences: tuple[str, ...]
    region: Row
    rows: tuple[Row, ...]
    more_rows: int
    colours: tuple[str, ...]
    steps: tuple[Step, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenchPage:
    """The page; without ``result`` ``message`` says why there is none. ``chosen``: the site to be changed."""

    asked: BenchAsked
    form: Form
    services: str
    message: str = ""
    dropped: tuple[str, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    sites_not_listed: tuple[SiteRow, ...] = ()
    chosen: SiteRow | None = None
    types: tuple[Choice, ...] = ()
    by: tuple[Choice, ...] = ()
    measures: tuple[Choice, ...] = ()
    result: Result | None = None
    drawing: BenchDrawing | None = None
    columns: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    downloads: tuple[Link, ...] = ()
    has_samples: bool = False
    bench: Bench | None = None


def bench_page(data: CoverageData, asked: BenchAsked) -> BenchPage:
    """The whole page."""
    own_form, services = form(data, asked), services_words(asked)
    try:
        found = tried(data, asked)
    except NotAnswerable as error:
        question = coverage_question(data, asked, "gap_places")
        return BenchPage(asked, own_form, services, why_not(data, error, question))
    bench = found.bench
    result = bench_result(found, asked)
    sites = site_rows(found)
    return BenchPage(
        asked=asked,
        form=own_form,
        services=services,
        dropped=tuple(str(change) for change in found.dropped),
        changes=change_rows(found, asked),
        sites=sites[:MOST_SITES],
        sites_not_listed=sites[MOST_SITES:],
        chosen=next((site for site in sites if site.key == asked.site), None),
        types=_types(bench),
        by=tuple(Choice(code, str(BY_WORDS[code]), code == asked.by) for code in BY),
        measures=tuple(
            Choice(code, definition(code).label(current_language()), code == asked.measure) for code in MEASURES
        ),
        result=result,
        drawing=bench_drawing(bench, result.colours, result.titles, _dots(found, sites)),
        columns=tuple(definition(code).label(current_language()) for code in MEASURES),
        assumptions=tuple(assumptions(bench)),
        downloads=tuple(
            Link(title, url_for("planner.scenario_file", ending=ending, **arguments(asked, site=None, wariant="")))
            for ending, title in EXPORTS
        ),
        has_samples=bench.frame.has_samples,
        bench=bench,
    )


def bench_result(found: Tried, asked: BenchAsked) -> Result:
    """The figures, sentences and colours: all that a change of the changes alters."""
    bench, outcome = found.bench, found.outcome
    refs = bench.areas.refs
    drawn = bench_map(outcome, asked.measure, asked.view)
    measured = definition(asked.measure)
    shown = outcome.changed[:MOST_ROWS]
    titles = list(_titles(bench, measured.code, outcome.before[measured.code]))
    for n in outcome.changed:
        before, after = float(outcome.before[measured.code][n]), float(outcome.after[measured.code][n])
        change = difference(measured.code, before, after)
        titles[n] = f"{_title(refs[n], measured.code, after)} ({change})"
    return Result(
        sentences=tuple(outcome_words(bench, outcome, refs, any_changes=bool(found.changes))),
        region=_row(
            bench.data.areas.layers["region"].refs[0], "", float(outcome.gained.sum()), float(outcome.lost.sum()),
            outcome.region_before, outcome.region_after,
        ),
        rows=tuple(_area_row(found, asked, n) for n in shown),
        more_rows=len(outcome.changed) - len(shown),
        colours=drawn.colours,
        steps=drawn.steps,
        titles=tuple(titles),
    )  # fmt: skip


def _titles(bench: Bench, code: str, today: Floats) -> tuple[str, ...]:
    """The words of every area as it is: those that no change touches keep them."""
    question = (bench.question, code, current_language())
    areas = zip(bench.areas.refs, today.tolist(), strict=True)
    return of_data(
        bench.data, "bench titles", question, lambda: tuple(_title(ref, code, value) for ref, value in areas)
    )


def _title(ref: AreaRef, code: str, value: float) -> str:
    return f"{ref.name}: {told_value(code, value)}"


def _area_row(found: Tried, asked: BenchAsked, n: int) -> Row:
    outcome = found.outcome
    ref = found.bench.areas.refs[n]
    names = set(ServicesAsked.model_fields)
    about = {name: value for name, value in arguments(asked).items() if name in names}
    return _row(
        ref,
        # a subregion has no page of its own
        "" if asked.by == "subregion" else url_for(f"planner.{asked.by}", teryt=ref.code, **about),
        float(outcome.gained[n]),
        float(outcome.lost[n]),
        {code: float(outcome.before[code][n]) for code in MEASURES},
        {code: float(outcome.after[code][n]) for code in MEASURES},
    )


def _row(
    ref: AreaRef, url: str, gained: float, lost: float, before: Mapping[str, float], after: Mapping[str, float]
) -> Row:
    cells = tuple(
        Cell(
            told_value(code, after[code]), plain_value(code, before[code]), difference(code, before[code], after[code])
        )
        for code in MEASURES
    )
    return Row(ref.code, ref.name, kind_words(ref), url, number(gained), number(lost), cells)


def change_rows(found: Tried, asked: BenchAsked) -> tuple[ChangeRow, ...]:
    """The changes in words."""
    sites = {site.key: site for site in found.bench.sites}
    rows = []
    for position, change in enumerate(found.changes):
        others = tuple(str(other) for n, other in enumerate(found.changes) if n != position)
        url = url_for("planner.scenario", **arguments(asked, zmiana=others, site=None))
        rows.append(ChangeRow(str(change), change_words(change, sites, _where(found.bench, change)), url))
    return tuple(rows)


def _where(bench: Bench, change: Change) -> str:
    if change.at is None:
        return ""
    gmina = gmina_number(bench.data, change.at)
    return where_words(None if gmina is None else bench.gminas.refs[gmina])


def site_rows(found: Tried) -> tuple[SiteRow, ...]:
    """The present sites, those that are changed first, then by gmina and name."""
    states = {change.key: change.kind for change in found.changes if change.key}
    words: Mapping[str, str] = {"close": "closed", "move": "moved", "size": "resized"}
    refs = found.bench.gminas.refs
    rows = [_site(site, words.get(states.get(site.key, ""), "present"), refs) for site in found.bench.sites]
    return tuple(sorted(rows, key=lambda row: (row.state == "present", row.gmina, row.name, row.key)))


def _site(site: PresentSite, state: str, refs: Sequence[AreaRef]) -> SiteRow:
    kind = label(current_site().vocabularies.types[site.type])
    gmina = refs[site.gmina].name if site.gmina >= 0 else _("outside the region")
    return SiteRow(site.key, site.name, kind, gmina, site.places, round(site.at.lon, 5), round(site.at.lat, 5), state)


def _dots(found: Tried, sites: Sequence[SiteRow]) -> list[tuple[float, float, str]]:
    dots = [(site.lon, site.lat, "closed" if site.state in {"closed", "moved"} else "present") for site in sites]
    dots += [
        (change.at.lon, change.at.lat, "new" if change.kind == "add" else "moved")
        for change in found.changes
        if change.at is not None
    ]
    return dots


def _types(bench: Bench) -> tuple[Choice, ...]:
    types = current_site().vocabularies.types
    return tuple(Choice(code, label(types[code]), False) for code in bench.question.types)
