"""The public check of a file: it is read, told about and forgotten. It changes nothing, so it needs no token."""

from collections.abc import Callable
from http import HTTPStatus
from io import StringIO
from threading import BoundedSemaphore
from typing import Final

from flask import Blueprint, Response, json, make_response, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from mapapp.registers.checking import CheckedFile
from mapapp.registers.field_words import field_word
from mapapp.registers.findings import findings, write_findings
from mapapp.registers.mapping.described import ColumnMapping, Correction, written
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.uploads import LARGEST_UPLOAD_MB, CheckedUpload, check_upload
from mapapp.web.facts import current_facts
from mapapp.web.i18n import current_language
from mapapp.web.i18n import gettext as _
from mapapp.web.map_data import map_words
from mapapp.web.parameters import Question, parse
from mapapp.web.problems import RETRY_AFTER_SECONDS, problem
from mapapp.web.session import current_session
from mapapp.web.site import current_site
from mapapp.web.validator_columns import MappingQuestion, as_sentence, columns_page, upload_document
from mapapp.web.validator_map import drawn_points
from mapapp.web.validator_page import validator_page

validator = Blueprint("validator", __name__)

AT_ONCE: Final = 2
# the form's own lines, and those of the columns, come on top of the file
_LARGEST_BODY: Final = LARGEST_UPLOAD_MB * 1_000_000 + 64 * 1024
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
        upload = _checked(_correction_of_form)
    except RefusedError as refused:
        return _page(refused=refused)
    wanted = request.form.get("format")
    if wanted == "csv" and upload.checked:
        return _findings_file(upload.checked)
    if wanted == "toml" and upload.mapping:
        return _mapping_file(upload.mapping)
    return _page(upload)


@validator.post("/api/validate")
def check_for_programs() -> Response:
    """The same as JSON: ``curl -F file=@units.csv …/api/validate``; ``mapping`` is JSON of fields and constants."""
    parse(Question, request.args)
    try:
        upload = _checked(_correction_of_json)
    except RefusedError as refused:
        return problem(refused.status, said=refused.sentence)
    response = make_response(json.dumps(upload_document(upload), ensure_ascii=False))
    response.mimetype = "application/json"
    return _forgotten(response)


def _checked(correction: Callable[[], Correction | None]) -> CheckedUpload:
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
        said = correction()
        words = current_site().vocabularies
        return _one_of_few(lambda: check_upload(current_session(), uploaded.save, name, words, said))
    except UnreadableFileError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, as_sentence(str(error))) from error


def _correction_of_form() -> Correction | None:
    """What the form says of each column; None where it is the first form, without columns."""
    headings, fields = request.form.getlist("heading"), request.form.getlist("field")
    if not headings and not fields:
        return None
    if len(headings) != len(fields):
        sentence = _("The columns do not fit together: as many fields as headings are expected.")
        raise RefusedError(HTTPStatus.BAD_REQUEST, sentence)
    constants = {"type": request.form.get("type_of_all", "")}
    return Correction(dict(zip(headings, fields, strict=True)), constants)


def _correction_of_json() -> Correction | None:
    if "mapping" not in request.form:
        return None
    try:
        return MappingQuestion.model_validate_json(request.form["mapping"]).correction
    except ValidationError as error:
        expected = '{"columns": {"Nazwa": "name"}, "constants": {"type": "dps"}}'
        sentence = _("The parameter mapping is not understood; expected for example %(example)s.", example=expected)
        raise RefusedError(HTTPStatus.BAD_REQUEST, sentence) from error


def _one_of_few(check_it: Callable[[], CheckedUpload]) -> CheckedUpload:
    """The check, unless as many as may run are running: residents' pages come first."""
    if not _places.acquire(blocking=False):
        sentence = _("Other files are being checked just now. Try again in a moment.")
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, sentence)
    try:
        return check_it()
    finally:
        _places.release()


def _page(upload: CheckedUpload | None = None, refused: RefusedError | None = None) -> Response:
    checked = upload.checked if upload else None
    shown = validator_page(checked, request.form.get("order", "")) if checked else None
    page = render_template(
        "validator/page.html",
        page=shown,
        drawing=drawn_points(current_session(), shown.points) if shown and shown.points["features"] else None,
        columns=columns_page(upload) if upload and upload.mapping else None,
        refused=refused,
        largest=LARGEST_UPLOAD_MB,
        map_words=map_words,
        field_word=lambda field: field_word(field, current_language()),
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


def _mapping_file(mapping: ColumnMapping) -> Response:
    """What `mapapp import --layout` takes."""
    response = make_response(written(mapping))
    response.mimetype = "application/toml"
    response.headers["Content-Disposition"] = 'attachment; filename="uklad.toml"'
    return _forgotten(response)


def _forgotten(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
