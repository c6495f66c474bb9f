"""Street and house of an address line, comparable however they are written."""

import re
from dataclasses import dataclass
from typing import Final

from mapapp.directory.matching.names import TITLES
from mapapp.directory.matching.words import share_found, words_in
from mapapp.territory.names import folded

_HOUSE: Final = re.compile(r"(?<=\s)(\d{1,4}\s?[a-z]?(?:\s?[/-]\s?\d{0,4}\s?[a-z]?)?)(?:\s+(?:m|lok)\b.*)?$")
_KINDS: Final = frozenset(
    {
        *("ul", "ulica", "ulicy", "al", "aleja", "aleje", "alei", "os", "osiedle", "osiedla"),
        *("pl", "plac", "placu", "rynek", "im", "nr", "skwer", "bulwar", "droga"),
    }
)
_SAME_STREET: Final = 0.75


@dataclass(frozen=True, slots=True)
class Address:
    """``street`` in words without its kind and titles; ``house`` such as "14g" or "24/26", empty where unknown."""

    street: tuple[str, ...]
    house: str

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of the house without letters: "24/26" has two."""
        return frozenset(re.findall(r"\d+", self.house))


def address_of(line: str, town: str = "") -> Address:
    """The parts of "ul. św. Jana 14 G, Wola"; a village beside the street is left out, a market is "rynek"."""
    first, *others = folded(line).split(",")
    found = _HOUSE.search(first)
    if not found and others and re.fullmatch(r"\s*\d+\s?[a-z]?", others[0]):
        first = f"{first} {others[0]}"
        found = _HOUSE.search(first)
    street = first[: found.start()] if found else first
    house = re.sub(r"\s", "", found[1]).replace("-", "/").strip("/") if found else ""
    words = words_in(street)
    telling = tuple(word for word in words if word not in _KINDS and word not in TITLES)
    return Address(telling or tuple(words) or words_in(town), house)


def is_same_street(one: Address, other: Address) -> bool:
    """Whether both are one street: "ul. J. Matejki", "Jana Matejki", "Matejki"."""
    return share_found(one.street, other.street) >= _SAME_STREET


def is_same_house(one: Address, other: Address) -> bool:
    """Whether the numbers are equal with their letters."""
    return one.house == other.house


def may_be_same_house(one: Address, other: Address) -> bool:
    """Whether they differ in a letter or a range only: "14" and "14a", "24/26" and "24"."""
    return bool(one.numbers & other.numbers)
