"""save_facilities: what it stores, what it leaves alone, what it writes down."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.database import transaction
from mapapp.directory.commands import DuplicateFacilityError, SaveReport, save_facilities, save_vocabularies
from mapapp.directory.records import (
    AccessibilityRecord,
    AddressRecord,
    CapacityRecord,
    CostRecord,
    FacilityRecord,
    IdentifierRecord,
    LocationRecord,
    PhoneRecord,
    ServiceRecord,
)
from mapapp.directory.sources import SourceRegister, UnknownSourceError, save_registers
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.settings import ROOT

REGISTER = SourceRegister("register", "Rejestr", "Urząd", "CC0-1.0", "https://example.org/")
SAMPLES = SourceRegister("samples", "Dane przykładowe", "Mapa", is_sample=True)
TABLES = ("organization", "location", "service", "phone", "address", "accessibility", "service_area", "cost_option")
# a square of 20 km around the point of the facility
POINT = Position(17.03, 51.11)


def service(key: str = "ops", **changes: Any) -> ServiceRecord:
    values: dict[str, Any] = {
        "key": key,
        "facility_type": key,
        "name": f"Usługa {key}",
        "service_area": ("0264011",),
        "costs": (CostRecord(cost_kind="free"),),
        "languages": ("pl", "uk"),
        "capacities": (CapacityRecord(maximum=20, available=3, as_of=date(2026, 1, 31)),),
    }
    return ServiceRecord(**values | changes)


def facility(number: str = "1", **changes: Any) -> FacilityRecord:
    values: dict[str, Any] = {
        "source": "register",
        "source_id": number,
        "source_date": date(2026, 3, 6),
        "organization_name": f"Ośrodek Pomocy Społecznej {number}",
        "email": "ops@example.org",
        "phones": (PhoneRecord.parse("71 782 35 00"), PhoneRecord.parse("71 782 35 01")),
        "identifiers": (IdentifierRecord(scheme="REGON", identifier="123456785"),),
        "location": LocationRecord(
            position=POINT,
            geometry_quality="street",
            address=AddressRecord(
                address_1="ul. Długa 1", postal_code="50-001", city="Wrocław", state_province="dolnośląskie"
            ),
            opening_hours="Mo-Fr 07:30-15:30",
            opening_hours_notes=("Nie podano dni.",),
            accessibility=(AccessibilityRecord(feature="lift", value="yes", measure=Decimal("90.5")),),
        ),
        "services": (service(),),
    }
    return FacilityRecord(**values | changes)


def sample(number: str, kind: str = "ops") -> FacilityRecord:
    return facility(number, source="samples", is_sample=True, services=(service(kind),))


def save(session: Session, *facilities: FacilityRecord, by: str = "import test.csv") -> SaveReport:
    return save_facilities(session, facilities, registers=(REGISTER, SAMPLES), changed_by=by)


def histories(session: Session) -> dict[tuple[str, UUID], tuple[Any, ...]]:
    return {
        (table, row.id): (row.version, row.last_modified, row.created_at)
        for table in TABLES
        for row in session.execute(text(f"SELECT id, version, last_modified, created_at FROM {table}"))
    }


def versions(session: Session, table: str) -> list[int]:
    return list(session.scalars(text(f"SELECT version FROM {table} ORDER BY id")))


def value(session: Session, query: str) -> Any:
    return session.scalar(text(query))


@pytest.fixture
def gmina(session: Session) -> Session:
    """A gmina that is a square around POINT, and a second one that shares none of it."""
    for teryt, lon in (("0264011", 17.03), ("0223092", 18.03)):
        session.execute(
            text(
                """
                INSERT INTO gmina
                    (name, valid_from, area_km2, teryt, kind, powiat_teryt, nuts3, voivodeship_teryt, geom, outline)
                SELECT 'Gmina', '2026-01-01', 400, :teryt, 'urban', :powiat, 'PL514', '02', ST_Multi(square),
                    ST_Multi(ST_Transform(square, 4326))
                FROM ST_Expand(ST_Transform(ST_SetSRID(ST_MakePoint(:lon, 51.11), 4326), 2180), 10000) AS square
                """
            ),
            {"teryt": teryt, "powiat": teryt[:4], "lon": lon},
        )
    return session


def test_creates_a_facility_with_everything_it_says(session: Session) -> None:
    assert save(session, facility()) == SaveReport(created=1, updated=0, unchanged=0, retired_samples=0)
    organization = session.execute(text("SELECT * FROM organization")).one()
    assert (organization.name, organization.email) == ("Ośrodek Pomocy Społecznej 1", "ops@example.org")
    assert (organization.source, organization.source_id) == ("register", "1")
    assert organization.source_date == date(2026, 3, 6)
    phones = session.execute(text("SELECT number, organization_id FROM phone ORDER BY position")).all()
    assert phones == [("+48717823500", organization.id), ("+48717823501", organization.id)]
    location = session.execute(text("SELECT *, ST_X(point) AS lon, ST_Y(point) AS lat FROM location")).one()
    assert (location.lon, location.lat) == POINT
    assert location.opening_hours_notes == ["Nie podano dni."]
    assert value(session, "SELECT postal_code FROM address") == "50-001"
    assert value(session, "SELECT measure FROM accessibility") == Decimal("90.5")
    assert (
        value(session, "SELECT identifier FROM organization_identifier WHERE identifier_scheme = 'REGON'")
        == "123456785"
    )
    assert value(session, "SELECT teryt FROM service_area") == ["0264011"]
    assert value(session, "SELECT cost_kind FROM cost_option") == "free"
    assert set(session.scalars(text("SELECT code FROM language"))) == {"pl", "uk"}
    capacity = session.execute(
        text("SELECT maximum, available, name FROM service_capacity JOIN unit ON unit.id = unit_id")
    )
    assert capacity.one() == (20, 3, "places")
    assert value(session, "SELECT location_id FROM service_at_location") == location.id


def test_publishes_what_it_saved(session: Session) -> None:
    save_vocabularies(session, load_vocabularies(ROOT / "data" / "vocabularies"))
    save(session, facility())
    assert value(session, "SELECT phone FROM listing") == "+48717823500"
    save(session, facility(phones=(PhoneRecord.parse("71 782 35 99"),)))
    assert value(session, "SELECT phone FROM listing") == "+48717823599"


def test_gives_the_same_ids_everywhere(session: Session) -> None:
    save(session, facility("OPS 1"))
    ids = [value(session, f"SELECT id FROM {table}") for table in ("organization", "location", "service")]
    assert [str(each) for each in ids] == [
        "73eee367-4b36-5da7-b2fd-98c77a16ea36",
        "bbb391f1-89e3-5cde-aaa5-b3f1cec92b6f",
        "802c2280-82d6-5924-8d31-1f53170faec6",
    ]


def test_tells_numbers_apart_that_only_look_alike_when_joined(session: Session) -> None:
    save(session, facility("1", services=(service("ops"),)), facility("1#ops", services=(service("ops"),)))
    assert value(session, "SELECT count(*) FROM service") == 2


def test_does_not_touch_what_stays_the_same(session: Session) -> None:
    everything = facility("1"), facility("2", services=(service("ops"), service("cus", minimum_age=18)))
    save(session, *everything)
    before = histories(session)
    assert save(session, *everything) == SaveReport(created=0, updated=0, unchanged=2, retired_samples=0)
    assert histories(session) == before
    assert value(session, "SELECT count(*) FROM metadata") == 0


def test_raises_the_version_only_of_the_record_that_changed(session: Session) -> None:
    save(session, facility("1"), facility("2"))
    ours = value(session, "SELECT id FROM organization WHERE source_id = '1'")
    changed = facility("1", organization_name="Centrum Usług Społecznych")
    assert save(session, changed, facility("2")).updated == 1
    assert dict(session.execute(text("SELECT source_id, version FROM organization")).all()) == {"1": 2, "2": 1}
    assert value(session, f"SELECT name FROM organization WHERE id = '{ours}'") == "Centrum Usług Społecznych"
    assert versions(session, "service") == versions(session, "location") == [1, 1]


def test_writes_down_who_changed_what_from_what(session: Session) -> None:
    save(session, facility())
    save(session, facility(organization_name="Centrum Usług Społecznych", phones=()), by="import nowy.csv")
    log = {
        row.field_name: row
        for row in session.execute(text("SELECT * FROM metadata WHERE resource_type = 'organization'"))
    }
    assert set(log) == {"name", "phone"}
    assert log["name"].previous_value == "Ośrodek Pomocy Społecznej 1"
    assert log["name"].replacement_value == "Centrum Usług Społecznych"
    assert log["name"].updated_by == "import nowy.csv"
    assert "+48717823500" in log["phone"].previous_value
    assert log["phone"].replacement_value is None
    assert log["name"].import_batch == log["phone"].import_batch


def test_replaces_phones_and_counts_it_as_a_change_of_their_owner(session: Session) -> None:
    save(session, facility())
    report = save(session, facility(phones=(PhoneRecord.parse("71 782 35 01"),)))
    assert report.updated == 1
    assert list(session.scalars(text("SELECT number FROM phone"))) == ["+48717823501"]
    assert versions(session, "organization") == [2]


def test_moves_a_point_only_where_the_record_moves_it(gmina: Session) -> None:
    save(gmina, facility())
    assert value(gmina, "SELECT computed_gmina_teryt FROM location") == "0264011"
    moved = facility(location=facility().location.model_copy(update={"position": Position(18.03, 51.11)}))  # type: ignore[union-attr] # it has one
    save(gmina, moved)
    assert value(gmina, "SELECT ST_X(point) FROM location") == 18.03
    assert value(gmina, "SELECT computed_gmina_teryt FROM location") == "0223092"
    assert value(gmina, "SELECT count(*) FROM metadata WHERE field_name = 'point'") == 1


def test_knows_no_gmina_for_a_point_outside_all(gmina: Session) -> None:
    location = LocationRecord(position=Position(20.0, 53.0))
    save(gmina, facility(location=location))
    assert value(gmina, "SELECT computed_gmina_teryt FROM location") is None


def test_never_takes_the_day_of_an_import_for_a_verification(session: Session) -> None:
    save(session, facility())
    assert value(session, "SELECT assured_date FROM service") is None
    save(session, facility(services=(service(assured_date=date(2026, 2, 1)),)))
    assert value(session, "SELECT assured_date FROM service") == date(2026, 2, 1)
    assert save(session, facility()).unchanged == 1
    assert value(session, "SELECT assured_date FROM service") == date(2026, 2, 1)


def test_retires_the_samples_of_a_type_that_has_a_real_service(session: Session) -> None:
    save(session, sample("a"), sample("b"), sample("c", "pcpr"))
    assert save(session, facility()).retired_samples == 2
    status = dict(session.execute(text("SELECT source_id, status FROM service WHERE is_sample")).all())
    assert status == {"a#ops": "defunct", "b#ops": "defunct", "c#pcpr": "active"}
    assert value(session, "SELECT count(*) FROM listing WHERE is_sample AND facility_type = 'ops'") == 0


def test_leaves_samples_retired_when_they_are_generated_again(session: Session) -> None:
    save(session, sample("a"))
    save(session, facility())
    assert save(session, sample("a")) == SaveReport(created=0, updated=0, unchanged=1, retired_samples=0)
    assert value(session, "SELECT status FROM service WHERE is_sample") == "defunct"


def test_retires_new_samples_of_a_type_that_is_real_already(session: Session) -> None:
    save(session, facility())
    assert save(session, sample("a"), sample("b", "pcpr")).retired_samples == 1


def test_keeps_samples_where_it_is_told_to(session: Session) -> None:
    save(session, sample("a"))
    save_facilities(session, [facility()], retire_samples=False)
    assert value(session, "SELECT status FROM service WHERE is_sample") == "active"


def test_ends_a_service_that_its_register_no_longer_names(session: Session) -> None:
    save(session, facility(services=(service("ops"), service("cus"))))
    assert save(session, facility()).updated == 1
    status = dict(session.execute(text("SELECT facility_type, status FROM service")).all())
    assert status == {"ops": "active", "cus": "defunct"}
    assert value(session, "SELECT count(*) FROM listing") == 1
    assert save(session, facility()).unchanged == 1
    save(session, facility(services=(service("ops"), service("cus"))))
    assert value(session, "SELECT count(*) FROM service WHERE status = 'active'") == 2


def test_keeps_the_numbers_of_places_of_earlier_days(session: Session) -> None:
    save(session, facility())
    later = CapacityRecord(maximum=25, available=0, as_of=date(2026, 2, 28))
    save(session, facility(services=(service(capacities=(later,)),)))
    rows = session.execute(text("SELECT as_of, maximum FROM service_capacity ORDER BY as_of")).all()
    assert rows == [(date(2026, 1, 31), 20), (date(2026, 2, 28), 25)]


def test_finds_a_record_by_its_number_whatever_its_id(session: Session) -> None:
    save_registers(session, [REGISTER])
    made_by_hand = "00000000-0000-4000-8000-000000000001"
    session.execute(
        text("INSERT INTO organization (id, name, source, source_id) VALUES (:id, 'Stara', 'register', '1')"),
        {"id": made_by_hand},
    )
    assert save(session, facility()).updated == 1
    assert session.execute(text("SELECT id::text, name FROM organization")).all() == [
        (made_by_hand, "Ośrodek Pomocy Społecznej 1")
    ]
    assert value(session, "SELECT organization_id::text FROM service") == made_by_hand
    assert save(session, facility()).unchanged == 1


def test_refuses_the_same_number_twice_and_saves_nothing(session: Session) -> None:
    with pytest.raises(DuplicateFacilityError, match="'1'"):
        save(session, facility("1"), facility("2"), facility("1"))
    assert value(session, "SELECT count(*) FROM organization") == 0


def test_refuses_a_source_that_nobody_described(session: Session) -> None:
    with pytest.raises(UnknownSourceError, match="elsewhere"):
        save(session, facility(source="elsewhere"))


def test_refuses_a_sample_that_claims_to_be_verified(session: Session) -> None:
    claim = facility(source="samples", is_sample=True, services=(service(assured_date=date(2026, 1, 1)),))
    with pytest.raises(IntegrityError, match="samples_are_never_verified"):
        save(session, claim)


def test_leaves_nothing_half_done_when_it_breaks(engine: Engine) -> None:
    def breaks() -> Iterator[FacilityRecord]:
        yield facility("1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transaction(engine) as session:
        save_facilities(session, [facility("0")], registers=(REGISTER,))
        save_facilities(session, breaks())
    with transaction(engine) as session:
        assert value(session, "SELECT count(*) FROM organization") == 0
        assert value(session, "SELECT count(*) FROM source_register") == 0


def test_stores_every_vocabulary_with_its_terms(session: Session) -> None:
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    save_vocabularies(session, vocabularies)
    assert value(
        session, "SELECT count(*) FROM taxonomy_term t JOIN taxonomy v ON v.id = t.taxonomy_id WHERE v.code = 'types'"
    ) == len(vocabularies.types)
    labels, synonyms, details = session.execute(
        text("SELECT labels, synonyms, details FROM taxonomy_term WHERE code = 'ops'")
    ).one()
    assert labels["uk"] == vocabularies.types["ops"].label("uk")
    assert "gops" in synonyms["pl"]
    assert details["group"] == "centres"


def test_leaves_vocabularies_alone_that_did_not_change_and_removes_what_is_gone(session: Session) -> None:
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    save_vocabularies(session, vocabularies)
    session.execute(text("UPDATE taxonomy_term SET name = 'Zmieniona' WHERE code = 'ops'"))
    session.execute(
        text(
            "INSERT INTO taxonomy_term (taxonomy_id, code, name) "
            "SELECT id, 'gone', 'x' FROM taxonomy WHERE code = 'types'"
        )
    )
    save_vocabularies(session, vocabularies)
    assert value(session, "SELECT name FROM taxonomy_term WHERE code = 'ops'") == vocabularies.types["ops"].label("pl")
    assert value(session, "SELECT count(*) FROM taxonomy_term WHERE code = 'gone'") == 0
    assert value(session, "SELECT count(*) FROM taxonomy_term WHERE version > 1") == 1
