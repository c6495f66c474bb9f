"""``/planowanie/warianty``: what would be if sites were added, moved, closed or resized."""

import json
from typing import Final

from flask import Response, make_response, redirect, render_template, request

from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable, TimesNotKept
from mapapp.web.parameters import parse
from mapapp.web.planner import bench_steps
from mapapp.web.planner.answers import one_moment, planner_data
from mapapp.web.planner.bench_document import bench_data, bench_document, bench_map_words
from mapapp.web.planner.bench_export import scenario_bytes
from mapapp.web.planner.bench_page import bench_page
from mapapp.web.planner.bench_questions import BenchAsked, StepAsked, with_services
from mapapp.web.planner.bench_steps import Namesakes, after_step
from mapapp.web.planner.pages import MEDIA_TYPES, page, planner
from mapapp.web.planner.questions import coverage_question
from mapapp.web.planner.sentences import why_not
from mapapp.web.problems import ParameterError, ParametersError, unavailable

SEE_OTHER: Final = 303


@planner.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"steps": bench_steps, "bench_data": bench_data, "bench_map_words": bench_map_words}


@planner.get("/warianty")
def scenario() -> Response:
    """The base question, the changes, and what comes of them."""
    asked = with_services(parse(BenchAsked, request.args))
    return page("planner/bench.html", lambda data: bench_page(data, asked))


@planner.get("/warianty/krok")
def scenario_step() -> Response:
    """Make one change, and go on to the scenario with it."""
    asked = with_services(parse(StepAsked, request.args))
    assert isinstance(asked, StepAsked)  # noqa: S101 - with_services keeps the kind
    found = after_step(asked)
    if isinstance(found, Namesakes):
        return make_response(render_template("planner/namesakes.html", page=found, data=planner_data()))
    return make_response(redirect(found, SEE_OTHER))


@planner.get("/warianty/wynik.json")
def scenario_result() -> Response:
    """What the map's script repaints from."""
    asked = with_services(parse(BenchAsked, request.args))
    with one_moment():
        data = planner_data()
        if data is None:
            return unavailable()
        try:
            document = bench_document(data, asked)
        except NotAnswerable as error:
            raise _refused(data, asked, error) from None
    response = make_response(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(data: CoverageData, asked: BenchAsked, error: NotAnswerable) -> ParametersError:
    """The same sentence as the page's."""
    field = "minutes" if isinstance(error, TimesNotKept) else "ages"
    said = why_not(data, error, coverage_question(data, asked, "gap_places", asked.by))
    return ParametersError([ParameterError(field, said)])


@planner.get("/warianty/dane.<any(csv, geojson, json, xlsx):ending>")
def scenario_file(ending: str) -> Response:
    """Every measure of every area before and after, as a file."""
    asked = with_services(parse(BenchAsked, request.args))
    with one_moment() as session:
        data = planner_data()
        if data is None:
            return unavailable()
        try:
            content = scenario_bytes(session, data, asked, request.full_path.rstrip("?"), ending)
        except NotAnswerable as error:
            raise _refused(data, asked, error) from None
    response = make_response(content)
    response.mimetype = MEDIA_TYPES[ending]
    response.headers["Content-Disposition"] = f'attachment; filename="wariant_{data.release}.{ending}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
