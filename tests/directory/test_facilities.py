"""What was saved is taken out as it was saved; in public only what is public."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.facilities import facility_ids, registers_described, taken_out
from mapapp.directory.records import (
    AccessibilityRecord,
    BranchRecord,
    CapacityRecord,
    CostRecord,
    FacilityRecord,
    IdentifierRecord,
    PhoneRecord,
    SpecialDaysOf,
    SpecialDaysRecord,
)
from tests.directory import hand_made
from tests.directory.hand_made import KLODZKO, REGISTER, WROCLAW, place, save, service

# what is stored says all of its special days
facility = partial(hand_made.facility, special_days=())
CLOSED = SpecialDaysRecord(date(2050, 12, 24), date(2051, 1, 2), None, "remont", "renovation", "ремонт")
RICH = facility(
    "7",
    service(
        "dps",
        key="a",
        subtypes=("elderly",),
        costs=(CostRecord(cost_kind="paid", amount_description="2 zł"), CostRecord(cost_kind="free")),
        capacities=(
            CapacityRecord(maximum=10, available=0, as_of=date(2025, 1, 1)),
            CapacityRecord(maximum=12, as_of=date(2026, 1, 1)),
            CapacityRecord(kind="funded", target="women", maximum=3, as_of=date(2026, 1, 1)),
        ),
        languages=("pl", "uk"),
        service_area=("02", "0208"),
        status="temporarily closed",
        status_reason="remont",
        assured_date=date(2026, 2, 3),
    ),
    service("ddp", key="b", minimum_age=60),
    source_date=date(2026, 3, 1),
    alternate_name="DPS",
    email="dps@example.org",
    website="https://example.org",
    epuap="/dps/skrytka",
    phones=tuple(PhoneRecord(number=f"+4874000000{n}", display=f"74 000 00 0{n}") for n in (3, 1, 2)),
    identifiers=(IdentifierRecord(scheme="NIP", identifier="5261040828"),),
    location=place(
        geometry_quality="rooftop",
        declared_gmina_teryt="0208011",
        opening_hours="Mo-Fr 08:00-16:00",
        opening_hours_notes=("uwaga",),
        accessibility=(AccessibilityRecord(feature="ramp", value="yes", measure=Decimal("8.5")),),
    ),
    main_places=8,
    branches=(BranchRecord(key="filia", location=place(WROCLAW, "Wrocław"), places=4),),
    special_days=(
        SpecialDaysOf(days=CLOSED),
        SpecialDaysOf(owner="location", days=CLOSED),
        SpecialDaysOf(owner="location", branch="filia", days=replace(CLOSED, opening_hours="08:00-12:00")),
        SpecialDaysOf(owner="service_at_location", branch="filia", service="a", days=CLOSED),
        SpecialDaysOf(owner="service", service="b", days=CLOSED),
    ),
)
NOWHERE = facility("8", service("telefon", service_area=("02",)), location=None)


def everything(session: Session) -> list[FacilityRecord | None]:
    ids = facility_ids(session, everything=True)
    return [each.facility for each in taken_out(session, ids, everything=True)]


def public(session: Session) -> list[FacilityRecord | None]:
    ids = facility_ids(session, everything=False)
    return [each.facility for each in taken_out(session, ids, everything=False)]


def test_takes_out_what_was_saved(directory: Session) -> None:
    save(directory, RICH, NOWHERE)
    assert everything(directory) == [RICH, NOWHERE]
    assert public(directory) == [RICH, NOWHERE]


def test_keeps_points_to_the_last_bit(directory: Session) -> None:
    exact = KLODZKO._replace(lon=16.650000000000002)
    save(directory, facility("1", service("ops"), location=place(exact)))
    (found,) = everything(directory)
    assert found
    assert found.location
    assert found.location.position == exact


@pytest.mark.parametrize("level", ["area_only", "on_request", "internal"])
def test_leaves_hidden_ones_out_in_public(directory: Session, level: str) -> None:
    hidden = (
        facility("1", service("sow", visibility=level)),
        facility("2", service("ops", visibility="public"), visibility=level),
        facility("3", service("ops", visibility="public"), location=place(visibility=level)),
        facility(
            "4",
            service("ops", visibility="public"),
            branches=(BranchRecord(key="f", location=place(visibility=level)),),
        ),
    )
    save(directory, *hidden)
    assert public(directory) == []
    assert everything(directory) == list(hidden)


def test_leaves_out_the_hidden_service_of_a_public_facility(directory: Session) -> None:
    days = [SpecialDaysOf(owner="service", service=key, days=CLOSED) for key in ("ops", "sow")]
    services = service("ops", visibility="public"), service("sow", visibility="internal")
    both = facility("1", *services, special_days=tuple(days))
    save(directory, both)
    assert public(directory) == [both.model_copy(update={"services": services[:1], "special_days": (days[0],)})]


def test_leaves_out_hidden_details_in_public_and_tells_staff(directory: Session) -> None:
    save(directory, facility("1", service("ops", visibility="public")))
    directory.execute(text("UPDATE phone SET visibility = 'internal'"))
    (found,) = public(directory)
    assert found
    assert found.phones == ()
    (told,) = taken_out(directory, facility_ids(directory, everything=True), everything=True)
    assert told.facility is None
    assert "phone is hidden by itself" in told.reason


def test_tells_staff_where_services_are_given_at_different_places(directory: Session) -> None:
    save(directory, facility("1", service("ops"), service("ddp")))
    directory.execute(
        text("DELETE FROM service_at_location USING service WHERE service.id = service_id AND facility_type = 'ddp'")
    )
    (told,) = taken_out(directory, facility_ids(directory, everything=True), everything=True)
    assert (told.facility, told.reason) == (None, "services of one facility are given at different places")


def test_saving_again_what_was_taken_out_changes_nothing(directory: Session) -> None:
    save(directory, RICH, NOWHERE)
    # the register names one service no longer
    days = tuple(each for each in RICH.special_days or () if each.service != "b")
    save(directory, RICH.model_copy(update={"services": RICH.services[:1], "special_days": days}))
    before = directory.execute(text("SELECT id, version, status, status_reason FROM service ORDER BY id")).all()
    found = everything(directory)
    assert [each.status_reason for each in found[0].services] == ["remont", "rejestr już nie wymienia tej usługi"]
    save(directory, *found)
    assert directory.execute(text("SELECT id, version, status, status_reason FROM service ORDER BY id")).all() == before


def test_tells_registers_as_they_are_described(directory: Session) -> None:
    save(directory, NOWHERE)
    assert registers_described(directory) == {REGISTER.code: REGISTER}
    assert registers_described(directory, ["other"]) == {}
