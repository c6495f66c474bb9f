"""Cells of the list of community self-help homes that hold more than one thing."""

import re
from typing import Final

from mapapp.directory.records import PhoneRecord
from mapapp.directory.terms import ServiceSubtype
from mapapp.registers import cleaning
from mapapp.registers.layouts import Surroundings
from mapapp.registers.problems import FieldError
from mapapp.registers.row_reader import RowReader

_LETTERS: Final = re.compile(r"^[\sA-D,.;i]+(?=$|\s|\()")
_DELIVERY: Final = re.compile(r"AE:PL-\d{5}-\d{5}-[A-Z]{5}-\d{2}")


def home_types(text: str, around: Surroundings) -> tuple[ServiceSubtype, ...]:
    """The types A to D that begin the cell; free text may follow them."""
    letters = _LETTERS.match(f"{cleaning.tidy(text)} ")
    by_letter = {each.register_code: each for each in around.vocabularies.subtypes.values() if each.type == "sds"}
    found = tuple(by_letter[letter] for letter in sorted(set(letters[0] if letters else "")) if letter in by_letter)
    if not found:
        raise FieldError(f"oczekiwano typów domu: {', '.join(by_letter)}")
    return found


def labelled_phones(reader: RowReader) -> tuple[PhoneRecord, ...]:
    """Every number, those of branches marked; an extension may stand on the next line."""
    text, lines = reader.text("telefon"), [""]
    for line in map(cleaning.tidy, text.splitlines()):
        if line.startswith("wew"):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    found: dict[str, PhoneRecord] = {}
    for line in lines:
        branch = re.search(r"\bfilia\b(?:\s+\w+)?", line)
        for phone in cleaning.phones(re.sub(r"\(?\bfilia\b[^)]*\)?", " ", line)):
            found.setdefault(phone.number, phone.model_copy(update={"description": branch[0] if branch else None}))
    if cleaning.left_over(text, tuple(found.values())) or (text.strip() and not found):
        reader.note("telefon", "nie w całości rozpoznano numeru telefonu; oczekiwano na przykład 12 345 67 89")
    return tuple(found.values())


def epuap_box(text: str) -> str:
    """An ePUAP address: /subject/box."""
    box = "/" + re.sub(r"\s", "", text).lstrip("/")
    if not re.fullmatch(r"/[\w.-]+/[\w.-]+", box):
        raise FieldError("oczekiwano adresu ePUAP w postaci /podmiot/skrytka")
    return box


def delivery_address(text: str) -> str:
    """An address for electronic delivery; the colon and hyphens as they should be."""
    address = re.sub(r"^AE[:-]?PL-?", "AE:PL-", re.sub(r"\s", "", text).upper())
    if not _DELIVERY.fullmatch(address):
        raise FieldError("oczekiwano adresu do e-Doręczeń w postaci AE:PL-12345-67890-ABCDE-12")
    return address
