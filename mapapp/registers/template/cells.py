r"""Values as text in a cell and back, without loss.

A list has ``|`` between its items, an item of several parts ``~`` between them; both, and ``\``, are written with a
``\`` before them where they are part of a text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from mapapp.directory.records import (
    AccessibilityRecord,
    CapacityRecord,
    Checked,
    CostRecord,
    IdentifierRecord,
    PhoneRecord,
)
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.dates import past_day
from mapapp.registers.problems import FieldError, nearest_of

BETWEEN_ITEMS: Final = "|"
BETWEEN_PARTS: Final = "~"
NONE_OF_THEM: Final = "-"
YES: Final = "tak"
Decode = Callable[[str, Vocabularies], Any]


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is written into a cell and read from it; ``decode`` raises FieldError. ``terms`` is a vocabulary."""

    encode: Callable[[Any], str]
    decode: Decode
    terms: str = ""
    is_list: bool = False


def escaped(text: str) -> str:
    """A text that stands within a list."""
    return re.sub(r"([\\|~])", r"\\\1", text)


def split(text: str, separator: str) -> list[str]:
    """The parts, split at ``separator`` where no backslash stands before it; escapes stay."""
    parts, current, is_escaped = [], "", False
    for character in text:
        if character == separator and not is_escaped:
            parts.append(current)
            current = ""
        else:
            current += character
        is_escaped = character == "\\" and not is_escaped
    return [*parts, current]


def plain(part: str) -> str:
    """A part without its escapes."""
    return re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def code(vocabulary: str) -> Codec:
    """A code of a vocabulary, read also by its Polish label."""
    return Codec(str, lambda text, words: _code(text, getattr(words, vocabulary)), vocabulary)


def codes(vocabulary: str) -> Codec:
    """Codes of a vocabulary; ``-`` says that it is none of them."""

    def decode(text: str, words: Vocabularies) -> tuple[str, ...]:
        if text == NONE_OF_THEM:
            return ()
        terms = getattr(words, vocabulary)
        return tuple(_code(each.strip(), terms) for each in text.split(BETWEEN_ITEMS) if each.strip())

    return Codec(lambda value: BETWEEN_ITEMS.join(value) or NONE_OF_THEM, decode, vocabulary, is_list=True)


def _code(text: str, terms: Mapping[str, Any]) -> str:
    if text in terms:
        return text
    by_label = {term.label_pl.casefold(): each for each, term in terms.items()}
    if found := by_label.get(text.casefold()):
        return str(found)
    raise FieldError("nie ma takiej pozycji w słowniku", nearest_of(text, [*by_label, *terms]))


def one_of(*values: str) -> Codec:
    """One of a few values of the record itself."""

    def decode(text: str, _: Vocabularies) -> str:
        if text not in values:
            raise FieldError(f"oczekiwano: {', '.join(values)}", nearest_of(text, values))
        return text

    return Codec(str, decode)


def _number(text: str, _: Vocabularies) -> int:
    digits = re.sub(r"\.0+$", "", text.replace(" ", "").replace("\u00a0", ""))
    if not re.fullmatch(r"\d{1,6}", digits):
        raise FieldError("oczekiwano liczby całkowitej")
    return int(digits)


def _degrees(text: str, _: Vocabularies) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise FieldError("oczekiwano stopni dziesiętnych, na przykład 51,1079") from error


def _day(text: str, _: Vocabularies) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return past_day(text)


def _items(record: type[Checked], names: Sequence[str]) -> Codec:
    """Small records, each as its parts in the order of ``names``; empty ones at the end are left out."""

    def encode(items: Sequence[Checked]) -> str:
        return BETWEEN_ITEMS.join(BETWEEN_PARTS.join(_parts(item, names)) for item in items)

    def decode(text: str, _: Vocabularies) -> tuple[Checked, ...]:
        return tuple(_item(record, names, each) for each in split(text, BETWEEN_ITEMS) if each.strip())

    return Codec(encode, decode, is_list=True)


def _parts(item: Checked, names: Sequence[str]) -> list[str]:
    parts = [escaped(_text(getattr(item, name))) for name in names]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _item(record: type[Checked], names: Sequence[str], text: str) -> Checked:
    parts = [plain(part).strip() for part in split(text, BETWEEN_PARTS)]
    if len(parts) > len(names):
        raise FieldError(f"część „{text[:60]}” ma więcej wartości niż {len(names)}: {', '.join(names)}")
    given = {name: part for name, part in zip(names, parts, strict=False) if part}
    try:
        return record(**given)
    except (ValidationError, InvalidOperation) as error:
        raise FieldError(f"„{text[:60]}” nie jest zapisane jako: {BETWEEN_PARTS.join(names)}") from error


_PHONE_PARTS: Final = ("number", "display", "extension", "description")
_phones: Final = _items(PhoneRecord, _PHONE_PARTS)


def _read_phones(text: str, words: Vocabularies) -> tuple[PhoneRecord, ...]:
    found: list[PhoneRecord] = []
    for each in split(text, BETWEEN_ITEMS):
        try:
            # people write a number alone
            found += _phones.decode(each, words) if BETWEEN_PARTS in each else (PhoneRecord.parse(each.strip()),)
        except ValueError as error:
            raise FieldError(f"„{each[:40]}” nie jest numerem telefonu; oczekiwano na przykład 71 123 45 67") from error
    return tuple(found)


def _read_texts(text: str, _: Vocabularies) -> tuple[str, ...]:
    return tuple(plain(each) for each in split(text, BETWEEN_ITEMS) if each.strip())


TEXT: Final = Codec(str, lambda text, _: text)
NUMBER: Final = Codec(str, _number)
DEGREES: Final = Codec(repr, _degrees)
DAY: Final = Codec(date.isoformat, _day)
YES_NO: Final = Codec(lambda value: YES if value else "nie", lambda text, _: text.casefold() == YES)
TEXTS: Final = Codec(lambda value: BETWEEN_ITEMS.join(map(escaped, value)), _read_texts, is_list=True)
AREAS: Final = Codec(BETWEEN_ITEMS.join, lambda text, _: tuple(filter(None, text.replace(" ", "").split("|"))))
PHONES: Final = Codec(_phones.encode, _read_phones, is_list=True)
IDENTIFIERS: Final = _items(IdentifierRecord, ("scheme", "identifier"))
ACCESSIBILITY: Final = _items(
    AccessibilityRecord, ("feature", "value", "measure", "surveyed_on", "source", "description")
)
COSTS: Final = _items(CostRecord, ("cost_kind", "amount_description"))
CAPACITIES: Final = _items(
    CapacityRecord, ("as_of", "maximum", "available", "kind", "target", "waiting_days", "unit", "description")
)
