"""Findings about a file as rows of a table for the register's keepers."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from mapapp.registers.problems import RowProblem, Severity

COLUMNS: Final = ("skutek", "arkusz", "wiersz", "pole", "wartość", "uwaga", "najbliższa poprawna wartość")
# a rejected row is an error of the file; a note is a warning
OUTCOMES: Final[dict[Severity, str]] = {"error": "odrzucony", "warning": "uwaga"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and whether it keeps the row out."""

    severity: Severity
    problem: RowProblem


def findings(rejected: Iterable[RowProblem], notes: Iterable[RowProblem]) -> Iterator[Finding]:
    """Errors first, each in the order of the file."""
    yield from (Finding("error", each) for each in rejected)
    yield from (Finding("warning", each) for each in notes)


def write_findings(found: Iterable[Finding], file: IO[str]) -> None:
    """Write one row per finding, for Polish Excel. Open ``file`` as utf-8-sig: the mark tells Excel the letters."""
    writer = csv.writer(file, delimiter=";")
    writer.writerow(COLUMNS)
    for each in found:
        problem = each.problem
        cells = (problem.sheet, problem.line, problem.field, problem.value, problem.message, problem.nearest)
        writer.writerow([OUTCOMES[each.severity], *(harmless(str(cell)) for cell in cells)])


def harmless(value: str) -> str:
    """``value`` so that a spreadsheet shows it and never calculates it."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
