"""Special days that staff set: one text of hours for badge, filter, API, export and HSDS, and the way back."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mapapp.directory.details import place_details, service_details
from mapapp.directory.hours import Openness
from mapapp.directory.journal import take_back
from mapapp.directory.open_when import Occasion, OpenWhen, state_of
from mapapp.directory.queries import facet_counts, search_services
from mapapp.directory.records import SpecialDaysRecord, WrongSpecialDaysError
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.setting_special_days import (
    UnknownOwnerError,
    remove_special_days,
    set_special_days,
    special_days_of,
)
from mapapp.directory.shown_special_days import reasons_in_words
from mapapp.directory.tables import Listing, Schedule
from mapapp.polish_time import WARSAW
from mapapp.registers.batches import at_once
from tests.directory.checksums import checksums
from tests.directory.hand_made import facility, place, save, service, service_id

# Wednesday to Friday of an ordinary week, far enough away to stay in the future
FIRST, LAST = date(2050, 11, 23), date(2050, 11, 25)
CLOSED = SpecialDaysRecord(FIRST, LAST, None, "remont", "renovation", "ремонт")
OFFICE = "Mo-Fr 08:00-16:00"
ON_THURSDAY = datetime(2050, 11, 24, 10, tzinfo=WARSAW)


@pytest.fixture
def two(directory: Session) -> Session:
    """An office with an advice point in it, and a helpline of another organization that has no place."""
    save(
        directory,
        facility("a", service("ops"), service("porad"), location=place(opening_hours=OFFICE)),
        facility("b", service("telefon", opening_hours="24/7", service_area=("02",)), location=None),
    )
    return directory


def hours_of(session: Session, *kinds: str) -> list[str | None]:
    query = select(Listing.opening_hours).where(Listing.facility_type.in_(kinds)).order_by(Listing.facility_type)
    return list(session.scalars(query))


def owner(session: Session, kind: str) -> UUID:
    """Who has special days: the advice point itself, or what it belongs to."""
    column = {"organization": Listing.organization_id, "location": Listing.location_id}.get(kind, Listing.service_id)
    its = Listing.id if kind == "service_at_location" else column
    found = session.scalars(select(its).where(Listing.facility_type == "porad")).one()
    assert found
    return found


def found(session: Session, *types: str) -> Sequence[tuple[str, str | None]]:
    when = OpenWhen(Occasion.AT, ON_THURSDAY)
    return sorted(
        (hit.facility_type, hit.open)
        for hit in search_services(session, ServiceSearch(types=types, open_when=when)).hits
    )


@pytest.mark.parametrize("kind", ["organization", "location"])
def test_closes_every_service_of_a_place_in_badge_filter_and_counts(two: Session, kind: str) -> None:
    assert found(two, "ops", "porad") == [("ops", "open"), ("porad", "open")]
    set_special_days(two, owner(two, kind), CLOSED, by="anna")
    written = f'{OFFICE}; 2050 Nov 23-2050 Nov 25 off "remont"'
    assert hours_of(two, "ops", "porad") == [written, written]
    assert found(two, "ops", "porad") == []
    state = state_of(written, "active", ON_THURSDAY)
    assert (state.openness, state.comment) == (Openness.CLOSED, "remont")
    assert facet_counts(two, ServiceSearch())["hours"] == {written: 2, "24/7": 1}
    # others are not touched
    assert hours_of(two, "telefon") == ["24/7"]


@pytest.mark.parametrize("kind", ["service", "service_at_location"])
def test_closes_one_service_and_not_the_place(two: Session, kind: str) -> None:
    set_special_days(two, owner(two, kind), CLOSED, by="anna")
    assert found(two, "ops", "porad") == [("ops", "open")]
    shown = place_details(two, owner(two, "location"))
    assert shown and shown.opening_hours == OFFICE and shown.special_days == ()
    closed = {each.facility_type: each.special_days for each in shown.services}
    assert closed["ops"] == ()
    assert [(each.first, each.last, each.reasons["uk"]) for each in closed["porad"]] == [(FIRST, LAST, "ремонт")]


def test_what_is_nearer_to_the_door_holds_then_what_names_fewer_days(two: Session) -> None:
    place_id, service = owner(two, "location"), owner(two, "service")
    set_special_days(two, place_id, SpecialDaysRecord(date(2050, 11, 24), date(2050, 11, 24), "9:00-11:00"), by="a")
    set_special_days(two, place_id, CLOSED, by="a")
    assert found(two, "ops", "porad") == [("ops", "open"), ("porad", "open")]
    set_special_days(two, service, SpecialDaysRecord(FIRST, LAST), by="a")
    assert found(two, "ops", "porad") == [("ops", "open")]
    assert hours_of(two, "ops") == [f'{OFFICE}; 2050 Nov 23-2050 Nov 25 off "remont"; 2050 Nov 24 09:00-11:00']


def test_a_service_without_a_place_has_hours_and_closures_of_its_own(two: Session) -> None:
    helpline = service_id(two, "b", "telefon")
    assert found(two, "telefon") == [("telefon", "open")]
    set_special_days(two, helpline, CLOSED, by="anna")
    assert found(two, "telefon") == []
    rows = select(Schedule.valid_from, Schedule.byday, Schedule.description).where(Schedule.service_id == helpline)
    assert [tuple(row) for row in two.execute(rows.order_by(Schedule.valid_from.nulls_first()))] == [
        (None, "MO,TU,WE,TH,FR,SA,SU", None),
        (FIRST, None, "Nieczynne: remont"),
        (date(2050, 11, 26), "MO,TU,WE,TH,FR,SA,SU", None),
    ]
    shown = service_details(two, helpline)
    assert shown and shown.opening_hours == '24/7; 2050 Nov 23-2050 Nov 25 off "remont"'
    assert [each.reasons["pl"] for each in shown.special_days] == ["remont"]


def test_hours_nobody_knows_stay_unknown_on_other_days(two: Session) -> None:
    save(two, facility("c", service("dps")))
    set_special_days(two, service_id(two, "c", "dps"), CLOSED, by="anna")
    (hours,) = hours_of(two, "dps")
    assert state_of(hours, "active", ON_THURSDAY).openness is Openness.CLOSED
    assert state_of(hours, "active", ON_THURSDAY.replace(day=28)).openness is Openness.UNKNOWN


def test_a_hidden_place_tells_no_special_days(two: Session) -> None:
    save(two, facility("d", service("sow", visibility="area_only"), location=place(opening_hours="24/7")))
    hidden = service_id(two, "d", "sow")
    set_special_days(two, hidden, CLOSED, by="anna")
    assert hours_of(two, "sow") == [None]
    shown = service_details(two, hidden)
    assert shown and (shown.special_days, shown.opening_hours) == ((), None)


def test_tells_reasons_in_other_languages(two: Session) -> None:
    set_special_days(two, owner(two, "location"), CLOSED, by="anna")
    assert reasons_in_words(two) == {"remont": {"pl": "remont", "en": "renovation", "uk": "ремонт"}}


def test_hsds_rows_end_before_a_closure_and_begin_again_after_it(two: Session) -> None:
    place_id = owner(two, "location")
    set_special_days(two, place_id, CLOSED, by="anna")
    set_special_days(two, place_id, SpecialDaysRecord(date(2050, 11, 25), date(2050, 11, 25), "10:00-12:00"), by="a")
    query = select(
        Schedule.valid_from, Schedule.valid_to, Schedule.byday, Schedule.opens_at, Schedule.description
    ).where(Schedule.location_id == place_id)
    rows = two.execute(query.order_by(func.coalesce(Schedule.valid_from, date(2000, 1, 1)))).all()
    week = "MO,TU,WE,TH,FR"
    assert [tuple(row) for row in rows] == [
        (None, date(2050, 11, 22), week, time(8), None),
        (FIRST, date(2050, 11, 24), None, None, "Nieczynne: remont"),
        (LAST, LAST, "FR", time(10), None),
        (date(2050, 11, 26), None, week, time(8), None),
    ]


def test_an_undone_batch_leaves_no_trace(two: Session) -> None:
    before = checksums(two)
    with at_once(two, "special days", "special days", "anna") as batch:
        set_special_days(two, owner(two, "service_at_location"), CLOSED, by="anna")
    assert found(two, "ops", "porad") == [("ops", "open")]
    noted = two.execute(text("SELECT field_name, replacement_value, updated_by FROM metadata")).all()
    assert noted == [("special_days", "2050-11-23–2050-11-25 closed: remont", "anna")]
    take_back(two, batch)
    assert checksums(two) == before
    assert found(two, "ops", "porad") == [("ops", "open"), ("porad", "open")]


def test_can_be_removed(two: Session) -> None:
    place_id = owner(two, "location")
    number = set_special_days(two, place_id, CLOSED, by="anna")
    assert [(each.id, each.days) for each in special_days_of(two, place_id)] == [(number, CLOSED)]
    assert special_days_of(two, place_id, since=date(2050, 11, 26)) == ()
    assert remove_special_days(two, number, by="anna") == CLOSED
    assert hours_of(two, "ops") == [OFFICE]
    with pytest.raises(UnknownOwnerError, match=str(number)):
        remove_special_days(two, number, by="anna")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((LAST, FIRST), "2050-11-25 to 2050-11-23"),
        ((FIRST, date(2052, 1, 1)), "a year at most"),
        ((FIRST, LAST, "Mo 10:00-12:00"), "expected times of the day"),
        ((FIRST, LAST, None, 'tak zwany "remont"'), "without"),
        ((FIRST, LAST, None, "r" * 121), "120 characters"),
        ((FIRST, LAST, None, "dwa\nwiersze"), "one line"),
    ],
)
def test_refuses_days_that_cannot_be(values: tuple[date, date], said: str) -> None:
    with pytest.raises(WrongSpecialDaysError, match=said):
        SpecialDaysRecord(*values)


def test_refuses_times_that_are_none_and_more_than_can_be_published(two: Session) -> None:
    place_id = owner(two, "location")
    with pytest.raises(WrongSpecialDaysError, match="27:00"):
        set_special_days(two, place_id, SpecialDaysRecord(FIRST, LAST, "27:00-29:00"), by="a")
    with pytest.raises(UnknownOwnerError):
        set_special_days(two, UUID(int=1), CLOSED, by="a")
    month = [SpecialDaysRecord(date(2050, 1, n), date(2050, 1, n), None, f"{n} {'ż' * 100}") for n in range(1, 28)]
    with pytest.raises(WrongSpecialDaysError, match="at most 2500"):
        for days in month:
            set_special_days(two, place_id, days, by="a")
