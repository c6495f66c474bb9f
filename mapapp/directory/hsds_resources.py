"""The kinds of records that HSDS has, how much is said of each in a list and alone, and which of them are wanted."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Boolean, Integer, Select, Text, TextClause, TextualSelect, Uuid, column, text
from sqlalchemy.orm import Session

from mapapp.directory.hsds_criteria import (
    Found,
    HsdsSearch,
    TermSearch,
    organizations_found,
    places_found,
    services_found,
    taxonomies_found,
    terms_found,
)
from mapapp.directory.hsds_json import Members, json_object
from mapapp.directory.hsds_organizations import FULL_ORGANIZATION, ORGANIZATION
from mapapp.directory.hsds_places import LINK, LOCATION, PLACES, full_link, locations_of
from mapapp.directory.hsds_services import (
    NOTICE,
    SERVICE,
    SERVICE_COLUMNS,
    SHOWN_WITH_LEVEL,
    full_service,
    service_with_places,
    services_of_organization,
)
from mapapp.directory.hsds_terms import TAXONOMY, TERM, TERMS
from mapapp.directory.hsds_visibility import SHOWN_ORGANIZATION, SHOWN_SERVICE


@dataclass(frozen=True)
class Resource:
    """A kind of record: where the rows of ``page`` (id) are found, and how much of them is said."""

    source: str
    brief: Members
    full: Members
    # alone, with what is too large for a list
    alone: Members
    # whether a record is invented for demonstration
    is_sample: str

    @cached_property
    def one(self) -> TextClause:
        """The statement of the record :id, alone."""
        return text(f"""
            WITH page AS (SELECT CAST(:id AS uuid) AS id)
            SELECT CAST(json_strip_nulls({json_object(self.alone)}) AS text) FROM {self.source}""")

    @cached_property
    def many(self) -> Mapping[bool, TextualSelect]:
        """Brief and full (True): the statement of the records of ``page``, one a line, with what is to be said."""
        return {is_full: self._many(self.full if is_full else self.brief) for is_full in (False, True)}

    def _many(self, members: Members) -> TextualSelect:
        documents = f"string_agg(CAST(json_strip_nulls({json_object(members)}) AS text), chr(10) ORDER BY page.id)"
        statement = text(f"""
            SELECT coalesce({documents}, ''), count(*), coalesce(bool_or({self.is_sample}), false),
                (SELECT id FROM page ORDER BY id DESC LIMIT 1)
            FROM {self.source}""")
        return statement.columns(
            column("lines", Text), column("size", Integer), column("samples", Boolean), column("last", Uuid)
        )


SERVICES = Resource(
    f"page JOIN service AS s ON s.id = page.id {SHOWN_WITH_LEVEL}",
    {**SERVICE, **NOTICE},
    {**service_with_places(), **NOTICE},
    {**service_with_places(with_extent=True), **NOTICE},
    "s.is_sample",
)
MINIMAL_SERVICES = Resource(
    f"page JOIN service AS s ON s.id = page.id {SHOWN_SERVICE}",
    *({"id": "s.id", "modified_date": SERVICE_COLUMNS["last_modified"]},) * 3,
    "s.is_sample",
)
_ORGANIZATION = f"page JOIN organization AS o ON o.id = page.id {SHOWN_ORGANIZATION}"
_ORGANIZATION_AND_PLACES: Members = {**FULL_ORGANIZATION, "locations": locations_of("o.id"), **NOTICE}
_WITH_SERVICES: Members = {**_ORGANIZATION_AND_PLACES, "services": services_of_organization(SERVICE_COLUMNS)}
ORGANIZATIONS = Resource(_ORGANIZATION, {**ORGANIZATION, **NOTICE}, _WITH_SERVICES, _WITH_SERVICES, "o.is_sample")
_WITH_FULL_SERVICES: Members = {
    **_ORGANIZATION_AND_PLACES,
    "services": services_of_organization(service_with_places()),
}
ORGANIZATIONS_WITH_SERVICES = Resource(_ORGANIZATION, *(_WITH_FULL_SERVICES,) * 3, "o.is_sample")


def _link(link: Members, location: Members, service: Members) -> Members:
    return {**link, "location": json_object(location), "service": json_object(service), **NOTICE}


SERVICES_AT_LOCATIONS = Resource(
    f"page JOIN {PLACES} ON place.id = page.id JOIN service AS s ON s.id = place.service_id {SHOWN_WITH_LEVEL}",
    _link(LINK, LOCATION, SERVICE),
    {**full_link(), "service": json_object(full_service()), **NOTICE},
    {**full_link(with_extent=True), "service": json_object(full_service(with_extent=True)), **NOTICE},
    "place.is_sample",
)
TAXONOMIES = Resource("page JOIN taxonomy AS vocabulary ON vocabulary.id = page.id", *(TAXONOMY,) * 3, "false")
TAXONOMY_TERMS = Resource(f"page JOIN {TERMS} ON term.id = page.id", *(TERM,) * 3, "false")


@dataclass(frozen=True)
class Wanted:
    """Which records, and whether with everything about them; ``question`` is equal for equal questions."""

    resource: Resource
    found: Found
    question: Hashable
    is_full: bool = False

    def records(self, ids: Select[Any]) -> Any:
        """The statement of the records of ``ids``."""
        return self.resource.many[self.is_full].add_cte(ids.cte("page"))


def wanted_services(session: Session, search: HsdsSearch, *, is_full: bool = False, is_minimal: bool = False) -> Wanted:
    """Services; ``is_minimal``: only their ids and when they changed."""
    resource = MINIMAL_SERVICES if is_minimal else SERVICES
    return Wanted(resource, services_found(session, search), ("services", search), is_full)


def wanted_organizations(
    session: Session, search: HsdsSearch, *, is_full: bool = False, with_services: bool = False
) -> Wanted:
    """Organizations; ``with_services``: with everything about them and about their services."""
    resource = ORGANIZATIONS_WITH_SERVICES if with_services else ORGANIZATIONS
    found = organizations_found(session, search)
    return Wanted(resource, found, ("organizations", search), is_full or with_services)


def wanted_places(session: Session, search: HsdsSearch, *, is_full: bool = False) -> Wanted:
    """Services at locations."""
    return Wanted(SERVICES_AT_LOCATIONS, places_found(session, search), ("places", search), is_full)


def wanted_taxonomies(search: TermSearch) -> Wanted:
    """Vocabularies."""
    return Wanted(TAXONOMIES, taxonomies_found(search), ("taxonomies", search))


def wanted_terms(search: TermSearch) -> Wanted:
    """Terms of vocabularies."""
    return Wanted(TAXONOMY_TERMS, terms_found(search), ("terms", search))
