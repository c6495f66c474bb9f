"""Sheets of a workbook as rows of text. Runs in the limited child only. Library: calamine."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from mapapp.registers.archives import MOST_COLUMNS, MOST_ROWS
from mapapp.registers.problems import UnreadableFileError

MOST_CELLS = 3_000_000


def sheets(path: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Name and rows of every sheet that has cells, from the first row of the sheet on."""
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - after the limits are set

    try:
        # from memory, so that the content decides and not the name's ending
        workbook = load_workbook(BytesIO(Path(path).read_bytes()))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height:
                yield name, _rows(sheet)
    except CalamineError as error:
        raise UnreadableFileError("skoroszytu nie da się odczytać; jest uszkodzony albo zabezpieczony") from error


def _rows(sheet: Any) -> Iterator[list[str]]:
    height, width = sheet.total_height, sheet.total_width
    if height > MOST_ROWS or width > MOST_COLUMNS or height * width > MOST_CELLS:
        raise UnreadableFileError(
            f"arkusz „{sheet.name[:60]}” ma {height} wierszy i {width} kolumn; dozwolone są {MOST_ROWS} wierszy "
            f"i {MOST_COLUMNS} kolumn. Usuń puste wiersze i kolumny"
        )
    for row in sheet.iter_rows():
        yield [cell_text(value) for value in row]


def cell_text(value: object) -> str:
    """A cell as a clerk reads it: 132, not 132.0; a day without its midnight. Formulas give their last value."""
    if isinstance(value, bool):
        return "tak" if value else "nie"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)
