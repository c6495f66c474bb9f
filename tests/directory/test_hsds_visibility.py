"""A shelter whose place must not be known, looked for in every HSDS output: words, points and ids."""

import json
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory import tables
from mapapp.directory.hsds import hsds_page, hsds_record
from mapapp.directory.hsds_criteria import HsdsSearch
from mapapp.directory.hsds_resources import (
    ORGANIZATIONS,
    SERVICES,
    Wanted,
    wanted_organizations,
    wanted_places,
    wanted_services,
)
from mapapp.directory.hsds_schedules import refresh_schedules
from mapapp.directory.identity import detail_id
from mapapp.directory.listing import refresh_listings
from mapapp.directory.records import IdentifierRecord
from mapapp.directory.tables.record import VISIBILITY_LEVELS
from mapapp.territory.tables import Place
from tests.directory.hand_made import VOCABULARIES, facility, save, service, service_id
from tests.directory.test_visibility import (
    LEVELS_SET_AT,
    NAME,
    OF_THE_ORGANIZATION,
    OF_THE_PLACE,
    leaked,
    location_id,
    shelter,
)
from tests.hsds_schemas import everything_said

# the names of areas stand in the vocabularies too
OF_THE_AREA = ("0208011", '"0208', "PL517", "gmina kłodzko", "powiat kłodzki")


def prepare(session: Session, **levels: str) -> None:
    """Save the shelter with all that hangs on its records."""
    hidden = shelter(**levels).model_copy(
        update={"identifiers": (IdentifierRecord(scheme="NIP", identifier="8831856789"),)}
    )
    save(session, hidden)
    organization = session.scalars(select(tables.Service.organization_id)).one()
    session.execute(update(tables.Organization).values(description="Prowadzi dom na Brzoskwiniowej"))
    session.execute(
        update(tables.Location).values(description="Wejście z Zakamarka", alternate_name="Willa na Brzoskwiniowej")
    )
    owners = {"location_id": location_id(session)}, {"organization_id": organization}
    for number, owner in enumerate(owners):
        session.execute(insert(tables.Contact).values(name=f"Dyżur, Brzoskwiniowa 7/{number}", **owner))
        session.execute(insert(tables.Language).values(code="uk", note=f"W Zakamarku {number}", **owner))
    phone = {"number": "+48749999999", "display": "74 999 99 99", "description": "Willa Zakamarek"}
    session.execute(insert(tables.Phone).values(location_id=location_id(session), **phone))
    refresh_listings(session)
    refresh_schedules(session)


def ids(session: Session) -> dict[str, str]:
    """The ids that would lead to the place or to the organization."""
    row = session.execute(
        text("""SELECT a.id AS link, l.id AS location, o.id AS organization, d.id AS address
            FROM service AS s JOIN organization AS o ON o.id = s.organization_id
            JOIN service_at_location AS a ON a.service_id = s.id
            JOIN location AS l ON l.id = a.location_id JOIN address AS d ON d.location_id = l.id
            WHERE s.facility_type = 'sow'""")
    ).one()
    found = {name: str(value) for name, value in row._mapping.items()}
    return found | {"phone of the organization": str(detail_id("phone", row.organization, 0))}


def shown(session: Session, resource: Any = SERVICES, record: Any = None) -> dict[str, Any]:
    document = hsds_record(session, resource, record or service_id(session, "shelter", "help"))
    assert document is not None
    parsed: dict[str, Any] = json.loads(document)
    return parsed


def test_says_everything_of_a_public_place(directory: Session) -> None:
    prepare(directory)
    said = everything_said(directory)
    for secret in (*OF_THE_PLACE, *OF_THE_ORGANIZATION, "0208011", "74 999 99 99", "8831856789"):
        if secret not in {"klodzko", "brzoskwiniowej"}:
            assert secret.lower() in said, secret
    assert all(known in said for known in ids(directory).values())


@pytest.mark.parametrize("at", LEVELS_SET_AT)
def test_says_no_more_than_the_gmina_at_area_only(directory: Session, at: str) -> None:
    prepare(directory, **{at: "area_only"})
    said = everything_said(directory)
    assert leaked(said, (*OF_THE_PLACE, "999 99 99", "9999999", "8831856789")) == []
    hidden = ids(directory)
    assert not [name for name in ("link", "location", "address") if hidden[name] in said]
    service = shown(directory)
    assert (service["x_gmina_name"], service["organization"]["name"]) == ("Kłodzko", "Fundacja Sasanka")
    assert service["service_at_locations"] == []


@pytest.mark.parametrize("at", LEVELS_SET_AT)
def test_is_linked_to_nothing_on_request(directory: Session, at: str) -> None:
    prepare(directory, **{at: "on_request"})
    said = everything_said(directory)
    assert leaked(said, (*OF_THE_PLACE, *OF_THE_AREA, *OF_THE_ORGANIZATION, "999 99 99", "8831856789")) == []
    assert not [name for name, secret in ids(directory).items() if secret in said]
    service = shown(directory)
    assert service["name"] == NAME
    assert not {"organization", "organization_id", "x_gmina_teryt", "url", "email"} & service.keys()
    assert [phone["number"] for phone in service["phones"]] == ["+48740000001"]


@pytest.mark.parametrize("at", LEVELS_SET_AT)
def test_does_not_exist_where_internal(directory: Session, at: str) -> None:
    prepare(directory, **{at: "internal"})
    secrets = (*OF_THE_PLACE, *OF_THE_AREA, *OF_THE_ORGANIZATION, NAME, "999 99 99", "48740000001")
    said = everything_said(directory)
    assert leaked(said, secrets) == []
    assert str(service_id(directory, "shelter", "help")) not in said
    assert hsds_record(directory, SERVICES, service_id(directory, "shelter", "help")) is None


@pytest.mark.parametrize("level", VISIBILITY_LEVELS[1:])
def test_is_not_betrayed_by_the_public_service_beside_it(directory: Session, level: str) -> None:
    both = facility(
        "1",
        service("ops", name="Ośrodek"),
        service("sow", name=NAME, visibility=level),
        organization_name="Ośrodek Sasanka",
    )
    save(directory, both)
    directory.execute(update(tables.Organization).values(description="Także schronienie na Brzoskwiniowej"))
    refresh_listings(directory)
    organization = directory.scalars(select(tables.Organization.id)).one()
    provider = shown(directory, ORGANIZATIONS, organization)
    assert {each["x_facility_type"] for each in provider["services"]} == (
        {"ops", "sow"} if level == "area_only" else {"ops"}
    )
    assert len(provider["locations"]) == 1
    assert "brzoskwiniow" not in everything_said(directory)
    if level != "internal":
        sow = shown(directory, SERVICES, service_id(directory, "1", "sow"))
        assert sow["service_at_locations"] == []
        assert ("organization" in sow) is (level == "area_only")
        # the number of the organization stands beside the public service: here it would lead there
        assert sow["phones"] == []


def test_calls_the_organization_as_the_strictest_of_its_services_does(directory: Session) -> None:
    name = "Fundacja przy Zwykłej"  # the street of both
    save(directory, facility("1", service("ops"), service("sow", visibility="area_only"), organization_name=name))
    provider = json.loads(hsds_page(directory, wanted_organizations(directory, HsdsSearch()), 1, 10))["contents"]
    assert [each["name"] for each in provider] == [VOCABULARIES.types["sow"].label_pl]


def test_tells_no_free_text_of_a_service_that_has_one_hidden_place(directory: Session) -> None:
    save(directory, facility("1", service("sow", key="help", description="Także na Brzoskwiniowej.")))
    save(directory, facility("2", service("ops")))
    of_sow, of_ops = service_id(directory, "1", "help"), service_id(directory, "2", "ops")
    assert shown(directory, SERVICES, of_sow)["description"]
    elsewhere = directory.scalars(
        select(tables.ServiceAtLocation.location_id).where(tables.ServiceAtLocation.service_id == of_ops)
    ).one()
    link = {"service_id": of_sow, "location_id": elsewhere, "visibility": "internal"}
    directory.execute(insert(tables.ServiceAtLocation).values(**link))
    refresh_listings(directory)
    told = shown(directory, SERVICES, of_sow)
    assert "description" not in told
    assert len(told["service_at_locations"]) == 1


def test_is_found_by_where_it_is_only_where_that_is_public(directory: Session) -> None:
    prepare(directory)
    code = directory.scalars(select(Place.postal_code).where(Place.gmina_teryt == "0208011")).one()
    searches = [*(HsdsSearch(search=word) for word in OF_THE_PLACE[:2]), HsdsSearch(postcode=code, within_m=100_000)]
    organization = HsdsSearch(organization_id=directory.scalars(select(tables.Organization.id)).one())

    def found(wanted: Wanted) -> int:
        total: int = json.loads(hsds_page(directory, wanted, 1, 10))["total_items"]
        return total

    for level, places, by_organization in (("public", 1, 1), ("area_only", 0, 1), ("on_request", 0, 0)):
        directory.execute(update(tables.Location).values(visibility=level))
        refresh_listings(directory)
        assert [found(wanted_places(directory, search)) for search in searches] == [places] * 3
        assert found(wanted_services(directory, organization)) == by_organization


@pytest.mark.parametrize("table", [tables.Phone, tables.Contact, tables.Url, tables.RequiredDocument])
def test_leaves_out_details_that_are_not_public(directory: Session, table: Any) -> None:
    save(directory, facility("1", service("ops")))
    values = {
        tables.Phone: {"number": "+48749999999", "display": "x"},
        tables.Contact: {"name": "+48749999999"},
        tables.Url: {"url": "https://example.org/+48749999999"},
        tables.RequiredDocument: {"document": "+48749999999"},
    }[table]
    directory.execute(insert(table).values(service_id=service_id(directory, "1", "ops"), **values))
    assert "9999999" in everything_said(directory)
    directory.execute(update(table).values(visibility="on_request"))
    assert "9999999" not in everything_said(directory)


def test_names_a_private_person_only_with_a_basis(directory: Session) -> None:
    save(directory, facility("1", service("ops")))
    contact = {"service_id": service_id(directory, "1", "ops"), "name": "Janina Sasanka", "person_is_private": True}
    directory.execute(insert(tables.Contact).values(**contact))
    assert "janina" not in everything_said(directory)
    directory.execute(update(tables.Contact).values(rodo_basis="art. 6 ust. 1 lit. a"))
    assert "janina" in everything_said(directory)
