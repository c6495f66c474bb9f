"""Any file as sheets of cells, and where in a sheet the header of an unknown table stands."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Final

from mapapp.registers.cleaning import tidy
from mapapp.registers.encodings import decode
from mapapp.registers.mapping.fields import SYNONYMS
from mapapp.registers.mapping.matching import WITHIN, named
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.readers import MOST_COLUMNS, MOST_ROWS
from mapapp.registers.sheets import LARGEST_FILE_MB, Sheet, has_sheets, read_sheets

_LAST_START: Final = 12
_MOST_LINES: Final = 4
_FEWEST_COLUMNS: Final = 2
_A_NAME: Final = 0.8
_SEPARATORS: Final = ";\t,|"


@dataclass(frozen=True, slots=True)
class Grid:
    """A file's sheets with how it was written; ``separator`` is empty for workbooks."""

    sheets: tuple[Sheet, ...]
    encoding: str
    separator: str = ""


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """The header of a table: the number of its first line (0 is the first), how many it has, and its headings."""

    start: int
    lines: int
    headings: tuple[str, ...]

    @property
    def first_row(self) -> int:
        """Where the table's rows begin."""
        return self.start + self.lines


def read_grid(path: Path) -> Grid:
    """The cells of ``path``, whatever its format. Raises UnreadableFileError."""
    if path.stat().st_size > LARGEST_FILE_MB * 1_000_000:
        raise UnreadableFileError(f"plik jest większy niż {LARGEST_FILE_MB} MB; podziel go na części")
    with path.open("rb") as file:
        beginning = file.read(64)
    if has_sheets(beginning):
        return Grid(read_sheets(path), path.suffix.removeprefix(".").upper() or "plik")
    decoded = decode(path.read_bytes())
    separator = _separator(decoded.text)
    try:
        rows = tuple(tuple(row) for row in csv.reader(StringIO(decoded.text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise UnreadableFileError("cudzysłowy w pliku są źle zapisane; zapisz go ponownie") from error
    if not rows:
        raise UnreadableFileError("plik jest pusty")
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(f"plik ma ponad {MOST_ROWS} wierszy; podziel go na części")
    if max(map(len, rows)) > MOST_COLUMNS:
        raise UnreadableFileError(f"plik ma ponad {MOST_COLUMNS} kolumn; zostaw tylko potrzebne")
    return Grid((Sheet("", rows),), decoded.encoding, separator)


def _separator(text: str) -> str:
    """The one that splits the most of the first lines into as many cells; titles above a table have none."""

    def evenness(separator: str) -> tuple[int, int]:
        rows = list(csv.reader(StringIO(text[:20_000], newline=""), delimiter=separator))[:30]
        widths = [len(row) for row in rows if len(row) > 1]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual), usual)

    return max(_SEPARATORS, key=evenness)


def find_header(sheet: Sheet) -> FoundHeader | None:
    """The lines that name most fields; the shortest and highest of such. None where nothing is like a header."""
    best: tuple[float, FoundHeader] | None = None
    for start in range(min(_LAST_START, len(sheet.rows))):
        if sum(map(_is_filled, sheet.rows[start])) < _FEWEST_COLUMNS:
            continue
        for lines in range(1, min(_MOST_LINES, len(sheet.rows) - start) + 1):
            header = FoundHeader(start, lines, joined(sheet.rows[start : start + lines]))
            fit = _fit(header) - 0.1 * lines - 0.01 * start
            if best is None or fit > best[0]:
                best = (fit, header)
    if best and best[0] > 0.5:
        return best[1]
    widest = max(range(min(_LAST_START, len(sheet.rows))), key=lambda i: sum(map(_is_filled, sheet.rows[i])), default=0)
    filled = sum(map(_is_filled, sheet.rows[widest])) if sheet.rows else 0
    return FoundHeader(widest, 1, joined([sheet.rows[widest]])) if filled >= _FEWEST_COLUMNS else None


def _is_filled(cell: str) -> bool:
    return bool(cell.strip())


def _fit(header: FoundHeader) -> float:
    names = [heading for heading in header.headings if heading]
    return sum(1 for name in names if max(named(name, field) for field in SYNONYMS) >= _A_NAME)


def joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One heading per column; what stands over several columns is said for each of them."""
    width = max(map(len, rows))
    lines = [[tidy(row[column]) if column < len(row) else "" for column in range(width)] for row in rows]
    for upper, lower in pairwise(lines):
        over = ""
        for column in range(width):
            over = upper[column] or over
            if not upper[column] and lower[column]:
                upper[column] = over
            elif not lower[column]:
                over = ""
    headings = [WITHIN.join(dict.fromkeys(line[column] for line in lines if line[column])) for column in range(width)]
    return tuple(
        f"{name} ({headings[:place].count(name) + 1})" if name and name in headings[:place] else name
        for place, name in enumerate(headings)
    )
