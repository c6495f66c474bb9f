"""What a person would pay for a service, from rules and tables that are data (data/payments)."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BeforeValidator, ValidationError

from mapapp.directory.records import Checked, GminaTeryt, Text
from mapapp.directory.terms import Code

GROSZ: Final = Decimal("0.01")
Kind = Literal["share_of_income", "percent_above", "council_table", "agreed_above", "free"]
Outcome = Literal["free", "at_most", "exactly", "per_hour", "agreed", "not_known"]
Row = TypeVar("Row", bound=Checked)


def _none_if_empty(cell: object) -> object:
    return None if cell == "" else cell


def _split(cell: object) -> object:
    return tuple(cell.split("|")) if isinstance(cell, str) else cell


Number = Annotated[Decimal | None, BeforeValidator(_none_if_empty)]
Day = Annotated[date | None, BeforeValidator(_none_if_empty)]


class Rule(Checked):
    """How payment for some types of service is set."""

    types: Annotated[tuple[Code, ...], BeforeValidator(_split)]
    kind: Kind
    percent: Number
    free_up_to: Number
    legal_basis: Text
    as_of: date
    checked: bool
    checked_on: Day


class Criterion(Checked):
    """The income criterion of social assistance from a day on."""

    valid_from: date
    single: Decimal
    family_person: Decimal
    legal_basis: Text
    checked: bool
    checked_on: Day


class CouncilRow(Checked):
    """A line of a council's table: over how much of the criterion, up to how much, which share of the hour's price."""

    gmina_teryt: GminaTeryt
    type: Code
    household: Literal["single", "family"]
    over: Decimal
    up_to: Number
    percent: Decimal
    price_per_hour: Decimal
    resolution: Text
    valid_from: date
    source: Text
    checked: bool
    checked_on: Day


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """All rules, by type of service; criteria with the newest first."""

    by_type: Mapping[str, Rule]
    criteria: tuple[Criterion, ...]
    tables: tuple[CouncilRow, ...]

    def criterion(self, day: date) -> Criterion:
        """The criterion in force on a day. Raises LookupError before the first."""
        found = next((each for each in self.criteria if each.valid_from <= day), None)
        if found is None:
            raise LookupError(f"no income criterion is known for {day}")
        return found

    def gminas(self, kind: str) -> tuple[str, ...]:
        """The gminas whose table for a type is loaded."""
        return tuple(sorted({row.gmina_teryt for row in self.tables if row.type == kind}))


@dataclass(frozen=True, slots=True)
class Means:
    """What a person lives on, in zloty a month; ``per_person`` where they live with a family."""

    income: Decimal
    per_person: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What would be paid, and by which rule. ``limit`` is the income up to which nothing is paid."""

    outcome: Outcome
    rule: Rule
    criterion: Criterion
    amount: Decimal | None = None
    limit: Decimal | None = None
    table: CouncilRow | None = None

    @property
    def is_checked(self) -> bool:
        """Whether somebody compared all that it rests on with the law in force."""
        return all(each.checked for each in (self.rule, self.criterion, self.table) if each is not None)


@cache
def load_payment_rules(folder: Path) -> PaymentRules:
    """The rules of a folder, read once. Raises ValueError that names file, line and column."""
    rules = _read(folder / "rules.csv", Rule)
    by_type = {code: rule for rule in rules for code in rule.types}
    if len(by_type) != sum(len(rule.types) for rule in rules):
        raise ValueError("rules.csv: a type of service stands in two rules")
    criteria = sorted(_read(folder / "criteria.csv", Criterion), key=lambda each: each.valid_from, reverse=True)
    return PaymentRules(by_type, tuple(criteria), tuple(_read(folder / "council_tables.csv", CouncilRow)))


def payment(
    rules: PaymentRules,
    kind: str,
    means: Means,
    day: date,
    full_price: Decimal | None = None,
    gmina: str | None = None,
) -> Payment:
    """What this person would pay for a service of this type on a day. Raises LookupError where no rule is known."""
    rule = rules.by_type.get(kind)
    if rule is None:
        raise LookupError(f"no rule is known for {kind!r}, expected one of {', '.join(rules.by_type)}")
    criterion = rules.criterion(day)
    is_single = means.per_person is None
    base = criterion.single if is_single else criterion.family_person
    counted = means.income if means.per_person is None else means.per_person
    limit = None if rule.free_up_to is None else _money(base * rule.free_up_to / 100)
    if rule.kind == "free" or (limit is not None and counted <= limit):
        return Payment("free", rule, criterion, limit=limit)
    if rule.kind == "share_of_income":
        return _share(rule, criterion, means, full_price)
    if rule.kind == "percent_above":
        return Payment("exactly", rule, criterion, _money(counted * _percent(rule) / 100), limit)
    if rule.kind == "agreed_above":
        return Payment("agreed", rule, criterion, limit=limit)
    return _by_table(rules, kind, gmina, Payment("not_known", rule, criterion), (is_single, counted * 100 / base))


def _share(rule: Rule, criterion: Criterion, means: Means, full_price: Decimal | None) -> Payment:
    most = _money(means.income * _percent(rule) / 100)
    if full_price is not None and full_price <= most:
        return Payment("exactly", rule, criterion, _money(full_price))
    return Payment("at_most" if full_price is None else "exactly", rule, criterion, most)


def _by_table(
    rules: PaymentRules, kind: str, gmina: str | None, unknown: Payment, who: tuple[bool, Decimal]
) -> Payment:
    is_single, percent_of_criterion = who
    for row in rules.tables:
        is_meant = (row.gmina_teryt, row.type, row.household) == (gmina, kind, "single" if is_single else "family")
        if is_meant and row.over < percent_of_criterion and (row.up_to is None or percent_of_criterion <= row.up_to):
            amount = _money(row.price_per_hour * row.percent / 100)
            return Payment("per_hour" if amount else "free", unknown.rule, unknown.criterion, amount, table=row)
    return unknown


def _percent(rule: Rule) -> Decimal:
    if rule.percent is None:
        raise ValueError(f"rules.csv: {rule.kind} of {rule.types} has no percent")
    return rule.percent


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(GROSZ, ROUND_HALF_UP)


def _read(path: Path, record: type[Row]) -> Sequence[Row]:
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        for row in rows:
            try:
                found.append(record.model_validate(row))
            except ValidationError as error:
                details: Any = error.errors(include_url=False)[0]
                where = f"{path.name}, line {rows.line_num}, column {'.'.join(map(str, details['loc']))}"
                raise ValueError(f"{where}: {details['input']!r}: {details['msg']}") from error
    return found
