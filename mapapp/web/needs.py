"""``/pomoc``: from a life situation in plain words, by at most three questions, to the services that answer it.

Each step is an address and an ordinary form; the last leads to the search page.
"""

from flask import Blueprint, Response, make_response, render_template, request

from mapapp.directory.open_when import Occasion
from mapapp.directory.terms import LifeSituation
from mapapp.web.filters import OCCASIONS, Option
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import Question, Text, parse
from mapapp.web.problems import NotFoundError
from mapapp.web.site import current_site

needs = Blueprint("needs", __name__, url_prefix="/pomoc")
# whom to call before all others, on every page
FIRST_NUMBERS = ("emergency", "adults_support", "adults_crisis", "children_line", "violence_line")
# what the third question offers besides Polish
LANGUAGES_OFFERED = ("uk", "en", "pjm")


class NeedQuestion(Question):
    """Where someone is may be known from the page before."""

    place: Text = ""


@needs.app_context_processor
def _shared() -> dict[str, object]:
    known = current_site().vocabularies.crisis_numbers
    return {"first_numbers": [known[code] for code in FIRST_NUMBERS if code in known]}


@needs.get("")
def situations() -> Response:
    """The situations to choose from."""
    question = parse(NeedQuestion, request.args)
    return _answer(render_template("needs/situations.html", question=question))


@needs.get("/telefony")
def numbers() -> Response:
    """Every number for a crisis, with who answers and what we know of it."""
    parse(Question, request.args)
    return _answer(render_template("needs/numbers.html", numbers=current_site().vocabularies.crisis_numbers.values()))


@needs.get("/<code>")
def situation(code: str) -> Response:
    """The questions of a situation: for whom, where, what matters."""
    question = parse(NeedQuestion, request.args)
    words = current_site().vocabularies
    chosen = words.situations.get(code)
    if chosen is None:
        raise NotFoundError(f"no situation has the code {code[:40]}")
    return _answer(
        render_template(
            "needs/situation.html",
            question=question,
            situation=chosen,
            numbers=[words.crisis_numbers[each] for each in chosen.crisis_numbers],
            for_whom=[Option(each, label(words.audiences[each])) for each in chosen.for_whom],
            matters=_matters(chosen),
            profiles=[Option(each.code, label(each)) for each in words.profiles.values()],
        )
    )


def _matters(chosen: LifeSituation) -> list[tuple[str, Option]]:
    """What may matter, each with the parameter that it sets; one's own language first among the languages."""
    words = current_site().vocabularies
    found = [("cost", Option("free", _("it is free of charge"))), ("open", Option("now", str(OCCASIONS[Occasion.NOW])))]
    if any("home" in words.types[kind].mode for kind in chosen.types):
        found.append(("mode", Option("home", _("someone comes to my home"))))
    for code in sorted(LANGUAGES_OFFERED, key=lambda each: each != current_language()):
        text = _("help in this language: %(language)s", language=label(words.languages[code]))
        found.append(("language", Option(code, text)))
    return found


def _answer(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-cache"
    return response
