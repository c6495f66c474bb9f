"""The sixteen voivodeships: registers name them, codes begin with their numbers (TERC)."""

import re
from types import MappingProxyType
from typing import Final

NAMES: Final = MappingProxyType(
    {
        "02": "dolnośląskie",
        "04": "kujawsko-pomorskie",
        "06": "lubelskie",
        "08": "lubuskie",
        "10": "łódzkie",
        "12": "małopolskie",
        "14": "mazowieckie",
        "16": "opolskie",
        "18": "podkarpackie",
        "20": "podlaskie",
        "22": "pomorskie",
        "24": "śląskie",
        "26": "świętokrzyskie",
        "28": "warmińsko-mazurskie",
        "30": "wielkopolskie",
        "32": "zachodniopomorskie",
    }
)
_OF_A_TITLE: Final = re.compile(r"wojew(?:ody|ództwa)\s+([\w-]+)ego\b", re.IGNORECASE)


def code_of(name: str) -> str | None:
    """The two digits of a voivodeship; None where there is none of that name."""
    wanted = " ".join(name.casefold().split())
    return next((code for code, known in NAMES.items() if known == wanted), None)


def code_in_title(title: str) -> str | None:
    """The voivodeship that a title names in the genitive: "Wojewody Małopolskiego"; None where it names none."""
    found = _OF_A_TITLE.search(title)
    return code_of(f"{found[1]}e") if found else None
