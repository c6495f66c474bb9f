"""Gaps against a standard, all that a planner needs to see side by side."""

from dataclasses import dataclass, replace

from mapapp.coverage.areas import AreaRef
from mapapp.coverage.data import CoverageData
from mapapp.coverage.figures import Figure, Figures
from mapapp.coverage.measures import measure
from mapapp.coverage.question import Question


@dataclass(frozen=True, slots=True)
class AreaGap:
    """What an area lacks: of places inside it, and of places that its people can reach in competition."""

    area: AreaRef
    places: Figure
    people: Figure
    accessible: Figure


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of all areas, largest first. ``missing``: their sum; what one area has too much helps no other."""

    rows: tuple[AreaGap, ...]
    missing: float
    in_places: Figures


def gaps(data: CoverageData, question: Question) -> Gaps:
    """The gaps by the question's standard or reference; its measure does not matter. Raises NotAnswerable."""
    places, people, accessible = (
        measure(data, replace(question, measure=code)) for code in ("gap_places", "gap_people", "gap_accessible_places")
    )
    rows = [
        AreaGap(row.area, row.figure, people.rows[number].figure, accessible.rows[number].figure)
        for number, row in enumerate(places)
    ]
    rows.sort(key=lambda row: (-(row.places.value or 0.0), row.area.code))
    return Gaps(tuple(rows), sum(row.places.value or 0.0 for row in rows), places)
