"""Opening hours from free Polish text: the real register against labels made by hand, and invented texts."""

import csv
import sys
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.directory.hours import Openness, validate, week_table
from mapapp.registers.hours_text import LONGEST_TEXT, Status, understand_hours
from mapapp.registers.hours_words import DAYS_IN_POLISH, AssumptionCode

ORDINARY_WEEK = date(2026, 3, 9)  # no public holiday in it
LABELS = Path(__file__).with_name("hours_labels.csv")

Week = list[tuple[Openness, list[str]]]


def week(opening_hours: str | None) -> Week:
    """What a resident would see: each day's state, and its hours."""
    return [
        (day.openness, [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in day.spans if span.openness is Openness.OPEN])
        for day in week_table(opening_hours or None, ORDINARY_WEEK)
    ]


def codes(text: str) -> set[AssumptionCode]:
    return {assumption.code for assumption in understand_hours(text).assumptions}


def further(text: str) -> dict[str, str]:
    return {part.label: part.opening_hours for part in understand_hours(text).further}


# The real register


@pytest.fixture(scope="module")
def labels() -> dict[str, dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return {row["id_jednostki"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def texts(shared: Path) -> dict[str, str]:
    with (shared / "registers" / "ops_malopolska_geo.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["id_jednostki"], row["godziny_pracy"]) for row in csv.DictReader(file)]
    return {str(int(float(unit))): text for unit, text in rows if text.strip()}


def test_has_a_label_for_every_text_of_the_register(labels: dict[str, dict[str, str]], texts: dict[str, str]) -> None:
    assert labels.keys() == texts.keys()
    assert len(labels) == 124


def test_understands_the_register_as_the_labels_do(
    labels: dict[str, dict[str, str]], texts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    understandable = {unit for unit, label in labels.items() if label["expected_opening_hours"]}
    answers = {unit: understand_hours(text) for unit, text in texts.items()}
    wrong = {
        unit: (answers[unit].opening_hours, labels[unit]["expected_opening_hours"])
        for unit in texts
        if week(answers[unit].opening_hours) != week(labels[unit]["expected_opening_hours"])
    }
    other_status = {
        unit: (answers[unit].status.value, labels[unit]["expected_status"])
        for unit in texts
        if answers[unit].status != labels[unit]["expected_status"]
    }
    silent = {
        unit: pair
        for unit, pair in wrong.items()
        if answers[unit].status is Status.UNDERSTOOD and not answers[unit].assumptions
    }
    right = len(understandable - wrong.keys())
    with capsys.disabled():
        sys.stdout.write(
            f"\nhours of the register: {right} of {len(understandable)} understandable texts right "
            f"({right / len(understandable):.1%}), {len(silent)} silently wrong, "
            f"{len(other_status)} of another status\n"
        )
    assert silent == {}
    assert right >= 0.97 * len(understandable), wrong
    assert other_status == {}


# Invented texts in the manner of other offices: what they say, and what a careful clerk would note

UNDERSTOOD = [
    ("pn-pt 8-16", "Mo-Fr 08:00-16:00"),
    ("Pon. – Pt.: 7:30 – 15:30", "Mo-Fr 07:30-15:30"),
    ("poniedziałek–piątek w godz. 7³⁰–15³⁰", "Mo-Fr 07:30-15:30"),
    ("od poniedziałku do czwartku w godzinach 7.30–15.30, w piątki 7.30–14.00", "Mo-Th 07:30-15:30; Fr 07:30-14:00"),
    ("pn. 9:00–17:00, wt.–pt. 7:30–15:30", "Mo 09:00-17:00; Tu-Fr 07:30-15:30"),
    ("Pn, śr, czw: 730-1530; wt: 900-1700; pt: 730-1400", "Mo,We,Th 07:30-15:30; Tu 09:00-17:00; Fr 07:30-14:00"),
    ("PONIEDZIAŁEK 0800-1800\nWTOREK-PIĄTEK 0700-1500", "Mo 08:00-18:00; Tu-Fr 07:00-15:00"),
    ("Ośrodek czynny jest od poniedziałku do piątku od godz. 7:30 do godz. 15:30.", "Mo-Fr 07:30-15:30"),
    ("we wtorki i czwartki od 14:00 do 18:00", "Tu,Th 14:00-18:00"),
    ("wtorek 10-12 i 15-18", "Tu 10:00-12:00,15:00-18:00"),
    ("poniedziałek 8-12,14-18", "Mo 08:00-12:00,14:00-18:00"),
    ("wtorek 8-12,15-18", "Tu 08:00-12:00,15:00-18:00"),
    ("pn.-pt. 8:00-16:00 (przerwa 12:00-12:30)", "Mo-Fr 08:00-12:00,12:30-16:00"),
    ("poniedziałek - piątek 7:00 - 15:00\nPrzerwa: 11:00 - 11:15", "Mo-Fr 07:00-11:00,11:15-15:00"),
    ("pn-sob 10:00-20:00, niedziela nieczynne", "Mo-Sa 10:00-20:00; Su off"),
    ("soboty, niedziele i święta: 10.00–14.00", "Sa,Su,PH 10:00-14:00"),
    ("całodobowo", "24/7"),
    ("24/7", "24/7"),
    ("Hostel czynny całą dobę, 7 dni w tygodniu", "24/7"),
    ("Poniedziałek\n7:30-17:00\nWtorek\n7:30-15:30", "Mo 07:30-17:00; Tu 07:30-15:30"),
    ("8:00–16:00 (pn.–pt.)", "Mo-Fr 08:00-16:00"),
    ("poniedziałek\u00a0– piątek:\u00a07:30\u00a0–\u00a015:30\r\nsobota – niedziela: zamknięte", "Mo-Fr 07:30-15:30"),
    ("pon-pt 07:30:00-15:30:00", "Mo-Fr 07:30-15:30"),
    ("niedziela - czwartek 18:00-8:00", "Su,Mo-Th 18:00-08:00"),
    ("• pn: 8–16\n• wt: 10–18\n• śr–pt: 8–16", "Mo,We-Fr 08:00-16:00; Tu 10:00-18:00"),
    ("pn-pt 8-16 z wyjątkiem świąt", "Mo-Fr 08:00-16:00; PH off"),
    ("poniedziałek | 8:00 - 16:00<br>wtorek | 8:00 - 18:00", "Mo 08:00-16:00; Tu 08:00-18:00"),
    ("poniedziałek: 7: 30 - 15: 30", "Mo 07:30-15:30"),
    ("Mo-Fr 08:00-16:00; PH off", "Mo-Fr 08:00-16:00; PH off"),
    ("codziennie od poniedziałku do piątku 7:30-15:30", "Mo-Fr 07:30-15:30"),
    ("7.30-15.30 poniedziałek - piątek, tel. 14 612 34 56", "Mo-Fr 07:30-15:30"),
    ("Ośrodek Pomocy Społecznej\nw Krakowie\npn-pt 8-16", "Mo-Fr 08:00-16:00"),
    ("pn 8-16 (przerwa 11-11:15) wt 8-16", "Mo 08:00-11:00,11:15-16:00; Tu 08:00-16:00"),
    ("Godziny otwarcia:\npn.-czw. 8.00-16.00\npt. 8.00-14.00\ntel. 71 123 45 67", "Mo-Th 08:00-16:00; Fr 08:00-14:00"),
]

ASSUMED = [
    ("7:30-15:30", "Mo-Fr 07:30-15:30", AssumptionCode.NO_DAYS),
    ("w godzinach od 8 do 16", "Mo-Fr 08:00-16:00", AssumptionCode.NO_DAYS),
    ("w dni robocze 7.30-15.30", "Mo-Fr 07:30-15:30", AssumptionCode.WORKING_DAYS),
    ("codziennie 18:00-8:00", "Mo-Su 18:00-08:00", AssumptionCode.DAILY),
    ("codziennie 7:30-15:30", "Mo-Fr 07:30-15:30; Sa-Su unknown", AssumptionCode.WEEKEND_UNSURE),
    (
        "śr. 7:30-17:00, reszta tygodnia 7:30-15:30",
        "Mo-Tu,Th-Fr 07:30-15:30; We 07:30-17:00",
        AssumptionCode.OTHER_DAYS,
    ),
    ("pn-pt 7-15\nśr: nieczynne dla interesantów", "Mo-Tu,Th-Fr 07:00-15:00", AssumptionCode.INTERNAL_DAY),
    ("Filia nr 1: pn-pt 7-15\nFilia nr 2: pn-pt 8-16", "Mo-Fr 07:00-15:00", AssumptionCode.FIRST_BLOCK),
    ("codziennie oprócz niedziel 9–17", "Mo-Sa 09:00-17:00", AssumptionCode.DAILY),
    ("wtorek 9-17, pozostałe dni 7:30-15:30", "Mo,We-Fr 07:30-15:30; Tu 09:00-17:00", AssumptionCode.OTHER_DAYS),
    ("poniedziałek 8:00-16:00\nponiedziałek 8:00-18:00", "Mo 08:00-18:00", AssumptionCode.LATER_RULE),
    ("wtorek 8:00-12:00\nwtorek 14:00-18:00", "Tu 08:00-12:00,14:00-18:00", AssumptionCode.JOINED_RULES),
    ("poniedzałek-piatek 7;30-15;30", "Mo-Fr 07:30-15:30", AssumptionCode.SLIP),
    ("pn-czw 7-15, piątek - dzień wewnętrzny", "Mo-Th 07:00-15:00; Fr off", AssumptionCode.INTERNAL_DAY),
    ("Przyjęcia interesantów: pn-pt 8-14", "Mo-Fr 08:00-14:00", AssumptionCode.CLIENT_DESK),
    ("Świetlica: pon-pt 13:00-18:00", "Mo-Fr 13:00-18:00", AssumptionCode.WHOLE_UNIT),
]

PARTLY = [
    ("pn-pt 7:30-15:30, w pierwszą sobotę miesiąca 9-13", "Mo-Fr 07:30-15:30; Sa unknown"),
    ("pn-pt 7:30-15:30 (kasa do 14.00)", "Mo-Fr 07:30-15:30"),
    ("pn-pt 8-16\nW lipcu i sierpniu: pn-pt 7-14", "Mo-Fr 08:00-16:00"),
    ("poniedziałek 8-16, wtorek psycholog 15-17", "Mo 08:00-16:00; Tu unknown"),
    ("poniedziałek 8:00-3:30, wtorek 8:00-16:00", "Mo unknown; Tu 08:00-16:00"),
    ("pn 8-16, wt od 8:00", "Mo 08:00-16:00; Tu unknown"),
    ("pn-pt 8-16 po wcześniejszym umówieniu", "Mo-Fr 08:00-16:00"),
    ("pn-pt 7-15\nkasa 8-12", "Mo-Fr 07:00-15:00"),
    ("Godziny pracy: 7:30-15:30 (poniedziałek 7:30-16:30)", "Mo 07:30-16:30; Tu-Fr unknown"),
    ("pn-pt 8:00-16:00 (w okresie wakacyjnym 7:00-15:00)", "Mo-Fr 08:00-16:00"),
    ("pon.-pt. 7:00-15:00; pracownicy socjalni 7:00-9:00 i 14:00-15:00", "Mo-Fr 07:00-15:00"),
    ("poniedziałek 7-15\nprzyjęcia stron 8-15\nwtorek 7-17\nprzyjęcia stron 8-16", "Mo 07:00-15:00; Tu unknown"),
]

NOT_UNDERSTOOD = [
    "24h",
    "nieczynne do odwołania",
    "18:00-20:00",
    "w pierwszy wtorek miesiąca 10-12",
    "od 1 lipca do 31 sierpnia: pn-pt 7-14",
    "poniedziałek - piątek",
    "sob. 9:00-13:00 (co druga)",
    "pn\nwt\nśr\n8-16\n8-16\n8-17",
    "Recepcja: 8:00-20:00",
    "Monday-Friday 8-16",
    "Kasa:\npn-pt 9-12\n\nponiedziałek-piątek 7-15",
    "7-15\nponiedziałek\n8-16\nwtorek",
    "co drugi wtorek 15:00-17:00",
    "piątek - wtorek 8-16",
    "pn-pt 15-9:10-3",
]

NOT_HOURS = [
    "gops@example.pl",
    "/gops/skrytka",
    "ul. Kolejowa 14/2, 33-100 Tarnów",
    "tel. 14 688 21 80",
    "brak",
    "zapewnienie całodobowej opieki osobom starszym",
    "dzieci w wieku 3-6 lat",
    "wewn. 345-15",
    "",
    "  \n ",
]


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD)
def test_understands_without_assuming(text: str, expected: str) -> None:
    answer = understand_hours(text)
    assert week(answer.opening_hours) == week(expected), answer
    assert (answer.status, answer.not_understood) == (Status.UNDERSTOOD, ())
    assert answer.original == text


@pytest.mark.parametrize(("text", "expected", "code"), ASSUMED)
def test_says_what_it_assumed(text: str, expected: str, code: AssumptionCode) -> None:
    answer = understand_hours(text)
    assert week(answer.opening_hours) == week(expected), answer
    assert code in {assumption.code for assumption in answer.assumptions}
    assert answer.status is Status.UNDERSTOOD


@pytest.mark.parametrize(("text", "expected"), PARTLY)
def test_gives_back_what_it_could_not_read(text: str, expected: str) -> None:
    answer = understand_hours(text)
    assert week(answer.opening_hours) == week(expected), answer
    assert answer.status is Status.PARTLY
    assert answer.not_understood


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_does_not_guess(text: str) -> None:
    answer = understand_hours(text)
    assert (answer.status, answer.opening_hours) == (Status.NOT_UNDERSTOOD, None), answer
    assert answer.not_understood


@pytest.mark.parametrize("text", NOT_HOURS)
def test_sees_that_there_are_no_hours(text: str) -> None:
    answer = understand_hours(text)
    assert (answer.status, answer.opening_hours, answer.not_understood) == (Status.NOT_HOURS, None, ())


# Parts of a unit


def test_keeps_the_customer_desk_apart_from_the_unit() -> None:
    text = "Godziny pracy CUS:\npn-pt 7:30-15:30\n\nGodziny pracy Biura Obsługi Mieszkańców\npn 8-17, wt-pt 8-15"
    assert understand_hours(text).opening_hours == "Mo-Fr 07:30-15:30"
    assert further(text) == {"Godziny pracy Biura Obsługi Mieszkańców": "Mo 08:00-17:00; Tu-Fr 08:00-15:00"}


def test_lets_the_unit_win_over_the_cash_desk_that_stands_first() -> None:
    text = "Kasa czynna: pn-pt 9-12\nGodziny pracy Ośrodka: pn-pt 7-15"
    assert understand_hours(text).opening_hours == "Mo-Fr 07:00-15:00"
    assert further(text) == {"Kasa czynna": "Mo-Fr 09:00-12:00"}


def test_does_not_take_the_cash_desk_for_the_unit() -> None:
    answer = understand_hours("Kasa czynna: pn-pt 9-12")
    assert (answer.opening_hours, answer.status) == (None, Status.PARTLY)
    assert [part.opening_hours for part in answer.further] == ["Mo-Fr 09:00-12:00"]


def test_gives_the_last_hours_of_a_day_to_the_desk_named_after_them() -> None:
    text = "pn-czw 7-15; piątek 7.00-13.00 i 13.00-15.00 dziennik podawczy"
    assert understand_hours(text).opening_hours == "Mo-Th 07:00-15:00; Fr 07:00-13:00"
    assert further(text) == {"dziennik podawczy": "Fr 13:00-15:00"}


def test_reads_a_footnote_for_the_starred_day() -> None:
    text = "poniedziałek, wtorek, piątek*: 7:30-15:30\n* dzień wewnętrzny"
    assert understand_hours(text).opening_hours == 'Mo-Tu 07:30-15:30; Fr closed "dzień wewnętrzny"'


# Every answer


def test_has_a_polish_sentence_for_every_assumption() -> None:
    for code, text in [(code, text) for text, _, code in ASSUMED]:
        sentences = [a.sentence for a in understand_hours(text).assumptions if a.code is code]
        assert sentences
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "text",
    [
        "pn " * 16_000,
        "((((" * 12_500,
        "7:" * 25_000,
        "8-16 " * 900,
        "pn-pt 8-16, " * 400,
        "(" * LONGEST_TEXT,
        "1." * 2_500,
        "a1" * 2_500,
        "7:3`" * 1_250,
        "poniedziakel " * 380,
        "\n" * LONGEST_TEXT,
        "Kasa\n" * 1_000,
        "przerwa " * 600,
    ],
)
def test_answers_hostile_texts_at_once(text: str) -> None:
    # of this process alone, and the best of three: the machine may be busy, and others' garbage is collected meanwhile
    assert min(_seconds(text) for _ in range(3)) < 0.5


def _seconds(text: str) -> float:
    began = process_time()
    understand_hours(text)
    return process_time() - began


def test_refuses_texts_longer_than_any_real_one() -> None:
    answer = understand_hours("pn-pt 8-16 " + "x" * LONGEST_TEXT)
    assert (answer.status, answer.opening_hours) == (Status.NOT_UNDERSTOOD, None)
    assert len(answer.not_understood[0]) < 200


_PIECES = st.sampled_from(
    [
        *DAYS_IN_POLISH,
        *(
            "pn",
            "wt.",
            "-",
            "–",
            " ",
            "\n",
            ",",
            ";",
            ":",
            "od",
            "do",
            "i",
            "8",
            "16",
            "7:30",
            "15.30",
            "(",
            ")",
            "*",
            "1.",
        ),
        *("kasa", "nieczynne", "całodobowo", "przerwa", "oprócz", "pozostałe", "pierwszy", "dzień wewnętrzny", "x"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map(" ".join)))
def test_gives_only_hours_the_engine_takes(text: str) -> None:
    answer = understand_hours(text)
    assert answer.original == text
    for hours in [answer.opening_hours, *(part.opening_hours for part in answer.further)]:
        assert hours is None or validate(hours) == hours
    if answer.status is Status.UNDERSTOOD:
        assert answer.opening_hours
        assert answer.not_understood == ()
    if answer.status in {Status.PARTLY, Status.NOT_UNDERSTOOD}:
        assert answer.not_understood or answer.further


@given(
    first=st.integers(0, 6),
    last=st.integers(0, 6),
    opens=st.integers(6 * 12, 11 * 12),
    lasting=st.integers(12, 9 * 12),
    sign=st.sampled_from([":", "."]),
    dash=st.sampled_from(["-", " – ", " do "]),
)
def test_reads_back_any_hours_it_is_told(first: int, last: int, opens: int, lasting: int, sign: str, dash: str) -> None:
    first, last = sorted((first, last))
    closes = opens + lasting
    times = [f"{5 * t // 60}{sign}{5 * t % 60:02}" for t in (opens, closes)]
    text = f"{DAYS_IN_POLISH[first]}-{DAYS_IN_POLISH[last]} {times[0]}{dash}{times[1]}"
    clock = f"{5 * opens // 60:02}:{5 * opens % 60:02}-{5 * closes // 60:02}:{5 * closes % 60:02}"
    expected = [(Openness.OPEN, [clock]) if first <= day <= last else (Openness.CLOSED, []) for day in range(7)]
    assert week(understand_hours(text).opening_hours) == expected
