"""Open, closed or unknown: the one answer every badge, filter and export shares."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from mapapp.directory.hours import (
    WARSAW,
    DayHours,
    OpeningHoursError,
    Openness,
    Reason,
    is_public_holiday,
    state_at,
    validate,
    week_table,
)

OFFICE = "Mo 08:00-17:00; Tu-Fr 07:30-15:30"
NIGHT_SHELTER = "Mo-Su 18:00-08:00"
LABOUR_DAY = date(2026, 5, 1)  # a Friday


def at(moment: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=WARSAW, fold=fold)


def clock(day: DayHours) -> list[str]:
    return [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in day.spans]


# state_at


def test_is_open_until_the_office_closes() -> None:
    state = state_at(OFFICE, at("2026-05-04T12:00"))
    assert (state.openness, state.until, state.then) == (
        Openness.OPEN,
        at("2026-05-04T17:00"),
        Openness.CLOSED,
    )
    assert state.reason is Reason.SCHEDULE


def test_is_closed_until_monday_over_a_weekend() -> None:
    state = state_at(OFFICE, at("2026-05-08T16:00"))
    assert (state.openness, state.until, state.then) == (
        Openness.CLOSED,
        at("2026-05-11T08:00"),
        Openness.OPEN,
    )


@pytest.mark.parametrize(
    ("moment", "openness"),
    [
        ("07:29", Openness.CLOSED),
        ("07:30", Openness.OPEN),
        ("15:29", Openness.OPEN),
        ("15:30", Openness.CLOSED),
    ],
)
def test_counts_the_first_minute_as_open_and_the_last_as_closed(moment: str, openness: Openness) -> None:
    assert state_at(OFFICE, at(f"2026-05-05T{moment}")).openness is openness


def test_is_unknown_where_no_hours_are_known() -> None:
    state = state_at(None, at("2026-05-04T12:00"))
    assert (state.openness, state.reason, state.until) == (Openness.UNKNOWN, Reason.NO_HOURS, None)


def test_is_unknown_on_the_day_whose_hours_are_unknown() -> None:
    hours = "Mo-Th 08:00-16:00; Fr unknown"
    assert state_at(hours, at("2026-05-08T12:00")).openness is Openness.UNKNOWN
    assert state_at(hours, at("2026-05-07T12:00")).openness is Openness.OPEN
    assert state_at(hours, at("2026-05-07T17:00")).then is Openness.UNKNOWN


def test_never_ends_round_the_clock() -> None:
    state = state_at("24/7", at("2026-12-24T03:00"))
    assert (state.openness, state.until, state.reason) == (Openness.OPEN, None, Reason.SCHEDULE)


def test_is_open_past_midnight() -> None:
    state = state_at(NIGHT_SHELTER, at("2026-05-06T02:00"))
    assert (state.openness, state.until) == (Openness.OPEN, at("2026-05-06T08:00"))


def test_closes_between_split_hours() -> None:
    state = state_at("Mo-Fr 08:00-12:00,14:00-18:00", at("2026-05-04T13:00"))
    assert (state.openness, state.until) == (Openness.CLOSED, at("2026-05-04T14:00"))


def test_tells_the_comment_of_the_rule() -> None:
    hours = 'Mo-Th 07:00-15:00; Fr off "dzień wewnętrzny"'
    assert state_at(hours, at("2026-05-08T10:00")).comment == "dzień wewnętrzny"
    # The comment begins at midnight, the state has been the same since Thursday.
    assert state_at(hours, at("2026-05-07T16:00")).until == at("2026-05-11T07:00")


def test_takes_a_moment_in_any_zone() -> None:
    assert state_at(OFFICE, datetime(2026, 5, 4, 6, 30, tzinfo=UTC)).openness is Openness.OPEN
    assert state_at(OFFICE, datetime(2026, 5, 4, 5, 30, tzinfo=UTC)).openness is Openness.CLOSED


def test_refuses_a_moment_without_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        state_at(OFFICE, datetime(2026, 5, 4, 12))


# The two nights on which the clocks change


@pytest.mark.parametrize(
    ("opened", "closes", "lasting"),
    [("2026-03-28T22:00", "2026-03-29T06:00", 7), ("2026-10-24T22:00", "2026-10-25T06:00", 9)],
)
def test_keeps_the_wall_clock_when_the_clocks_change(opened: str, closes: str, lasting: int) -> None:
    state = state_at("Sa 22:00-06:00", at(opened))
    assert state.until == at(closes)
    assert state.until is not None
    assert state.until.timestamp() - at(opened).timestamp() == lasting * 3600


@pytest.mark.parametrize("fold", [0, 1])
def test_is_open_in_both_hours_named_two_in_october(fold: int) -> None:
    state = state_at("Sa 22:00-06:00", at("2026-10-25T02:30", fold))
    assert (state.openness, state.until) == (Openness.OPEN, at("2026-10-25T06:00"))


@pytest.mark.parametrize("moment", ["2026-03-29T02:30", "2026-02-21T02:00"])  # 400 days on, the clocks change
def test_answers_at_and_before_the_hour_that_march_skips(moment: str) -> None:
    assert state_at(OFFICE, at(moment)).openness is Openness.CLOSED
    assert state_at("24/7", at(moment)).openness is Openness.OPEN


def test_has_no_hours_in_the_hour_that_march_skips() -> None:
    sunday = week_table("Su 02:15-02:45", date(2026, 3, 29))[6]
    assert (sunday.openness, sunday.spans) == (Openness.CLOSED, ())


# Public holidays


def test_agrees_with_the_holidays_package_on_every_day_of_two_decades() -> None:
    poland = holidays.country_holidays("PL", years=range(2020, 2041))
    days = (date(2020, 1, 1) + timedelta(days=n) for n in range(7671))
    assert [day for day in days if is_public_holiday(day) != (day in poland)] == []


def test_counts_christmas_eve_since_2025() -> None:
    assert is_public_holiday(date(2025, 12, 24))
    assert not is_public_holiday(date(2024, 12, 24))
    assert state_at(OFFICE, at("2026-12-24T10:00")).reason is Reason.PUBLIC_HOLIDAY


def test_closes_an_office_on_a_public_holiday_and_says_why() -> None:
    state = state_at(OFFICE, at("2026-05-01T10:00"))
    assert (state.openness, state.reason) == (Openness.CLOSED, Reason.PUBLIC_HOLIDAY)
    assert state.until == at("2026-05-04T08:00")


def test_obeys_a_rule_for_public_holidays() -> None:
    assert state_at("Mo-Fr 08:00-16:00; PH 10:00-12:00", at("2026-05-01T11:00")).openness is Openness.OPEN
    assert state_at("Mo-Su 08:00-16:00; PH off", at("2026-05-01T11:00")).openness is Openness.CLOSED


def test_is_unknown_on_a_holiday_where_a_place_works_on_sundays() -> None:
    state = state_at("Mo-Su 10:00-18:00", at("2026-05-01T12:00"))
    assert (state.openness, state.reason) == (Openness.UNKNOWN, Reason.PUBLIC_HOLIDAY)


def test_does_not_take_saturdays_night_for_work_on_sunday() -> None:
    assert state_at("Mo-Sa 20:00-02:00", at("2026-05-01T21:00")).openness is Openness.CLOSED


def test_lets_a_rule_for_one_date_win_over_the_holiday() -> None:
    hours = "Mo-Fr 08:00-16:00; 2026 May 01 10:00-12:00"
    assert state_at(hours, at("2026-05-01T11:00")).openness is Openness.OPEN
    assert state_at(hours, at("2026-11-11T11:00")).openness is Openness.CLOSED


def test_does_not_let_a_season_win_over_the_holiday() -> None:
    hours = "Mo-Fr 08:00-16:00; Jul 01-Aug 31 Mo-Sa 07:00-14:00"
    assert state_at(hours, at("2026-08-15T10:00")).reason is Reason.PUBLIC_HOLIDAY
    assert state_at(hours, at("2026-08-14T07:30")).openness is Openness.OPEN


def test_is_not_misled_by_a_comment_about_holidays() -> None:
    assert state_at('Mo-Fr 08:00-16:00 "PH; ask"', at("2026-05-01T10:00")).openness is Openness.CLOSED


# week_table


def test_has_seven_days_from_monday() -> None:
    assert [day.day for day in week_table(OFFICE, date(2026, 5, 10))] == [date(2026, 5, n) for n in range(4, 11)]


def test_shows_split_hours_in_order() -> None:
    assert clock(week_table("Mo-Fr 08:00-12:00,14:00-18:00", date(2026, 5, 4))[0]) == [
        "08:00-12:00",
        "14:00-18:00",
    ]


def test_keeps_the_night_with_the_day_it_begins_on() -> None:
    week = week_table(NIGHT_SHELTER, date(2026, 3, 29))  # the night to Sunday is the one that loses an hour
    assert [clock(day) for day in week] == [["18:00-08:00"]] * 7


def test_shows_whole_days_round_the_clock() -> None:
    week = week_table("24/7", date(2026, 10, 25))
    assert [clock(day) for day in week] == [["00:00-00:00"]] * 7
    assert {(day.spans[0].end.date() - day.day).days for day in week} == {1}


def test_marks_the_holiday_and_leaves_it_closed() -> None:
    week = week_table(OFFICE, LABOUR_DAY)
    assert [day.is_public_holiday for day in week] == [False] * 4 + [True, False, True]
    assert (week[4].openness, week[4].spans) == (Openness.CLOSED, ())


def test_is_unknown_every_day_where_no_hours_are_known() -> None:
    week = week_table(None, LABOUR_DAY)
    assert {day.openness for day in week} == {Openness.UNKNOWN}
    assert week[4].is_public_holiday


def test_shows_the_comment_of_a_closed_day() -> None:
    friday = week_table('Mo-Th 07:00-15:00; Fr off "dzień wewnętrzny"', date(2026, 5, 8))[4]
    assert (friday.openness, friday.comment) == (Openness.CLOSED, "dzień wewnętrzny")


@given(
    hours=st.sampled_from(
        [
            OFFICE,
            NIGHT_SHELTER,
            "24/7",
            "24/7; PH off",
            "Fr 22:00-24:00; Sa-Su; Mo 00:00-06:00",
            "Mo-Th 08:00-16:00; Fr unknown",
            "Mo-Fr 08:00-16:00; Dec 24 off; 2026 Dec 31 08:00-12:00",
        ]
    ),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_agrees_between_badge_and_table(hours: str, moment: datetime) -> None:
    moment = moment.replace(tzinfo=WARSAW)
    around = (week_table(hours, moment.date() + timedelta(days=7 * n)) for n in (-1, 0, 1))
    spans = [span for week in around for day in week for span in day.spans]
    holding = [s for s in spans if s.start.timestamp() <= moment.timestamp() < s.end.timestamp()]
    shown = holding[0].openness if holding else Openness.CLOSED
    assert len(holding) <= 1
    assert state_at(hours, moment).openness is shown


@given(
    hours=st.sampled_from([OFFICE, NIGHT_SHELTER, "24/7; PH off", "Mo-Fr 08:00-12:00,13:00-16:00; PH 10:00-12:00"]),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_changes_exactly_when_it_said_it_would(hours: str, moment: datetime) -> None:
    now = state_at(hours, moment.replace(tzinfo=WARSAW))
    assert now.until is not None
    instant = timedelta(microseconds=1)
    assert state_at(hours, now.until.astimezone(UTC) - instant).openness is now.openness
    assert state_at(hours, now.until).openness is now.then
    assert now.then is not now.openness


# validate


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (" Mo-Su 00:00-24:00 ", "24/7"),
        ("Mo-Fr 08:00-16:00; Fr 08:00-14:00", "Mo-Th 08:00-16:00; Fr 08:00-14:00"),
        ("Mo-Fr 08:00-16:00; PH off", "Mo-Fr 08:00-16:00; PH closed"),
    ],
)
def test_gives_the_canonical_form(written: str, canonical: str) -> None:
    assert validate(written) == canonical
    assert validate(canonical) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "",
        "pn-pt 8-16",
        "Mo-Fr 8.00-16.00",
        "Mo 25:00-26:00",
        "Mo\x00",
        "Mo-Fr sunrise-16:00",
        "SH 10:00-12:00",
        "Mo-Fr 08:00+",
        "Mo-Fr 08:00-16:00 || unknown",
        "Mo," * 400 + "Mo",
    ],
)
def test_refuses_what_it_cannot_evaluate(written: str) -> None:
    with pytest.raises(OpeningHoursError, match="expected"):
        validate(written)


def test_has_a_reason_to_refuse_fallbacks() -> None:
    # Should the engine learn when a fallback ends, `||` may be let in.
    engine = OpeningHours("Mo-Fr 08:00-16:00 || unknown", timezone=WARSAW, country="PL")
    assert engine.next_change(at("2026-05-02T12:00")) is None


def test_answers_for_a_page_of_a_hundred_places_within_twenty_milliseconds() -> None:
    page = [f"Mo {6 + n // 20:02}:{n % 20:02}-17:00; Tu-Fr 07:30-15:30" for n in range(100)]
    moment = at("2026-05-04T12:00")
    timings = []
    for _ in range(5):
        began = perf_counter()
        states = [state_at(hours, moment) for hours in page]
        timings.append(perf_counter() - began)
        assert {state.openness for state in states} == {Openness.OPEN}
    assert min(timings) < 0.020, f"{min(timings) * 1000:.1f} ms for {len(page)} places"
