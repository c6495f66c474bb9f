"""Addresses as clerks write them into one cell, after a name and with or without a street, taken apart."""

import re
from dataclasses import dataclass, replace
from typing import Final

from mapapp.geocoding.protocol import Address
from mapapp.registers.cleaning import address_line, tidy
from mapapp.territory.names import folded

_POSTAL: Final = re.compile(r"(?<!\d)(\d{2})\s*-\s*(\d{3})(?!\d)")
_HOUSE: Final = r"\d+\s?[A-Za-z]?(?:/\d+[A-Za-z]?)?"
_ENDS_WITH_HOUSE: Final = re.compile(rf"^(?P<name>.*\S)\s+(?P<house>{_HOUSE})$")
_STREET: Final = re.compile(
    r"(?<![\w.])(?:(?:ul|al|os|pl)\.\s*(?=\S)|(?:ulica|aleja|aleje|plac|osiedle|rynek)\s+(?=\S))", re.IGNORECASE
)
_KIND_OF_UNIT: Final = re.compile(r"^.*\b(?:ŚDS|Samopomocy|Społecznej)\b(?:\s*-\s*)?\s*", re.IGNORECASE)
_QUOTED: Final = re.compile(r"^[\"„”][^\"„”]+[\"„”]\s*")
_SAME_START: Final = 3
_IN: Final = re.compile(r"^we?\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ])")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitAddress(Address):
    """What a cell says of where, and the name that stands before it."""

    name: str = ""

    @property
    def line(self) -> str:
        """Street and house, or village and house; the village beside a street."""
        line = address_line(self.street, self.house, self.village or self.town)
        return f"{line}, {self.village}" if self.street and self.village not in {"", self.town} else line

    @property
    def key(self) -> str:
        """The same for every way of writing the same address: "32-700-bochnia-ul-karolina-14g"."""
        text = folded(f"{self.postal_code or ''} {self.town} {self.line}")
        return "-".join(re.findall(r"[a-z0-9]+", text))


def split_address(text: str) -> SplitAddress:
    """The parts of ``text``: a unit's name, then its address. Parts that are not there are empty."""
    line = re.sub(r"(?:\s*,\s*)+", ", ", tidy(re.sub(r"\n", ", ", text))).strip(" ,.")
    found = list(_POSTAL.finditer(line))
    if not found:
        return _before(line, SplitAddress())
    last = found[-1]
    postal_code, after = f"{last[1]}-{last[2]}", line[last.end() :].strip(" ,.").partition(",")[0]
    village = _ENDS_WITH_HOUSE.match(after)
    if village:  # "32-854 Porąbka Uszewska 272": a village that has a post office and no streets
        town = village["name"]
        name = line[: last.start()].strip(" ,.")
        return SplitAddress(name=name, house=village["house"], village=town, postal_code=postal_code, town=town)
    return _before(line[: last.start()].strip(" ,."), SplitAddress(postal_code=postal_code, town=after))


def _before(text: str, known: SplitAddress) -> SplitAddress:
    """What stands before the postal code: the name, then a street or a village."""
    street = _STREET.search(text)
    if street:
        return _with_street(text[: street.start()].strip(" ,"), text[street.start() :].split(", "), known)
    *names, last = text.split(", ")
    unit = _KIND_OF_UNIT.match(last)
    rest = last[unit.end() :] if unit else last
    quoted = _QUOTED.match(rest)
    rest = rest[quoted.end() :] if quoted else rest
    inflected = _IN.match(rest)
    place = _ENDS_WITH_HOUSE.match(rest[inflected.end() :] if inflected else rest)
    if not place:
        return replace(known, name=text)
    village = place["name"]
    if inflected and folded(village)[:_SAME_START] == folded(known.town)[:_SAME_START]:
        village, inflected = known.town, None  # "w Lubniu 475, 32-433 Lubień"
    own = f"{unit[0] if unit else ''}{quoted[0] if quoted else ''}".strip(" -")
    return replace(
        known,
        name=", ".join(each for each in (*names, own) if each),
        house=place["house"],
        village=village,
        is_inflected=inflected is not None,
    )


def _with_street(name: str, segments: list[str], known: SplitAddress) -> SplitAddress:
    first, *others = segments
    if others and re.fullmatch(_HOUSE, others[0]):  # "ul. Michalusa, 14"
        first = f"{first} {others.pop(0)}"
    ends = _ENDS_WITH_HOUSE.match(first)
    street, house = (ends["name"], ends["house"]) if ends else (first, "")
    if name.endswith("przy"):  # "przy ul. Kolejowej"
        street = re.sub(r"ej$", "a", street)
        name = name.removesuffix("przy").strip(" ,")
    village = next((each for each in others if not re.search(r"\d", each)), "")
    return replace(known, name=name, street=street, house=house, village=village)
