"""What the parameters of HSDS find."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from shapely import Point
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.crs import to_metric
from mapapp.directory.hsds import hsds_page
from mapapp.directory.hsds_criteria import HsdsSearch, TermSearch
from mapapp.directory.hsds_resources import (
    Wanted,
    wanted_places,
    wanted_services,
    wanted_taxonomies,
    wanted_terms,
)
from mapapp.directory.hsds_terms import CODES_OF_SERVICE
from mapapp.directory.identity import term_id
from mapapp.directory.tables import Listing, Organization
from mapapp.territory.tables import Place
from tests.directory.hand_made import KLODZKO, VOCABULARIES, facility, place, save, service, service_id
from tests.hsds_schemas import Document, lists, pages


def contents(session: Session, wanted: Wanted) -> list[Document]:
    found: list[Document] = json.loads(hsds_page(session, wanted, 1, 1_000))["contents"]
    return found


def types(session: Session, wanted: Wanted) -> set[str]:
    return {item.get("service", item)["x_facility_type"] for item in contents(session, wanted)}


def test_finds_by_words_in_any_grammatical_form(every_type: Session) -> None:
    assert "dps" in types(every_type, wanted_services(every_type, HsdsSearch(search="domu pomocy społecznej")))
    assert contents(every_type, wanted_services(every_type, HsdsSearch(search="qwertyuiop"))) == []


@pytest.mark.parametrize("text", ["'; DROP TABLE listing; --", "a|b & !c :*", "%_\\", "((((", "\u202e", "<script>"])
def test_takes_any_words(every_type: Session, text: str) -> None:
    for wanted in (
        wanted_services(every_type, HsdsSearch(search=text)),
        wanted_taxonomies(TermSearch(search=text)),
        wanted_terms(TermSearch(search=text)),
    ):
        hsds_page(every_type, wanted, 1, 10)


def attributes(session: Session) -> dict[str, set[str]]:
    """Service → the ids of the terms said of it."""
    return {
        item["id"]: {attribute["taxonomy_term_id"] for attribute in item["attributes"]}
        for page in pages(session, lists(session)["service full"])
        for item in page["contents"]
    }


def test_finds_exactly_the_services_that_a_term_is_said_of(every_type: Session) -> None:
    said = attributes(every_type)
    terms = set().union(*said.values())
    assert len(terms) > 80
    for term in sorted(terms)[::7]:
        wanted = wanted_services(every_type, HsdsSearch(taxonomy_term_id=UUID(term)))
        assert {item["id"] for item in contents(every_type, wanted)} == {id_ for id_ in said if term in said[id_]}


@pytest.mark.parametrize("vocabulary", [*CODES_OF_SERVICE, "sectors"])
def test_finds_exactly_the_services_with_any_term_of_a_vocabulary(every_type: Session, vocabulary: str) -> None:
    terms = {str(term_id(vocabulary, code)) for code in getattr(VOCABULARIES, vocabulary)}
    expected = {service for service, said in attributes(every_type).items() if said & terms}
    wanted = wanted_services(every_type, HsdsSearch(taxonomy_id=term_id(vocabulary)))
    assert {item["id"] for item in contents(every_type, wanted)} == expected


def test_finds_nothing_by_an_id_that_is_not_there(every_type: Session) -> None:
    for name in ("taxonomy_term_id", "taxonomy_id", "organization_id"):
        search: dict[str, Any] = {name: uuid4()}
        assert contents(every_type, wanted_services(every_type, HsdsSearch(**search))) == []


def test_finds_what_an_organization_gives(every_type: Session) -> None:
    organization = every_type.scalars(select(Organization.id).order_by(Organization.id)).first()
    found = contents(every_type, wanted_places(every_type, HsdsSearch(organization_id=organization)))
    assert [each["service"]["organization_id"] for each in found] == [str(organization)]


def test_finds_what_was_modified_then_or_after(directory: Session) -> None:
    save(directory, facility("1", service("ops")), facility("2", service("dps")))
    then = directory.scalars(select(Listing.last_modified)).first()
    assert then is not None
    later = then + timedelta(microseconds=1)
    moved = update(Listing).where(Listing.facility_type == "dps").values(last_modified=later)
    directory.execute(moved)
    assert types(directory, wanted_services(directory, HsdsSearch(modified_after=then))) == {"ops", "dps"}
    assert types(directory, wanted_services(directory, HsdsSearch(modified_after=later))) == {"dps"}
    assert contents(directory, wanted_places(directory, HsdsSearch(modified_after=later + timedelta(1)))) == []


def postcode_of(session: Session, gmina: str) -> str:
    code = session.scalars(select(Place.postal_code).where(Place.gmina_teryt == gmina)).one()
    assert code is not None
    return code


def test_leaves_out_what_does_not_serve_the_postcode(directory: Session) -> None:
    save(
        directory,
        facility("1", service("ops", service_area=("0208011",))),
        facility("2", service("dps", service_area=("0264",))),
        facility("3", service("klub_sen")),
        facility("4", service("teleopieka", service_area=("02",))),
    )
    around = HsdsSearch(postcode=postcode_of(directory, "0208011"))
    assert types(directory, wanted_places(directory, around)) == {"ops", "klub_sen", "teleopieka"}
    assert contents(directory, wanted_places(directory, HsdsSearch(postcode="99-999"))) == []


def test_measures_from_the_middle_of_the_postcode(directory: Session) -> None:
    seats = {"0208011": Point(16.75, 50.4), "0208021": Point(16.25, 50.4)}
    save(directory, facility("1", service("ops"), location=place(KLODZKO)))
    postcode = postcode_of(directory, "0208011")
    # one postcode of two gminas
    directory.execute(update(Place).where(Place.gmina_teryt.in_(seats)).values(postal_code=postcode))
    metres = int(to_metric(Point(KLODZKO)).distance(to_metric(Point(16.5, 50.4))))
    for within, found in ((metres - 1, 0), (metres + 1, 1)):
        wanted = wanted_places(directory, HsdsSearch(postcode=postcode, within_m=within))
        assert len(contents(directory, wanted)) == found


def test_finds_terms_by_vocabulary_parent_and_words(every_type: Session) -> None:
    of_types = contents(every_type, wanted_terms(TermSearch(taxonomy_id=term_id("types"))))
    assert {term["code"] for term in of_types} == set(VOCABULARIES.types)
    parents = {term["parent_id"] for term in of_types if "parent_id" in term}
    for parent in parents:
        children = contents(every_type, wanted_terms(TermSearch(parent_id=UUID(parent))))
        assert {child["parent_id"] for child in children} == {parent}
    tops = contents(every_type, wanted_terms(TermSearch(taxonomy_id=term_id("types"), is_top=True)))
    assert {term["code"] for term in tops} == {kind.code for kind in VOCABULARIES.types.values() if not kind.parent}
    named = contents(every_type, wanted_terms(TermSearch(search="NURSING home")))
    assert "dps" in {term["code"] for term in named}
    assert [each["x_code"] for each in contents(every_type, wanted_taxonomies(TermSearch(search="law")))] == [
        "law_fields"
    ]


def test_pages_without_gaps_or_repetition(every_type: Session) -> None:
    for wanted in lists(every_type).values():
        whole = [item["id"] for item in contents(every_type, wanted)]
        in_pages = [item["id"] for page in pages(every_type, wanted, 7) for item in page["contents"]]
        assert in_pages == whole == sorted(set(whole))


def test_names_the_page_as_the_specification_does(every_type: Session) -> None:
    wanted = lists(every_type)["service_list"]
    all_pages = list(pages(every_type, wanted, 25))
    total = len(VOCABULARIES.types)
    count = -(-total // 25)
    for number, page in enumerate(all_pages, 1):
        assert page["total_items"] == total
        assert page["total_pages"] == count
        assert page["page_number"] == number
        assert page["size"] == len(page["contents"])
        assert (page["first_page"], page["last_page"], page["empty"]) == (number == 1, number == count, False)
    beyond = json.loads(hsds_page(every_type, wanted, count + 1, 25))
    assert (beyond["contents"], beyond["empty"], beyond["last_page"]) == ([], True, True)


def test_puts_a_service_once_whatever_the_number_of_its_places(directory: Session) -> None:
    save(directory, facility("1", service("ops")), facility("2", service("dps")))
    ops, dps = service_id(directory, "1", "ops"), service_id(directory, "2", "dps")
    directory.execute(update(Listing).where(Listing.service_id == dps).values(service_id=ops))
    assert len(contents(directory, wanted_services(directory, HsdsSearch()))) == 1
