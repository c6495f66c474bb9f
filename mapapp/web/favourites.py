"""Saved places: a list without an account. It is kept by the browser, or by whoever has the link; never by us."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, Response, json, make_response, render_template, request, url_for
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mapapp.directory.saved_places import MOST_PLACES, SavedPlace, ids_of_today, saved_places
from mapapp.settings import ROOT
from mapapp.web.addresses import absolute
from mapapp.web.facts import current_facts
from mapapp.web.i18n import LANGUAGES, current_language, label
from mapapp.web.parameters import Question, parse
from mapapp.web.session import current_session
from mapapp.web.site import current_site
from mapapp.web.words import now, open_words, week_rows

favourites = Blueprint("favourites", __name__)


def _ids(values: object) -> object:
    assert isinstance(values, list | tuple)  # noqa: S101 - what a parameter of several values is read as
    written = [each for value in values for each in str(value).split(",") if each]
    if len(written) > MOST_PLACES:
        raise PydanticCustomError("many", "many", {"most": MOST_PLACES})
    try:
        return tuple(dict.fromkeys(UUID(each) for each in written))
    except ValueError:
        example = "f7f9f0d3-cc0e-524f-865a-be53ec7af627"
        raise PydanticCustomError("pattern", "pattern", {"example": example}) from None


class ListQuestion(Question):
    """Which places: their ids, with commas between."""

    m: Annotated[tuple[UUID, ...], BeforeValidator(_ids)] = ()


@favourites.get("/ulubione")
def page() -> Response:
    """The list, to look at, print, share and change; without scripts too."""
    question = parse(ListQuestion, request.args)
    asked = ids_of_today(current_session(), question.m)
    found = saved_places(current_session(), asked)
    moment = now()
    return _page(
        "favourites/page.html",
        places=[
            (
                place,
                open_words(place.opening_hours, moment, place.status),
                week_rows(place.opening_hours, moment.date()),
            )
            for place in found
        ],
        missing=len(asked) - len(found),
        without={place.id: list_url(*(each.id for each in found if each.id != place.id)) for place in found},
        link=absolute(list_url(*(place.id for place in found))),
        today=moment.date(),
        territory=current_facts().territory,
    )


@favourites.get("/ulubione/dane.json")
def data() -> Response:
    """The same for the browser's own copy; what may not be seen any more is named by its id alone, to be removed."""
    question = parse(ListQuestion, request.args)
    found = saved_places(current_session(), ids_of_today(current_session(), question.m))
    document = {
        "date": now().date().isoformat(),
        "places": [_document(place) for place in found],
        "removed": sorted({str(each) for each in question.m} - {str(place.id) for place in found}),
    }
    response = make_response(json.dumps(document, ensure_ascii=False))
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response


@favourites.get("/bez-sieci")
def offline() -> Response:
    """What the browser shows where there is no network: crisis numbers, and what it has of the saved places."""
    parse(Question, request.args)
    return _page("favourites/offline.html", crisis_numbers=current_site().vocabularies.crisis_numbers.values())


@favourites.get("/sw.js")
def worker() -> Response:
    """The service worker. At the root, since it may only stand in for addresses below its own."""
    response = make_response((ROOT / "static" / "js" / "sw.js").read_bytes())
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    return response


def list_url(*ids: UUID) -> str:
    """The address of a list of places."""
    return url_for("favourites.page", m=",".join(str(each) for each in ids) or None)


def addresses_for_scripts() -> dict[str, str]:
    """Where scripts find the list, in the language of the page."""
    return {
        "page": url_for("favourites.page"),
        "data": url_for("favourites.data"),
        "offline": url_for("favourites.offline"),
        "worker": url_for("favourites.worker", lang=None),
        "languages": ",".join(LANGUAGES),
    }


def _document(place: SavedPlace) -> dict[str, Any]:
    types = current_site().vocabularies.types
    return {
        "id": str(place.id),
        "name": place.name,
        "kinds": [label(types[code]) for code in place.types if code in types],
        "phone": place.phone,
        "phone_display": place.phone_display,
        "address": ", ".join(
            part for part in (place.street, " ".join(filter(None, (place.postal_code, place.city)))) if part
        ),
        "is_sample": place.is_sample,
        "language": current_language(),
    }


def _page(template: str, **values: object) -> Response:
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "no-store"
    return response
