"""The public check of a file: it is read, told about and forgotten. It changes nothing, so it needs no token."""

from collections.abc import Callable
from http import HTTPStatus
from io import StringIO
from threading import BoundedSemaphore
from typing import Final

from flask import Blueprint, Response, json, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from mapapp.registers.checking import CheckedFile
from mapapp.registers.findings import findings, write_findings
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.uploads import LARGEST_UPLOAD_MB, check_upload
from mapapp.web.facts import current_facts
from mapapp.web.i18n import gettext as _
from mapapp.web.map_data import map_words
from mapapp.web.problems import RETRY_AFTER_SECONDS, problem
from mapapp.web.session import current_session
from mapapp.web.site import current_site
from mapapp.web.validator_page import checked_document, validator_page

validator = Blueprint("validator", __name__)

AT_ONCE: Final = 2
# the form's own lines come on top of the file
_LARGEST_BODY: Final = LARGEST_UPLOAD_MB * 1_000_000 + 16 * 1024
_places = BoundedSemaphore(AT_ONCE)


class RefusedError(Exception):
    """A file that is not checked; ``sentence`` says why."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)


@validator.get("/sprawdz-plik")
def ask() -> Response:
    """The form."""
    return _page()


@validator.post("/sprawdz-plik")
def check() -> Response:
    """What is right and wrong in the file; as CSV for ``format=csv``."""
    try:
        checked = _checked()
    except RefusedError as refused:
        return _page(refused=refused)
    if request.form.get("format") == "csv":
        return _findings_file(checked)
    return _page(checked=checked)


@validator.post("/api/validate")
def check_for_programs() -> Response:
    """The same as JSON: ``curl -F file=@units.csv …/api/validate``."""
    try:
        checked = _checked()
    except RefusedError as refused:
        return problem(refused.status, said=refused.sentence)
    response = make_response(json.dumps(checked_document(checked), ensure_ascii=False))
    response.mimetype = "application/json"
    return _forgotten(response)


def _checked() -> CheckedFile:
    request.max_content_length = _LARGEST_BODY
    try:
        uploaded = request.files.get("file")
    except RequestEntityTooLarge as error:
        sentence = _("The file is larger than %(size)s MB. Divide it into parts.", size=LARGEST_UPLOAD_MB)
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence) from error
    if uploaded is None or not uploaded.filename:
        raise RefusedError(HTTPStatus.BAD_REQUEST, _("Choose a file first."))
    name = uploaded.filename
    try:
        return _one_of_few(lambda: check_upload(current_session(), uploaded.save, name, current_site().vocabularies))
    except UnreadableFileError as error:
        sentence = str(error)
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{sentence[:1].upper()}{sentence[1:]}.") from error


def _one_of_few(check_it: Callable[[], CheckedFile]) -> CheckedFile:
    """The check, unless as many as may run are running: residents' pages come first."""
    if not _places.acquire(blocking=False):
        sentence = _("Other files are being checked just now. Try again in a moment.")
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, sentence)
    try:
        return check_it()
    finally:
        _places.release()


def _page(checked: CheckedFile | None = None, refused: RefusedError | None = None) -> Response:
    page = render_template(
        "validator/page.html",
        page=validator_page(checked, request.form.get("order", "")) if checked else None,
        refused=refused,
        largest=LARGEST_UPLOAD_MB,
        map_words=map_words,
        territory=current_facts().territory if checked else None,
    )
    response = make_response(page, refused.status if refused else HTTPStatus.OK)
    if refused and refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return _forgotten(response)


def _findings_file(checked: CheckedFile) -> Response:
    text = StringIO()
    write_findings(findings(checked.rejected, checked.notes), text)
    response = make_response(text.getvalue().encode("utf-8-sig"))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="uwagi.csv"'
    return _forgotten(response)


def _forgotten(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
