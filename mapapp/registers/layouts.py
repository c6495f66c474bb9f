"""Which register a file is, told by its header. A layout says its columns and how a row becomes a facility."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mapapp.directory.records import FacilityRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.gminas import Gminas
from mapapp.registers.hours_text import Status
from mapapp.registers.problems import RowProblem, UnreadableFileError
from mapapp.registers.readers import RawRow


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is checked against."""

    vocabularies: Vocabularies
    gminas: Gminas


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A facility, with what its keepers should look at and how well its opening hours were understood."""

    line: int
    facility: FacilityRecord
    notes: tuple[RowProblem, ...] = ()
    hours: Status | None = None  # None: the register gives none


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of register file; ``read`` raises RowRejectedError."""

    code: str
    title: str
    required: frozenset[str]
    optional: frozenset[str]
    registers: tuple[SourceRegister, ...]
    read: Callable[[RawRow, Surroundings], ReadRow]

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
    found = ", ".join(columns[:40]) or "brak"
    known = "; ".join(f"{each.title} (brakuje: {', '.join(sorted(each.missing(columns)))})" for each in layouts)
    raise UnknownLayoutError(f"nieznany układ pliku. Kolumny w pliku: {found}. Znane układy: {known}")
