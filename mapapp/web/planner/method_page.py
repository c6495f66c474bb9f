"""The method page: made of the same definitions that the figures are computed by."""

from dataclasses import dataclass

from mapapp.coverage.agreements import opened_by
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import Definition, definitions, definitions_version
from mapapp.coverage.standards import Standard, standards
from mapapp.coverage.travel import TravelMode, travel_modes


@dataclass(frozen=True, slots=True)
class MethodPage:
    """Measures, reference values and ways to travel, with the hash of all that decides figures."""

    measures: tuple[Definition, ...]
    standards: tuple[Standard, ...]
    modes: tuple[tuple[TravelMode, str], ...]
    # how many agreements hold, and how many of them open a place
    agreements: tuple[int, int]
    version: str
    release: str


def method_page(data: CoverageData) -> MethodPage:
    """What the figures of this release mean."""
    opened = opened_by(data)
    return MethodPage(
        measures=tuple(definitions().values()),
        standards=tuple(standards().values()),
        modes=tuple((mode, code) for code, mode in travel_modes().items()),
        agreements=(len(opened), sum(bool(each.offers) for each in opened)),
        version=definitions_version(),
        release=data.release,
    )
