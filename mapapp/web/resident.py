"""The residents' pages: search with list and map, a place, a service, about."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mapapp.directory.queries import place_details, service_details, survivor_of
from mapapp.web import words
from mapapp.web.addresses import head_links
from mapapp.web.export_links import export_links
from mapapp.web.facts import current_facts
from mapapp.web.favourites import addresses_for_scripts
from mapapp.web.kept import kept_body
from mapapp.web.map_data import map_types, map_words, services_url
from mapapp.web.parameters import Question, parse
from mapapp.web.place_page import place_page, service_page
from mapapp.web.problems import NotFoundError
from mapapp.web.questions import PageQuestion
from mapapp.web.search_page import count_sentence, place_url, search_page
from mapapp.web.security import NONCE_TO_BE, csp_nonce, nonce_left_open
from mapapp.web.session import current_session
from mapapp.web.site import current_site
from mapapp.web.turns import Turns
from mapapp.web.vain import count_in_vain

resident = Blueprint("resident", __name__)
_turns = Turns()


@resident.app_context_processor
def _shared() -> dict[str, object]:
    return {
        "site": current_site(),
        "words": words,
        "place_url": place_url,
        "count_sentence": count_sentence,
        "map_words": map_words,
        "map_types": map_types,
        "services_url": services_url,
        "export_links": export_links,
        "saved_addresses": addresses_for_scripts,
        "head_links": head_links,
    }


@resident.get("/")
def search() -> Response:
    """The search, and its results as a list and on a map."""
    question = parse(PageQuestion, request.args)
    # whether a place is open may change with every minute, nothing else does between two releases
    asked = (request.url_root, request.query_string, words.now().replace(second=0, microsecond=0))
    page = kept_body("search page", asked, lambda: _search_page(question))
    return _answer(page.text.replace(NONCE_TO_BE, csp_nonce()))


@resident.get("/miejsce/<uuid:location_id>")
def place(location_id: UUID) -> ResponseReturnValue:
    """One place with all its services; the address of one that was merged leads to the other."""
    parse(Question, request.args)
    details = place_details(current_session(), location_id)
    if details is None:
        survivor = survivor_of(current_session(), location_id)
        if survivor and place_details(current_session(), survivor):
            return redirect(url_for("resident.place", location_id=survivor), code=302)
        raise NotFoundError(f"no public place has the id {location_id}")
    return _page("resident/place.html", page=place_page(details))


@resident.get("/usluga/<uuid:service_id>")
def service(service_id: UUID) -> ResponseReturnValue:
    """A service that has no place of its own; one with a single place is shown there, a merged one at the other."""
    parse(Question, request.args)
    details = service_details(current_session(), service_id)
    if details is None:
        survivor = survivor_of(current_session(), service_id)
        if survivor and service_details(current_session(), survivor):
            return redirect(url_for("resident.service", service_id=survivor), code=302)
        raise NotFoundError(f"no public service has the id {service_id}")
    if len(details.location_ids) == 1:
        return redirect(place_url(details.location_ids[0], service_id), code=302)
    return _page("resident/service.html", page=service_page(details))


@resident.get("/o-mapie")
def about() -> Response:
    """Where the data comes from, under which licence, and what is not known."""
    parse(Question, request.args)
    known = current_facts()
    return _page("resident/about.html", territory=known.territory, facts=known.directory)


def _search_page(question: PageQuestion) -> str:
    with _turns.taken(), nonce_left_open():
        page = search_page(current_session(), question)
        text = render_template("resident/search.html", page=page)
    if page.asked and page.results and not page.results.total and question.page == 1:
        # the page is kept for the minute: who loads it again is not counted again
        count_in_vain(current_session(), question, page.asked)
    return text


def _page(template: str, **values: object) -> Response:
    return _answer(render_template(template, **values))


def _answer(page: str) -> Response:
    response = make_response(page)
    # the open state changes with the clock; a browser may show it again only after asking
    response.headers["Cache-Control"] = "no-cache"
    return response
