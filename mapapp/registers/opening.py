"""A register's file, whatever its format, as a table of a known layout."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mapapp.registers.layouts import Layout, recognise, unknown_layout
from mapapp.registers.problems import RowProblem
from mapapp.registers.readers import RawRow, RawTable, read_table, row_problem
from mapapp.registers.sheets import Sheet, has_sheets, read_sheets

# a header may stand below a title, and reach over several lines
_LAST_START: Final = 12
_MOST_LINES: Final = 5
_BEGINNING: Final = 64


@dataclass(frozen=True, slots=True)
class _Header:
    """Where a sheet's header stands, and which column is under which number."""

    sheet: Sheet
    layout: Layout
    start: int
    lines: int
    columns: dict[str, int]

    @property
    def fit(self) -> tuple[int, int, int]:
        """More columns first; then the shortest and highest header that has them."""
        return (len(self.columns), -self.lines, -self.start)


def open_register(path: Path, layouts: Sequence[Layout]) -> tuple[RawTable, Layout]:
    """The table in ``path`` and its layout, told by the header. Raises UnreadableFileError, UnknownLayoutError."""
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if not has_sheets(beginning):
        table = read_table(path)
        named = [each for each in layouts if not each.headings]
        layout = recognise(table.columns, named)
    else:
        sheets = read_sheets(path)
        header = _best_header(sheets, layouts)
        table, layout = _table(header, path), header.layout
        table.notes += _left_out(sheets, header)
        table.beside = _beside(sheets, header, table)
    return layout.gather(table), layout


def _best_header(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> _Header:
    for sheet in sheets:
        headers = [header for layout in layouts for header in _headers(sheet, layout)]
        if headers:
            return max(headers, key=lambda each: each.fit)
    first = max(sheets[0].rows[:_LAST_START], key=lambda row: sum(map(bool, row)), default=())
    raise unknown_layout([_heading([cell]) for cell in first if cell.strip()], layouts)


def _headers(sheet: Sheet, layout: Layout) -> Iterator[_Header]:
    for start in range(min(_LAST_START, len(sheet.rows))):
        for lines in range(1, _MOST_LINES + 1 if layout.headings else 2):
            rows = sheet.rows[start : start + lines]
            headings = [_heading([row[column] for row in rows]) for column in range(len(rows[0]))]
            columns = _columns(headings, layout)
            if layout.required <= columns.keys():
                yield _Header(sheet, layout, start, lines, columns)


def _heading(cells: Sequence[str]) -> str:
    return " ".join(" ".join(cells).split()).casefold()


def _columns(headings: Sequence[str], layout: Layout) -> dict[str, int]:
    if not layout.headings:
        return {name: column for column, name in reversed(list(enumerate(headings))) if name}
    found: dict[str, int] = {}
    for name, pattern in layout.headings.items():
        column = next((i for i, heading in enumerate(headings) if pattern.search(heading)), None)
        if column is not None and column not in found.values():
            found[name] = column
    return found


def _table(header: _Header, path: Path) -> RawTable:
    first = header.start + header.lines
    above = [cell for row in header.sheet.rows[:first] for cell in row if cell.strip()]
    title = " ".join(" ".join(above).split())
    sheet = header.sheet.name
    table = RawTable(_format(path), "", tuple(header.columns), title=title, file=path.name, sheet=sheet)
    for line, row in enumerate(header.sheet.rows[first:], start=first + 1):
        cells = {name: row[column] if column < len(row) else "" for name, column in header.columns.items()}
        if not any(cell.strip() for cell in cells.values()):
            continue
        if problem := row_problem(line, tuple(cells.values()), tuple(cells)):
            table.rejected.append(problem)
        else:
            table.rows.append(RawRow(line, cells))
    return table


def _format(path: Path) -> str:
    return re.sub(r"\W", "", path.suffix).upper() or "plik"


def _beside(sheets: Sequence[Sheet], header: _Header, table: RawTable) -> tuple[RawRow, ...] | None:
    """The rows of the layout's second sheet; None where the file has none."""
    wanted = header.layout.beside
    others = (sheet for sheet in sheets if wanted and sheet is not header.sheet)
    starts = ((sheet, start) for sheet in others for start in range(min(_LAST_START, len(sheet.rows))))
    for sheet, start in starts:
        names = tuple(_heading([cell]) for cell in sheet.rows[start])
        if wanted <= set(names):
            return tuple(_rows_beside(sheet, start + 1, names, table))
    return None


def _rows_beside(sheet: Sheet, first: int, names: Sequence[str], table: RawTable) -> Iterator[RawRow]:
    for line, row in enumerate(sheet.rows[first:], start=first + 1):
        cells = {name: cell for name, cell in zip(names, row, strict=False) if name}
        if not any(cell.strip() for cell in cells.values()):
            continue
        if problem := row_problem(line, tuple(cells.values()), tuple(cells)):
            table.rejected.append(replace(problem, sheet=sheet.name))
        else:
            yield RawRow(line, cells, sheet=sheet.name)


def _left_out(sheets: Sequence[Sheet], header: _Header) -> Iterator[RowProblem]:
    for sheet in sheets:
        if sheet is not header.sheet and next(_headers(sheet, header.layout), None):
            message = f"ma ten sam układ co „{header.sheet.name}”, ale wczytano tylko pierwszy; zapisz go osobno"
            yield RowProblem(1, f"arkusz {sheet.name}", "", message)
