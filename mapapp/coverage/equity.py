"""How evenly a measure is spread over the people of the region."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from geo.inequality import gini, palma
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import CoverageError
from mapapp.coverage.figures import Figures
from mapapp.coverage.measures import measure
from mapapp.coverage.question import Question


@dataclass(frozen=True, slots=True)
class Equity:
    """Spread of a measure over areas, each weighted by its people of the group.

    ``gini``: 0 where all have the same. ``palma``: what the best-served tenth has over what the worst-served four
    tenths have; None where those have nothing. ``urban``, ``rural``: means over people; None where nobody lives so.
    """

    figures: Figures
    gini: float | None
    palma: float | None
    urban: float | None
    rural: float | None
    areas: int

    @property
    def urban_to_rural(self) -> float | None:
        """How many times the rural mean the urban one is; None where that cannot be told."""
        return self.urban / self.rural if self.urban is not None and self.rural else None


def equity(data: CoverageData, question: Question) -> Equity:
    """The spread of the question's measure. Raises CoverageError for a measure that is no rate per person."""
    figures = measure(data, question)
    if "people" not in figures.definition.needs or figures.definition.unit in {"people", "places"}:
        raise CoverageError(f"measure {question.measure!r} is no rate per person; ask for one, such as access_e2sfca")
    people = data.areas.layers[question.layer].sums(data.need.people(question.group, question.year).by_gmina)
    told = [number for number, row in enumerate(figures) if row.figure.value is not None and people[number] > 0]
    values = np.array([figures.rows[number].figure.value for number in told], dtype=np.float64)
    weights = people[told]
    cities = np.array([figures.rows[number].area.is_city for number in told], dtype=np.bool_)
    return Equity(
        figures=figures,
        gini=_finite(gini(values, weights)) if told else None,
        palma=_finite(palma(values, weights)) if told else None,
        urban=_mean(values[cities], weights[cities]),
        rural=_mean(values[~cities], weights[~cities]),
        areas=len(told),
    )


def _mean(values: np.ndarray, weights: np.ndarray) -> float | None:
    return float(np.average(values, weights=weights)) if len(values) else None


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
