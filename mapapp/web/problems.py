"""What went wrong, as a page or as problem+json. The only module that knows status codes."""

import secrets
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus

from flask import Flask, Response, json, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.security import is_open
from mapapp.web.site import current_site

RETRY_AFTER_SECONDS = 10
LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class ParameterError:
    """One parameter that cannot be answered, and what was expected of it."""

    parameter: str
    detail: str
    value: str | None = None  # what was given, as far as it is not over-long


class ParametersError(ValueError):
    """A question that cannot be answered as it stands; ``errors`` names every parameter at fault."""

    def __init__(self, errors: Sequence[ParameterError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.parameter}: {error.detail}" for error in self.errors))


class NotFoundError(LookupError):
    """Nothing public stands at this address."""


class GoneError(LookupError):
    """What once stood at this address does no longer, and will not again."""


WORDS: dict[int, tuple[str, str]] = {
    400: (
        _l("We did not understand this question"),
        _l("Something in the address of this page is not right. Start again from the search page."),
    ),
    404: (
        _l("There is no such page"),
        _l("The address may be mistyped, or the place is no longer in the directory."),
    ),
    405: (
        _l("This cannot be done here"),
        _l("This address only shows information; it takes no changes."),
    ),
    410: (
        _l("This is no longer here"),
        _l("A list of changes has to be asked for from its start again; of files take the newest release."),
    ),
    414: (_l("This address is too long"), _l("Ask for less at once: fewer filters or fewer words.")),
    413: (_l("That is too much at once"), _l("The request was larger than this site accepts.")),
    500: (
        _l("Something went wrong on our side"),
        _l("It is not your fault. Try again in a moment; if it happens again, tell us the number below."),
    ),
    503: (
        _l("The directory is resting for a moment"),
        _l("We cannot reach our data just now. The page will work again by itself; please try in a minute."),
    ),
}


def problem(
    status: int, *, errors: Sequence[ParameterError] = (), incident: str | None = None, said: str = ""
) -> Response:
    """The answer to a question that failed: problem+json under /api/, else a page in the site's design.

    ``said`` is a sentence that tells more than the general one.
    """
    title, detail = WORDS.get(status, (HTTPStatus(status).phrase, WORDS[400][1]))
    detail = said or detail
    if is_open(request.path):
        document = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail)}
        if errors:
            document["errors"] = [asdict(error) for error in errors]
        if incident:
            document["instance"] = f"urn:incident:{incident}"
        response = make_response(json.dumps(document, ensure_ascii=False), status)
        response.mimetype = "application/problem+json"
    else:
        page = render_template(
            "errors/problem.html", status=status, title=title, detail=detail, errors=errors, incident=incident
        )
        response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def unavailable() -> Response:
    """The answer while there is nothing to answer from."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE)


def _bad_parameters(error: ParametersError) -> Response:
    return problem(HTTPStatus.BAD_REQUEST, errors=[_with_value(each) for each in error.errors])


def _with_value(error: ParameterError) -> ParameterError:
    """The error with what the client gave, so that who reads it need not look for it."""
    given = request.args.get(error.parameter)
    if given is None or error.value is not None:
        return error
    shown = "".join(letter for letter in given if letter.isprintable())
    return replace(error, value=shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…")


def _not_found(_error: NotFoundError) -> Response:
    return problem(HTTPStatus.NOT_FOUND)


def _gone(_error: GoneError) -> Response:
    return problem(HTTPStatus.GONE)


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response(request.environ))
    response = problem(error.code)
    for name, value in error.get_headers(request.environ):
        if name == "Allow":  # RFC 9110 §15.5.6 wants it with 405
            response.headers[name] = value
    return response


def _last_resort(app: Flask, error: Exception) -> Response:
    if current_site().is_unavailable(error):
        app.logger.warning("%s %s: the database is away (%s)", request.method, request.path, type(error).__name__)
        return unavailable()
    incident = secrets.token_hex(4)
    # Where it happened, never the exception's text: the database puts values of records in it.
    frames = "".join(traceback.format_tb(error.__traceback__))
    app.logger.error("%s %s: %s, incident %s\n%s", request.method, request.path, type(error).__name__, incident, frames)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, incident=incident)


def init_problems(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(ParametersError, _bad_parameters)
    app.register_error_handler(NotFoundError, _not_found)
    app.register_error_handler(GoneError, _gone)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, lambda error: _last_resort(app, error))
