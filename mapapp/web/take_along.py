"""What one takes along from the page of a place: a sheet, a contact, its hours for the calendar, a QR code."""

from uuid import UUID

from flask import Blueprint, Response, make_response, request, url_for

from mapapp.directory.queries import PlaceDetails, place_details
from mapapp.web.addresses import absolute
from mapapp.web.handout import handout, qr_code
from mapapp.web.parameters import Question, parse
from mapapp.web.place_files import contact_card, has_calendar, opening_calendar
from mapapp.web.place_page import place_page
from mapapp.web.problems import NotFoundError
from mapapp.web.session import current_session
from mapapp.web.words import now

take_along = Blueprint("take_along", __name__, url_prefix="/miejsce/<uuid:location_id>")


@take_along.get("/ulotka.pdf")
def sheet(location_id: UUID) -> Response:
    """A sheet to print and hand out."""
    place = _place(location_id)
    return _file(handout(place_page(place), _url(place)), "application/pdf", "ulotka.pdf")


@take_along.get("/kontakt.vcf")
def contact(location_id: UUID) -> Response:
    """A contact for the telephone's address book."""
    place = _place(location_id)
    return _file(contact_card(place, _url(place)), "text/vcard", "kontakt.vcf")


@take_along.get("/godziny.ics")
def hours(location_id: UUID) -> Response:
    """The opening hours for a calendar."""
    place, today = _place(location_id), now().date()
    if not has_calendar(place, today):
        raise NotFoundError(f"the place {location_id} has no hours that a calendar could hold")
    return _file(opening_calendar(place, _url(place), today), "text/calendar", "godziny.ics")


@take_along.get("/qr.svg")
def qr(location_id: UUID) -> Response:
    """A QR code that leads to the page."""
    response = make_response(qr_code(_url(_place(location_id))))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _place(location_id: UUID) -> PlaceDetails:
    parse(Question, request.args)
    place = place_details(current_session(), location_id)
    if place is None:
        raise NotFoundError(f"no public place has the id {location_id}")
    return place


def _url(place: PlaceDetails) -> str:
    return absolute(url_for("resident.place", location_id=place.id))


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = make_response(content)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # it tells what is so today; a record may be hidden tomorrow
    response.headers["Cache-Control"] = "no-store"
    return response
