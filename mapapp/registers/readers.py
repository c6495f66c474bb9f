"""Files as tables: header and rows with the line where each begins. What the columns mean is a layout's matter."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Final

from mapapp.registers.encodings import decode
from mapapp.registers.problems import RowProblem, UnreadableFileError, shortened

LARGEST_FILE_MB: Final = 20
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 500
LONGEST_HEADER: Final = 50_000
LONGEST_CELL: Final = 10_000
_SEPARATORS: Final = (";", ",", "\t", "|")
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row's cells by column as they stand in the file, and the line where it begins.

    ``beside`` are rows of the layout's second sheet about the same unit; None where the file has no such sheet.
    """

    line: int
    cells: Mapping[str, str]
    further: tuple["RawRow", ...] = ()  # rows that go on about the same unit
    beside: tuple["RawRow", ...] | None = None
    sheet: str = ""  # where it is not the table's


@dataclass(slots=True)
class RawTable:
    """A file as read: good rows, and a problem for each that cannot be read at all.

    ``title`` is what stands above the rows of a workbook; ``encoding`` of a workbook is its format, without separator.
    """

    encoding: str
    separator: str
    columns: tuple[str, ...]
    rows: list[RawRow] = field(default_factory=list)
    rejected: list[RowProblem] = field(default_factory=list)
    notes: list[RowProblem] = field(default_factory=list)
    title: str = ""
    file: str = ""
    sheet: str = ""
    beside: tuple[RawRow, ...] | None = None  # rows of the layout's second sheet


def read_table(path: Path) -> RawTable:
    """The table in the CSV file ``path``. Raises UnreadableFileError; FileNotFoundError where there is none."""
    decoded = decode(_bounded_content(path))
    separator = _separator(decoded.text)
    reader = csv.reader(StringIO(decoded.text, newline=""), delimiter=separator, strict=True)
    try:
        columns = tuple(name.strip().strip("\ufeff").casefold() for name in next(reader))
    except (StopIteration, csv.Error) as error:
        raise UnreadableFileError("plik jest pusty albo nie ma wiersza nagłówka") from error
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFileError(f"nagłówek ma ponad {MOST_COLUMNS} kolumn; zostaw tylko potrzebne")
    _refuse_repeated(columns)
    table = RawTable(decoded.encoding, separator, columns, file=path.name)
    for line, cells in _lines(reader, table.rejected):
        if len(table.rows) + len(table.rejected) >= MOST_ROWS:
            raise UnreadableFileError(f"plik ma ponad {MOST_ROWS} wierszy; podziel go na części")
        if problem := row_problem(line, cells, columns):
            table.rejected.append(problem)
        else:
            table.rows.append(RawRow(line, dict(zip(columns, cells, strict=True))))
    return table


def _bounded_content(path: Path) -> bytes:
    limit = LARGEST_FILE_MB * 1_000_000
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UnreadableFileError(f"plik jest większy niż {LARGEST_FILE_MB} MB; podziel go na części")
    if content.startswith(_SPREADSHEETS):
        raise UnreadableFileError("to skoroszyt arkusza kalkulacyjnego, a nie CSV; zapisz go jako „CSV UTF-8”")
    return content


def _separator(text: str) -> str:
    """The separator that splits the header into most cells."""
    first = next(iter(StringIO(text, newline="")), "")
    if len(first) > LONGEST_HEADER:
        raise UnreadableFileError(f"pierwszy wiersz jest dłuższy niż {LONGEST_HEADER} znaków; to nie jest nagłówek")
    return max(_SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each), [])))


def _refuse_repeated(columns: tuple[str, ...]) -> None:
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise UnreadableFileError(f"nagłówek powtarza kolumny: {', '.join(repeated) or 'bez nazwy'}")


def _lines(reader: Iterator[list[str]], rejected: list[RowProblem]) -> Iterator[tuple[int, list[str]]]:
    line = 1
    while True:
        # the reader counts lines to the end of a row; a row with line breaks in its cells begins earlier
        line = reader.line_num + 1  # type: ignore[attr-defined] # csv.reader's own type is private
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rejected.append(RowProblem(line, "(wiersz)", "", _csv_message(error)))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _csv_message(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "cudzysłów otwarty w tym wierszu nie jest zamknięty; dalszej części pliku nie odczytano"
    if "field larger" in str(error):
        return f"komórka ma ponad {LONGEST_CELL} znaków; być może brakuje zamykającego cudzysłowu"
    return "cudzysłowy w tym wierszu są źle zapisane; cudzysłów wewnątrz komórki trzeba podwoić"


def row_problem(line: int, cells: Sequence[str], columns: Sequence[str]) -> RowProblem | None:
    """Why a row cannot be read at all; None where it can."""
    if len(cells) != len(columns):
        message = f"liczba pól: {len(cells)}, a w nagłówku: {len(columns)}"
        return RowProblem(line, "(wiersz)", shortened(" | ".join(cells)), message)
    for column, cell in zip(columns, cells, strict=True):
        if "\x00" in cell:
            return RowProblem(line, column, shortened(cell), "komórka zawiera znak o kodzie zero")
        if len(cell) > LONGEST_CELL:
            message = f"liczba znaków w komórce: {len(cell)}; najwyżej {LONGEST_CELL}. Być może brakuje cudzysłowu"
            return RowProblem(line, column, shortened(cell), message)
    return None
