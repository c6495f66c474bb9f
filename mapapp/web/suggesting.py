"""Forms by which anyone tells what is wrong: with a place, with a service, with the site. Staff decide about it."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from mapapp.directory.queries import place_details, service_details
from mapapp.directory.suggestions import (
    LONGEST_MESSAGE,
    TOPICS,
    About,
    SuggestionRecord,
    TooManyError,
    keep_suggestion,
)
from mapapp.web.form_tokens import (
    StaleTokenError,
    TooFastError,
    comes_from_elsewhere,
    form_key,
    new_token,
    sender,
)
from mapapp.web.i18n import current_language
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.parameters import Question, parse
from mapapp.web.problems import NotFoundError
from mapapp.web.session import current_session
from mapapp.web.site import current_site

suggesting = Blueprint("suggesting", __name__)

TOPIC_WORDS = {
    "phone": _l("Phone number, e-mail or website"),
    "hours": _l("Opening hours"),
    "address": _l("Name, address or the point on the map"),
    "services": _l("Services, cost or who can use them"),
    "access": _l("Accessibility for people with disabilities"),
    "closed": _l("This place does not exist any more"),
    "missing": _l("A place is missing from the map"),
    "page": _l("Something on the site does not work"),
    "other": _l("Something else"),
}
# what the form has; a trap that people do not see is among them
FIELDS = ("topic", "wrong", "right", "email")
TRAP = "website"
HOW_TO_MEND = {
    "topic": _l("Choose what it is about."),
    "wrong": _l("Write what is wrong, in at least three and at most 2000 characters."),
    "right": _l("Write at most 500 characters."),
    "email": _l("Write a whole e-mail address, for example anna@example.org, or leave it empty."),
}


class RefusedError(Exception):
    """A message that was not taken; ``errors`` says what to mend, by field ("" for the form as a whole)."""

    def __init__(self, status: HTTPStatus, errors: dict[str, str]) -> None:
        self.status, self.errors = status, errors
        super().__init__(f"{status}: {errors}")


@suggesting.route("/miejsce/<uuid:location_id>/popraw", methods=["GET", "POST"])
def place(location_id: UUID) -> ResponseReturnValue:
    """What is wrong with a place."""
    parse(Question, request.args)
    details = place_details(current_session(), location_id)
    if details is None:
        raise NotFoundError(f"no public place has the id {location_id}")
    return _answer(About("place", location_id, details.name), url_for("resident.place", location_id=location_id))


@suggesting.route("/usluga/<uuid:service_id>/popraw", methods=["GET", "POST"])
def service(service_id: UUID) -> ResponseReturnValue:
    """What is wrong with a service."""
    parse(Question, request.args)
    details = service_details(current_session(), service_id)
    if details is None:
        raise NotFoundError(f"no public service has the id {service_id}")
    return _answer(About("service", service_id, details.name), url_for("resident.service", service_id=service_id))


@suggesting.route("/uwagi", methods=["GET", "POST"])
def site() -> ResponseReturnValue:
    """What is wrong with the site, or missing on it."""
    parse(Question, request.args)
    return _answer(About("site"), url_for("resident.search"))


@suggesting.get("/dziekujemy")
def thanks() -> Response:
    """After a message was sent."""
    parse(Question, request.args)
    return _page("suggesting/thanks.html")


def _answer(about: About, back: str) -> ResponseReturnValue:
    if request.method != "POST":
        return _form(about, back)
    try:
        # a program that fills in everything need not know that it was seen
        if not request.form.get(TRAP):
            _keep(about)
    except RefusedError as refused:
        return _form(about, back, refused)
    return redirect(url_for("suggesting.thanks"), code=HTTPStatus.SEE_OTHER)


def _keep(about: About) -> None:
    """Keep the message for staff. Raises RefusedError."""
    if comes_from_elsewhere():
        raise RefusedError(HTTPStatus.FORBIDDEN, {"": _("This form was sent from another site. Send it from here.")})
    try:
        record = SuggestionRecord.model_validate({name: value or None for name, value in _given().items()})
        key = form_key(_purpose(about), request.form.get("token", ""))
        if record.topic not in TOPICS[about.record_id is not None]:
            raise RefusedError(HTTPStatus.BAD_REQUEST, {"topic": str(HOW_TO_MEND["topic"])})
        _save(about, record, key)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        to_mend = {name: str(HOW_TO_MEND[name]) for name in FIELDS if name in wrong}
        raise RefusedError(HTTPStatus.BAD_REQUEST, to_mend) from error
    except (StaleTokenError, TooFastError) as error:
        # a person loses nothing: what they wrote is still there
        sentence = _("The form had to be renewed. Read it once more and send it again.")
        raise RefusedError(HTTPStatus.BAD_REQUEST, {"": sentence}) from error
    except TooManyError as error:
        sentence = _("Too many messages came at once. Try again in an hour.")
        raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, {"": sentence}) from error


def _given() -> dict[str, str]:
    # browsers end lines with CR LF, and count them as one letter
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}


def _save(about: About, record: SuggestionRecord, key: str) -> None:
    # the session of the request only reads
    with current_site().open_session() as session, session.begin():
        keep_suggestion(session, about, record, language=current_language(), form_key=key, sender=sender())


def _purpose(about: About) -> str:
    return f"{about.subject} {about.record_id}"


def _form(about: About, back: str, refused: RefusedError | None = None) -> Response:
    return _page(
        "suggesting/form.html",
        refused.status if refused else HTTPStatus.OK,
        about=about,
        back=back,
        given=_given() if refused else {},
        errors=refused.errors if refused else {},
        topics={code: TOPIC_WORDS[code] for code in TOPICS[about.record_id is not None]},
        token=new_token(_purpose(about)),
        trap=TRAP,
        longest=LONGEST_MESSAGE,
    )


def _page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response
