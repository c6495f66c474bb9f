"""Real registers against each other, and against copies of themselves: what is found, and what is wrongly found.

Labels that a person can check: rows of one register are different units, and so are rows of registers of different
kinds, but for SAME, which were looked at one by one (the same house, the same kind, the same gmina).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapapp.directory.matching.candidates import find_duplicates, match_candidates
from mapapp.directory.matching.unit import Unit, unit_of
from mapapp.registers.checking import check_register
from tests.directory.rewritten import from_elsewhere, renumbered, rewritten
from tests.registers.test_loading import VOCABULARIES

FILES = (
    "ops_malopolska_geo.csv",
    "senior_plus_2026-06-02.xlsx",
    "wolne_miejsca_dps_2026-05-09.xlsx",
    "wykaz_sds_malopolska_2026.xlsx",
)
# the gmina's centre stands in RJPS and in the supplement; Winiary stands under two headings of the list of ŚDS
SAME = {
    ("Ośrodek Pomocy Społecznej w Jabłonce", "Gminny Ośrodek Pomocy Społecznej Jabłonka"),
    ("Gminny Ośrodek Pomocy Społecznej w Tarnowie", "Gminny Ośrodek Pomocy Społecznej Tarnów"),
    (
        "Gminny Ośrodek Pomocy Społecznej w Biskupicach z siedzibą w Trąbkach",
        "Gminny Ośrodek Pomocy Społecznej Trąbki",
    ),
    ("Środowiskowy Dom Samopomocy – Winiary", "Środowiskowy Dom Samopomocy – Winiary"),
}
# perhaps: the centre of the gmina of Kamienica at two addresses; a home and a club of one kind in one house
UNDECIDED = {
    ("Gminny Ośrodek Pomocy Społecznej w Szczawie", "Gminny Ośrodek Pomocy Społecznej Kamienica"),
    ("Środowiskowy Dom Samopomocy Wieliczka", "Klub Samopomocy – ul. Sienkiewicza 24"),
}
IN_SAME = {name for pair in SAME for name in pair}


@pytest.fixture(scope="module")
def units(malopolska: Engine, shared: Path) -> tuple[Unit, ...]:
    """The 479 units of four registers."""
    with Session(malopolska) as session:
        read = [check_register(session, shared / "registers" / name, VOCABULARIES) for name in FILES]
    return tuple(unit_of(row.facility) for each in read for row in each.rows)


def test_proposes_what_is_listed_twice_and_little_else(units: tuple[Unit, ...]) -> None:
    found = {(each.one.name, each.other.name): each.verdict for each in find_duplicates(units)}
    assert len(units) == 479
    assert found.keys() >= SAME
    assert found.keys() <= SAME | UNDECIDED
    assert {pair for pair, verdict in found.items() if verdict == "sure"} == {
        ("Ośrodek Pomocy Społecznej w Jabłonce", "Gminny Ośrodek Pomocy Społecznej Jabłonka")
    }


@dataclass(frozen=True)
class Measured:
    """Shares of the units: surely found, found at all, found first; and how many were surely found wrongly."""

    sure: float
    found: float
    first: float
    wrongly_sure: int


def measured(units: tuple[Unit, ...], change: Callable[[Unit, Random], Unit]) -> Measured:
    random = Random(7)
    copies = {unit.key: change(unit, random) for unit in units}
    matches = match_candidates(copies.values(), units)
    of = {unit.key: matches[copies[unit.key].key] for unit in units}
    right = {key: [each for each in found if each.other.key == key] for key, found in of.items()}
    wrong = [
        each
        for key, found in of.items()
        for each in found
        if each.verdict == "sure" and each.other.key != key and each.other.name not in IN_SAME
    ]
    return Measured(
        sure=sum(any(each.verdict == "sure" for each in found) for found in right.values()) / len(units),
        found=sum(map(bool, right.values())) / len(units),
        first=sum(bool(found) and found[0].other.key == key for key, found in of.items()) / len(units),
        wrongly_sure=len(wrong),
    )


# changes of each copy, then the least shares that are surely found, found, and found first
THRESHOLDS = [
    (0, 0.99, 1.0, 1.0),
    (1, 0.98, 0.99, 0.99),
    (2, 0.97, 0.99, 0.99),
    (3, 0.95, 0.99, 0.98),
    (4, 0.92, 0.99, 0.98),
]


@pytest.mark.parametrize(("changes", "sure", "found", "first"), THRESHOLDS)
def test_finds_rewritten_copies(units: tuple[Unit, ...], changes: int, sure: float, found: float, first: float) -> None:
    result = measured(units, lambda unit, random: rewritten(unit, random, changes))
    assert result.wrongly_sure == 0
    assert result.sure >= sure
    assert result.found >= found
    assert result.first >= first


def test_leaves_a_renumbered_house_to_a_person(units: tuple[Unit, ...]) -> None:
    result = measured(units, lambda unit, random: from_elsewhere(renumbered(unit, random)))
    assert result.wrongly_sure == 0
    assert result.sure <= 0.03  # addresses without a number, which nothing renumbers
    assert result.found >= 0.85
