"""Services as HSDS has them, alone and with everything about them."""

from mapapp.directory.hsds_details import (
    FUNDING,
    IS_WEB_ADDRESS,
    REQUIRED_DOCUMENT,
    SCHEDULE,
    URL,
    capacities_of,
    contacts_of,
    cost_option,
    language,
    of_owner,
    phone,
    service_area,
)
from mapapp.directory.hsds_json import Members, json_array, json_object, moment, web_address
from mapapp.directory.hsds_organizations import BOUNDARIES, FULL_ORGANIZATION, ORGANIZATION, ORGANIZATIONS, PROGRAM
from mapapp.directory.hsds_places import places_of
from mapapp.directory.hsds_terms import ATTRIBUTES
from mapapp.directory.hsds_visibility import ORGANIZATION_IS_SHOWN, SERVICE_IS_OPEN, SHOWN_SERVICE
from mapapp.directory.visibility import is_shown

# aliases s, shown, telling; what follows ``s`` in a FROM
SHOWN_WITH_LEVEL = f"{SHOWN_SERVICE} {SERVICE_IS_OPEN}"


def _open(value: str) -> str:
    return f"CASE WHEN telling.is_open THEN {value} END"


def _area(value: str) -> str:
    return f"CASE WHEN telling.shows_area THEN {value} END"


HAS_PROGRAM = f"program.id = s.program_id AND {is_shown('program')} AND telling.is_open"
SERVICE_COLUMNS: Members = {
    "id": "s.id",
    "organization_id": "shown.organization_id",
    "program_id": f"(SELECT program.id FROM program WHERE {HAS_PROGRAM})",
    "name": "shown.name",
    "alternate_name": _open("s.alternate_name"),
    "description": _open("s.description"),
    "url": _area(web_address("s.url")),
    "email": _area("s.email"),
    "status": "s.status",
    "interpretation_services": _open("s.interpretation_services"),
    "application_process": _open("s.application_process"),
    "fees_description": _open("s.fees_description"),
    "accreditations": _open("s.accreditations"),
    "eligibility_description": _open("s.eligibility_description"),
    "minimum_age": "s.minimum_age",
    "maximum_age": "s.maximum_age",
    "assured_date": "s.assured_date",
    "alert": _open("s.alert"),
    "last_modified": moment("shown.last_modified"),
    "x_visibility": "shown.visibility",
    "x_facility_type": "s.facility_type",
    "x_type_group": "shown.type_group",
    "x_subtypes": f"to_json({_area('s.subtypes')})",
    "x_law_fields": f"to_json({_area('s.law_fields')})",
    "x_audiences": "to_json(shown.audiences)",
    "x_modes": "to_json(shown.modes)",
    "x_care_setting": "shown.care_setting",
    "x_cost_kind": "shown.cost_kind",
    "x_referral": _open("s.referral"),
    "x_legal_basis": _open("s.legal_basis"),
    "x_opening_hours": _open("CASE WHEN shown.location_id IS NULL THEN shown.opening_hours ELSE s.opening_hours END"),
    "x_short": _open("s.short_description"),
    "x_etr_text": _open("s.etr_text"),
    "x_pjm_url": _open(web_address("s.pjm_url")),
    "x_gmina_teryt": "shown.gmina_teryt",
    "x_gmina_name": "shown.gmina_name",
    "x_powiat_teryt": "shown.powiat_teryt",
    "x_powiat_name": "shown.powiat_name",
    "x_is_sample": "to_json(s.is_sample)",
    "x_source": "s.source",
    "x_source_date": "s.source_date",
}

SHOWN_PROGRAM = f"(SELECT {json_object(PROGRAM)} FROM program WHERE {HAS_PROGRAM})"


def _provider(organization: Members) -> str:
    return f"(SELECT {json_object(organization)} FROM {ORGANIZATIONS} WHERE o.id = shown.organization_id)"


# Without its own, a service whose organization stands nowhere may be called by the organization's number.
LENT_PHONE: Members = {
    "id": "CAST(md5(concat(s.id, shown.phone)) AS uuid)",
    "service_id": "s.id",
    "number": "shown.phone",
    "x_display": "shown.phone_display",
}
HAS_LENT_PHONE = f"""(shown.organization_id IS NULL AND shown.phone IS NOT NULL AND NOT {ORGANIZATION_IS_SHOWN}
    AND NOT EXISTS (SELECT FROM phone WHERE phone.service_id = s.id AND {is_shown("phone")}))"""
PHONES = json_array(
    "each.phone",
    f"""FROM (
        SELECT {json_object(phone("telling.is_open"))} AS phone, phone.position, phone.id
        FROM phone WHERE phone.service_id = s.id AND {is_shown("phone")}
        UNION ALL
        SELECT {json_object(LENT_PHONE)}, 0, s.id WHERE {HAS_LENT_PHONE}
    ) AS each""",
    "each.position, each.id",
)
# HSDS wants to know how many places are free; what only says how many there are goes beside
IS_CAPACITY = "telling.shows_area AND service_capacity.available IS NOT NULL"
IS_SIZE = "telling.shows_area AND service_capacity.available IS NULL"


def _details(*, with_extent: bool) -> Members:
    area = service_area("telling.is_open", with_extent=with_extent)
    return {
        "additional_urls": of_owner(URL, "url", "service", "s.id", f"telling.shows_area AND {IS_WEB_ADDRESS}"),
        "phones": PHONES,
        "schedules": of_owner(SCHEDULE, "schedule", "service", "s.id", "telling.is_open"),
        "service_areas": of_owner(area, "service_area", "service", "s.id", "telling.shows_area"),
        "languages": of_owner(language("telling.is_open"), "language", "service", "s.id", "telling.shows_area"),
        "funding": of_owner(FUNDING, "funding", "service", "s.id", "telling.is_open"),
        "cost_options": of_owner(
            cost_option("telling.is_open"), "cost_option", "service", "s.id", "telling.shows_area"
        ),
        "required_documents": of_owner(REQUIRED_DOCUMENT, "required_document", "service", "s.id", "telling.is_open"),
        "contacts": contacts_of("service", "s.id", "telling.is_open"),
        "capacities": capacities_of("s.id", "telling.is_open", IS_CAPACITY),
        "x_sizes": capacities_of("s.id", "telling.is_open", IS_SIZE),
        "attributes": ATTRIBUTES,
    }


NOTICE: Members = {"x_boundaries": BOUNDARIES}
SERVICE: Members = {
    **SERVICE_COLUMNS,
    "organization": _provider(ORGANIZATION),
    "program": SHOWN_PROGRAM,
}


def full_service(*, with_extent: bool = False) -> Members:
    """A service with everything about it but its places."""
    return {
        **SERVICE_COLUMNS,
        **_details(with_extent=with_extent),
        "organization": _provider(FULL_ORGANIZATION),
        "program": SHOWN_PROGRAM,
    }


def service_with_places(*, with_extent: bool = False) -> Members:
    """A service with everything about it and its places."""
    return {
        **full_service(with_extent=with_extent),
        "service_at_locations": places_of("s.id", with_extent=with_extent),
    }


def services_of_organization(services: Members) -> str:
    """The array of the published services of an organization (alias o)."""
    source = f"FROM service AS s {SHOWN_WITH_LEVEL} WHERE s.organization_id = o.id AND shown.organization_id = o.id"
    return json_array(json_object(services), source, "s.id")
