"""Reading one row: what is wrong with it is collected, so that all of it is reported at once."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import ValidationError

from mapapp.directory.records import FacilityRecord
from mapapp.registers.problems import FieldError, RowProblem, RowRejectedError, shortened
from mapapp.registers.readers import RawRow

T = TypeVar("T")

# what the directory's own rules refuse, by pydantic's kinds
_REFUSALS: Final = MappingProxyType(
    {
        "string_too_short": "tekst jest za krótki (najmniejsza liczba znaków: {min_length})",
        "string_too_long": "tekst jest za długi (największa liczba znaków: {max_length})",
        "string_pattern_mismatch": "tekst ma niedozwoloną postać",
        "greater_than_equal": "liczba jest za mała (najmniej {ge})",
        "less_than_equal": "liczba jest za duża (najwyżej {le})",
    }
)


def _refusal(kind: str, limits: Mapping[str, object]) -> str:
    return _REFUSALS.get(kind, "wartość jest niezgodna z zasadami katalogu").format(**limits)


class RowReader:
    """A row being read. A required value that is wrong rejects it; an optional one is left out with a note."""

    def __init__(self, row: RawRow) -> None:
        self.row = row
        self.problems: list[RowProblem] = []
        self.notes: list[RowProblem] = []

    def text(self, column: str) -> str:
        """The cell as it stands; empty where the file has no such column."""
        return self.row.cells.get(column, "").strip()

    def required(self, column: str, parse: Callable[[str], T]) -> T | None:
        """The parsed cell; None, with the row to be rejected, where it is empty or wrong."""
        if not self.text(column):
            self.reject(column, "brakuje wartości")
            return None
        try:
            return parse(self.text(column))
        except FieldError as error:
            self.problems.append(self._problem(column, error))
            return None

    def optional(self, column: str, parse: Callable[[str], T]) -> T | None:
        """The parsed cell; None where it is empty, or (with a note) wrong."""
        if not self.text(column):
            return None
        try:
            return parse(self.text(column))
        except FieldError as error:
            self.notes.append(self._problem(column, error))
            return None

    def note(self, column: str, message: str, nearest: str = "") -> None:
        """Remember something about a cell that staff should look at."""
        self.notes.append(self._found(column, message, nearest))

    def reject(self, column: str, message: str, nearest: str = "") -> None:
        """Remember what makes the row unusable."""
        self.problems.append(self._found(column, message, nearest))

    def refuse_if_wrong(self) -> None:
        """Raise RowRejectedError where a problem was found."""
        if self.problems:
            raise RowRejectedError(self.problems)

    def checked(self, build: Callable[[], FacilityRecord]) -> FacilityRecord:
        """The record; RowRejectedError where the directory's own rules refuse it."""
        self.refuse_if_wrong()
        try:
            return build()
        except ValidationError as error:
            problems = [
                RowProblem(
                    self.row.line,
                    ".".join(str(part) for part in detail["loc"]) or "(wiersz)",
                    shortened(str(detail["input"])),
                    _refusal(detail["type"], detail.get("ctx", {})),
                )
                for detail in error.errors(include_url=False)
            ]
            raise RowRejectedError(problems) from error

    def _problem(self, column: str, error: FieldError) -> RowProblem:
        return self._found(column, str(error), error.nearest)

    def _found(self, column: str, message: str, nearest: str) -> RowProblem:
        return RowProblem(self.row.line, column, shortened(self.text(column)), message, nearest, self.row.sheet)
