"""Answers: one figure per area, each with all that is needed to judge it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from mapapp.coverage.areas import AreaRef, Layer
from mapapp.coverage.cells import Cells
from mapapp.coverage.definitions import Definition
from mapapp.coverage.question import Question
from mapapp.coverage.travel import TravelCosts

Flag = Literal[
    "small_number",  # too few people or sites to read much into it
    "estimate",  # the number of people is derived, not counted
    "unknown_capacity",  # some services' places are not known: the true figure may be higher
    "no_capacity",  # no service's places are known: there is no figure
    "no_people",  # nobody of the group lives there, or nobody knows how many
    "no_use_data",  # no register tells how many places are taken, free or waited for
    "no_staff_data",  # no source tells how many posts there are, or not of every gmina of the area
    "unreachable",  # some people have no site that they may use
    "off_network",  # some people live where no road of theirs is near
    "edge",  # neighbouring regions are not loaded: across the border there may be help
    "samples",  # made with invented data
    "unclear_area",  # some sites do not say whom they serve, and are taken to serve everyone
    "town_has_one",  # a rural gmina around the town of its name, where there is one
    "hidden_included",  # hidden places are counted, for the region as a whole
]
FLAGS: tuple[Flag, ...] = get_args(Flag)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it rests on; ``value`` is None where there is none to be told, and a flag says why.

    ``n``: sites behind it. ``unknown_capacity_share``: of the services, those whose places are not known.
    """

    value: float | None
    numerator: float | None
    denominator: float | None
    unit: str
    source: str
    day: date | None
    n: int
    flags: frozenset[Flag] = frozenset()
    unknown_capacity_share: float = 0.0

    def has(self, flag: Flag) -> bool:
        """Whether that is so of it."""
        return flag in self.flags


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """The figure of an area."""

    area: AreaRef
    figure: Figure


@dataclass(frozen=True, slots=True)
class Figures:
    """The answer to a question: the areas in the order of their codes, and the region as a whole.

    ``travel`` is how minutes were found, ``cells`` where people live; None where nobody travels.
    ``unlocated``: services that are in no travel figure because no place of theirs is shown.
    ``release`` names the data and the definitions: the same gives the same.
    """

    question: Question
    definition: Definition
    layer: Layer
    rows: tuple[AreaFigure, ...]
    region: Figure
    travel: TravelCosts | None
    cells: Cells | None
    people_source: str
    sources: tuple[str, ...]
    unlocated: int
    has_samples: bool
    is_schematic: bool
    release: str

    def __iter__(self) -> Iterator[AreaFigure]:
        """The areas."""
        return iter(self.rows)

    def method(self, language: str = "pl") -> str:
        """How travel was measured; empty where it was not."""
        return self.travel.describe(language) if self.travel else ""

    def where_people_live(self, language: str = "pl") -> str:
        """Where people are taken to live; empty where it does not matter."""
        return self.cells.describe(language) if self.cells else ""

    def of(self, code: str) -> Figure:
        """The figure of an area. Raises KeyError."""
        for row in self.rows:
            if row.area.code == code:
                return row.figure
        raise KeyError(f"{self.layer} {code!r}")

    def ranked(self, *, cities: bool | None = None) -> tuple[AreaFigure, ...]:
        """The areas that have a figure, worst first (highest first where neither is better), then by code.

        ``cities``: only cities, or only the others; small figures stand last, for they are no facts to rank.
        """
        told = [row for row in self.rows if row.figure.value is not None and cities in (None, row.area.is_city)]
        sign = 1 if self.definition.better == "more" else -1
        return tuple(
            sorted(
                told, key=lambda row: (row.figure.has("small_number"), sign * (row.figure.value or 0), row.area.code)
            )
        )
