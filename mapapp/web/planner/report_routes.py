"""The addresses of what is taken along: reports, maps in one file, and released figures over time."""

from typing import Final

from flask import Response, make_response, request, url_for

from mapapp.coverage.areas import Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.queries import releases
from mapapp.web.parameters import parse
from mapapp.web.planner.answers import figures, of_data, one_moment, planner_data
from mapapp.web.planner.map_file import map_file
from mapapp.web.planner.pages import page, planner
from mapapp.web.planner.questions import AreaAsked, CoverageAsked, TimeAsked, check_together, coverage_question
from mapapp.web.planner.report import report
from mapapp.web.planner.report_files import FILES
from mapapp.web.planner.report_parts import Report
from mapapp.web.planner.sentences import why_not
from mapapp.web.planner.time_page import time_page
from mapapp.web.problems import ParameterError, ParametersError, unavailable

FORMS: Final = "<any(html, pdf, docx, xlsx):written_as>"


@planner.get(f"/gmina/<teryt>/raport.{FORMS}")
def gmina_report(teryt: str, written_as: str) -> Response:
    """The report of a gmina."""
    return _answer("gmina", teryt, written_as)


@planner.get(f"/powiat/<teryt>/raport.{FORMS}")
def powiat_report(teryt: str, written_as: str) -> Response:
    """The report of a powiat."""
    return _answer("powiat", teryt, written_as)


@planner.get(f"/raport.{FORMS}")
def region_report(written_as: str) -> Response:
    """The report of the region."""
    return _answer("region", "", written_as)


@planner.get("/w-czasie")
def over_time() -> Response:
    """The released figures of a question as of two days."""
    asked = parse(TimeAsked, request.args)
    with one_moment() as session:
        newest = releases(session, limit=1)
    return page("planner/time.html", lambda data: time_page(data, asked), newest)


@planner.get("/mapa.html")
def offline_map() -> Response:
    """A map as one file that opens without a network."""
    asked = parse(CoverageAsked, request.args)
    data = planner_data()
    if data is None:
        return unavailable()
    content = of_data(data, "map file", request.full_path, lambda: offline_map_of(data, asked))
    return _file(content.encode(), "text/html", f"mapa_{asked.measure}_{asked.by}_{data.release}.html")


def offline_map_of(data: CoverageData, asked: CoverageAsked) -> str:
    """The file's text. Raises ParametersError where the question has no answer."""
    check_together(data, asked)
    question = coverage_question(data, asked, asked.measure, asked.by)
    try:
        return map_file(data, figures(data, question), asked)
    except NotAnswerable as error:
        raise ParametersError([ParameterError("ages", why_not(data, error, question))]) from None


def _answer(layer: Layer, teryt: str, written_as: str) -> Response:
    asked = parse(AreaAsked, request.args)

    def made(data: CoverageData) -> Report:
        code = teryt or data.areas.layers["region"].refs[0].code
        found_again = url_for(
            str(request.endpoint), _external=True, **{**(request.view_args or {}), "written_as": "html"}
        )
        return report(data, layer, code, asked, found_again)

    if written_as == "html":
        return page("planner/report.html", made)
    data = planner_data()
    if data is None:
        return unavailable()
    media_type, write = FILES[written_as]
    content = of_data(data, "report file", (request.full_path, request.url_root), lambda: write(made(data)))
    return _file(content, media_type, f"raport_{teryt or 'region'}_{data.release}.{written_as}")


def _file(content: bytes, media_type: str, name: str) -> Response:
    """To be saved; kept by whoever has it as long as it is the same."""
    response = make_response(content)
    response.mimetype = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
