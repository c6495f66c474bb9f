"""What can be wrong with a register's file, in words for the people who keep the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz, process

Severity = Literal["error", "warning"]  # the row is not taken; the row is taken, but look at it
_ALIKE: Final = 50.0  # percent
_LONGEST_SHOWN = 120


class UnreadableFileError(ValueError):
    """The file as a whole cannot be imported; nothing of it was."""


class FieldError(ValueError):
    """A value that its field cannot have."""

    def __init__(self, message: str, nearest: str = "") -> None:
        self.nearest = nearest
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One finding about one value; ``nearest`` is the valid value most like it, empty if none is.

    ``sheet`` is empty where a file has none.
    """

    line: int
    field: str
    value: str
    message: str
    nearest: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        """The finding as one sentence."""
        hint = f" (najbliższa poprawna wartość: {self.nearest})" if self.nearest else ""
        shown = f" „{self.value}”" if self.value else ""
        where = f"arkusz „{self.sheet}”, " if self.sheet else ""
        return f"{where}wiersz {self.line}, pole {self.field}{shown}: {self.message}{hint}"


class RowRejectedError(ValueError):
    """A row that cannot become a record; ``problems`` says everything that is wrong with it."""

    def __init__(self, problems: Iterable[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def shortened(value: str) -> str:
    """``value`` on one line, for a message; what cannot be printed becomes a question mark."""
    line = visible(value)
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def visible(value: str) -> str:
    """``value`` on one line; what cannot be printed, such as a terminal's commands, becomes a question mark."""
    return "".join(character if character.isprintable() else "?" for character in " ".join(value.split()))


def nearest_of(value: str, valid: Iterable[str]) -> str:
    """The valid value most like ``value``, whatever its case; empty where none is alike."""
    by_folded = {each.casefold(): each for each in valid}
    found = process.extractOne(value.casefold(), by_folded.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return by_folded[found[0]] if found else ""
