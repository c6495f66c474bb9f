"""The planners' routes. Pages are public: what coverage tells of hidden places is all that they show."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.errors import NotAnswerable, TimesNotKept
from mapapp.coverage.exports import written
from mapapp.coverage.measures import measure
from mapapp.travel.store import travel_root
from mapapp.web.kept import kept_body
from mapapp.web.parameters import Question, parse
from mapapp.web.planner import amounts, sentences
from mapapp.web.planner import duties_page as duty_words
from mapapp.web.planner.answers import one_moment, planner_data
from mapapp.web.planner.area_page import area_page
from mapapp.web.planner.coverage_page import coverage_page, in_order, shown_rows
from mapapp.web.planner.duties_page import duties_page
from mapapp.web.planner.equity_page import equity_page
from mapapp.web.planner.form import PRESETS
from mapapp.web.planner.method_page import method_page
from mapapp.web.planner.questions import (
    AreaAsked,
    CoverageAsked,
    DutiesAsked,
    EquityAsked,
    check_together,
    coverage_question,
)
from mapapp.web.planner.sentences import why_not
from mapapp.web.problems import ParameterError, ParametersError, unavailable
from mapapp.web.security import NONCE_TO_BE, csp_nonce, nonce_left_open
from mapapp.web.site import current_site

planner = Blueprint("planner", __name__, url_prefix="/planowanie")

MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@planner.app_context_processor
def _shared() -> dict[str, object]:
    return {"amounts": amounts, "sentences": sentences, "duty_words": duty_words}


@planner.get("")
def coverage() -> Response:
    """A measure as a map, a legend, sentences and a table; without a question the first ready-made one."""
    is_start = not set(request.args) - {"lang"}
    asked = parse(CoverageAsked, _first_question() if is_start else request.args)
    return page("planner/coverage.html", lambda data: coverage_page(data, asked, is_start=is_start))


@planner.get("/dane.<any(csv, geojson, json, xlsx):ending>")
def download(ending: str) -> Response:
    """The areas of a map as a file; the same release gives the same bytes."""
    asked = parse(CoverageAsked, request.args)
    with one_moment() as session:
        try:
            data = coverage_data(session, roads=travel_root(current_site().settings))
        except NotAnswerable:
            return unavailable()
        check_together(data, asked)
        question = coverage_question(data, asked, asked.measure, asked.by)
        try:
            found = measure(data, question)
        except NotAnswerable as error:
            field = "minutes" if isinstance(error, TimesNotKept) else "ages"
            raise ParametersError([ParameterError(field, why_not(data, error, question))]) from None
        shown = replace(found, rows=tuple(in_order(shown_rows(found, asked), found, asked)))
        content = b"".join(written(session, shown, request.full_path.rstrip("?"), ending))
    response = make_response(content)
    response.mimetype = MEDIA_TYPES[ending]
    name = f"planowanie_{asked.measure}_{asked.by}_{found.release}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@planner.get("/gmina/<teryt>")
def gmina(teryt: str) -> Response:
    """Need, supply, gaps, duties, neighbours and trend of a gmina, beside others where asked."""
    asked = parse(AreaAsked, request.args)
    return page("planner/area.html", lambda data: area_page(data, "gmina", teryt, asked))


@planner.get("/powiat/<teryt>")
def powiat(teryt: str) -> Response:
    """The same of a powiat."""
    asked = parse(AreaAsked, request.args)
    return page("planner/area.html", lambda data: area_page(data, "powiat", teryt, asked))


@planner.get("/zadania")
def duties() -> Response:
    """Which statutory tasks are met where, as far as registers and agreements prove it."""
    asked = parse(DutiesAsked, request.args)
    return page("planner/duties.html", lambda data: duties_page(data, asked))


@planner.get("/rownosc")
def equity() -> Response:
    """How evenly support is spread, how much of it is in the community, how open and how sure it is."""
    asked = parse(EquityAsked, request.args)
    return page("planner/equity.html", lambda data: equity_page(data, asked))


@planner.get("/metoda")
def method() -> Response:
    """What every measure means, the standards and how travel is estimated."""
    parse(Question, request.args)
    return page("planner/method.html", method_page)


def page(template: str, answer: Callable[[CoverageData], object], beside: Hashable = None) -> Response:
    """A page of one state of the data, kept as long as it holds; a sentence where there is no territory.

    ``beside``: what else the page follows from.
    """
    data = planner_data()

    def render() -> str:
        with nonce_left_open():
            page = answer(data) if data is not None else None
            return render_template(template if page is not None else "planner/empty.html", page=page, data=data)

    state = data and (data.release, data.today, data.roads_elsewhere)
    asked = (request.url_root, request.full_path, state, beside)
    body = kept_body("planner page", asked, render)
    response = make_response(body.text.replace(NONCE_TO_BE, csp_nonce()))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _first_question() -> MultiDict[str, str]:
    """The first ready-made question, in the language asked for."""
    asked: MultiDict[str, str] = MultiDict()
    for name, value in PRESETS[0][1].items():
        asked.setlist(name, [str(each) for each in (value if isinstance(value, tuple) else (value,))])
    asked.setlist("lang", request.args.getlist("lang"))
    return asked
