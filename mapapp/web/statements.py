"""What the site says of itself: accessibility, privacy, the data's licence, how things are counted."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from flask import Blueprint, Response, make_response, render_template, request
from pydantic import TypeAdapter

from mapapp.settings import ROOT
from mapapp.web.facts import current_facts
from mapapp.web.i18n import current_language
from mapapp.web.parameters import Question, parse
from mapapp.web.site import current_site
from mapapp.web.words import now

statements = Blueprint("statements", __name__)

FILE = ROOT / "data" / "statements" / "accessibility.toml"
# the Act of 4 April 2019, art. 11: each year by this day
REVIEW_BY = (3, 31)


@dataclass(frozen=True, slots=True)
class Accessibility:
    """The statement's dates and status."""

    updated_on: date
    drawn_up_on: date
    reviewed_on: date
    status: Literal["full", "partial", "none"]

    def is_overdue(self, today: date) -> bool:
        """Whether the yearly review was missed: none since the last 31 March and the year before it."""
        last_term = date(today.year, *REVIEW_BY)
        if today <= last_term:
            last_term = date(today.year - 1, *REVIEW_BY)
        return self.reviewed_on < date(last_term.year, 1, 1)


@cache
def accessibility_facts() -> Accessibility:
    """The dates and status as the file has them. Raises ValidationError."""
    return TypeAdapter(Accessibility).validate_python(tomllib.loads(FILE.read_text(encoding="utf-8")))


@statements.get("/deklaracja-dostepnosci")
def accessibility() -> Response:
    """The accessibility statement, as the Polish template wants it."""
    facts = accessibility_facts()
    public = current_site().settings.public_url or request.url_root.rstrip("/")
    return _page("accessibility", facts=facts, is_overdue=facts.is_overdue(now().date()), public_url=public)


@statements.get("/prywatnosc")
def privacy() -> Response:
    """What is known of visitors, and for how long."""
    return _page("privacy")


@statements.get("/licencja-danych")
def data_licence() -> Response:
    """Who owns the data, and what may be done with it."""
    known = current_facts()
    return _page("data_licence", territory=known.territory, facts=known.directory)


@statements.get("/jak-liczymy")
def counting() -> Response:
    """How distances, opening, places and figures come about."""
    return _page("counting")


def _page(name: str, **values: object) -> Response:
    parse(Question, request.args)
    template = f"statements/{current_language()}/{name}.html"
    page = render_template(template, name=name, settings=current_site().settings, **values)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-cache"
    return response
