"""``/planowanie/lokalizacje``: where new sites would help most."""

from typing import Final

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for

from mapapp.coverage.siting import PROVABLE, Siting, best_places
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import parse
from mapapp.web.planner.answers import planner_data
from mapapp.web.planner.pages import page, planner
from mapapp.web.planner.questions import arguments, coverage_question
from mapapp.web.planner.siting_page import siting_page
from mapapp.web.planner.siting_questions import SitingAsked, with_day_homes
from mapapp.web.planner.siting_searches import MOST_SECONDS, Searches, Tell
from mapapp.web.problems import NotFoundError, ParameterError, ParametersError, problem, unavailable
from mapapp.web.security import refuse_other_sites
from mapapp.web.site import current_site

SEE_OTHER: Final = 303
FINISHED: Final = frozenset({"done", "stopped"})


@planner.get("/lokalizacje")
def siting() -> Response:
    """The places found at once; with ``praca`` those of a search for the proof."""
    is_start = not set(request.args) - {"lang"}
    asked = with_day_homes(parse(SitingAsked, request.args))
    if not asked.praca:
        return page("planner/siting.html", lambda data: siting_page(data, asked, None, is_start=is_start))
    data = planner_data()
    search = _searches().look(asked.praca)
    if search is None or data is None:
        raise NotFoundError("no search of that key")
    found = siting_page(data, asked, search, is_start=False)
    response = make_response(render_template("planner/siting.html", page=found, data=data))
    response.headers["Cache-Control"] = "no-store"
    return response


@planner.post("/lokalizacje/dowod")
def siting_prove() -> Response:
    """Begin the search for the proof, and go where one sees how far it is."""
    refuse_other_sites()
    asked = with_day_homes(parse(SitingAsked, request.form))
    data = planner_data()
    if data is None:
        return unavailable()
    if asked.aim not in PROVABLE:
        raise ParametersError([ParameterError("aim", _("this aim has no proof"))])
    question = coverage_question(data, asked, "gap_places")
    wish = asked.wish(exactly=True, seconds=MOST_SECONDS)

    def work(tell: Tell) -> Siting:
        return best_places(data, question, wish, progress=tell)

    key = _searches().begin(work)
    if key is None:
        return problem(503, said=_("Another proof is being looked for just now. Try again in a minute."))
    return make_response(redirect(url_for("planner.siting", **arguments(asked, praca=key)) + "#dowod", SEE_OTHER))


@planner.post("/lokalizacje/dowod/<key>/przerwij")
def siting_stop(key: str) -> Response:
    """End a search with what it has."""
    refuse_other_sites()
    asked = with_day_homes(parse(SitingAsked, request.form))
    _searches().stop(key)
    return make_response(redirect(url_for("planner.siting", **arguments(asked, praca=key)) + "#dowod", SEE_OTHER))


@planner.get("/lokalizacje/dowod/<key>.json")
def siting_progress(key: str) -> Response:
    """How far a search is, for the page's script."""
    search = _searches().look(key)
    if search is None:
        raise NotFoundError("no search of that key")
    response = jsonify(
        state=search.state,
        is_finished=search.state != "running",
        seconds=round(search.seconds, 1),
        value=search.value,
        bound=search.bound,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _searches() -> Searches:
    return Searches(current_site().settings.var_folder / "siting")
