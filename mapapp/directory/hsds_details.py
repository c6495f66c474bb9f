"""What hangs on an organization, a service, a location or a service at a location, as HSDS has it.

Every detail has a level of its own: only public ones go out, of owners that are published.
"""

from mapapp.directory.hsds_json import Members, json_array, json_object, moment, web_address
from mapapp.directory.hsds_terms import label
from mapapp.directory.visibility import is_shown

OWNERS = ("organization", "service", "location", "service_at_location")


def _of_any(table: str, *owners: str) -> Members:
    return {f"{owner}_id": f"{table}.{owner}_id" for owner in owners}


def phone(told: str) -> Members:
    """A telephone; its description only where ``told`` (free text may be read)."""
    return {
        "id": "phone.id",
        **_of_any("phone", *OWNERS),
        "number": "phone.number",
        "extension": "CASE WHEN phone.extension ~ '^[0-9]{1,9}$' THEN CAST(phone.extension AS integer) END",
        "type": "phone.type",
        "description": f"CASE WHEN {told} THEN phone.description END",
        "x_display": "phone.display",
    }


CONTACT: Members = {
    "id": "contact.id",
    **_of_any("contact", *OWNERS),
    "name": "contact.name",
    "title": "contact.title",
    "department": "contact.department",
    "email": "contact.email",
}
# a private person's name is shown only where data protection law has a basis for it
IS_PUBLIC_CONTACT = f"{is_shown('contact')} AND (NOT contact.person_is_private OR contact.rodo_basis IS NOT NULL)"


def language(told: str) -> Members:
    """A language spoken; its note only where ``told`` (free text may be read)."""
    return {
        "id": "language.id",
        **_of_any("language", "service", "location"),
        "name": f"coalesce(language.name, {label('languages', 'language.code')})",
        "code": "language.code",
        "note": f"CASE WHEN {told} THEN language.note END",
    }


SCHEDULE: Members = {
    "id": "schedule.id",
    **_of_any("schedule", "service", "location", "service_at_location"),
    "valid_from": "schedule.valid_from",
    "valid_to": "schedule.valid_to",
    "dtstart": "schedule.dtstart",
    "freq": "CASE WHEN schedule.freq IN ('WEEKLY', 'MONTHLY') THEN schedule.freq END",
    "interval": "schedule.interval",
    "byday": "schedule.byday",
    "description": "schedule.description",
    "opens_at": "to_char(schedule.opens_at, 'HH24:MI')",
    # ISO 8601: midnight at the end of a day
    "closes_at": "CASE schedule.closes_at WHEN '00:00' THEN '24:00' ELSE to_char(schedule.closes_at, 'HH24:MI') END",
    "schedule_link": web_address("schedule.schedule_link"),
    "attending_type": "schedule.attending_type",
    "notes": "schedule.notes",
    # HSDS has fixed offsets only; none is right in summer and in winter
    "x_timezone": "'Europe/Warsaw'",
}
URL: Members = {
    "id": "url.id",
    "label": "url.label",
    "url": "url.url",
    **_of_any("url", "organization", "service"),
}
IS_WEB_ADDRESS = f"{web_address('url.url')} IS NOT NULL"
FUNDING: Members = {
    "id": "funding.id",
    **_of_any("funding", "organization", "service"),
    "source": "funding.source",
    "x_programme": "funding.programme",
    "x_amount": "funding.amount",
    "x_period": "funding.period",
}
AREA_NAME = """coalesce(service_area.name, (
    SELECT string_agg(unit.name, ', ' ORDER BY unit.teryt)
    FROM (
        SELECT teryt, 'gmina ' || name AS name FROM gmina WHERE valid_to IS NULL
        UNION ALL SELECT teryt, CASE WHEN is_city THEN name ELSE 'powiat ' || name END FROM powiat
        WHERE valid_to IS NULL
        UNION ALL SELECT teryt, 'województwo ' || name FROM voivodeship WHERE valid_to IS NULL
    ) AS unit
    WHERE unit.teryt = ANY (service_area.teryt)))"""
EXTENT = """(
    SELECT ST_AsGeoJSON(ST_Union(unit.outline), 4)
    FROM (
        SELECT teryt, outline FROM gmina WHERE valid_to IS NULL
        UNION ALL SELECT teryt, outline FROM powiat WHERE valid_to IS NULL
        UNION ALL SELECT teryt, outline FROM voivodeship WHERE valid_to IS NULL
    ) AS unit
    WHERE unit.teryt = ANY (service_area.teryt))"""


def service_area(told: str, *, with_extent: bool = False) -> Members:
    """For whom by residence; its description only where ``told``. The outline may be larger than all the rest."""
    members = {
        "id": "service_area.id",
        **_of_any("service_area", "service", "service_at_location"),
        "name": AREA_NAME,
        "description": f"CASE WHEN {told} THEN service_area.description END",
        "uri": "service_area.uri",
        "x_teryt": "to_json(service_area.teryt)",
    }
    return members | {"extent": EXTENT, "extent_type": "'geojson'"} if with_extent else members


ADDRESS: Members = {
    "id": "address.id",
    "location_id": "address.location_id",
    "attention": "address.attention",
    "address_1": "address.address_1",
    "address_2": "address.address_2",
    "city": "address.city",
    "region": "address.region",
    "state_province": "address.state_province",
    # HSDS wants one; empty says that we do not know it
    "postal_code": "coalesce(address.postal_code, '')",
    "country": "address.country",
    "address_type": "address.address_type",
}
ACCESSIBILITY: Members = {
    "id": "accessibility.id",
    "location_id": "accessibility.location_id",
    "description": f"""concat(coalesce({label("features", "accessibility.feature")}, accessibility.feature), ': ',
        coalesce({label("feature_values", "accessibility.value")}, accessibility.value))""",
    "details": "nullif(concat_ws('; ', accessibility.description, accessibility.details), '')",
    "url": web_address("accessibility.url"),
    "x_feature": "accessibility.feature",
    "x_value": "accessibility.value",
    "x_measure": "accessibility.measure",
    "x_surveyed_on": "accessibility.surveyed_on",
    "x_source": "accessibility.source",
}


def cost_option(told: str) -> Members:
    """A price; its words only where ``told`` (free text may be read)."""
    return {
        "id": "cost_option.id",
        "service_id": "cost_option.service_id",
        "valid_from": "cost_option.valid_from",
        "valid_to": "cost_option.valid_to",
        "option": f"coalesce(CASE WHEN {told} THEN cost_option.option END, "
        f"{label('cost_kinds', 'cost_option.cost_kind')})",
        "currency": "cost_option.currency",
        "amount": "cost_option.amount",
        "amount_description": f"CASE WHEN {told} THEN cost_option.amount_description END",
        "x_cost_kind": "cost_option.cost_kind",
        "x_payer": f"CASE WHEN {told} THEN cost_option.payer END",
        "x_rule": f"CASE WHEN {told} THEN cost_option.rule END",
    }


REQUIRED_DOCUMENT: Members = {
    "id": "required_document.id",
    "service_id": "required_document.service_id",
    "document": "required_document.document",
    "uri": web_address("required_document.uri"),
}
UNIT: Members = {
    "id": "unit.id",
    "name": "unit.name",
    "scheme": "unit.scheme",
    "identifier": "unit.identifier",
    "uri": web_address("unit.uri"),
}


def capacity(told: str) -> Members:
    """Places on a day; their description only where ``told`` (free text may be read)."""
    return {
        "id": "service_capacity.id",
        "service_id": "service_capacity.service_id",
        "unit_id": "service_capacity.unit_id",
        "available": "service_capacity.available",
        "maximum": "service_capacity.maximum",
        "description": f"CASE WHEN {told} THEN service_capacity.description END",
        "updated": moment(
            "coalesce(service_capacity.updated, CAST(service_capacity.as_of AS timestamp) AT TIME ZONE 'Europe/Warsaw')"
        ),
        "x_as_of": "service_capacity.as_of",
        "x_kind": "service_capacity.kind",
        "x_target": "service_capacity.target",
        "x_waiting_days": "service_capacity.waiting_days",
    }


CAPACITY_SOURCE = "FROM service_capacity JOIN unit ON unit.id = service_capacity.unit_id"
ORDER_OF_CAPACITY = "service_capacity.as_of DESC, service_capacity.kind, service_capacity.id"


def of_owner(members: Members, table: str, owner: str, owner_id: str, condition: str = "true") -> str:
    """The array of public details of one owner."""
    order = "phone.position, phone.id" if table == "phone" else f"{table}.id"
    source = f"FROM {table} WHERE {table}.{owner}_id = {owner_id} AND {is_shown(table)} AND {condition}"
    return json_array(json_object(members), source, order)


def contacts_of(owner: str, owner_id: str, condition: str = "true") -> str:
    """The duty contacts of one owner."""
    return of_owner(CONTACT, "contact", owner, owner_id, f"{IS_PUBLIC_CONTACT} AND {condition}")


def capacities_of(service_id: str, told: str, condition: str) -> str:
    """The places of a service that fulfil ``condition``, the newest first."""
    members = {**capacity(told), "unit": json_object(UNIT)}
    where = f"service_capacity.service_id = {service_id} AND {is_shown('service_capacity')} AND {condition}"
    return json_array(json_object(members), f"{CAPACITY_SOURCE} WHERE {where}", ORDER_OF_CAPACITY)
