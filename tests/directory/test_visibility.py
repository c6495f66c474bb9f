"""A shelter whose place must not be known, looked for in every answer that the directory gives."""

import json
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory import tables
from mapapp.directory.listing import refresh_listings
from mapapp.directory.queries import (
    directory_facts,
    facet_counts,
    place_details,
    search_services,
    service_details,
    services_geojson,
    services_json,
)
from mapapp.directory.records import AccessibilityRecord, AddressRecord, CostRecord, FacilityRecord, LocationRecord
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.tables.record import VISIBILITY_LEVELS
from mapapp.directory.visibility import strictest
from tests.directory.hand_made import KLODZKO, facility, save, service, service_id

SECRET = Position(16.64321, 50.43219)
# words of the shelter that stand nowhere else
OF_THE_PLACE = ("Brzoskwiniowa", "brzoskwiniowej", "57-397", "Zakamarek", "Krasnoludkowo", "16.64", "50.43", "24/7")
OF_THE_AREA = ("Kłodzko", "klodzko", "kłodzki", "0208011", "0208", "PL517")
OF_THE_ORGANIZATION = ("Fundacja Sasanka", "sasanka")
NAME = "Schronienie Przylaszczka"


def shelter(**levels: str) -> FacilityRecord:
    """A shelter with everything that could betray it; ``levels`` by record: organization, location, service."""
    return facility(
        "shelter",
        service(
            "sow",
            key="help",
            name=NAME,
            description="Wejście od ulicy Brzoskwiniowej, naprzeciw Zakamarka.",
            application_process="Przyjdź na Brzoskwiniową 24/7.",
            eligibility_description="Mieszkanki miejscowości Krasnoludkowo.",
            costs=(CostRecord(cost_kind="free", amount_description="Płatne w kasie na Brzoskwiniowej"),),
            service_area=("0208011",),
            visibility=levels.get("service", "public"),
        ),
        organization_name="Fundacja Sasanka",
        visibility=levels.get("organization", "public"),
        location=LocationRecord(
            name="Willa Zakamarek",
            position=SECRET,
            address=AddressRecord(
                address_1="ul. Brzoskwiniowa 7",
                postal_code="57-397",
                city="Krasnoludkowo",
                state_province="dolnośląskie",
            ),
            opening_hours="24/7",
            transportation="Autobus do Krasnoludkowa",
            accessibility=(
                AccessibilityRecord(feature="entrance_level", value="yes", description="od Brzoskwiniowej"),
            ),
            visibility=levels.get("location", "public"),
        ),
    )


def everything_said(session: Session) -> str:
    """Every answer of every public function, and the tables that they are made of."""
    service, location = service_id(session, "shelter", "help"), location_id(session)
    said: list[object] = [directory_facts(session), place_details(session, location), service_details(session, service)]
    questions = ("", "przemoc", NAME, *OF_THE_PLACE, *OF_THE_AREA, *OF_THE_ORGANIZATION)
    for search in (
        *(ServiceSearch(q=question) for question in questions),
        ServiceSearch(near=SECRET),
        ServiceSearch(near=SECRET, within_km=1),
        ServiceSearch(gmina="0208011"),
        ServiceSearch(bbox=(16.0, 50.0, 17.0, 51.0), profile="wheelchair"),
    ):
        said += [search_services(session, search).hits, facet_counts(session, search)]
        # what was asked is said again in the head of a document
        said += [json.loads(services_json(session, search))["services"]]
        said += [json.loads(services_geojson(session, search))["features"]]
    said += session.execute(text("SELECT to_jsonb(listing) FROM listing")).all()
    said += session.scalars(text("SELECT word FROM search_word")).all()
    return repr(said).lower()


def location_id(session: Session) -> object:
    return session.execute(select(tables.Location.id).where(tables.Location.source_id == "shelter")).scalar_one()


def found(session: Session, **search: object) -> bool:
    hits = search_services(session, replace(ServiceSearch(limit=500), **search)).hits
    return any(hit.facility_type == "sow" for hit in hits)


def leaked(said: str, secrets: tuple[str, ...]) -> list[str]:
    return [secret for secret in secrets if secret.lower() in said]


LEVELS_SET_AT = ["service", "location", "organization"]


def test_shows_everything_of_a_public_place(directory: Session) -> None:
    save(directory, shelter())
    said = everything_said(directory)
    to_be_seen = ("Brzoskwiniowa", "57-397", "Zakamarek", "16.64", "0208011", "sasanka", "24/7")
    assert leaked(said, to_be_seen) == list(to_be_seen)
    assert found(directory, q="Brzoskwiniowej")
    assert found(directory, near=SECRET, within_km=1)


@pytest.mark.parametrize("at", LEVELS_SET_AT)
def test_shows_no_more_than_the_gmina_at_area_only(directory: Session, at: str) -> None:
    save(directory, shelter(**{at: "area_only"}))
    assert leaked(everything_said(directory), OF_THE_PLACE) == []
    assert place_details(directory, location_id(directory)) is None
    hit = search_services(directory, ServiceSearch(near=SECRET)).hits[0]
    assert (hit.name, hit.gmina_name, hit.powiat_name) == (NAME, "Kłodzko", "kłodzki")
    assert (hit.distance_km, hit.position, hit.location_id, hit.city) == (None, None, None, None)
    assert hit.phone is not None


@pytest.mark.parametrize("at", LEVELS_SET_AT)
def test_shows_no_place_at_all_on_request(directory: Session, at: str) -> None:
    save(directory, shelter(**{at: "on_request"}))
    assert leaked(everything_said(directory), OF_THE_PLACE + OF_THE_AREA + OF_THE_ORGANIZATION) == []
    details = service_details(directory, service_id(directory, "shelter", "help"))
    assert details is not None
    assert (details.name, details.facility_type) == (NAME, "sow")
    assert [phone.number for phone in details.phones] == ["+48740000001"]


@pytest.mark.parametrize("at", LEVELS_SET_AT)
def test_shows_nothing_of_the_internal(directory: Session, at: str) -> None:
    save(directory, shelter(**{at: "internal"}))
    said = everything_said(directory)
    assert leaked(said, (*OF_THE_PLACE, *OF_THE_AREA, *OF_THE_ORGANIZATION, "przylaszczka")) == []
    assert directory_facts(directory).listings == 0
    assert service_details(directory, service_id(directory, "shelter", "help")) is None


@pytest.mark.parametrize(
    ("level", "by_point", "by_gmina", "by_radius", "at_all"),
    [
        ("public", True, True, True, True),
        ("area_only", False, True, False, True),
        ("on_request", False, False, False, True),
        ("internal", False, False, False, False),
    ],
)
def test_matches_only_by_what_it_shows(
    directory: Session, level: str, by_point: bool, by_gmina: bool, by_radius: bool, at_all: bool
) -> None:
    hidden = shelter(service=level)
    elsewhere = hidden.services[0].model_copy(update={"service_area": ("0264011",)})
    save(directory, hidden.model_copy(update={"services": (elsewhere,)}))
    assert found(directory, bbox=(16.6, 50.4, 16.7, 50.5)) is by_point
    assert found(directory, gmina="0208011") is by_gmina
    assert found(directory, powiat="0208") is by_gmina
    assert found(directory, subregion="PL517") is by_gmina
    assert found(directory, near=SECRET, within_km=1) is by_radius
    assert found(directory) is at_all


def test_forgets_the_words_of_what_becomes_hidden(directory: Session) -> None:
    save(directory, shelter())
    assert found(directory, q="brzoskwiniowej")
    save(directory, shelter(location="on_request"))
    assert leaked(everything_said(directory), OF_THE_PLACE + OF_THE_AREA + OF_THE_ORGANIZATION) == []


def test_hides_the_place_where_only_its_address_is_hidden(directory: Session) -> None:
    save(directory, shelter())
    directory.execute(update(tables.Address).values(visibility="internal"))
    refresh_listings(directory)
    assert leaked(everything_said(directory), OF_THE_PLACE + OF_THE_AREA) == []
    assert found(directory)


def test_hides_what_is_hidden_only_at_this_place(directory: Session) -> None:
    save(directory, shelter())
    directory.execute(update(tables.ServiceAtLocation).values(visibility="area_only"))
    refresh_listings(directory)
    assert leaked(everything_said(directory), OF_THE_PLACE) == []


@pytest.mark.parametrize(
    "detail", [tables.Phone, tables.CostOption, tables.Accessibility], ids=lambda each: each.__tablename__
)
def test_shows_no_detail_that_is_not_public(directory: Session, detail: type[tables.Phone]) -> None:
    save(directory, shelter())
    directory.execute(update(detail).values(visibility="on_request"))
    refresh_listings(directory)
    place = place_details(directory, location_id(directory))
    assert place is not None
    shown = {
        "phone": place.phones,
        "cost_option": place.services[0].cost_description,
        "accessibility": place.accessibility,
    }
    assert not shown[detail.__tablename__]
    assert sum(bool(value) for value in shown.values()) == 2
    if detail is tables.Phone:
        assert leaked(everything_said(directory), ("740000001", "000 00 01")) == []


def test_never_shows_the_telephone_of_a_hidden_house(directory: Session) -> None:
    save(directory, shelter(location="area_only"))
    own = {"location_id": location_id(directory), "number": "+48749999999", "display": "74 999 99 99"}
    directory.execute(insert(tables.Phone).values(**own))
    refresh_listings(directory)
    assert leaked(everything_said(directory), ("9999999", "999 99 99")) == []


@pytest.mark.parametrize(
    ("name", "level", "shown"),
    [
        ("Dom przy Brzoskwiniowej", "area_only", False),
        ("Dom w Kłodzku", "area_only", True),
        ("Dom w Kłodzku", "on_request", False),
        ("Kłodzki dom", "on_request", False),
        ("Dom pod 57-397", "on_request", False),
        (NAME, "on_request", True),
    ],
)
def test_replaces_a_name_that_tells_the_place(directory: Session, name: str, level: str, shown: bool) -> None:
    hidden = shelter(location=level)
    named = hidden.services[0].model_copy(update={"name": name})
    save(directory, hidden.model_copy(update={"services": (named,)}))
    hit = search_services(directory, ServiceSearch()).hits[0]
    assert (hit.name == name) is shown
    assert shown or hit.name.startswith("Specjalistyczny ośrodek wsparcia")


def test_does_not_betray_a_hidden_service_by_the_public_one_beside_it(directory: Session) -> None:
    both = facility(
        "1", service("ops"), service("sow", name=NAME, visibility="on_request"), organization_name="Ośrodek Sasanka"
    )
    save(directory, both)
    hits = {hit.facility_type: hit for hit in search_services(directory, ServiceSearch(near=KLODZKO)).hits}
    assert (hits["ops"].gmina_name, hits["sow"].gmina_name) == ("Kłodzko", None)
    place = place_details(directory, hits["ops"].location_id)
    assert place is not None
    assert [each.facility_type for each in place.services] == ["ops"]
    row = directory.execute(text("SELECT organization_id, location_id FROM listing WHERE facility_type = 'sow'")).one()
    assert tuple(row) == (None, None)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels=st.lists(st.sampled_from(VISIBILITY_LEVELS), min_size=1, max_size=4))
def test_lets_the_strictest_level_win(directory: Session, levels: list[str]) -> None:
    expression = strictest(*(f"'{level}'::visibility" for level in levels))
    expected = max(levels, key=VISIBILITY_LEVELS.index)
    assert directory.scalar(text(f"SELECT {expression}")) == expected


def test_publishes_by_the_strictest_of_all_records(directory: Session) -> None:
    save(directory, shelter())
    for levels in product(VISIBILITY_LEVELS, repeat=3):
        for table, level in zip((tables.Organization, tables.Location, tables.Service), levels, strict=True):
            directory.execute(update(table).values(visibility=level))
        refresh_listings(directory, [service_id(directory, "shelter", "help")])
        expected = max(levels, key=VISIBILITY_LEVELS.index)
        published = directory.scalars(select(tables.Listing.visibility)).all()
        assert published == ([] if expected == "internal" else [expected]), levels
