import json
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory import tables
from mapapp.directory.answers import AccessibilityFact, CapacityFact, PhoneNumber
from mapapp.directory.listing import refresh_listings
from mapapp.directory.queries import (
    directory_facts,
    place_details,
    search_services,
    service_details,
    services_geojson,
    services_json,
    understand_query,
)
from mapapp.directory.records import AccessibilityRecord, CapacityRecord, CostRecord
from mapapp.directory.service_search import ServiceSearch
from tests.directory.hand_made import KLODZKO, WROCLAW, facility, place, save, service, service_id

QUERIES = [
    # typed, need, place
    ("opieka nad babcią w Jeleniej Górze", "opieka nad babcią", "Jelenia Góra"),
    ("dps kłodzko", "dps", "Kłodzko"),
    ("dps nowa ruda", "dps", "Nowa Ruda"),
    ("DPS, Nowa Ruda!", "DPS", "Nowa Ruda"),
    ("wózek 50-300", "wózek", "Kłodzko"),
    ("50-300 Kłodzko wózek", "wózek", "Kłodzko"),
    ("psycholog koło Świdnicy", "psycholog", "Świdnica"),
    ("psycholog kolo swidnicy", "psycholog", "Świdnica"),
    ("opieka dla mamy we Wrocławiu", "opieka dla mamy", "Wrocław"),
    ("klub seniora powiat kłodzki", "klub seniora", "kłodzki"),
    ("pomoc w domu w gminie Nowa Ruda", "pomoc w domu", "Nowa Ruda"),
    ("dom pod Wrocławiem", "dom", "Wrocław"),
    ("Kłodzko", "", "Kłodzko"),
    ("w Nowej Rudzie", "", "Nowa Ruda"),
    # needs that hold no place
    ("opieka nad babcią", "opieka nad babcią", None),
    ("pomoc w domu", "pomoc w domu", None),
    ("dom pod lasem", "dom pod lasem", None),
    ("praca dla niepełnosprawnych", "praca dla niepełnosprawnych", None),
    ("przemoc w rodzinie", "przemoc w rodzinie", None),
    ("nowa", "nowa", None),
    ("wózek 99-999999", "wózek 99-999999", None),
    ("", "", None),
    ("w", "w", None),
]


class TestUnderstandQuery:
    @pytest.mark.parametrize(("typed", "need", "town"), QUERIES)
    def test_splits_the_need_from_the_place(self, directory: Session, typed: str, need: str, town: str | None) -> None:
        understood = understand_query(directory, typed)
        assert (understood.what, understood.place and understood.place.name) == (need, town)

    def test_keeps_the_question_where_no_territory_is_known(self, session: Session) -> None:
        assert understand_query(session, "dps kłodzko").what == "dps kłodzko"

    def test_refuses_an_over_long_text(self, directory: Session) -> None:
        with pytest.raises(ValueError, match="expected at most 200"):
            understand_query(directory, "a" * 201)


class TestPlaceDetails:
    def test_say_everything_about_a_place(self, directory: Session) -> None:
        capacity = CapacityRecord(maximum=30, available=4, as_of=date(2026, 3, 1))
        ddp = service(
            "ddp",
            description="Dzienna opieka.",
            application_process="Wniosek w OPS.",
            costs=(CostRecord(cost_kind="by_income", amount_description="do 70% dochodu"),),
            capacities=(capacity,),
            languages=("uk",),
        )
        fact = AccessibilityRecord(feature="entrance_level", value="yes", surveyed_on=date(2026, 1, 1))
        location = place(name="Kamienica", opening_hours="Mo-Fr 08:00-16:00", floor="1", accessibility=(fact,))
        save(directory, facility("1", ddp, service("ops"), location=location))
        found = place_details(directory, _place_of(directory))
        assert found is not None
        assert (found.name, found.organization_name, found.city) == ("Kamienica", "Gmina Testowa", "Kłodzko")
        assert (found.gmina_name, found.powiat_name, found.position) == ("Kłodzko", "kłodzki", KLODZKO)
        assert (found.opening_hours, found.floor) == ("Mo-Fr 08:00-16:00", "1")
        assert found.phones == (PhoneNumber("+48740000001", "74 000 00 01", None, None),)
        assert found.accessibility == (AccessibilityFact("entrance_level", "yes", None, None, date(2026, 1, 1)),)
        assert (found.source_title, found.source_publisher) == ("Rejestr testowy", "Nikt")
        services = {each.facility_type: each for each in found.services}
        assert set(services) == {"ddp", "ops"}
        assert services["ddp"].description == "Dzienna opieka."
        assert services["ddp"].application_process == "Wniosek w OPS."
        assert services["ddp"].cost_description == "do 70% dochodu"
        assert services["ddp"].capacity == (CapacityFact("approved", 30, 4, "places", date(2026, 3, 1)),)
        assert services["ddp"].languages == ("uk",)
        assert services["ddp"].location_ids == (found.id,)

    def test_are_none_for_an_unknown_place(self, directory: Session) -> None:
        assert place_details(directory, uuid4()) is None


class TestServiceDetails:
    def test_say_where_a_service_without_a_place_comes(self, directory: Session) -> None:
        save(directory, facility("1", service("uo_dom", service_area=("0208",)), location=None))
        found = service_details(directory, service_id(directory, "1", "uo_dom"))
        assert found is not None
        assert (found.service_area, found.location_ids) == (("0208",), ())
        assert [phone.number for phone in found.phones] == ["+48740000001"]

    def test_are_none_for_an_unknown_service(self, directory: Session) -> None:
        assert service_details(directory, uuid4()) is None


class TestDocuments:
    def test_give_the_search_as_json(self, directory: Session) -> None:
        save(
            directory,
            facility("1", service("ops"), is_sample=True),
            facility("2", service("dps"), location=place(WROCLAW)),
        )
        search = ServiceSearch(near=KLODZKO, limit=1)
        document = json.loads(services_json(directory, search))
        assert (document["total"], document["samples"], document["limit"], document["offset"]) == (2, True, 1, 0)
        (item,) = document["services"]
        (hit,) = search_services(directory, search).hits
        assert (item["id"], item["distance_km"], item["is_sample"]) == (str(hit.id), 0.0, True)
        assert (item["longitude"], item["latitude"]) == KLODZKO
        assert not item.keys() & {"organization_id", "point", "point_metric", "search", "words"}

    def test_give_the_search_as_geojson(self, directory: Session) -> None:
        at = Position(16.123456789, 50.3)
        home = facility("2", service("uo_dom", service_area=("02",)), location=None)
        save(directory, facility("1", service("ops", name='Ośrodek "Świt" <b>'), location=place(at)), home)
        document = json.loads(services_geojson(directory, ServiceSearch(limit=5000)))
        assert (document["type"], document["total"], document["samples"]) == ("FeatureCollection", 2, False)
        features = {feature["properties"]["type"]: feature for feature in document["features"]}
        assert features["ops"]["geometry"] == {"type": "Point", "coordinates": [16.123457, 50.3]}
        assert features["ops"]["properties"]["name"] == 'Ośrodek "Świt" <b>'
        assert features["uo_dom"]["geometry"] is None
        assert all(feature["type"] == "Feature" for feature in document["features"])
        assert all(feature["properties"]["service_id"] for feature in document["features"])

    def test_say_the_access_of_the_profile_asked_for(self, directory: Session) -> None:
        save(directory, facility("1", service("ops")))
        (feature,) = json.loads(services_geojson(directory, ServiceSearch(profile="pram")))["features"]
        assert feature["properties"]["access"] == "unknown"

    def test_keep_the_order_of_the_search(self, every_type: Session) -> None:
        for search in (ServiceSearch(q="dom", limit=50), ServiceSearch(near=KLODZKO, limit=50, profile="pram")):
            expected = [str(hit.id) for hit in search_services(every_type, search).hits]
            assert [each["id"] for each in json.loads(services_json(every_type, search))["services"]] == expected
            services = [str(hit.service_id) for hit in search_services(every_type, search).hits]
            features = json.loads(services_geojson(every_type, search))["features"]
            assert [each["properties"]["service_id"] for each in features] == services

    def test_are_empty_documents_where_nothing_is_found(self, directory: Session) -> None:
        assert json.loads(services_geojson(directory, ServiceSearch()))["features"] == []
        assert json.loads(services_json(directory, ServiceSearch()))["services"] == []


class TestDirectoryFacts:
    def test_count_what_is_published_and_name_its_sources(self, directory: Session) -> None:
        assert directory_facts(directory).listings == 0
        save(
            directory,
            facility("1", service("ops"), is_sample=True),
            facility("2", service("dps", visibility="internal")),
        )
        facts = directory_facts(directory)
        assert (facts.listings, facts.has_samples) == (1, True)
        assert [source.title for source in facts.sources] == ["Rejestr testowy"]

    def test_tell_releases_apart(self, directory: Session) -> None:
        save(directory, facility("1", service("ops")), facility("2", service("dps")))
        releases = [directory_facts(directory).release, directory_facts(directory).release]
        assert releases[0] == releases[1]
        directory.execute(update(tables.Service).where(tables.Service.facility_type == "dps").values(status="inactive"))
        refresh_listings(directory, [service_id(directory, "2", "dps")])
        assert directory_facts(directory).release != releases[0]


def _place_of(session: Session) -> object:
    return search_services(session, ServiceSearch()).hits[0].location_id
