"""Where new sites help most: the places found, on the map, with what they bring, and as a scenario to go on with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from flask import url_for

from geo.crs import Position, to_wgs84
from geo.errors import GeoError
from mapapp.coverage.areas import AreaRef
from mapapp.coverage.changes import MOST_CHANGES, Change
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.frame import Frame
from mapapp.coverage.question import Question
from mapapp.coverage.siting import AIMS, PROVABLE, Siting, best_places
from mapapp.web.drawing import WIDTH
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.planner.amounts import group_genitive, number
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.bench_map import BenchDrawing, Dot, DrawnArea
from mapapp.web.planner.choropleth import outlines
from mapapp.web.planner.form import DAY_HOMES, Choice, Form, Preset, form
from mapapp.web.planner.questions import arguments, coverage_question
from mapapp.web.planner.sentences import services_words, travel_words, why_not
from mapapp.web.planner.siting_questions import SitingAsked
from mapapp.web.planner.siting_searches import Search

AIM_WORDS: Final[Mapping[str, str]] = {
    "people": _l("most people newly within reach"),
    "minutes": _l("shortest ways"),
    "everyone": _l("everyone within reach, with few sites"),
    "worst": _l("the worst-off gmina first"),
    "gap": _l("most of the missing places filled"),
}
PRESETS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        _l("Where should the five model centres stand? One in each subregion"),
        {"type": ("cs_model",), "ages": "total", "minutes": 45, "k": 5, "po_jednym": "1"},
    ),
    (
        _l("Where would two new day homes help most people over 80?"),
        {"type": DAY_HOMES, "ages": "80+", "minutes": 30, "k": 2},
    ),
    (
        _l("Which gminas are worst off, and where would three day homes help them?"),
        {"type": DAY_HOMES, "ages": "80+", "minutes": 15, "k": 3, "aim": "worst"},
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A place in the list."""

    number: int
    place: str
    gmina: str
    url: str
    people: str
    position: str


@dataclass(frozen=True, slots=True)
class SitingPage:
    """The page; without ``siting`` ``message`` says why there is none."""

    asked: SitingAsked
    form: Form
    presets: tuple[Preset, ...]
    services: str
    aims: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    is_start: bool
    message: str = ""
    siting: Siting | None = None
    search: Search | None = None
    sentences: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    drawing: BenchDrawing | None = None
    scenario_url: str = ""
    can_be_proven: bool = False


def siting_page(data: CoverageData, asked: SitingAsked, search: Search | None, *, is_start: bool) -> SitingPage:
    """The best places at once; with a finished ``search`` its proven ones."""
    areas = _areas(data, asked)
    common: dict[str, Any] = {
        "asked": asked,
        "form": form(data, asked),
        "presets": tuple(Preset(str(text), url_for("planner.siting", **about)) for text, about in PRESETS),
        "services": services_words(asked),
        "aims": tuple(Choice(aim, str(AIM_WORDS[aim]), aim == asked.aim) for aim in AIMS),
        "areas": areas,
        "is_start": is_start,
        "search": search,
    }
    question = coverage_question(data, asked, "gap_places")
    try:
        found = search.siting if search and search.siting else at_once(data, question, asked)
    except (NotAnswerable, GeoError) as error:
        return SitingPage(**common, message=_why_not(data, error, question, asked))
    positions = _positions(found)
    return SitingPage(
        **common,
        siting=found,
        sentences=tuple(_sentences(found, question, asked)),
        found=tuple(_found(number, found, positions) for number in range(len(found.places))),
        drawing=_drawing(data, question, found, positions),
        scenario_url=_scenario(asked, question, positions),
        can_be_proven=asked.aim in PROVABLE and not found.is_optimal,
    )


def at_once(data: CoverageData, question: Question, asked: SitingAsked) -> Siting:
    """The places that are found without a proof, kept as long as the data are the same."""
    wish = asked.wish()
    return of_data(data, "siting", (question, wish), lambda: best_places(data, question, wish))


def _why_not(data: CoverageData, error: Exception, question: Question, asked: SitingAsked) -> str:
    if isinstance(error, GeoError):
        return _("So many sites cannot be chosen: there are fewer settlements, or fewer subregions, than sites.")
    if asked.w and not _is_known(data, asked):
        return _("No settlement lies in the chosen areas.")
    if not isinstance(error, NotAnswerable) or asked.aim == "gap":
        return _("The gap cannot be computed for these people: choose another reference value, or another aim.")
    return why_not(data, error, question)


def _is_known(data: CoverageData, asked: SitingAsked) -> bool:
    return any(data.areas.within.numbers(code) for code in asked.w)


def _sentences(found: Siting, question: Question, asked: SitingAsked) -> list[str]:
    values = {
        "group": group_genitive(question.group),
        "travel": travel_words(question),
        "without": number(found.without),
        "people": number(found.people),
        "reached": number(found.reached),
        "count": number(len(found.places)),
        "unreachable": number(found.unreachable),
    }
    told = [
        _("Number %(group)s who reach no such site today (%(travel)s): %(without)s of %(people)s.", **values),
    ]
    if found.places:
        told.append(_("With the new sites (number: %(count)s), %(reached)s of them get one within reach.", **values))
    elif found.without < 0.5:
        told.append(_("Everyone reaches such a site already: with this reach no new one is needed. Try fewer minutes."))
    else:
        told.append(_("No new site would help towards this aim."))
    if found.unreachable >= 0.5:
        told.append(_("Nobody in the chosen settlements reaches a further %(unreachable)s.", **values))
    if found.aim == "gap" and found.places:
        told.append(_("Places filled of those that are missing: %(value)s.", value=number(found.value)))
    told.append(_proof(found))
    return told


def _proof(found: Siting) -> str:
    if found.is_optimal:
        return _("Proven: no other choice is better.")
    if np.isnan(found.bound):
        if found.aim not in PROVABLE:
            return _("The worst-off gmina is helped first, again and again; there is no single best answer to prove.")
        return _("Found at once: nearly always within 3 percent of the best. A proof can be asked for.")
    if found.aim == "everyone":
        return _(
            "Not proven within the time: %(value)s sites; fewer than %(bound)s cannot do.",
            value=number(found.value),
            bound=number(found.bound),
        )
    return _(
        "Not proven within the time: the value is %(value)s, and no choice can surpass %(bound)s.",
        value=number(found.value),
        bound=number(found.bound),
    )


def _positions(found: Siting) -> list[Position]:
    if not found.places:
        return []
    degrees = to_wgs84(np.array([(place.east_m, place.north_m) for place in found.places]))
    return [Position(round(float(lon), 5), round(float(lat), 5)) for lon, lat in degrees]


def _found(index: int, found: Siting, positions: Sequence[Position]) -> Found:
    place, at = found.places[index], positions[index]
    url = url_for("planner.gmina", teryt=place.gmina_code)
    return Found(index + 1, place.place, place.gmina, url, number(place.people), f"{at.lon:.5f},{at.lat:.5f}")


def _scenario(asked: SitingAsked, question: Question, positions: Sequence[Position]) -> str:
    """The places as changes on the bench."""
    kind = asked.type[0] if asked.type else question.types[0]
    kind = kind if kind in question.types else question.types[0]
    changes = [Change("add", type=kind, at=at, places=asked.miejsca) for at in positions[:MOST_CHANGES]]
    about = arguments(asked, k=2, aim="people", w=(), po_jednym=None, miejsca=30, praca="")
    return url_for("planner.scenario", **about, zmiana=[str(change) for change in changes]) + "#wynik"


def _drawing(data: CoverageData, question: Question, found: Siting, positions: Sequence[Position]) -> BenchDrawing:
    """The gminas plain, those that get a site marked; present sites as dots, new ones as numbered signs."""
    drawn = outlines(data, "gmina")
    chosen = {place.gmina_code for place in found.places}
    names = {ref.code: ref.name for ref in data.areas.layers["gmina"].refs}
    shapes = tuple(
        DrawnArea(code, path, "better-1" if code in chosen else "same", names.get(code, ""))
        for code, path in drawn.paths.items()
    )
    sites = of_data(data, "sites", (question.types, question.audience), lambda: Frame(data, question).sites)
    present = to_wgs84(sites.xy).tolist() if len(sites.xy) else []
    dots = [Dot(*drawn.plane.at(lon, lat), "present") for lon, lat in present]
    dots += [Dot(*drawn.plane.at(at.lon, at.lat), "new") for at in positions]
    lines = tuple(outlines(data, "subregion").paths.values())
    return BenchDrawing(WIDTH, drawn.plane.height, shapes, lines, tuple(dots))


def _areas(data: CoverageData, asked: SitingAsked) -> tuple[Choice, ...]:
    """Subregions, then powiats; a gmina that was asked for by its code stands with them."""
    layers = data.areas.layers
    refs: list[tuple[AreaRef, str]] = [
        (ref, _("subregion %(name)s", name=ref.name)) for ref in layers["subregion"].refs
    ]
    refs += [(ref, ref.name if ref.is_city else _("powiat %(name)s", name=ref.name)) for ref in layers["powiat"].refs]
    refs += [(ref, ref.name) for ref in layers["gmina"].refs if ref.code in asked.w]
    return tuple(Choice(ref.code, text, ref.code in asked.w) for ref, text in refs)
