"""The tables of the HSDS data package: the same members as in the API, as columns; the same levels of visibility."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mapapp.directory import hsds_details as details
from mapapp.directory.hsds_json import Members, columns
from mapapp.directory.hsds_organizations import IDENTIFIER, ORGANIZATION, ORGANIZATIONS, PROGRAM
from mapapp.directory.hsds_places import LINK, LOCATION, PLACES
from mapapp.directory.hsds_services import (
    HAS_LENT_PHONE,
    IS_CAPACITY,
    IS_SIZE,
    LENT_PHONE,
    SERVICE_COLUMNS,
    SHOWN_WITH_LEVEL,
)
from mapapp.directory.hsds_terms import ATTRIBUTE_COLUMNS, SAID_OF_SERVICE, TAXONOMY, TERM_COLUMNS, TERMS
from mapapp.directory.hsds_visibility import is_shown_place
from mapapp.directory.visibility import is_shown

SERVICES = f"service AS s {SHOWN_WITH_LEVEL}"
# a detail's owner -> its published rows, with the aliases that conditions need, and the condition of being published
PUBLISHED: Mapping[str, tuple[str, str]] = {
    "organization": (f"JOIN ({ORGANIZATIONS}) ON o.id = {{table}}.organization_id", "true"),
    "service": (f"JOIN ({SERVICES}) ON s.id = {{table}}.service_id", "true"),
    "location": ("", is_shown_place("{table}.location_id")),
    "service_at_location": (f"JOIN {PLACES} ON a.id = {{table}}.service_at_location_id", "true"),
}
# where free text of the owner may be read
OPEN: Mapping[str, str] = {
    "organization": "provider.is_open",
    "service": "telling.is_open",
    "location": "true",
    "service_at_location": "true",
}
AREA: Mapping[str, str] = {**OPEN, "organization": "true", "service": "telling.shows_area"}
URLS: Mapping[str, str] = {**OPEN, "service": "telling.shows_area"}
NAMED: Mapping[str, str] = {**AREA, "service": "true"}


@dataclass(frozen=True)
class Table:
    """A table: its name and file in HSDS, its columns, and the queries whose rows it has (with a column id)."""

    name: str
    path: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def copy(self) -> str:
        """The statement that gives the table as CSV, in a total order."""
        united = " UNION ALL ".join(self.rows)
        return f"COPY (SELECT * FROM ({united}) AS whole ORDER BY id) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')"


def _table(name: str, path: str, members: Members, source: str, condition: str = "true") -> Table:
    return Table(name, path, tuple(members), (f"SELECT {columns(members)} FROM {source} WHERE {condition}",))


def _owned(
    name: str, path: str, members: Mapping[str, Members], shown: Mapping[str, str], condition: str = "true"
) -> Table:
    """A table of details: owner -> members; ``shown``: owner -> condition."""
    rows = tuple(_rows(name, owner, of_owner, f"{shown[owner]} AND {condition}") for owner, of_owner in members.items())
    return Table(name, path, tuple(next(iter(members.values()))), rows)


def _rows(table: str, owner: str, members: Members, condition: str) -> str:
    join, published = (part.replace("{table}", table) for part in PUBLISHED[owner])
    where = f"{table}.{owner}_id IS NOT NULL AND {is_shown(table)} AND {published} AND {condition}"
    return f"SELECT {columns(members)} FROM {table} {join} WHERE {where}"


def _by(members: Members, *owners: str) -> Mapping[str, Members]:
    return dict.fromkeys(owners, members)


def _told(members: Callable[[str], Members], *owners: str) -> Mapping[str, Members]:
    """The members where free text of each owner may be read, or not."""
    return {owner: members(OPEN[owner]) for owner in owners}


def _phones() -> Table:
    table = _owned("phone", "phones.csv", _told(details.phone, *details.OWNERS), NAMED)
    lent_members = {name: LENT_PHONE.get(name, "NULL") for name in table.columns}
    lent = f"SELECT {columns(lent_members)} FROM {SERVICES} WHERE {HAS_LENT_PHONE}"
    return Table(table.name, table.path, table.columns, (*table.rows, lent))


def _capacities(name: str, path: str, condition: str) -> Table:
    source = f"service_capacity JOIN ({SERVICES}) ON s.id = service_capacity.service_id"
    members = details.capacity("telling.is_open")
    return _table(name, path, members, source, f"{is_shown('service_capacity')} AND {condition}")


PLACE_OWNERS = ("location", "service_at_location")
LOCATION_COLUMNS: Members = {
    **LOCATION,
    "organization_id": """(SELECT CAST(min(CAST(there.organization_id AS text)) AS uuid)
        FROM listing AS there WHERE there.location_id = l.id)""",
}

# in the order of the specification, then what it has no table for
TABLES = (
    _table("organization", "organizations.csv", ORGANIZATION, ORGANIZATIONS),
    _table(
        "program",
        "programs.csv",
        PROGRAM,
        f"program JOIN ({ORGANIZATIONS}) ON o.id = program.organization_id",
        f"{is_shown('program')} AND provider.is_open",
    ),
    _table("service", "services.csv", SERVICE_COLUMNS, SERVICES),
    _table("attribute", "attributes.csv", ATTRIBUTE_COLUMNS, f"{SERVICES} CROSS JOIN {SAID_OF_SERVICE}"),
    _table("service_at_location", "service_at_location.csv", LINK, PLACES),
    _table("location", "locations.csv", LOCATION_COLUMNS, "location AS l", is_shown_place("l.id")),
    _phones(),
    _owned("contact", "contacts.csv", _by(details.CONTACT, *details.OWNERS), OPEN, details.IS_PUBLIC_CONTACT),
    _owned("address", "addresses.csv", _by(details.ADDRESS, "location"), OPEN),
    _owned("schedule", "schedules.csv", _by(details.SCHEDULE, "service", *PLACE_OWNERS), OPEN),
    _owned("funding", "funding.csv", _by(details.FUNDING, "organization", "service"), OPEN),
    _owned("service_area", "service_areas.csv", _told(details.service_area, "service", "service_at_location"), AREA),
    _owned("required_document", "required_documents.csv", _by(details.REQUIRED_DOCUMENT, "service"), OPEN),
    _owned("language", "languages.csv", _told(details.language, "service", "location"), AREA),
    _owned("accessibility", "accessibility.csv", _by(details.ACCESSIBILITY, "location"), OPEN),
    _table("taxonomy_term", "taxonomy_terms.csv", TERM_COLUMNS, TERMS),
    _owned("cost_option", "cost_options.csv", _told(details.cost_option, "service"), AREA),
    _owned("organization_identifier", "organization_identifiers.csv", _by(IDENTIFIER, "organization"), OPEN),
    _table("taxonomy", "taxonomies.csv", TAXONOMY, "taxonomy AS vocabulary"),
    _owned("url", "url.csv", _by(details.URL, "organization", "service"), URLS, details.IS_WEB_ADDRESS),
    _table("unit", "units.csv", details.UNIT, "unit", is_shown("unit")),
    _capacities("service_capacity", "service_capacity.csv", IS_CAPACITY),
    _capacities("x_service_size", "x_service_size.csv", IS_SIZE),
)
