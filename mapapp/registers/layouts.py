"""Which register a file is, told by its header. A layout says its columns and how a row becomes a facility."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mapapp.directory.records import FacilityRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.vocabulary import Vocabularies
from mapapp.geocoding.places import Places
from mapapp.registers.gminas import Gminas
from mapapp.registers.hours_text import Status
from mapapp.registers.problems import RowProblem, UnreadableFileError
from mapapp.registers.readers import RawRow, RawTable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is checked against."""

    vocabularies: Vocabularies
    gminas: Gminas
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A facility, with what its keepers should look at and how well its opening hours were understood."""

    line: int
    facility: FacilityRecord
    notes: tuple[RowProblem, ...] = ()
    hours: Status | None = None  # None: the register gives none
    register: SourceRegister | None = None  # where each row of a file may come from another one


def _as_they_are(table: RawTable) -> RawTable:
    return table


@dataclass(frozen=True, slots=True)
class Coordinates:
    """The columns of degrees; ``whereabouts`` are columns that tell about where a row is, by field of a mapping."""

    lon: str
    lat: str
    whereabouts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of register file; ``read`` raises RowRejectedError.

    ``headings`` says by a pattern under which heading a column stands; columns without one are named so in the file.
    ``beside`` are the headings of its second sheet, by which that is told.
    ``gather`` makes rows of units out of rows of the sheet: sums left out, merged cells filled, continued rows joined.
    """

    code: str
    title: str
    required: frozenset[str]
    optional: frozenset[str]
    registers: tuple[SourceRegister, ...]
    read: Callable[[RawRow, Surroundings], ReadRow]
    headings: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    gather: Callable[[RawTable], RawTable] = _as_they_are
    beside: frozenset[str] = frozenset()
    coordinates: Coordinates | None = None
    is_geographic: bool = False  # the points come out of a file that names its system
    one_per_area: bool = False  # two units of one type that serve the same area are likely one

    def missing(self, columns: Sequence[str]) -> frozenset[str]:
        """Required columns that ``columns`` lack."""
        return self.required - set(columns)


class UnknownLayoutError(UnreadableFileError):
    """No known register has these columns."""


def recognise(columns: Sequence[str], layouts: Sequence[Layout]) -> Layout:
    """The layout whose required columns are all there, the most demanding first. Raises UnknownLayoutError."""
    for layout in sorted(layouts, key=lambda each: -len(each.required)):
        if not layout.missing(columns):
            return layout
    raise unknown_layout(columns, layouts)


def unknown_layout(columns: Sequence[str], layouts: Sequence[Layout]) -> UnknownLayoutError:
    """The error that names what was found and what would be known."""
    found = ", ".join(columns[:40]) or "brak"
    known = "; ".join(f"{each.title} (brakuje: {', '.join(sorted(each.missing(columns)))})" for each in layouts)
    return UnknownLayoutError(f"nieznany układ pliku. Kolumny w pliku: {found}. Znane układy: {known}")
