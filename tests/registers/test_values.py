"""Numbers, dates and terms of a row: right, mended, or refused with what was expected."""

from datetime import date

import pytest

from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.counts import age, occupied, oldest_age
from mapapp.registers.dates import past_day
from mapapp.registers.identifiers import krs, nip, regon
from mapapp.registers.problems import FieldError, RowProblem
from mapapp.registers.terms import term
from mapapp.settings import ROOT


def test_mends_identifiers() -> None:
    assert [nip(each) for each in ("526-104-08-28", "PL 5261040828", "5261040828.0")] == ["5261040828"] * 3
    assert regon("000331501") == "000331501"
    assert krs("123456.0") == "0000123456"


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (nip, "526-104-08-29", "cyfra kontrolna numeru NIP"),
        (nip, "526", "dziesięciu cyfr"),
        (regon, "000331502", "cyfra kontrolna numeru REGON"),
        (regon, "abc", "dziewięciu albo czternastu"),
        (krs, "0", "numeru KRS"),
        (krs, "12345678901", "numeru KRS"),
        (age, "121", "od 0 do 120"),
        (past_day, "2999-01-01", "do dziś"),
        (past_day, "31.12.1999", "od 1 stycznia 2000"),
        (past_day, "30.02.2026", "nie ma takiego dnia"),
        (past_day, "wczoraj", "oczekiwano daty"),
    ],
)
def test_refuses_with_what_was_expected(parse: object, text: str, message: str) -> None:
    assert callable(parse)
    with pytest.raises(FieldError, match=message):
        parse(text)


def test_compares_numbers_that_belong_together() -> None:
    assert (occupied("12", 12), occupied("X", 12), occupied("5", None)) == (12, None, 5)
    assert (oldest_age("25", 18), oldest_age("brak", 18)) == (25, None)
    with pytest.raises(FieldError, match="więcej niż wszystkich \\(12\\)"):
        occupied("13", 12)
    with pytest.raises(FieldError, match="niższy niż najniższy \\(18\\)"):
        oldest_age("17", 18)


def test_reads_days_as_clerks_write_them() -> None:
    assert {past_day(each) for each in ("2026-05-09", "9.05.2026", "9 maja 2026 r.")} == {date(2026, 5, 9)}


def test_names_the_nearest_term() -> None:
    types = load_vocabularies(ROOT / "data" / "vocabularies").types
    assert term("Dom pomocy  społecznej", types).code == term("dps", types).code == "dps"
    with pytest.raises(FieldError) as raised:
        term("dom pomocy spolecznej", types)
    assert raised.value.nearest == types["dps"].label_pl


def test_says_the_sheet_where_there_is_one() -> None:
    assert str(RowProblem(3, "nip", "1", "źle", sheet="Dane")) == "arkusz „Dane”, wiersz 3, pole nip „1”: źle"
