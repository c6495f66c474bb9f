"""Organizations as HSDS has them: those that give a published service, as far as they may be named beside it."""

from mapapp.directory.hsds_details import FUNDING, IS_WEB_ADDRESS, URL, contacts_of, of_owner, phone
from mapapp.directory.hsds_json import Members, json_array, json_object, moment, web_address
from mapapp.directory.hsds_visibility import SHOWN_ORGANIZATION
from mapapp.directory.visibility import is_shown

# whether areas are official or made from figures; NULL where no territory is loaded
BOUNDARIES = """(SELECT CASE WHEN is_schematic THEN 'schematic' ELSE 'official' END
    FROM territory_release ORDER BY id DESC LIMIT 1)"""
# aliases o, known, provider
ORGANIZATIONS = f"organization AS o {SHOWN_ORGANIZATION}"


def _open(value: str) -> str:
    return f"CASE WHEN provider.is_open THEN {value} END"


PARENT = """(SELECT parent.organization_id FROM service AS offered
    JOIN listing AS parent ON parent.service_id = offered.id AND parent.organization_id = offered.organization_id
    WHERE offered.organization_id = o.parent_organization_id LIMIT 1)"""
ORGANIZATION: Members = {
    "id": "o.id",
    "name": "known.name",
    "alternate_name": _open("o.alternate_name"),
    # HSDS wants one; a name says more than an empty text
    "description": f"coalesce({_open('o.description')}, known.name)",
    "email": "o.email",
    "website": web_address("o.website"),
    "year_incorporated": _open("o.year_incorporated"),
    "legal_status": _open("o.legal_status"),
    "logo": _open(web_address("o.logo")),
    "uri": _open(web_address("o.uri")),
    "parent_organization_id": _open(PARENT),
    "x_sector": "o.sector",
    "x_bip_url": _open(web_address("o.bip_url")),
    "x_epuap": _open("o.epuap"),
    "x_edoreczenia": _open("o.edoreczenia"),
    "x_legal_act": _open("o.legal_act"),
    "x_legal_act_date": _open("o.legal_act_date"),
    "x_is_sample": "to_json(o.is_sample)",
    "x_source": "o.source",
    "x_source_date": "o.source_date",
    "x_last_modified": moment("known.last_modified"),
}
PROGRAM: Members = {
    "id": "program.id",
    "organization_id": "program.organization_id",
    "name": "program.name",
    "alternate_name": "program.alternate_name",
    "description": "program.description",
    "x_period_from": "program.period_from",
    "x_period_to": "program.period_to",
    "x_funding_programme": "program.funding_programme",
    "x_budget": "program.budget",
    "x_module": "program.module",
}
IDENTIFIER: Members = {
    "id": "organization_identifier.id",
    "organization_id": "organization_identifier.organization_id",
    "identifier_scheme": "organization_identifier.identifier_scheme",
    "identifier_type": "organization_identifier.identifier_type",
    "identifier": "organization_identifier.identifier",
}
# with everything about it but its services and places
FULL_ORGANIZATION: Members = {
    **ORGANIZATION,
    "additional_websites": of_owner(URL, "url", "organization", "o.id", f"provider.is_open AND {IS_WEB_ADDRESS}"),
    "funding": of_owner(FUNDING, "funding", "organization", "o.id", "provider.is_open"),
    "contacts": contacts_of("organization", "o.id", "provider.is_open"),
    "phones": of_owner(phone("provider.is_open"), "phone", "organization", "o.id"),
    "programs": json_array(
        json_object(PROGRAM),
        f"FROM program WHERE program.organization_id = o.id AND {is_shown('program')} AND provider.is_open",
        "program.id",
    ),
    "organization_identifiers": of_owner(
        IDENTIFIER, "organization_identifier", "organization", "o.id", "provider.is_open"
    ),
}
