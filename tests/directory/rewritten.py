"""Copies of units as other registers and tired clerks would write them, for measuring how well they are found."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from mapapp.directory.matching.unit import Unit
from mapapp.territory.names import folded

LETTERS = "abcdefghijklmnoprstuwyz"
SHORT = (
    ("Gminny Ośrodek Pomocy Społecznej", "GOPS"),
    ("Miejski Ośrodek Pomocy Społecznej", "MOPS"),
    ("Ośrodek Pomocy Społecznej", "OPS"),
    ("Dom Pomocy Społecznej", "DPS"),
    ("Środowiskowy Dom Samopomocy", "ŚDS"),
    ("Centrum Usług Społecznych", "CUS"),
    ("Powiatowe Centrum Pomocy Rodzinie", "PCPR"),
)


def abbreviated(unit: Unit, _: Random) -> Unit:
    """DPS for Dom Pomocy Społecznej."""
    name = unit.name
    for long, short in SHORT:
        name = name.replace(long, short)
    return replace(unit, name=name)


def capital(unit: Unit, _: Random) -> Unit:
    """All in capitals, as old registers have it."""
    return replace(unit, name=unit.name.upper(), address=unit.address.upper(), town=unit.town.upper())


def without_diacritics(unit: Unit, _: Random) -> Unit:
    return replace(unit, name=folded(unit.name), address=folded(unit.address), town=folded(unit.town))


def swapped_words(unit: Unit, random: Random) -> Unit:
    """The words of the name in another order."""
    words = unit.name.split()
    random.shuffle(words)
    return replace(unit, name=" ".join(words))


def other_street_style(unit: Unit, _: Random) -> Unit:
    """Without "ul.", without the first name, the letter of the house set off."""
    address = re.sub(r"^(ul|al|os|pl)\. ", "", unit.address)
    address = re.sub(r"^[A-ZŁŚŻ][a-złśżąęóńź]+ (?=[A-ZŁŚŻ])", "", address)
    return replace(unit, address=re.sub(r"(\d)([A-Za-z])$", r"\1 \2", address))


def typing_errors(unit: Unit, random: Random) -> Unit:
    """One wrong letter in the name and one in the street."""
    return replace(unit, name=_typo(unit.name, random), address=_typo(unit.address, random))


def _typo(text: str, random: Random) -> str:
    places = [index for index, letter in enumerate(text) if letter.isalpha()]
    at = random.choice(places)
    return random.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + random.choice(LETTERS) + text[at + 1 :],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
        )
    )


def legal_form(unit: Unit, _: Random) -> Unit:
    """Whose it is, put before and after."""
    return replace(unit, name=f"{unit.name} prowadzony przez Stowarzyszenie Sp. z o.o.")


def without_contacts(unit: Unit, _: Random) -> Unit:
    return replace(unit, phones=frozenset(), email="")


def without_codes(unit: Unit, _: Random) -> Unit:
    """Neither postal code nor gmina: only the town's name."""
    return replace(unit, postal_code="", gmina_teryt="")


def renumbered(unit: Unit, random: Random) -> Unit:
    """Another house number, as after renumbering or a move within the street."""
    return replace(unit, address=re.sub(r"\d+\w*$", str(random.randint(200, 300)), unit.address))


HARMLESS: tuple[Callable[[Unit, Random], Unit], ...] = (
    abbreviated,
    capital,
    without_diacritics,
    swapped_words,
    other_street_style,
    legal_form,
    typing_errors,
    without_contacts,
    without_codes,
)


def rewritten(unit: Unit, random: Random, changes: int) -> Unit:
    """A copy from another register, with that many of the harmless changes."""
    for change in random.sample(HARMLESS, changes):
        unit = change(unit, random)
    return from_elsewhere(unit)


def from_elsewhere(unit: Unit) -> Unit:
    """The same unit under the number of another register."""
    return replace(unit, key=("elsewhere", unit.key), registers=frozenset({"elsewhere"}))
