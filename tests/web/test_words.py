"""Values in words, in Polish and the other languages."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from mapapp.polish_time import WARSAW
from mapapp.web import words
from mapapp.web.i18n import long_days
from mapapp.web.search_page import count_sentence

WEDNESDAY = date(2026, 4, 15)


def at(hour: int, minute: int = 0, day: int = 15, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WARSAW)


@pytest.mark.parametrize(
    ("kilometres", "expected"),
    [
        (0, "50 m"),
        (0.03, "50 m"),
        (0.72, "700 m"),
        (0.94, "950 m"),
        (0.96, "1 km"),
        (2.31, "2,3 km"),
        (9.96, "10 km"),
        (123.4, "123 km"),
    ],
)
def test_says_a_distance_in_round_numbers(app: Flask, kilometres: float, expected: str) -> None:
    with app.test_request_context("/"):
        assert words.distance(kilometres) == expected.replace(" ", "\xa0")


@pytest.mark.parametrize(
    ("hours", "moment", "state", "text"),
    [
        ("Mo-Fr 08:00-15:00", at(9), "open", "Teraz otwarte, do 15:00"),
        ("Mo-Fr 08:00-15:00", at(7), "closed", "Teraz zamknięte, otwarcie dziś o 8:00"),
        ("Mo-Fr 08:00-15:00", at(16), "closed", "Teraz zamknięte, otwarcie jutro o 8:00"),
        ("Tu 08:00-15:00", at(16), "closed", "Teraz zamknięte, otwarcie we wtorek o 8:00"),
        ("Mo-Fr 08:00-15:00", at(16, day=17), "closed", "Teraz zamknięte, otwarcie w poniedziałek o 8:00"),
        (
            "Mo-Fr 08:00-15:00",
            at(9, day=1, month=5),
            "closed",
            "Dziś zamknięte: święto, otwarcie w poniedziałek o 8:00",
        ),
        ("2027 Jan 07 10:00-12:00", at(9), "closed", "Teraz zamknięte, otwarcie 7 stycznia 2027"),
        ("24/7", at(3), "open", "Czynne całą dobę"),
        (
            "Mo-Su 08:00-20:00",
            at(9, day=1, month=5),
            "unknown",
            "Nie wiemy, czy dziś jest otwarte – zapytaj telefonicznie",
        ),
        (None, at(9), "unknown", "Nie znamy godzin otwarcia – zapytaj telefonicznie"),
        ("rubbish", at(9), "unknown", "Nie znamy godzin otwarcia – zapytaj telefonicznie"),
    ],
)
def test_says_whether_it_is_open(app: Flask, hours: str | None, moment: datetime, state: str, text: str) -> None:
    with app.test_request_context("/"):
        told = words.open_words(hours, moment)
    # the hour stays beside its preposition
    assert told == words.OpenWords(state, text.replace(" o ", " o\xa0"))


def test_shows_seven_days_from_today_on(app: Flask) -> None:
    with app.test_request_context("/"):
        rows = words.week_rows("Mo-We 08:00-12:00,13:00-17:30; Th 00:00-24:00", WEDNESDAY)
    assert [row.name for row in rows][:3] == ["środa", "czwartek", "piątek"]
    assert [row.day for row in rows] == [WEDNESDAY + timedelta(days=n) for n in range(7)]
    office = "8:00–12:00, 13:00–17:30"
    assert [row.text for row in rows] == [office, "całą dobę", "zamknięte", "zamknięte", "zamknięte", office, office]
    assert [row.is_today for row in rows] == [True] + [False] * 6


def test_shows_no_special_day_that_is_over(app: Flask) -> None:
    special = '2026 Apr 13-2026 Apr 14 off "remont"; 2026 Apr 20 off "szkolenie"'
    with app.test_request_context("/"):
        rows = words.week_rows(f"Mo-Fr 08:00-15:00; {special}", WEDNESDAY)
    assert [(row.text, row.remarks) for row in rows if row.remarks] == [
        ("zamknięte", (words.Remark("szkolenie", "pl"),))
    ]
    assert rows[5].day == date(2026, 4, 20)
    assert rows[6].text == "8:00–15:00"


def test_tells_a_remark_apart_from_the_hours(app: Flask) -> None:
    hours = 'Mo-Fr 08:00-12:00 "zapisy", 13:00-15:00 "zapisy"; We 16:00-17:00'
    with app.test_request_context("/?lang=uk"):
        thursday = words.week_rows(hours, WEDNESDAY)[1]
        closed = words.open_words('Mo-Fr 08:00-15:00; 2026 Apr 15 off "remont"', at(9))
    assert (thursday.text, thursday.remarks) == ("8:00–12:00, 13:00–15:00", (words.Remark("zapisy", "pl"),))
    assert closed.remark == words.Remark("remont", "pl")


def test_names_a_public_holiday_in_the_week(app: Flask) -> None:
    with app.test_request_context("/"):
        rows = words.week_rows("Mo-Fr 08:00-15:00", date(2026, 11, 11))
    assert rows[0].text == "zamknięte (święto)"


def test_keeps_times_whole_and_what_is_written_harmless() -> None:
    assert words.whole_times("8:00–9:30, <b>") == '<span class="whole">8:00–9:30</span>, &lt;b&gt;'


@pytest.mark.parametrize(
    ("last", "pl", "en", "uk"),
    [
        (date(2026, 11, 26), "26 listopada 2026", "November 26, 2026", "26 листопада 2026\u202fр."),
        (date(2026, 11, 27), "26–27 listopada 2026", "November 26–27, 2026", "26–27 листопада 2026\u202fр."),
        (
            date(2026, 12, 2),
            "26 listopada – 2 grudnia 2026",
            "November 26 – December 2, 2026",
            "26 листопада – 2 грудня 2026\u202fр.",
        ),
        (
            date(2027, 1, 2),
            "26 listopada 2026 – 2 stycznia 2027",
            "November 26, 2026 – January 2, 2027",
            "26 листопада 2026\u202fр. – 2 січня 2027\u202fр.",
        ),
    ],
)
def test_says_once_what_days_share(app: Flask, last: date, pl: str, en: str, uk: str) -> None:
    for language, text in (("pl", pl), ("en", en), ("uk", uk)):
        with app.test_request_context(f"/?lang={language}"):
            assert long_days(date(2026, 11, 26), last) == text


@pytest.mark.parametrize("hours", [None, "rubbish"])
def test_shows_no_week_that_is_not_known(app: Flask, hours: str | None) -> None:
    with app.test_request_context("/"):
        assert words.week_rows(hours, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("minimum", "maximum", "text"),
    [
        (18, None, "w wieku od 18 lat"),
        (None, 17, "w wieku do 17 lat"),
        (3, 6, "w wieku od 3 do 6 lat"),
        (None, None, ""),
    ],
)
def test_says_for_which_ages(app: Flask, minimum: int | None, maximum: int | None, text: str) -> None:
    with app.test_request_context("/"):
        assert words.ages(minimum, maximum) == text


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "pl",
            [
                "Znaleziono 0 usług",
                "Znaleziono 1 usługę",
                "Znaleziono 3 usługi",
                "Znaleziono 13 usług",
                "Znaleziono 22 usługi",
                "Znaleziono 101 usług",
            ],
        ),
        (
            "uk",
            [
                "Знайдено 0 послуг",
                "Знайдено 1 послугу",
                "Знайдено 3 послуги",
                "Знайдено 13 послуг",
                "Знайдено 22 послуги",
                "Знайдено 101 послугу",
            ],
        ),
        (
            "en",
            [
                "0 services found",
                "1 service found",
                "3 services found",
                "13 services found",
                "22 services found",
                "101 services found",
            ],
        ),
    ],
)
def test_counts_as_the_language_does(app: Flask, language: str, sentences: list[str]) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert [count_sentence(number) for number in (0, 1, 3, 13, 22, 101)] == sentences


def test_lists_with_one_capital() -> None:
    assert words.listed(["Osoby starsze", "Rodziny", "OzN"]) == "Osoby starsze, rodziny, ozN"
    assert words.listed([]) == ""
