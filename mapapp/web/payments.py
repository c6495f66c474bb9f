"""``/ile-zaplace``: what one would pay, in plain words, with the rule it follows from. An ordinary GET form."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from babel.numbers import format_currency
from flask import Blueprint, Response, make_response, render_template, request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mapapp.directory.payments import Means, Payment, PaymentRules, load_payment_rules, payment
from mapapp.settings import ROOT
from mapapp.web.facts import current_facts
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import Question, code_of, parse, parse_error
from mapapp.web.site import current_site
from mapapp.web.words import area_words, now

payments = Blueprint("payments", __name__)

MOST_ZLOTY = 1_000_000


def _amount(value: object) -> object:
    """An amount as people type it: 1 234,50 zł."""
    if not isinstance(value, str):
        return value
    plain = "".join(value.split()).replace(",", ".").lower().removesuffix("zł")
    digits = plain.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()) or len(plain) > 12:
        raise PydanticCustomError("number", "number")
    amount = Decimal(plain)
    if amount > MOST_ZLOTY:
        raise PydanticCustomError("range", "range", {"least": 0, "most": MOST_ZLOTY})
    return amount


Amount = Annotated[Decimal, BeforeValidator(_amount)]


class PaymentQuestion(Question):
    """Which service, and what one lives on."""

    type: Annotated[str, code_of("types")] | None = None
    income: Amount | None = None
    per_person: Amount | None = None
    price: Amount | None = None
    gmina: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """What the template shows."""

    types: tuple[Choice, ...]
    gminas: tuple[Choice, ...]
    question: PaymentQuestion
    found: Payment | None
    sentences: tuple[str, ...]


@payments.get("/ile-zaplace")
def page() -> Response:
    """The form, and the answer where enough was given."""
    question = parse(PaymentQuestion, request.args)
    response = make_response(render_template("payments/page.html", page=_page(question), zloty=zloty))
    response.headers["Cache-Control"] = "no-store"  # an income is nobody's business
    return response


def has_rule(kind: str) -> bool:
    """Whether the calculator knows how payment for a type of service is set."""
    return kind in _rules().by_type


def _rules() -> PaymentRules:
    return load_payment_rules(ROOT / "data" / "payments")


def _page(question: PaymentQuestion) -> PaymentPage:
    rules, words = _rules(), current_site().vocabularies
    if question.type is not None and question.type not in rules.by_type:
        raise parse_error("type", "code", value=question.type, codes=", ".join(rules.by_type))
    with_tables = rules.gminas(question.type or "")
    if question.gmina is not None and question.gmina not in with_tables:
        raise parse_error("gmina", "code", value=question.gmina[:40], codes=", ".join(with_tables))
    found = _found(rules, question)
    gminas = {area.teryt: area_words(area) for area in current_facts().areas["gmina"]}
    return PaymentPage(
        types=tuple(Choice(code, label(words.types[code])) for code in rules.by_type),
        gminas=tuple(Choice(code, gminas.get(code, code)) for code in with_tables),
        question=question,
        found=found,
        sentences=tuple(_sentences(found, question)) if found else (),
    )


def _found(rules: PaymentRules, question: PaymentQuestion) -> Payment | None:
    if question.type is None:
        return None
    needs_income = rules.by_type[question.type].kind != "free"
    if question.income is None and needs_income:
        return None
    means = Means(question.income or Decimal(0), question.per_person)
    return payment(rules, question.type, means, now().date(), question.price, question.gmina)


def _sentences(found: Payment, question: PaymentQuestion) -> list[str]:
    """The answer first, then what it means."""
    amount = zloty(found.amount) if found.amount is not None else ""
    if found.outcome == "free":
        said = [_("You pay nothing.")]
        if found.limit is not None:
            said.append(_("Up to an income of %(limit)s this is free of charge.", limit=zloty(found.limit)))
    elif found.outcome == "at_most":
        said = [_("You pay at most %(amount)s a month.", amount=amount), _who_pays_the_rest()]
    elif found.outcome == "exactly":
        said = [_("You pay about %(amount)s a month.", amount=amount)]
        if question.price is not None and found.amount is not None and found.amount < question.price:
            rest = zloty(question.price - found.amount)
            said += [_("The remaining %(rest)s is not yours to pay.", rest=rest), _who_pays_the_rest()]
    elif found.outcome == "per_hour":
        said = [_("You pay %(amount)s for an hour.", amount=amount)]
    elif found.outcome == "agreed":
        said = [
            _("You may have to pay something: how much is agreed with you, or set by the council's table."),
            _("Up to an income of %(limit)s this is free of charge.", limit=zloty(found.limit or Decimal(0))),
        ]
    else:
        said = [
            _("We do not know how much: every gmina has a table of its own, and we do not have yours yet."),
            _("The higher the income, the larger the part you pay. Ask at your social assistance centre."),
        ]
    return said


def _who_pays_the_rest() -> str:
    return _("The rest is paid by the spouse, the children or parents if they can afford it, and by the gmina.")


def zloty(amount: Decimal) -> str:
    """An amount as the language writes it: 1 400,00 zł."""
    return str(format_currency(amount, "PLN", locale=current_language()))
