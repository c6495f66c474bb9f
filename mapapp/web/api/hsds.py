"""``/api/hsds``: the directory as Open Referral HSDS 3.1, for aggregators, validators and other maps.

Lists answer GET and POST alike, as the specification has it; both take their parameters from the query string.
"""

from itertools import chain
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, current_app, json, request

from mapapp.directory.hsds import hsds_lines, hsds_page, hsds_record, hsds_total
from mapapp.directory.hsds_package import hsds_package
from mapapp.directory.hsds_resources import (
    ORGANIZATIONS,
    ORGANIZATIONS_WITH_SERVICES,
    SERVICES,
    SERVICES_AT_LOCATIONS,
    TAXONOMIES,
    TAXONOMY_TERMS,
    Resource,
    Wanted,
    wanted_organizations,
    wanted_places,
    wanted_services,
    wanted_taxonomies,
    wanted_terms,
)
from mapapp.directory.queries import directory_facts, survivor_of
from mapapp.territory.queries import territory_facts
from mapapp.web.api.hsds_questions import (
    ALL_AT_ONCE,
    MOST,
    MOST_FULL,
    PAGE_SIZE,
    ListQuestion,
    OrganizationQuestion,
    OrganizationsQuestion,
    PlacesQuestion,
    RootQuestion,
    ServicesQuestion,
    TermsQuestion,
    records_sought,
    terms_sought,
)
from mapapp.web.api.hsds_totals import Totals
from mapapp.web.parameters import parse, parse_error
from mapapp.web.problems import NotFoundError
from mapapp.web.representations import JSON, document, unchanged_until
from mapapp.web.session import current_session
from mapapp.web.site import current_site

NDJSON: Final = "application/x-ndjson"
ZIP: Final = "application/zip"
VERSION: Final = "3.1"
PROFILE: Final = "https://docs.openreferral.org/en/3.1/hsds/"
OPENAPI: Final = "https://raw.githubusercontent.com/openreferral/specification/3.1/schema/openapi.json"
SECONDS_OF_A_TOTAL: Final = 10.0
BOTH: Final = ("GET", "POST")
ALONE: Final = {
    "services": SERVICES,
    "service_at_locations": SERVICES_AT_LOCATIONS,
    "taxonomies": TAXONOMIES,
    "taxonomy_terms": TAXONOMY_TERMS,
}

hsds = Blueprint("hsds", __name__, url_prefix="/api/hsds")


@hsds.get("/")
def root() -> Response:
    """What this API is."""
    parse(RootQuestion, request.args)
    facts, territory = directory_facts(current_session()), territory_facts(current_session())
    about = {
        "version": VERSION,
        "profile": PROFILE,
        "openapi_url": OPENAPI,
        "x_samples": facts.has_samples,
        "x_boundaries": None if territory is None else "schematic" if territory.is_schematic else "official",
        "x_datapackage_url": f"{request.base_url}datapackage.zip",
    }
    return _checked(json.dumps(about))


@hsds.route("/services", methods=BOTH)
def services() -> Response:
    """A page of services; ``minimal`` says only which there are and when they changed."""
    question = parse(ServicesQuestion, request.args)
    wanted = wanted_services(
        current_session(), records_sought(question), is_full=question.full, is_minimal=question.minimal
    )
    return _list(question, wanted, ALL_AT_ONCE if question.minimal else PAGE_SIZE)


@hsds.route("/organizations", methods=BOTH)
def organizations() -> Response:
    """A page of organizations; ``full_service`` puts everything about their services in."""
    question = parse(OrganizationsQuestion, request.args)
    wanted = wanted_organizations(
        current_session(), records_sought(question), is_full=question.full, with_services=question.full_service
    )
    return _list(question, wanted)


@hsds.route("/service_at_locations", methods=BOTH)
def service_at_locations() -> Response:
    """A page of services at locations; ``proximity`` is in metres, from the middle of ``postcode``."""
    question = parse(PlacesQuestion, request.args)
    if question.proximity is not None and question.postcode is None:
        raise parse_error("postcode", "pattern", example="50-001")
    return _list(question, wanted_places(current_session(), records_sought(question), is_full=question.full))


@hsds.route("/taxonomies", methods=BOTH)
def taxonomies() -> Response:
    """A page of vocabularies."""
    question = parse(ListQuestion, request.args)
    return _list(question, wanted_taxonomies(terms_sought(question)))


@hsds.route("/taxonomy_terms", methods=BOTH)
def taxonomy_terms() -> Response:
    """A page of terms; ``top_only``: those that are no child terms."""
    question = parse(TermsQuestion, request.args)
    return _list(question, wanted_terms(terms_sought(question)))


@hsds.get(f"/<any({', '.join(ALONE)}):kind>/<uuid:record_id>")
def record(kind: str, record_id: UUID) -> Response:
    """One record with everything about it."""
    parse(RootQuestion, request.args)
    return _record(ALONE[kind], record_id)


@hsds.get("/organizations/<uuid:record_id>")
def organization(record_id: UUID) -> Response:
    """An organization with everything about it, and its services in brief or whole."""
    question = parse(OrganizationQuestion, request.args)
    return _record(ORGANIZATIONS_WITH_SERVICES if question.full_service else ORGANIZATIONS, record_id)


@hsds.get("/datapackage.zip")
def data_package() -> Response:
    """Everything as tables, with a description of every column."""
    parse(RootQuestion, request.args)
    site = current_site()
    release, parts = hsds_package(site.open_session, site.names["en"])
    response = Response(parts, mimetype=ZIP)
    response.implicit_sequence_conversion = False  # to learn its length would be to make all of it first
    response.headers["Content-Disposition"] = f'attachment; filename="hsds-{release}.zip"'
    return unchanged_until(release, response, max_age=0)


def _list(question: ListQuestion, wanted: Wanted, size: int = PAGE_SIZE) -> Response:
    most = MOST_FULL if wanted.is_full else MOST
    if question.per_page is not None and question.per_page > most:
        raise parse_error("per_page", "range", least=1, most=most)
    if question.format == "ndjson":
        return _stream(wanted)
    session = current_session()
    total = _totals().of(wanted.question, lambda: hsds_total(session, wanted))
    return _checked(hsds_page(session, wanted, question.page, question.per_page or size, total))


def _totals() -> Totals:
    totals: Totals = current_app.extensions.setdefault("hsds_totals", Totals(SECONDS_OF_A_TOTAL))
    return totals


def _stream(wanted: Wanted) -> Response:
    # each piece has a connection of its own
    current_session().close()
    lines = hsds_lines(current_site().open_session, wanted)
    # what fails at once is still answered in words
    first = next(lines, "")
    return Response(chain((first,), lines), mimetype=NDJSON)


def _record(resource: Resource, record_id: UUID) -> Response:
    found = hsds_record(current_session(), resource, record_id)
    if found is None:
        # one that was merged is answered with the record that it went into, under its own id
        survivor = survivor_of(current_session(), record_id)
        found = hsds_record(current_session(), resource, survivor) if survivor else None
    if found is None:
        raise NotFoundError(str(record_id))
    return _checked(found)


def _checked(text: str) -> Response:
    """A document that a client may keep, and ask whether it is still the same."""
    # after a rollback psycopg would forget the statements that it has prepared, and PostgreSQL their plans
    current_session().commit()
    response = document(text, JSON)
    response.add_etag()
    response.make_conditional(request)
    return response
