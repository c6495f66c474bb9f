"""What people pay: the rules of the act, worked out by hand."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mapapp.directory.payments import Means, PaymentRules, load_payment_rules, payment
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.settings import ROOT

FOLDER = ROOT / "data" / "payments"
DAY = date(2026, 11, 26)
TABLE = """gmina_teryt,type,household,over,up_to,percent,price_per_hour,resolution,valid_from,source,checked,checked_on
0264011,uo_dom,single,0,150,0,40,XX/1/24,2025-01-01,https://example.org/,no,
0264011,uo_dom,single,150,200,12.5,40,XX/1/24,2025-01-01,https://example.org/,no,
0264011,uo_dom,single,200,,100,40,XX/1/24,2025-01-01,https://example.org/,no,
"""


@pytest.fixture(scope="module")
def rules() -> PaymentRules:
    return load_payment_rules(FOLDER)


@pytest.fixture
def with_table(tmp_path: Path) -> PaymentRules:
    shutil.copytree(FOLDER, tmp_path / "payments")
    (tmp_path / "payments" / "council_tables.csv").write_text(TABLE, encoding="utf-8")
    return load_payment_rules(tmp_path / "payments")


def means(income: str, per_person: str | None = None) -> Means:
    return Means(Decimal(income), Decimal(per_person) if per_person else None)


def test_names_only_types_that_there_are(rules: PaymentRules) -> None:
    assert set(rules.by_type) <= set(load_vocabularies(ROOT / "data" / "vocabularies").types)
    assert all(rule.legal_basis and rule.as_of <= date.today() for rule in rules.by_type.values())
    assert all(bool(rule.checked) == bool(rule.checked_on) for rule in rules.by_type.values())


@pytest.mark.parametrize(
    ("price", "outcome", "amount"),
    [(None, "at_most", "1400.00"), ("9000", "exactly", "1400.00"), ("1399.99", "exactly", "1399.99")],
)
def test_takes_at_most_seventy_percent_for_a_nursing_home(
    rules: PaymentRules, price: str | None, outcome: str, amount: str
) -> None:
    found = payment(rules, "dps", means("2000"), DAY, Decimal(price) if price else None)
    assert (found.outcome, found.amount) == (outcome, Decimal(amount))
    assert "art. 61" in found.rule.legal_basis


def test_counts_own_income_for_a_nursing_home_also_in_a_family(rules: PaymentRules) -> None:
    assert payment(rules, "dps", means("1000.07", "3000"), DAY).amount == Decimal("700.05")


@pytest.mark.parametrize(
    ("given", "outcome", "amount"),
    [
        (means("3030"), "free", None),  # three times 1010
        (means("3030.01"), "exactly", "151.50"),
        (means("9999", "2469"), "free", None),  # three times 823
        (means("1", "2469.01"), "exactly", "123.45"),
    ],
)
def test_takes_five_percent_above_three_criteria_for_a_self_help_home(
    rules: PaymentRules, given: Means, outcome: str, amount: str | None
) -> None:
    found = payment(rules, "sds", given, DAY)
    assert (found.outcome, found.amount) == (outcome, Decimal(amount) if amount else None)


def test_is_free_up_to_the_criterion_in_a_day_home(rules: PaymentRules) -> None:
    assert payment(rules, "ddp", means("1010"), DAY).outcome == "free"
    above = payment(rules, "ddp", means("1010.01"), DAY)
    assert (above.outcome, above.amount, above.limit) == ("agreed", None, Decimal("1010.00"))


def test_takes_the_criterion_of_the_day(rules: PaymentRules) -> None:
    assert payment(rules, "ddp", means("1000"), DAY).outcome == "free"
    assert payment(rules, "ddp", means("1000"), date(2024, 12, 31)).outcome == "agreed"
    with pytest.raises(LookupError, match="2021-12-31"):
        rules.criterion(date(2021, 12, 31))


def test_is_free_whatever_the_income(rules: PaymentRules) -> None:
    assert payment(rules, "oik", means("99999"), DAY).outcome == "free"


@pytest.mark.parametrize(
    ("income", "outcome", "amount"),
    [
        ("1515", "free", "0.00"),
        ("1515.01", "per_hour", "5.00"),
        ("2020", "per_hour", "5.00"),
        ("5000", "per_hour", "40.00"),
    ],
)
def test_goes_by_the_table_of_the_council(with_table: PaymentRules, income: str, outcome: str, amount: str) -> None:
    found = payment(with_table, "uo_dom", means(income), DAY, gmina="0264011")
    assert (found.outcome, found.amount) == (outcome, Decimal(amount))
    assert found.table is not None and found.table.resolution == "XX/1/24"
    assert with_table.gminas("uo_dom") == ("0264011",)


def test_guesses_nothing_without_a_table(rules: PaymentRules, with_table: PaymentRules) -> None:
    assert payment(rules, "uo_dom", means("500"), DAY).outcome == "not_known"
    assert payment(with_table, "uo_dom", means("500"), DAY, gmina="0208021").outcome == "not_known"
    assert payment(with_table, "uo_dom", means("500", "500"), DAY, gmina="0264011").outcome == "not_known"
    with pytest.raises(LookupError, match="zlobek"):
        payment(rules, "zlobek", means("500"), DAY)


def test_says_that_nothing_was_checked(rules: PaymentRules) -> None:
    assert not payment(rules, "dps", means("500"), DAY).is_checked


def test_names_the_place_of_a_mistake(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "payments")
    (tmp_path / "payments" / "council_tables.csv").write_text(TABLE.replace("12.5", "much"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"council_tables.csv, line 3, column percent: 'much'"):
        load_payment_rules(tmp_path / "payments")
