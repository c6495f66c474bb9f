"""``/api/template.xlsx``: the form in which anyone can give data to the directory."""

from flask import Blueprint, Response, make_response, request

from mapapp.registers.template.book import template_file
from mapapp.registers.writers import FORMATS
from mapapp.territory.queries import territory_facts
from mapapp.web.kept import kept
from mapapp.web.parameters import Question, parse
from mapapp.web.problems import unavailable
from mapapp.web.representations import unchanged_until
from mapapp.web.session import current_session
from mapapp.web.site import current_site

template = Blueprint("template", __name__)


@template.get("/api/template.xlsx")
def workbook() -> Response:
    """An empty workbook with drop-downs, explanations and the gminas of the region."""
    parse(Question, request.args)
    facts = territory_facts(current_session())
    if facts is None:
        return unavailable()
    content = kept("template", "xlsx", lambda: template_file(current_session(), current_site().vocabularies))
    response = make_response(content)
    response.mimetype = FORMATS["xlsx"].media_type
    response.headers["Content-Disposition"] = "attachment; filename=szablon.xlsx"
    return unchanged_until(f"template-{facts.release}", response)
