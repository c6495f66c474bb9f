"""Need: how many people of a group live in each gmina, and how sure that number is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from mapapp.coverage.ages import INDICATOR_GROUPS, UNITS_COUNTED, Ages, parse_ages
from mapapp.coverage.areas import Floats
from mapapp.coverage.errors import NotAnswerable
from mapapp.territory.planning import AgeBand

RECORDED = "recorded"
ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class People:
    """Persons of a group by gmina. ``is_estimate``: not counted but derived; ``source`` says from what."""

    group: str
    by_gmina: Floats
    year: int
    source: str
    is_estimate: bool
    # gminas for which the group is not known: their number is zero here, and no figure may be told
    unknown: tuple[int, ...] = ()
    # the newest day that a source names; None where it names a year only
    day: date | None = None


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """A number that some source counts, such as people with certified disability, or posts of social workers."""

    code: str
    gmina_teryt: str
    year: int
    persons: float
    source: str
    is_estimate: bool
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """Population by age and further groups, for gminas in the order of ``codes``."""

    codes: tuple[str, ...]
    bands: tuple[AgeBand, ...]
    indicators: tuple[IndicatorValue, ...] = ()
    _index: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[str, int | None], People] = field(default_factory=dict, compare=False)

    def people(self, group: str, year: int | None = None) -> People:
        """Persons of ``group`` (ages such as ``80+``, or a group with an indicator). ``year``: of a projection.

        Raises UnknownCode for what is no group, NotAnswerable where its figures are not loaded.
        """
        key = (group, year)
        if key not in self._known:
            counted = self._of_indicator(group, year) or self._of_ages(parse_ages(group), year)
            self._known[key] = counted
        return self._known[key]

    def apart(self, group: str, year: int | None, ages: Sequence[Ages]) -> Floats | None:
        """(n_ages, n_gmina) how many of the group are of each of these ages; None where that is not known."""
        if any(value.code == group for value in self.indicators):
            return None
        own = parse_ages(group)
        found = np.zeros((len(ages), len(self.codes)))
        for number, each in enumerate(ages):
            low, high = max(own.low, each.low), min(own.high, each.high)
            if low <= high:
                try:
                    found[number] = self._of_ages(Ages(low, high), year).by_gmina
                except NotAnswerable:
                    return None
        return found

    def counted(self, code: str, year: int | None = None) -> People | None:
        """The newest numbers of an indicator (or those of ``year``); None where none are loaded."""
        own = [value for value in self.indicators if value.code == code and year in (None, value.year)]
        if not own:
            return None
        newest = max(value.year for value in own)
        numbers = np.full(len(self.codes), np.nan)
        for value in (each for each in own if each.year == newest):
            if value.gmina_teryt in self._index:
                numbers[self._index[value.gmina_teryt]] = value.persons
        unknown = tuple(int(gmina) for gmina in np.flatnonzero(np.isnan(numbers)))
        sources = "; ".join(sorted({value.source for value in own if value.year == newest}))
        is_estimate = any(value.is_estimate for value in own)
        days = [value.as_of for value in own if value.year == newest and value.as_of is not None]
        return People(code, np.nan_to_num(numbers), newest, sources, is_estimate, unknown, max(days, default=None))

    def _of_indicator(self, group: str, year: int | None) -> People | None:
        counted = self.counted(group, year)
        if counted is None and group in (*INDICATOR_GROUPS, *UNITS_COUNTED):
            raise NotAnswerable(
                f"people of the group {group!r} are not loaded; load them with: mapapp coverage load-indicator FILE"
            )
        return counted

    def _of_ages(self, ages: Ages, year: int | None) -> People:
        bands = [band for band in self.bands if (band.scenario == "projection") == (year is not None)]
        bands = [band for band in bands if year in (None, band.year)]
        if not bands:
            raise NotAnswerable(_missing(year))
        shares = _shares(ages, {(band.age_from, band.age_to) for band in bands})
        numbers = np.zeros(len(self.codes))
        used: list[AgeBand] = []
        known: set[int] = set()
        for band in bands:
            share = shares.get((band.age_from, band.age_to))
            gmina = self._index.get(band.gmina_teryt)
            if share and gmina is not None:
                numbers[gmina] += share * band.persons
                known.add(gmina)
                used.append(band)
        split = any(share < 1 for share in shares.values())
        sources = "; ".join(sorted({band.source for band in used}))
        is_estimate = split or any(band.scenario != RECORDED for band in used)
        unknown = tuple(sorted(set(range(len(self.codes))) - known))
        return People(str(ages), numbers, max(band.year for band in bands), sources, is_estimate, unknown)


def build_need(codes: Sequence[str], bands: Sequence[AgeBand], indicators: Sequence[IndicatorValue] = ()) -> Need:
    """The need of gminas with these codes, in their order."""
    index = {code: number for number, code in enumerate(codes)}
    return Need(tuple(codes), tuple(bands), tuple(indicators), index)


def _missing(year: int | None) -> str:
    if year is not None:
        return f"no projection of the population for {year} is loaded"
    return "no population is loaded; load the territory with: mapapp territory load"


def _shares(ages: Ages, known: set[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """Which part of each known age group belongs to ``ages``: people of a group are spread evenly over its years.

    So 0-17 is 0-14 and 3/5 of 15-19. A group that is known as it is (the total) is not put together from others.
    """
    if (ages.low, ages.high) in known:
        return {(ages.low, ages.high): 1.0}
    finest = {own for own in known if not any(own != other and _holds(own, other) for other in known)}
    shares: dict[tuple[int, int], float] = {}
    covered = 0
    for low, high in finest:
        years = min(high, ages.high) - max(low, ages.low) + 1
        if years <= 0:
            continue
        whole = high - low + 1
        if years < whole and high == max(end for _, end in finest):
            raise NotAnswerable(f"people aged {ages} are not known apart: the oldest group is {low} and over")
        shares[low, high] = years / whole
        covered += years
    if covered != ages.high - ages.low + 1:
        raise NotAnswerable(f"people aged {ages} are not known; the population is loaded for {_told(known)}")
    return shares


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _told(known: set[tuple[int, int]]) -> str:
    return ", ".join(str(Ages(low, high)) for low, high in sorted(known)) or "no ages"
