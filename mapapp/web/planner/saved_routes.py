"""Scenarios kept under a name: saved, looked at, changed by who has the secret link, and set side by side."""

from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from flask import Response, make_response, redirect, render_template, request, url_for
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from werkzeug.datastructures import MultiDict

from mapapp.coverage.areas import Layer
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.scenarios import (
    LONGEST_NAME,
    LONGEST_QUERY,
    SavedScenario,
    ScenarioRefused,
    delete_scenario,
    replace_scenario,
    save_scenario,
    scenario_shared,
    scenario_to_edit,
)
from mapapp.web.addresses import absolute
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import Question, one_of, parse
from mapapp.web.planner.answers import one_moment, planner_data
from mapapp.web.planner.bench_page import bench_page
from mapapp.web.planner.bench_questions import BenchAsked, SaveAsked, with_services
from mapapp.web.planner.bench_steps import form_fields
from mapapp.web.planner.comparison import FEWEST, Saved, comparison, comparison_file
from mapapp.web.planner.pages import MEDIA_TYPES, planner
from mapapp.web.planner.questions import BY
from mapapp.web.problems import NotFoundError, ParameterError, ParametersError, problem, unavailable
from mapapp.web.security import refuse_other_sites
from mapapp.web.site import current_site

SEE_OTHER: Final = 303
MOST_COMPARED: Final = 4


def _keys(values: tuple[str, ...]) -> tuple[str, ...]:
    """The keys, also where whole links were pasted."""
    keys = tuple(dict.fromkeys(value.rstrip("/").rpartition("/")[2].partition("?")[0] for value in values))
    if len(keys) > MOST_COMPARED:
        raise PydanticCustomError("many", "many", {"most": MOST_COMPARED})
    return keys


class CompareAsked(Question):
    """Scenarios side by side, by the keys of their links to look at, or by these links; ``by``: told by which areas."""

    by: Annotated[Layer, one_of(BY)] = "gmina"
    w: Annotated[tuple[str, ...], AfterValidator(_keys)] = ()


@planner.post("/warianty/zapisz")
def scenario_save() -> Response:
    """Save the scenario under a name; where it has an editing key, in the place of what was saved."""
    refuse_other_sites()
    asked = with_services(parse(SaveAsked, request.form))
    assert isinstance(asked, SaveAsked)  # noqa: S101 - with_services keeps the kind
    data = planner_data()
    if data is None:
        return unavailable()
    query = urlencode(form_fields(asked, site=None, wariant="", nazwa=""))
    try:
        with current_site().open_session() as session:
            if asked.wariant:
                if replace_scenario(session, asked.wariant, asked.nazwa, query, data.release) is None:
                    raise NotFoundError("no scenario of that key")
                key = asked.wariant
            else:
                key = save_scenario(session, asked.nazwa, query, data.release).edit
    except ScenarioRefused as refused:
        return _refused(refused)
    return make_response(redirect(url_for("planner.saved_edit", edit_key=key), SEE_OTHER))


def _refused(refused: ScenarioRefused) -> Response:
    if refused.reason == "full":
        return problem(
            503, said=_("There is no room for more scenarios just now. The address of the page keeps yours.")
        )
    if refused.reason == "name":
        raise ParametersError([ParameterError("nazwa", _("a name of 1 to %(most)s characters", most=LONGEST_NAME))])
    raise ParametersError([ParameterError("zmiana", _("at most %(most)s characters in all", most=LONGEST_QUERY))])


@planner.get("/wariant/<share_key>")
def saved(share_key: str) -> Response:
    """A saved scenario, to look at."""
    parse(Question, request.args)
    with current_site().open_session() as session:
        found = scenario_shared(session, share_key)
    return _saved_page(found, edit_key="")


@planner.get("/wariant/edycja/<edit_key>")
def saved_edit(edit_key: str) -> Response:
    """A saved scenario, to change: with both of its links."""
    parse(Question, request.args)
    with current_site().open_session() as session:
        found = scenario_to_edit(session, edit_key)
    return _saved_page(found, edit_key=edit_key)


@planner.post("/wariant/edycja/<edit_key>/usun")
def saved_delete(edit_key: str) -> Response:
    """Delete a saved scenario."""
    refuse_other_sites()
    with current_site().open_session() as session:
        if not delete_scenario(session, edit_key):
            raise NotFoundError("no scenario of that key")
    return make_response(redirect(url_for("planner.scenario"), SEE_OTHER))


@planner.get("/warianty/porownanie")
def scenario_compare() -> Response:
    """Two to four saved scenarios side by side."""
    asked = parse(CompareAsked, request.args)
    data = planner_data()
    if data is None:
        return unavailable()
    page = comparison(data, _compared(asked), asked.by)
    return _private(render_template("planner/comparison.html", page=page, data=data))


@planner.get("/warianty/porownanie/dane.<any(csv, geojson, json, xlsx):ending>")
def scenario_compare_file(ending: str) -> Response:
    """Every measure of every area before and after each of two to four saved scenarios, as a file."""
    asked = parse(CompareAsked, request.args)
    with one_moment() as session:
        data = planner_data()
        if data is None:
            return unavailable()
        scenarios = _compared(asked)
        if len(scenarios) < FEWEST:
            raise ParametersError([ParameterError("w", _("Give the links of two to four saved scenarios."))])
        address = request.full_path.rstrip("?")
        try:
            content = comparison_file(session, data, scenarios, asked.by, address, ending)
        except NotAnswerable:
            said = _("One of the scenarios asks about people whose number is not known.")
            raise ParametersError([ParameterError("w", said)]) from None
    response = _private(content)
    response.mimetype = MEDIA_TYPES[ending]
    response.headers["Content-Disposition"] = f'attachment; filename="warianty_{data.release}.{ending}"'
    return response


def _compared(asked: CompareAsked) -> list[Saved]:
    with current_site().open_session() as session:
        found = [(key, scenario_shared(session, key)) for key in asked.w]
    missing = [key for key, scenario in found if scenario is None]
    if missing:
        raise ParametersError([ParameterError("w", _("there is no such scenario, or its time is over"), missing[0])])
    return [(scenario, asked_of(scenario)) for _key, scenario in found if scenario is not None]


def asked_of(scenario: SavedScenario) -> BenchAsked:
    """The question that was saved. Raises ParametersError where the site has learned otherwise since."""
    return with_services(parse(BenchAsked, MultiDict(parse_qsl(scenario.query))))


def _saved_page(found: SavedScenario | None, edit_key: str) -> Response:
    data = planner_data()
    if data is None:
        return unavailable()
    if found is None:
        raise NotFoundError("no scenario of that key")
    page = bench_page(data, asked_of(found))
    share = absolute(url_for("planner.saved", share_key=found.share_key))
    edit = absolute(url_for("planner.saved_edit", edit_key=edit_key)) if edit_key else ""
    template = render_template(
        "planner/saved.html", page=page, data=data, scenario=found, share=share, edit=edit, edit_key=edit_key
    )
    return _private(template)


def _private(text: str | bytes) -> Response:
    """Not for search engines, and not kept: whoever has the link may look, and nobody else shall find it."""
    response = make_response(text)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
