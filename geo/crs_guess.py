"""Which coordinate system the numbers of a file are in, when nobody says or what is said is wrong.

A whole file is judged, never a row: readings are compared by how far their points fall from where the rows say they
are.
Around Wrocław both axes of EPSG:2180 are about 362 km, so no magnitude tells them apart there; references do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from geo.crs import EXTENT, PUWG_1992, WGS84, to_metric

Points = npt.NDArray[np.float64]
SYSTEMS: Final = (WGS84, PUWG_1992, 2176, 2177, 2178, 2179)
_TO_WGS84: Final = {code: Transformer.from_crs(code, WGS84, always_xy=True) for code in SYSTEMS if code != WGS84}
# single slips of the pen do not speak against a reading of the whole file
_MOST: Final = 0.9
_CLEARLY_BETTER: Final = 1.5
_FAR_METRES: Final = 200_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read pairs of numbers: a system, and whether the north stands before the east."""

    epsg: int
    swapped: bool = False
    through_label: bool = False  # the file's own label was applied with the axes the wrong way round

    def positions(self, pairs: Points) -> Points:
        """Degrees, longitude first."""
        if self.through_label:
            pairs = to_metric(pairs)
        ordered = pairs[:, ::-1] if self.swapped else pairs
        if self.epsg == WGS84:
            return np.ascontiguousarray(ordered)
        return np.column_stack(_TO_WGS84[self.epsg].transform(ordered[:, 0], ordered[:, 1]))


@dataclass(frozen=True, slots=True)
class Guess:
    """The reading that fits best; not ``sure`` where another fits about as well."""

    reading: Reading
    sure: bool
    median_metres: float | None  # from the references; None where there are none


def guess_crs(pairs: Points, references: Points, *, is_labelled: bool = False) -> Guess | None:
    """How to read ``pairs`` (n, 2); None where no reading puts them in Poland.

    ``references`` (n, 2) are degrees of about where each row says it is, nan where it says nothing. Of readings that
    fit alike, the one that comes first is taken: east before north. ``is_labelled``: the pairs came out of a file that
    names its system, so the axes may have been swapped before it was applied.
    """
    known = np.isfinite(pairs).all(axis=1)
    if not known.any():
        return None
    candidates = [each for each in _readings(is_labelled) if _in_poland(each.positions(pairs[known])) >= _MOST]
    told = known & np.isfinite(references).all(axis=1)
    if not candidates:
        return None
    if not told.any():
        return Guess(candidates[0], len(candidates) == 1, None)
    distances = [_median_distance(each.positions(pairs[told]), references[told]) for each in candidates]
    best = min(range(len(candidates)), key=lambda place: (distances[place], place))
    # within the same city swapped axes may look as good: then the usual order stands, and nobody is told it is sure
    usual = next(place for place, distance in enumerate(distances) if distance <= distances[best] * _CLEARLY_BETTER)
    rivals = [each for place, each in enumerate(distances) if place != usual]
    sure = all(each > distances[usual] * _CLEARLY_BETTER for each in rivals) and distances[usual] < _FAR_METRES
    return Guess(candidates[usual], sure, distances[usual])


def _readings(is_labelled: bool) -> Sequence[Reading]:
    plain = [Reading(code, swapped) for code in SYSTEMS for swapped in (False, True)]
    return [*plain, Reading(PUWG_1992, swapped=True, through_label=True)] if is_labelled else plain


def _in_poland(positions: Points) -> float:
    west, south, east, north = EXTENT
    lon, lat = positions[:, 0], positions[:, 1]
    return float(np.mean((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)))


def _median_distance(positions: Points, references: Points) -> float:
    difference = to_metric(positions) - to_metric(references)
    return float(np.median(np.hypot(difference[:, 0], difference[:, 1])))
