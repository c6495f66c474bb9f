"""Duplicates in the directory: proposed, dismissed for good, merged with all that hangs on them, and undone exactly."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.commands import save_facilities
from mapapp.directory.duplicates import merging, pairs
from mapapp.directory.duplicates.choices import UnknownChoiceError
from mapapp.directory.identity import record_id
from mapapp.directory.journal import ChangedSinceError
from mapapp.directory.listing import refresh_listings
from mapapp.directory.merged_records import survivor_of
from mapapp.directory.records import (
    AddressRecord,
    BranchRecord,
    CapacityRecord,
    FacilityRecord,
    IdentifierRecord,
    PhoneRecord,
)
from mapapp.directory.sources import SourceRegister
from mapapp.directory.tables import Listing, Organization, OrganizationIdentifier, Phone, Service
from tests.directory.checksums import checksums
from tests.directory.hand_made import REGISTER, facility, place, save, service

OTHER = SourceRegister("other_register", "Drugi rejestr", "Nikt")
STREET = AddressRecord(address_1="ul. Długa 5", postal_code="57-300", city="Kłodzko", state_province="dolnośląskie")


def first(**values: Any) -> FacilityRecord:
    """A home as the first register has it: named well, with an e-mail and a NIP."""
    defaults: dict[str, Any] = {
        "organization_name": "Dom Pomocy Społecznej „Diana” w Kłodzku",
        "email": "diana@example.org",
        "identifiers": (IdentifierRecord(scheme="NIP", identifier="5261040828"),),
        "location": place(address=STREET, geometry_quality="street"),
    }
    return facility("1", service("dps"), **(defaults | values))


def second(*services: Any, **values: Any) -> FacilityRecord:
    """The same home as another register has it: with a REGON, a web page, places, and a club."""
    capacity = CapacityRecord(maximum=40, as_of="2026-01-01")  # type: ignore[arg-type]
    defaults: dict[str, Any] = {
        "source": OTHER.code,
        "organization_name": "DPS Diana",
        "website": "https://diana.example.org",
        "phones": (PhoneRecord(number="+48740000002", display="74 000 00 02"),),
        "identifiers": (IdentifierRecord(scheme="REGON", identifier="123456785"),),
        "location": place(Position(16.66, 50.43), address=STREET, opening_hours="24/7"),
    }
    given = services or (service("dps", key="home", capacities=(capacity,)), service("klub_sen"))
    return facility("77", *given, **(defaults | values))


def load(session: Session, *facilities: FacilityRecord) -> Any:
    return save_facilities(session, facilities, registers=[REGISTER, OTHER])


FIRST, SECOND = record_id("organization", REGISTER.code, "1"), record_id("organization", OTHER.code, "77")


@pytest.fixture
def twice(directory: Session) -> Session:
    """A directory with one home under two numbers, and another organization that has nothing to do with it."""
    load(directory, first(), second(), facility("9", service("ops"), organization_name="OPS Kłodzko", phones=()))
    refresh_listings(directory)
    return directory


def only_pair(session: Session) -> pairs.Pair:
    pairs.find(session)
    (found,) = pairs.pairs(session)
    return found


def merged(session: Session, **values: Any) -> pairs.Pair:
    """The first register's record survives, whichever number it has in the pair."""
    found = only_pair(session)
    keep = 1 if found.one_id == FIRST else 2
    return pairs.merge(session, found.id, **({"keep": keep, "taken": (), "decided_by": "Ewa"} | values))


def test_proposes_a_pair_with_its_reasons_and_only_once(twice: Session) -> None:
    assert pairs.find(twice) == pairs.Found(waiting=1, new=1)
    (found,) = pairs.pairs(twice)
    assert {found.one_id, found.other_id} == {FIRST, SECOND}
    assert found.score > 0.9
    assert {"name", "kind", "address"} <= {each["field"] for each in found.reasons}
    assert all(each["words"] for each in found.reasons)
    assert pairs.find(twice) == pairs.Found(waiting=1, new=0)
    assert [unit.key for unit in pairs.units_of(twice, found)] == [found.one_id, found.other_id]


def test_never_proposes_a_dismissed_pair_again_until_that_is_undone(twice: Session) -> None:
    found = only_pair(twice)
    pairs.dismiss(twice, found.id, reason="dwa domy", decided_by="Ewa")
    assert pairs.find(twice) == pairs.Found(waiting=0, new=0)
    with pytest.raises(pairs.DecidedPairError, match="dismissed"):
        pairs.dismiss(twice, found.id, reason=None, decided_by="Ewa")
    pairs.undo(twice, found.id)
    assert pairs.pairs(twice)[0].state == "open"


def test_forgets_a_pair_whose_records_are_like_no_longer(twice: Session) -> None:
    only_pair(twice)
    twice.execute(text("UPDATE organization SET name = 'Fundacja Zupełnie Inna' WHERE id = :id"), {"id": SECOND})
    twice.execute(text("UPDATE service SET facility_type = 'pup' WHERE organization_id = :id"), {"id": SECOND})
    assert pairs.find(twice) == pairs.Found(waiting=0, new=0)


def test_gives_the_survivor_everything_that_only_the_other_had(twice: Session) -> None:
    merged(twice)
    kept = twice.get_one(Organization, FIRST)
    assert (kept.name, kept.alternate_name) == ("Dom Pomocy Społecznej „Diana” w Kłodzku", "DPS Diana")
    assert (kept.email, kept.website) == ("diana@example.org", "https://diana.example.org")
    assert twice.get(Organization, SECOND) is None
    numbers = twice.scalars(select(OrganizationIdentifier.identifier_type).order_by("identifier_type"))
    assert list(numbers) == ["NIP", "REGON"]
    given = twice.execute(select(Service.facility_type, Service.organization_id).order_by(Service.facility_type)).all()
    assert [row for row in given if row[0] != "ops"] == [("dps", FIRST), ("klub_sen", FIRST)]
    listed = twice.execute(select(Listing.facility_type, Listing.places, Listing.opening_hours)).all()
    assert sorted(listed, key=str)[:2] == [("dps", 40, "24/7"), ("klub_sen", None, "24/7")]


def test_takes_the_fields_that_a_person_chooses(twice: Session) -> None:
    merged(twice, taken=("name", "phone"))
    kept = twice.get_one(Organization, FIRST)
    assert (kept.name, kept.alternate_name) == ("DPS Diana", "Dom Pomocy Społecznej „Diana” w Kłodzku")
    assert list(twice.scalars(select(Phone.display).where(Phone.organization_id == FIRST))) == ["74 000 00 02"]


def test_refuses_what_cannot_be_chosen_or_merged(twice: Session) -> None:
    found = only_pair(twice)
    with pytest.raises(UnknownChoiceError, match="'colour' cannot be taken; expected one of name"):
        pairs.merge(twice, found.id, keep=1, taken=["colour"], decided_by="Ewa")
    with pytest.raises(merging.CannotMergeError):
        merging.merge(twice, FIRST, FIRST, (), "Ewa")
    twice.execute(text("UPDATE organization SET is_sample = true WHERE id = :id"), {"id": FIRST})
    with pytest.raises(merging.CannotMergeError, match="sample"):
        merging.merge(twice, FIRST, SECOND, (), "Ewa")
    with pytest.raises(pairs.UnknownPairError):
        pairs.pair(twice, 0)


@pytest.mark.parametrize("taken", [(), ("name", "phone", "address", "position", "capacity", "hours", "service-name")])
def test_is_undone_to_the_byte(twice: Session, taken: tuple[str, ...]) -> None:
    contact = "INSERT INTO contact (organization_id, name) VALUES (:id, 'Dyżur')"
    twice.execute(text(contact), {"id": SECOND})
    found = only_pair(twice)
    before = checksums(twice)
    done = merged(twice, taken=taken)
    assert checksums(twice) != before
    assert twice.scalar(text("SELECT organization_id FROM contact")) == FIRST
    pairs.undo(twice, done.id)
    assert checksums(twice) == before
    assert pairs.pairs(twice) == (found,)


def test_is_not_undone_over_later_changes(twice: Session) -> None:
    done = merged(twice)
    twice.execute(text("UPDATE organization SET name = 'Inna nazwa' WHERE id = :id"), {"id": FIRST})
    with pytest.raises(ChangedSinceError):
        pairs.undo(twice, done.id)


@pytest.mark.parametrize("taken", [(), ("name", "phone", "address", "capacity", "hours")])
def test_finds_the_survivor_when_registers_are_imported_again(twice: Session, taken: tuple[str, ...]) -> None:
    merged(twice, taken=taken)
    before = checksums(twice)
    for facilities in ([first()], [second()], [second(), first()]):
        report = load(twice, *facilities)
        assert (report.created, report.updated) == (0, 0)
    twice.execute(text("UPDATE source_register SET last_loaded_at = NULL"))
    after = checksums(twice)
    assert {name for name in before if before[name] != after[name]} <= {"source_register"}


def test_lets_each_register_change_what_is_its_own(twice: Session) -> None:
    merged(twice, taken=("phone",))
    number = PhoneRecord(number="+48740000009", display="74 000 00 09")
    load(twice, second(phones=(number,), email="nowy@example.org", website="https://nowa.example.org"))
    load(twice, first(email="diana2@example.org", phones=(number.model_copy(update={"display": "inny"}),)))
    kept = twice.get_one(Organization, FIRST)
    twice.refresh(kept)
    assert (kept.email, kept.website) == ("diana2@example.org", "https://nowa.example.org")
    assert list(twice.scalars(select(Phone.display).where(Phone.organization_id == FIRST))) == ["74 000 00 09"]
    load(twice, second(service("dps", key="home")))
    states = {row[0]: row[1] for row in twice.execute(select(Service.facility_type, Service.status)).all()}
    assert states == {"dps": "active", "klub_sen": "defunct", "ops": "active"}


def test_keeps_both_numbers_of_one_register_apart(directory: Session) -> None:
    again = second(source=REGISTER.code)
    load(directory, first(), again)
    merging.merge(directory, FIRST, record_id("organization", REGISTER.code, "77"), (), "Ewa")
    for _ in range(2):
        assert load(directory, first(), again).updated == 0
    assert set(directory.scalars(select(Service.status))) == {"active"}


def test_moves_branches_with_their_services(directory: Session) -> None:
    branch = BranchRecord(key="filia", location=place(Position(16.7, 50.44)), places=10)
    load(directory, first(), second(branches=(branch,)))
    before = checksums(directory)
    done = merged(directory)
    places = directory.execute(text("SELECT facility_type, count(*) FROM listing GROUP BY 1 ORDER BY 1")).all()
    assert places == [("dps", 2), ("klub_sen", 2)]
    assert load(directory, second(branches=(branch,)), first()).updated == 0
    pairs.undo(directory, done.id)
    pairs_gone = {name for name, value in checksums(directory).items() if value != before[name]}
    assert pairs_gone <= {"source_register"}


@pytest.mark.parametrize(("mine", "theirs"), [("public", "area_only"), ("area_only", "public")])
def test_takes_the_stricter_visibility_and_no_import_loosens_it(directory: Session, mine: str, theirs: str) -> None:
    load(directory, first(visibility=mine), second(visibility=theirs))
    merged(directory)
    for _ in range(2):
        assert set(directory.scalars(select(Listing.visibility))) == {"area_only"}
        assert set(directory.scalars(select(Listing.street))) == {None}
        load(directory, first(visibility="public"), second(visibility="public"))
    load(directory, second(visibility="on_request"))
    assert set(directory.scalars(select(Listing.visibility))) == {"on_request"}


def test_leads_from_every_old_id_to_the_survivor(twice: Session) -> None:
    old = set(twice.scalars(select(Listing.id))) | set(twice.scalars(select(Listing.service_id)))
    old |= {each for each in twice.scalars(select(Listing.location_id)) if each}
    merged(twice)
    there = set(twice.scalars(select(Listing.id))) | set(twice.scalars(select(Listing.service_id)))
    there |= {each for each in twice.scalars(select(Listing.location_id)) if each}
    assert survivor_of(twice, SECOND) == FIRST
    gone = old - there
    assert len(gone) >= 3
    assert {survivor_of(twice, each) for each in gone} <= there
    assert survivor_of(twice, FIRST) is None


def test_follows_a_chain_of_merges(twice: Session) -> None:
    third = second(source=REGISTER.code, email="trzeci@example.org", visibility="area_only")
    load(twice, third.model_copy(update={"source_id": "3"}))
    three = record_id("organization", REGISTER.code, "3")
    merging.merge(twice, SECOND, three, ("email",), "Ewa")
    merging.merge(twice, FIRST, SECOND, ("email",), "Ewa")
    assert {survivor_of(twice, each) for each in (three, SECOND)} == {FIRST}
    load(twice, third.model_copy(update={"source_id": "3", "email": "nowy@example.org"}))
    assert twice.scalar(text("SELECT email FROM organization WHERE id = :id"), {"id": FIRST}) == "nowy@example.org"
    load(twice, second(email="drugi@example.org"))
    assert twice.scalar(text("SELECT email FROM organization WHERE id = :id"), {"id": FIRST}) == "nowy@example.org"
    assert set(twice.scalars(select(Listing.visibility).where(Listing.facility_type == "dps"))) == {"area_only"}


def test_takes_a_chain_of_merges_apart_in_reverse(twice: Session) -> None:
    third = second(source=REGISTER.code).model_copy(update={"source_id": "3"})
    load(twice, third)
    three = record_id("organization", REGISTER.code, "3")
    before = checksums(twice)
    inner = merging.merge(twice, SECOND, three, ("email",), "Ewa")
    between = checksums(twice)
    outer = merging.merge(twice, FIRST, SECOND, ("email",), "Ewa")
    with pytest.raises(ChangedSinceError):
        merging.undo(twice, inner)
    merging.undo(twice, outer)
    assert checksums(twice) == between
    merging.undo(twice, inner)
    assert checksums(twice) == before


def test_moves_services_of_others_that_are_given_in_the_merged_place(twice: Session) -> None:
    old = record_id("location", OTHER.code, "77")
    guest = twice.scalars(select(Service.id).where(Service.facility_type == "ops")).one()
    query = "INSERT INTO service_at_location (service_id, location_id) VALUES (:service, :place)"
    twice.execute(text(query), {"service": guest, "place": old})
    refresh_listings(twice)
    before = checksums(twice)
    done = merged(twice)
    new = record_id("location", REGISTER.code, "1")
    assert new in set(twice.scalars(select(Listing.location_id).where(Listing.service_id == guest)))
    pairs.undo(twice, done.id)
    assert checksums(twice) == before


def test_saves_a_unit_that_was_never_merged_as_before(twice: Session) -> None:
    merged(twice)
    save(twice, facility("9", service("ops"), organization_name="OPS Nowy", phones=()))
    assert "OPS Nowy" in set(twice.scalars(select(Organization.name)))
