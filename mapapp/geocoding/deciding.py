"""Which of several points is the address: one of them, or none where that is not clear. Pure."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from pyproj import Geod

from mapapp.directory.precision import PRECISION
from mapapp.geocoding.protocol import Candidate

_EARTH: Final = Geod(ellps="WGS84")
# points of one building, of one street, of one village may lie as far apart and still mean the same
SAME_PLACE_M: Final = {"rooftop": 100.0, "street": 1_000.0, "locality": 2_000.0, "gmina": 20_000.0, "manual": 0.0}


class AmbiguousError(LookupError):
    """Several places fit equally well."""


def decided(candidates: Sequence[Candidate]) -> Candidate | None:
    """The most exact candidate; None where there is none. Raises AmbiguousError where such lie apart."""
    if not candidates:
        return None
    best = max(PRECISION.index(each.quality) for each in candidates)
    alike = [each for each in candidates if PRECISION.index(each.quality) == best]
    apart_m = max((_distance_m(one, other) for one, other in combinations(alike, 2)), default=0.0)
    if apart_m > SAME_PLACE_M[alike[0].quality]:
        raise AmbiguousError(f"{len(alike)} places up to {apart_m / 1000:.1f} km apart: {alike[0].label}, …")
    return alike[0]


def _distance_m(one: Candidate, other: Candidate) -> float:
    return float(_EARTH.inv(*one.position, *other.position)[2])
