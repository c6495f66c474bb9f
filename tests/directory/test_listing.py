from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory import tables
from mapapp.directory.answers import SearchHit
from mapapp.directory.listing import refresh_listings
from mapapp.directory.queries import search_services
from mapapp.directory.records import AccessibilityRecord, CapacityRecord, CostRecord, PhoneRecord
from mapapp.directory.service_search import ServiceSearch
from tests.directory.hand_made import VOCABULARIES, WROCLAW, facility, place, prepare, save, service, service_id

AS_OF = date(2026, 3, 1)


def hits(session: Session, **search: Any) -> tuple[SearchHit, ...]:
    return search_services(session, ServiceSearch(limit=500, **search)).hits


def only(session: Session) -> SearchHit:
    (hit,) = hits(session)
    return hit


def words(session: Session) -> set[str]:
    return set(session.scalars(select(tables.SearchWord.word).where(tables.SearchWord.documents > 0)))


class TestRows:
    def test_are_one_for_each_service_at_a_place(self, directory: Session) -> None:
        save(directory, facility("1", service("ops"), service("npp")))
        found = hits(directory)
        assert {hit.facility_type for hit in found} == {"ops", "npp"}
        assert len({hit.location_id for hit in found}) == 1

    def test_say_what_the_records_say(self, directory: Session) -> None:
        dps = service(
            "dps",
            assured_date=date(2026, 2, 1),
            languages=("uk", "pl"),
            costs=(CostRecord(cost_kind="by_income"),),
            minimum_age=18,
            modes=("stationary24h",),
        )
        save(directory, facility("1", dps, location=place(opening_hours="24/7"), source_date=date(2026, 1, 2)))
        hit = only(directory)
        assert (hit.type_group, hit.opening_hours, hit.verified_on) == ("care_24h", "24/7", date(2026, 2, 1))
        assert (hit.languages, hit.cost_kind, hit.minimum_age) == (("pl", "uk"), "by_income", 18)
        assert (hit.street, hit.postal_code, hit.city) == ("ul. Zwykła 1", "57-300", "Kłodzko")
        assert (hit.gmina_name, hit.powiat_name, hit.nuts3) == ("Kłodzko", "kłodzki", "PL517")
        assert (hit.phone, hit.phone_display) == ("+48740000001", "74 000 00 01")
        assert (hit.source, hit.source_date, hit.is_sample) == ("test_register", date(2026, 1, 2), False)

    def test_have_a_place_even_without_a_point(self, directory: Session) -> None:
        save(directory, facility("1", service("ops"), location=place(None, declared_gmina_teryt="0208021")))
        hit = only(directory)
        assert (hit.position, hit.gmina_name, hit.city) == (None, "Nowa Ruda", "Kłodzko")

    @pytest.mark.parametrize(
        ("status", "listed"), [("active", 1), ("temporarily closed", 1), ("inactive", 0), ("defunct", 0)]
    )
    def test_are_of_services_that_go_on(self, directory: Session, status: str, listed: int) -> None:
        save(directory, facility("1", service("ops", status=status)))
        assert len(hits(directory)) == listed

    def test_end_with_the_place(self, directory: Session) -> None:
        save(directory, facility("1", service("ops")))
        directory.execute(update(tables.Location).values(valid_to=date(2020, 1, 1)))
        assert refresh_listings(directory) == 0

    def test_take_the_audience_of_the_type_where_none_is_recorded(self, directory: Session) -> None:
        save(directory, facility("1", service("zlobek", audiences=())))
        assert only(directory).audiences == VOCABULARIES.types["zlobek"].target_audiences

    def test_call_a_price_partly_paid_where_several_hold(self, directory: Session) -> None:
        costs = (CostRecord(cost_kind="free"), CostRecord(cost_kind="paid"))
        save(directory, facility("1", service("dps", costs=costs)))
        assert only(directory).cost_kind == "partly_paid"

    def test_prefer_the_telephone_of_the_service(self, directory: Session) -> None:
        save(directory, facility("1", service("ops")))
        of_service = {
            "service_id": service_id(directory, "1", "ops"),
            "number": "+48748888888",
            "display": "74 888 88 88",
        }
        directory.execute(insert(tables.Phone).values(**of_service))
        refresh_listings(directory)
        assert only(directory).phone == "+48748888888"


class TestPlacesFree:
    def test_are_the_newest_with_their_date(self, directory: Session) -> None:
        old = CapacityRecord(maximum=50, available=9, as_of=date(2025, 1, 1))
        new = CapacityRecord(maximum=60, available=2, as_of=AS_OF)
        save(directory, facility("1", service("dps", capacities=(old, new))))
        hit = only(directory)
        assert (hit.places, hit.places_free, hit.places_as_of) == (60, 2, AS_OF)

    def test_are_unknown_where_nobody_said(self, directory: Session) -> None:
        save(directory, facility("1", service("dps", capacities=(CapacityRecord(maximum=60, as_of=AS_OF),))))
        assert (only(directory).places, only(directory).places_free) == (60, None)

    def test_do_not_count_people_who_wait_nor_staff(self, directory: Session) -> None:
        waiting = CapacityRecord(kind="waiting", maximum=12, available=12, as_of=AS_OF)
        staff = CapacityRecord(maximum=7, available=7, unit="staff", as_of=AS_OF)
        save(directory, facility("1", service("ops", capacities=(waiting, staff))))
        assert (only(directory).places, only(directory).places_free) == (None, None)

    def test_are_not_counted_twice_for_two_branches(self, directory: Session) -> None:
        capacity = CapacityRecord(maximum=60, available=2, as_of=AS_OF)
        save(directory, facility("1", service("dps", capacities=(capacity,))), facility("2", service("ops")))
        branch = directory.scalars(select(tables.Location.id).where(tables.Location.source_id == "2")).one()
        dps = service_id(directory, "1", "dps")
        share = {"service_id": dps, "location_id": branch, "capacity_share": 20}
        directory.execute(insert(tables.ServiceAtLocation).values(**share))
        refresh_listings(directory)
        branches = {hit.location_id == branch: hit for hit in hits(directory) if hit.facility_type == "dps"}
        assert (branches[True].places, branches[True].places_free) == (20, None)
        assert (branches[False].places, branches[False].places_free) == (None, None)


class TestProfiles:
    @pytest.mark.parametrize(
        ("values", "state"),
        [
            (("yes", "yes", "yes"), "yes"),
            (("yes", "yes", "partial"), "partial"),
            (("yes", "yes", "no"), "partial"),
            (("yes", "unknown", "unknown"), "partial"),
            (("no", "unknown", "unknown"), "no"),
            (("no", "no", "no"), "no"),
            (("unknown", "unknown", "unknown"), "unknown"),
            ((), "unknown"),
        ],
    )
    def test_follow_from_the_required_features(self, directory: Session, values: tuple[str, ...], state: str) -> None:
        required = VOCABULARIES.profiles["rollator"].required_features
        assert len(required) == 3
        facts = tuple(
            AccessibilityRecord(feature=name, value=value) for name, value in zip(required, values, strict=False)
        )
        save(directory, facility("1", service("ops"), location=place(accessibility=facts)))
        assert only(directory).profiles["rollator"] == state
        assert set(only(directory).profiles) == set(VOCABULARIES.profiles)


class TestSearchVector:
    def test_finds_a_centre_by_the_name_of_its_predecessor(self, directory: Session) -> None:
        former = facility("1", service("ops", status="defunct"), organization_name="Ośrodek Rozmaryn")
        save(directory, former, facility("2", service("cus"), organization_name="Centrum Nowe"))
        ids = {
            row.source_id: row.id
            for row in directory.execute(select(tables.Organization.source_id, tables.Organization.id))
        }
        successor = update(tables.Organization).where(tables.Organization.id == ids["2"])
        directory.execute(successor.values(predecessor_id=ids["1"]))
        refresh_listings(directory)
        assert [hit.facility_type for hit in hits(directory, q="rozmarynu")] == ["cus"]

    @pytest.mark.parametrize("question", ["Nagietek", "Kłodzku", "Sąsiedzka", "rehabilitacji", "osoby starsze", "ddp2"])
    def test_has_names_town_audience_and_description(self, directory: Session, question: str) -> None:
        ddp = service(
            "ddp",
            name="Dom Nagietek",
            alternate_name="DDP2",
            description="Zajęcia z rehabilitacją.",
            audiences=("older",),
        )
        save(directory, facility("1", ddp, organization_name="Fundacja Sąsiedzka"))
        assert len(hits(directory, q=question)) == 1

    def test_has_the_same_words_as_the_function_that_queries_go_by(self, directory: Session) -> None:
        name = "Dom „Świt” nr 2/4 – usługi opiekuńcze, e-porady (Kłodzko); SENIOR+ św. Jadwigi"
        save(directory, facility("1", service("ops", name=name)))
        same = text("""
            SELECT tsvector_to_array(search) @> tsvector_to_array(public.search_vector(:name)),
                length(public.search_vector(:name)) FROM listing""")
        has_all, count = directory.execute(same, {"name": name}).one()
        assert has_all
        assert count >= 12


class TestRefreshing:
    def test_says_how_many_listings_there_are(self, directory: Session) -> None:
        save(directory, facility("1", service("ops"), service("npp")), facility("2", service("dps")))
        assert refresh_listings(directory) == 3
        assert refresh_listings(directory, [service_id(directory, "2", "dps")]) == 1
        assert refresh_listings(directory, []) == 0
        assert len(hits(directory)) == 3

    def test_of_one_service_equals_that_of_all(self, directory: Session) -> None:
        everything = text("SELECT to_jsonb(listing) FROM listing ORDER BY id")
        counted = text("SELECT word, documents FROM search_word ORDER BY word")
        save(directory, facility("1", service("ops")), facility("2", service("dps", name="Dom Pierwiosnek")))
        directory.execute(
            update(tables.Service).where(tables.Service.facility_type == "dps").values(name="Dom Zawilec")
        )
        refresh_listings(directory, [service_id(directory, "2", "dps")])
        one = directory.execute(everything).all(), directory.execute(counted).all()
        refresh_listings(directory)
        assert one == (directory.execute(everything).all(), directory.execute(counted).all())

    def test_forgets_the_words_of_what_is_gone(self, directory: Session) -> None:
        save(directory, facility("1", service("ops", name="Ośrodek Pierwiosnek")))
        assert "pierwiosnek" in words(directory)
        directory.execute(update(tables.Service).values(status="inactive"))
        refresh_listings(directory, [service_id(directory, "1", "ops")])
        assert "pierwiosnek" not in words(directory)

    def test_knows_the_words_of_the_vocabulary_without_any_listing(self, directory: Session) -> None:
        refresh_listings(directory)
        known = set(directory.scalars(select(tables.SearchWord.word)))
        assert {"ogrzewalnia", "przeciwodlezynowy", "niepelnosprawnosciami"} <= known
        assert words(directory) == set()

    def test_publishes_without_vocabularies_and_territory(self, session: Session) -> None:
        phone = PhoneRecord(number="112", display="112")
        save(session, facility("1", service("ops", name="Ośrodek"), phones=(phone,), location=place(WROCLAW)))
        hit = only(session)
        assert (hit.name, hit.type_group, hit.gmina_name, hit.profiles) == ("Ośrodek", "other", None, {})

    def test_takes_new_names_of_types_when_everything_is_published_anew(self, session: Session) -> None:
        save(session, facility("1", service("ogrzewalnia", name="Punkt przy dworcu")))
        assert hits(session, q="mróz") == ()
        prepare(session)
        refresh_listings(session)
        assert len(hits(session, q="mróz")) == 1
