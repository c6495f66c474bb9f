"""What is missing against a standard: places, and the people whom they would serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.checks import amounts
from geo.errors import InvalidAmount

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """What is missing in each area.

    places : (n_areas,) places up to the standard, nan where unknown
    people : (n_areas,) persons whom these places would serve, nan where unknown
    """

    places: Floats
    people: Floats


def gap(standard: float, target: npt.ArrayLike, accessible_places: npt.ArrayLike) -> Gap:
    """``max(0, standard · target − accessible_places)`` per area, in places and in people.

    standard : places per person of the target group, above 0        target : (n_areas,) persons
    accessible_places : (n_areas,) places that these people can use, nan where unknown: the gap is unknown then too
    A surplus of one area is no other area's. Raises ShapeMismatch, InvalidAmount.
    """
    if not (np.isfinite(standard) and standard > 0):
        raise InvalidAmount(f"standard is {standard}, expected a finite number of places per person above 0")
    people = amounts("target", target)
    places = amounts("accessible_places", accessible_places, len(people), or_unknown=True)
    missing = np.maximum(standard * people - places, 0.0)  # nan stays nan
    return Gap(missing, np.minimum(missing / standard, people))


def accessible_places(score: npt.ArrayLike, demand: npt.ArrayLike, area: npt.ArrayLike, n_areas: int) -> Floats:
    """(n_areas,) places within the competition-adjusted reach of the people of each area: Σ demand · score.

    score : (n_demand,) places per person        demand : (n_demand,) persons        area : (n_demand,) −1 in none
    """
    scores = amounts("score", score)
    people = amounts("demand", demand, len(scores))
    where = np.asarray(area)
    inside = where >= 0
    return np.bincount(where[inside], (people * scores)[inside], n_areas).astype(np.float64)
