"""A person's edits: checked, written down, kept against the register until it says something new."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.commands import save_facilities
from mapapp.directory.editable import WrongFieldError
from mapapp.directory.editing import ChangedMeanwhileError, Edited, UnknownRecordError, edit_record, editable_record
from mapapp.directory.incoming import compare_facilities
from mapapp.directory.journal import recording, take_back
from mapapp.directory.manual import Choice, Choices, edits_of
from mapapp.directory.records import CapacityRecord, CostRecord, FacilityRecord
from tests.directory.checksums import checksums
from tests.directory.hand_made import VOCABULARIES, facility, place, save, service


def ids(session: Session, table: str) -> UUID:
    return session.scalars(text(f"SELECT id FROM {table} ORDER BY id LIMIT 1")).one()


def write(session: Session, table: str, written: Mapping[str, str], **options: Any) -> Edited:
    return edit_record(session, ids(session, table), written, VOCABULARIES, by="anna", **options)


@pytest.fixture
def one(directory: Session) -> Session:
    """One facility, as its register gave it."""
    save(directory, facility("a", service("ops", minimum_age=18), email="rejestr@a.pl"))
    return directory


def test_writes_a_field_notes_who_and_publishes_it(one: Session) -> None:
    edited = write(one, "organization", {"email": " anna@a.pl ", "phones": "71 123 45 67 | 71 123 45 68"})
    assert edited.version == 2
    assert [each.field_name for each in edited.changes] == ["phone", "email"]
    noted = one.execute(
        text("SELECT field_name, previous_value, replacement_value, updated_by FROM metadata WHERE field_name='email'")
    ).one()
    assert noted == ("email", "rejestr@a.pl", "anna@a.pl", "anna")
    assert one.scalars(text("SELECT display FROM phone ORDER BY position")).all() == ["71 123 45 67", "71 123 45 68"]
    assert one.scalars(text("SELECT phone FROM listing")).one() is not None
    found = editable_record(one, ids(one, "organization"))
    assert (found.version, found.values["email"]) == (2, "anna@a.pl")
    assert [(each.field, each.base) for each in found.edits if each.field == "email"] == [("email", "rejestr@a.pl")]


@pytest.mark.parametrize(
    ("table", "field", "value", "stored"),
    [
        ("location", "city", "Nowa Ruda", "Nowa Ruda"),
        ("location", "opening_hours", "Mo-Fr 8:00-16:00", "Mo-Fr 08:00-16:00"),
        ("location", "point", "16.7,50.5", "SRID=4326;POINT(16.7 50.5)"),
        ("location", "visibility", "internal", "internal"),
        ("service", "minimum_age", "21", 21),
        ("service", "audiences", "older|children", ["older", "children"]),
        ("service", "assured_date", "2026-05-01", "2026-05-01"),
        ("service", "minimum_age", "", None),
        ("organization", "sector", "ngo", "ngo"),
        ("location", "access.entrance_level", "yes", "yes"),
    ],
)
def test_keeps_what_was_written_when_the_register_says_the_same_again(
    one: Session, table: str, field: str, value: str, stored: object
) -> None:
    before = editable_record(one, ids(one, table)).values.get(field)
    write(one, table, {field: value})
    assert editable_record(one, ids(one, table)).values[field] == stored
    again = facility("a", service("ops", minimum_age=18), email="rejestr@a.pl")
    assert save_facilities(one, [again]).unchanged == 1
    assert editable_record(one, ids(one, table)).values[field] == stored
    (edit,) = (each for each in edits_of(one, [ids(one, table)])[ids(one, table)] if each.field == field)
    assert (edit.base, edit.value) == (before, stored)


def test_takes_what_follows_from_a_field_along(one: Session) -> None:
    write(one, "location", {"point": "16.2,50.45", "opening_hours": "24/7"})
    row = one.execute(text("SELECT geometry_quality, computed_gmina_teryt, opening_hours_status FROM location")).one()
    assert row == ("manual", "0208021", "understood")


@pytest.mark.parametrize(
    ("table", "written", "message"),
    [
        ("organization", {"email": "anna"}, "email is 'anna': String should match pattern"),
        ("organization", {"sector": "gmna"}, "expected a code of the vocabulary sectors; the nearest is gmina"),
        ("organization", {"phones": "12"}, "phones is '12': '12' has a wrong number of digits"),
        ("organization", {"name": ""}, "name is ''"),
        ("organization", {"source": "x"}, "source is 'x': expected a field of organization: name, "),
        ("organization", {"id": "x"}, "expected a field of organization"),
        ("location", {"point": "50.5,16.7"}, "latitude stands before longitude"),
        ("location", {"point": "16.7"}, "expected longitude,latitude"),
        ("location", {"opening_hours": "zawsze"}, "expected rules such as"),
        ("location", {"postal_code": "1"}, "postal_code is '1': String should match pattern"),
        ("location", {"city": "x\x00"}, "city is 'x"),
        ("service", {"minimum_age": "99", "maximum_age": "3"}, "minimum_age 99 is above maximum_age 3"),
        ("service", {"audiences": "all|older"}, "audience 'all' stands beside"),
        ("service", {"status": "otwarte"}, "status is 'otwarte'"),
        ("service", {"access.entrance_level": "yes"}, "expected a field of service"),
        ("location", {"access.entrance_level": "tak"}, "expected one of yes, "),
        ("location", {"access.entrance_levle": "yes"}, "the nearest is entrance_level"),
        ("service", {"assured_date": "wczoraj"}, "assured_date is 'wczoraj'"),
    ],
)
def test_refuses_what_a_register_could_not_say_either(
    one: Session, table: str, written: dict[str, str], message: str
) -> None:
    before = checksums(one)
    with pytest.raises(WrongFieldError) as caught:
        write(one, table, written)
    assert message in str(caught.value)
    assert checksums(one) == before


def test_lets_each_say_its_own_of_how_a_place_is_entered(directory: Session) -> None:
    def said(**features: str) -> FacilityRecord:
        found = [{"feature": feature, "value": value} for feature, value in features.items()]
        return facility("a", service("ops"), location=place(accessibility=found))

    save(directory, said(entrance_level="no", toilet="yes"))
    write(directory, "location", {"access.entrance_level": "yes", "access.toilet": ""})
    record = ids(directory, "location")
    assert _features(directory, record) == {"access.entrance_level": "yes"}
    assert directory.scalars(text("SELECT profiles ->> 'wheelchair' FROM listing")).one() != "no"
    assert save_facilities(directory, [said(entrance_level="no", toilet="yes", parking="yes")]).updated == 1
    assert _features(directory, record) == {"access.entrance_level": "yes", "access.parking": "yes"}
    (settled,) = compare_facilities(directory, [said(entrance_level="partial", toilet="yes", parking="yes")])
    assert [(each.field, each.manual, each.register) for each in settled.conflicts] == [
        ("access.entrance_level", "yes", "partial")
    ]


def _features(session: Session, record: UUID) -> dict[str, Any]:
    values = editable_record(session, record).values
    return {field: value for field, value in values.items() if field.startswith("access.")}


def test_refuses_a_version_that_nobody_looked_at(one: Session) -> None:
    write(one, "organization", {"email": "anna@a.pl"}, version=1)
    with pytest.raises(ChangedMeanwhileError, match="has version 2, expected 1"):
        write(one, "organization", {"email": "jan@a.pl"}, version=1)
    with pytest.raises(UnknownRecordError):
        edit_record(one, UUID(int=0), {"email": "a@b.pl"}, VOCABULARIES, by="anna")


def test_refuses_a_part_of_an_address_that_is_not_there(directory: Session) -> None:
    save(directory, facility("a", service("ops"), location=place(address=None)))
    with pytest.raises(WrongFieldError, match="expected a location that has an address"):
        write(directory, "location", {"city": "Kłodzko"})


def test_changes_nothing_where_the_record_says_so_already(one: Session) -> None:
    before = checksums(one)
    assert write(one, "organization", {"email": "rejestr@a.pl"}) == Edited(1, ())
    assert checksums(one) == before


def test_ends_an_edit_that_gives_the_registers_value_back(one: Session) -> None:
    write(one, "organization", {"email": "anna@a.pl"})
    write(one, "organization", {"email": "jan@a.pl"})
    write(one, "organization", {"email": "rejestr@a.pl"})
    assert edits_of(one, [ids(one, "organization")]) == {}


def test_ends_an_edit_that_the_register_follows(one: Session) -> None:
    write(one, "organization", {"email": "anna@a.pl"})
    follows = facility("a", service("ops", minimum_age=18), email="anna@a.pl")
    assert compare_facilities(one, [follows])[0].conflicts == ()
    save_facilities(one, [follows])
    assert edits_of(one, [ids(one, "organization")]) == {}
    save_facilities(one, [facility("a", service("ops", minimum_age=18), email="nowy@a.pl")])
    assert editable_record(one, ids(one, "organization")).values["email"] == "nowy@a.pl"


@pytest.mark.parametrize(
    ("choice", "stands", "base"),
    [("register", "nowy@a.pl", None), ("manual", "anna@a.pl", "nowy@a.pl"), (None, "anna@a.pl", "rejestr@a.pl")],
)
def test_asks_where_both_are_new(one: Session, choice: Choice | None, stands: str, base: str | None) -> None:
    write(one, "organization", {"email": "anna@a.pl"})
    before = checksums(one)
    record = ids(one, "organization")
    new = facility("a", service("ops", minimum_age=18), email="nowy@a.pl")
    (conflict,) = compare_facilities(one, [new])[0].conflicts
    assert (conflict.base, conflict.manual, conflict.register) == ("rejestr@a.pl", "anna@a.pl", "nowy@a.pl")
    choices: Choices = {(record, "email"): choice} if choice else {}
    with recording(one, 1):
        save_facilities(one, [new], choices=choices)
    assert editable_record(one, record).values["email"] == stands
    assert [each.base for each in edits_of(one, [record]).get(record, [])] == ([base] if base else [])
    still = compare_facilities(one, [new])[0].conflicts
    assert len(still) == (0 if choice else 1)
    take_back(one, 1)
    # that its register was looked at stays noted
    assert {name for name, value in checksums(one).items() if value != before[name]} <= {"source_register"}


def test_keeps_an_edit_when_other_fields_come_in(one: Session) -> None:
    write(one, "organization", {"email": "anna@a.pl"})
    new = facility("a", service("ops", minimum_age=18), email="rejestr@a.pl", source_date=date(2026, 6, 1))
    assert save_facilities(one, [new]).updated == 1
    assert editable_record(one, ids(one, "organization")).values["email"] == "anna@a.pl"


MAY, JUNE = date(2026, 5, 15), date(2026, 6, 30)


def with_places(*told: tuple[date, int, int], costs: tuple[CostRecord, ...] = ()) -> FacilityRecord:
    places = tuple(CapacityRecord(as_of=day, maximum=all_, available=free) for day, all_, free in told)
    return facility("a", service("dps", capacities=places, costs=costs))


def shown(session: Session) -> tuple[int | None, int | None, date | None]:
    row = session.execute(text("SELECT places, places_free, places_as_of FROM listing")).one()
    return row.places, row.places_free, row.places_as_of


APRIL = (date(2026, 4, 30), 40, 5)


def test_writes_a_number_of_places_beside_its_history(directory: Session) -> None:
    save(directory, with_places(APRIL))
    write(directory, "service", {"places.approved": "40,2@2026-05-15"})
    assert shown(directory) == (40, 2, MAY)
    write(directory, "service", {"places.approved": ",1@2026-05-20", "places.waiting": "7@2026-05-20"})
    assert shown(directory) == (40, 1, date(2026, 5, 20))
    history = directory.execute(
        text("SELECT as_of, available FROM service_capacity WHERE kind = 'approved' ORDER BY 1")
    )
    assert [row.available for row in history] == [5, 2, 1]
    values = editable_record(directory, ids(directory, "service")).values
    assert values["places.waiting"] == {"as_of": "2026-05-20", "maximum": 7, "available": None}
    # the register says what it said before
    assert save_facilities(directory, [with_places(APRIL)]).unchanged == 1
    assert shown(directory)[1] == 1


@pytest.mark.parametrize(
    ("choice", "expected"),
    [(None, (40, 2, MAY)), ("manual", (40, 2, MAY)), ("register", (38, 9, date(2026, 5, 1)))],
)
@pytest.mark.parametrize("day", [date(2026, 5, 1), JUNE])
def test_asks_where_a_register_has_another_number(
    directory: Session, choice: Choice | None, expected: tuple[int, int, date], day: date
) -> None:
    save(directory, with_places(APRIL))
    record = ids(directory, "service")
    write(directory, "service", {"places.approved": "40,2@2026-05-15"})
    new = with_places((day, 38, 9))
    (compared,) = compare_facilities(directory, [new])
    assert [each.field for each in compared.conflicts] == ["places.approved"]
    save_facilities(directory, [new], choices={(record, "places.approved"): choice} if choice else {})
    assert shown(directory) == (*expected[:2], day if choice == "register" else MAY)
    # asked once, and then the register says what it said before
    assert save_facilities(directory, [new]).unchanged == 1
    assert shown(directory)[:2] == expected[:2]


def test_takes_a_number_written_by_hand_back(directory: Session) -> None:
    save(directory, with_places(APRIL))
    write(directory, "service", {"places.approved": "50@2026-05-15", "places.funded": "3@2026-05-15"})
    write(directory, "service", {"places.approved": "", "places.funded": ""})
    assert shown(directory) == (40, 5, date(2026, 4, 30))
    assert editable_record(directory, ids(directory, "service")).edits == ()
    with pytest.raises(WrongFieldError, match="there is none"):
        write(directory, "service", {"places.approved": ""})


def test_writes_what_a_service_costs_and_asks_where_the_register_says_otherwise(directory: Session) -> None:
    save(directory, with_places(costs=(CostRecord(cost_kind="free"),)))
    write(directory, "service", {"costs": "paid~1200 zł za miesiąc | by_income"})
    assert directory.scalars(text("SELECT cost_kind FROM listing")).one() == "partly_paid"
    expected = [
        {"cost_kind": "paid", "amount_description": "1200 zł za miesiąc"},
        {"cost_kind": "by_income", "amount_description": None},
    ]
    assert editable_record(directory, ids(directory, "service")).values["costs"] == expected
    assert save_facilities(directory, [with_places(costs=(CostRecord(cost_kind="free"),))]).unchanged == 1
    (compared,) = compare_facilities(directory, [with_places(costs=(CostRecord(cost_kind="paid"),))])
    assert [each.field for each in compared.conflicts] == ["costs"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"places.approved": "czterdzieści"}, "expected ALL, ALL,FREE"),
        ({"places.approved": ""}, "there is none"),
        ({"places.approved": "2,40"}, "no more free places than all 2"),
        ({"places.approved": "40@2050-01-01"}, "expected a day until today"),
        ({"places.approved": "40@2026-13-01"}, "month must be in 1..12"),
        ({"places.approved": "40@2026-04-01"}, "expected a day from 2026-04-30"),
        ({"places.aproved": "40"}, "the nearest is approved"),
        ({"costs": "pait~10 zł"}, "the nearest is paid"),
        ({"costs": f"paid~{'1' * 2001}"}, "at most 2000 characters"),
    ],
)
def test_refuses_numbers_and_costs_that_cannot_be(directory: Session, written: dict[str, str], message: str) -> None:
    save(directory, with_places(APRIL))
    before = checksums(directory)
    with pytest.raises(WrongFieldError) as caught:
        write(directory, "service", written)
    assert message in str(caught.value)
    assert checksums(directory) == before


def test_an_import_that_ends_a_written_number_can_be_taken_back(directory: Session) -> None:
    save(directory, with_places(APRIL))
    write(directory, "service", {"places.approved": "40,2@2026-05-15", "costs": "paid"})
    before = checksums(directory)
    chosen: Choices = {(ids(directory, "service"), "places.approved"): "register"}
    directory.execute(
        text("INSERT INTO import_batch (file_name, file_hash, layout, state) VALUES ('a', '', 'dps_places', 'applied')")
    )
    number = directory.scalars(text("SELECT max(id) FROM import_batch")).one()
    with recording(directory, number):
        save_facilities(directory, [with_places((date(2026, 5, 1), 38, 9))], choices=chosen)
    assert shown(directory) == (38, 9, date(2026, 5, 1))
    take_back(directory, number)
    assert shown(directory) == (40, 2, MAY)
    assert {name: value for name, value in checksums(directory).items() if name != "import_batch"} == {
        name: value for name, value in before.items() if name != "import_batch"
    }
