"""When one can come: every occasion, in three values, at the edges of days, years and clocks."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from mapapp.directory.hours import Openness, Reason
from mapapp.directory.open_when import CLOSED_FOR_A_TIME, Occasion, OpenWhen, openness, split, state_of
from mapapp.directory.queries import facet_counts, search_services
from mapapp.directory.service_search import ServiceSearch
from mapapp.polish_time import WARSAW
from tests.directory.hand_made import facility, place, save, service

OFFICE, NIGHT, ALWAYS = "Mo-Fr 08:00-16:00", "Mo-Su 19:00-07:00", "24/7"
OPEN, CLOSED, UNKNOWN = Openness.OPEN, Openness.CLOSED, Openness.UNKNOWN


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def when(text: str, occasion: Occasion = Occasion.AT) -> OpenWhen:
    return OpenWhen(occasion, at(text))


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        (OFFICE, "2026-11-26T08:00", OPEN),
        (OFFICE, "2026-11-26T16:00", CLOSED),
        (OFFICE, "2026-11-28T12:00", CLOSED),  # a Saturday
        (OFFICE, "2026-11-11T12:00", CLOSED),  # Independence Day
        (OFFICE, "2025-12-24T12:00", CLOSED),  # a day off since 2025
        (OFFICE, "2024-12-24T12:00", OPEN),
        (NIGHT, "2026-11-27T02:30", OPEN),  # since the evening before
        (NIGHT, "2026-11-27T07:00", CLOSED),
        (NIGHT, "2026-03-29T03:30", OPEN),  # the night without 2:30
        (NIGHT, "2026-10-25T02:30", OPEN),  # the night with 2:30 twice
        (ALWAYS, "2026-12-25T03:00", OPEN),
        (None, "2026-11-26T12:00", UNKNOWN),
        ("nothing that anybody can read", "2026-11-26T12:00", UNKNOWN),
    ],
)
def test_tells_of_a_moment(hours: str | None, moment: str, expected: Openness) -> None:
    assert openness(hours, "active", when(moment)) is expected
    assert openness(hours, "active", OpenWhen(Occasion.NOW, at(moment).astimezone(UTC))) is expected


@pytest.mark.parametrize(
    ("hours", "evening", "weekend"),
    [
        (OFFICE, CLOSED, CLOSED),
        ("Mo-Fr 08:00-16:00; We 10:00-18:00", OPEN, CLOSED),
        ("Mo-Fr 08:00-17:00", CLOSED, CLOSED),  # an evening begins where this ends
        ("Sa 09:00-13:00", CLOSED, OPEN),
        (NIGHT, OPEN, OPEN),
        (ALWAYS, OPEN, OPEN),
        (None, UNKNOWN, UNKNOWN),
        ("nothing that anybody can read", UNKNOWN, UNKNOWN),
    ],
)
def test_tells_of_evenings_and_the_weekend(hours: str | None, evening: Openness, weekend: Openness) -> None:
    for day in ("2026-11-23T08:00", "2026-11-26T23:00", "2026-11-29T12:00"):
        assert openness(hours, "active", when(day, Occasion.EVENING)) is evening
        assert openness(hours, "active", when(day, Occasion.WEEKEND)) is weekend


def test_looks_seven_days_ahead_and_no_farther() -> None:
    only_one_saturday = "2026 Dec 05 10:00-12:00"
    assert openness(only_one_saturday, "active", when("2026-11-29T12:00", Occasion.WEEKEND)) is OPEN
    assert openness(only_one_saturday, "active", when("2026-11-28T12:00", Occasion.WEEKEND)) is CLOSED


def test_is_closed_for_a_time_whatever_the_hours() -> None:
    for occasion in Occasion:
        assert openness(ALWAYS, CLOSED_FOR_A_TIME, when("2026-11-26T12:00", occasion)) is CLOSED
    assert state_of(ALWAYS, CLOSED_FOR_A_TIME, at("2026-11-26T12:00")).reason is Reason.CLOSED_FOR_A_TIME


def test_splits_hours_into_open_and_closed_and_leaves_the_unknown() -> None:
    assert split([OFFICE, ALWAYS, "unreadable"], when("2026-11-28T12:00")) == ((ALWAYS,), (OFFICE,))


def test_wants_a_time_zone() -> None:
    with pytest.raises(ValueError, match="expected a moment with a time zone"):
        OpenWhen(Occasion.AT, datetime(2026, 1, 1))


@pytest.fixture
def four(directory: Session) -> Session:
    """A place that works in the day, one that never closes, one whose hours nobody knows, one closed for a time."""
    save(
        directory,
        *(
            facility(name, service("ops", name=name), location=place(opening_hours=hours))
            for name, hours in (("office", OFFICE), ("always", ALWAYS), ("silent", None))
        ),
        facility(
            "repair", service("ops", name="repair", status=CLOSED_FOR_A_TIME), location=place(opening_hours=ALWAYS)
        ),
    )
    return directory


@pytest.mark.parametrize(
    ("moment", "occasion", "expected"),
    [
        ("2026-11-26T12:00", Occasion.NOW, {"office": "open", "always": "open", "silent": "unknown"}),
        ("2026-11-26T20:00", Occasion.AT, {"always": "open", "silent": "unknown"}),
        ("2026-11-26T20:00", Occasion.WEEKEND, {"always": "open", "silent": "unknown"}),
    ],
)
def test_finds_what_the_badge_says(four: Session, moment: str, occasion: Occasion, expected: dict[str, str]) -> None:
    asked = when(moment, occasion)
    found = search_services(four, ServiceSearch(open_when=asked)).hits
    assert {hit.name: hit.open for hit in found} == expected
    assert [hit.open for hit in found] == sorted(hit.open or "" for hit in found)  # open before unknown
    for hit in search_services(four, ServiceSearch()).hits:
        assert openness(hit.opening_hours, hit.status, asked) == expected.get(hit.name, "closed")


def test_counts_by_hours_what_is_not_closed_for_a_time(four: Session) -> None:
    assert facet_counts(four, ServiceSearch())["hours"] == {OFFICE: 1, ALWAYS: 1}
