"""The schemas of HSDS 3.1 as validators, and everything that the directory says in HSDS."""

import io
import json
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp.directory.hsds import hsds_lines, hsds_page, hsds_record
from mapapp.directory.hsds_criteria import HsdsSearch, TermSearch
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
from mapapp.directory.tables import Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm

Document = dict[str, Any]
SCHEMAS = ("service", "organization", "service_at_location", "service_list", "organization_list")
ALONE: dict[str, tuple[Resource, Any]] = {
    "service": (SERVICES, Service),
    "organization": (ORGANIZATIONS, Organization),
    "organization with services": (ORGANIZATIONS_WITH_SERVICES, Organization),
    "service_at_location": (SERVICES_AT_LOCATIONS, ServiceAtLocation),
    "taxonomy": (TAXONOMIES, Taxonomy),
    "taxonomy_term": (TAXONOMY_TERMS, TaxonomyTerm),
}


@cache
def schema(shared: Path, name: str) -> Document:
    """A compiled schema; those of terms are inside that of services."""
    if name.startswith("taxonomy"):
        attribute = schema(shared, "service")["properties"]["attributes"]["items"]["properties"]["taxonomy_term"]
        return attribute if name == "taxonomy_term" else attribute["properties"]["taxonomy_detail"]
    content = (shared / "conformance" / "hsds-3.1" / "compiled" / f"{name}.json").read_text(encoding="utf-8")
    document: Document = json.loads(content)
    return document


@cache
def validator(shared: Path, name: str) -> Draft202012Validator:
    """Checks types, required members and formats."""
    return Draft202012Validator(schema(shared, name), format_checker=FormatChecker())


def faults(shared: Path, name: str, document: object) -> list[str]:
    """What the schema has against a document."""
    return [f"{error.json_path}: {error.message}"[:300] for error in validator(shared, name).iter_errors(document)]


def lists(session: Session) -> dict[str, Wanted]:
    """Every list, brief and full; the name begins with that of its schema."""
    everything, terms = HsdsSearch(), TermSearch()
    return {
        "service_list": wanted_services(session, everything),
        "service full": wanted_services(session, everything, is_full=True),
        "organization_list": wanted_organizations(session, everything),
        "organization full": wanted_organizations(session, everything, is_full=True),
        "organization with services": wanted_organizations(session, everything, with_services=True),
        "service_at_location_list": wanted_places(session, everything),
        "service_at_location full": wanted_places(session, everything, is_full=True),
        "taxonomy": wanted_taxonomies(terms),
        "taxonomy_term": wanted_terms(terms),
    }


def pages(session: Session, wanted: Wanted, size: int = 100) -> Iterator[Document]:
    """Every page of a list."""
    number, is_last = 1, False
    while not is_last:
        page = json.loads(hsds_page(session, wanted, number, size))
        yield page
        number, is_last = number + 1, page["last_page"]


def records(session: Session, name: str) -> Iterator[Document]:
    """Every record that is answered alone, by asking for every id there is."""
    resource, table = ALONE[name]
    for record_id in session.scalars(select(table.id).order_by(table.id)):
        document = hsds_record(session, resource, record_id)
        if document is not None:
            yield json.loads(document)


def package(session: Session) -> dict[str, str]:
    """The files of the data package."""
    content = b"".join(hsds_package(lambda: nullcontext(session), "Directory")[1])
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def everything_said(session: Session) -> str:
    """Every HSDS output: pages, streams, single records, the package."""
    said: list[object] = []
    for wanted in (*lists(session).values(), wanted_services(session, HsdsSearch(), is_minimal=True)):
        said += pages(session, wanted)
        said += hsds_lines(lambda: nullcontext(session), wanted)
    for name in ALONE:
        said += records(session, name)
    said += package(session).values()
    return json.dumps(said, ensure_ascii=False).lower()
