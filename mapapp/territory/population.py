"""Population figures: joined to today's gminas, and age groups estimated where only older ones are known."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapapp.territory.content import AgeGroup, Scenario
from mapapp.territory.errors import refuse
from mapapp.territory.records import OPEN_END, PopulationRow

ESTIMATE_WORDS = ("estimate", "szacunek")
UNIT_DIGITS = 6
"""The last digit of TERYT is the kind, which changes when a village becomes a town: join on the others."""

Ages = tuple[int, int]
TOTAL: Ages = (0, OPEN_END)


@dataclass(frozen=True, slots=True)
class PopulationFigures:
    """The figures, and what was left out of them."""

    groups: tuple[AgeGroup, ...]
    notes: tuple[str, ...]


def population_of(rows: Iterable[PopulationRow], codes: Sequence[str], file: str) -> PopulationFigures:
    """The rows under today's codes, then estimated age groups of the newest year where it has none.

    Raises TerritoryError where a gmina has no total, or rows belong to no gmina or stand twice.
    """
    rows = list(rows)
    current = {code[:UNIT_DIGITS]: code for code in codes}
    unknown = {row.teryt for row in rows if row.teryt[:UNIT_DIGITS] not in current}
    refuse(f"{file}, column teryt: {code!r} is no gmina of the boundaries" for code in sorted(unknown))
    recorded = [_age_group(row, current[row.teryt[:UNIT_DIGITS]]) for row in rows]
    keys = Counter((row.teryt, row.year, row.age_from, row.age_to, row.scenario) for row in recorded)
    refuse(
        f"{file}: gmina {key[0]}, year {key[1]}, ages {key[2]}-{key[3]} stand twice" for key in keys if keys[key] > 1
    )
    # GUS balances its estimates of age groups by subtraction, and some of the very old come out below zero
    possible = [row for row in recorded if row.persons >= 0]
    notes = [_left_out(row, file) for row in recorded if row.persons < 0]
    newest = max((row.year for row in possible if _ages(row) == TOTAL), default=0)
    counted = {row.teryt for row in possible if _ages(row) == TOTAL and row.year == newest}
    refuse(
        f"{file}: gmina {code} has no total (ages 0 and over) of {newest or 'any year'}"
        for code in codes
        if code not in counted
    )
    return PopulationFigures((*possible, *_estimates(possible, newest)), tuple(notes))


def _age_group(row: PopulationRow, teryt: str) -> AgeGroup:
    scenario: Scenario = "estimate" if row.source.startswith(ESTIMATE_WORDS) else "recorded"
    return AgeGroup(teryt, row.year, row.age_from, row.age_to, scenario, row.persons, row.source)


def _ages(row: AgeGroup) -> Ages:
    return (row.age_from, row.age_to)


def _left_out(row: AgeGroup, file: str) -> str:
    ages = f"ages {row.age_from}-{row.age_to}"
    return f"{file}: gmina {row.teryt}, year {row.year}, {ages}: {row.persons} persons cannot be and is left out"


def _estimates(rows: Iterable[AgeGroup], newest: int) -> Iterator[AgeGroup]:
    """Shares of the latest year with age groups, times the newest total, for gminas with no groups in that year.

    Shares, because the censuses behind two years may differ: totals of 2020 and 2024 do by up to 41 %.
    """
    by_year: dict[int, dict[str, dict[Ages, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        by_year[row.year][row.teryt][_ages(row)] = row.persons
    with_groups = [year for year, gminas in by_year.items() if any(set(ages) != {TOTAL} for ages in gminas.values())]
    older = max(with_groups, default=newest)
    structure = {
        teryt: {ages: persons for ages, persons in groups.items() if ages != TOTAL}
        for teryt, groups in by_year[older].items()
    }
    if older == newest:
        return
    source = f"szacunek: struktura wieku {older} × ogółem {newest}"
    for teryt, groups in _completed(structure).items():
        ages = sorted(groups)
        persons = apportioned(np.array([groups[one] for one in ages]), by_year[newest][teryt][TOTAL])
        for (age_from, age_to), share in zip(ages, persons, strict=True):
            yield AgeGroup(teryt, newest, age_from, age_to, "estimate", int(share), source)


def _completed(structure: Mapping[str, Mapping[Ages, int]]) -> dict[str, dict[Ages, float]]:
    """Every gmina with every age group; one that it lacks as in the rest of its powiat."""
    every = {ages for groups in structure.values() for ages in groups}
    completed: dict[str, dict[Ages, float]] = {}
    for teryt, groups in structure.items():
        missing = every - set(groups)
        others = [own for code, own in structure.items() if code[:4] == teryt[:4] and every <= set(own)]
        known = sum(sum(own[ages] for ages in groups) for own in others)
        filled = {ages: sum(own[ages] for own in others) * sum(groups.values()) / known for ages in missing if known}
        completed[teryt] = {**groups, **filled}
    return completed


def apportioned(shares: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.int64]:
    """``total`` in proportion to ``shares``, by largest remainders (Hare): whole numbers that sum to it."""
    exact = shares * (total / shares.sum())
    whole: npt.NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole
