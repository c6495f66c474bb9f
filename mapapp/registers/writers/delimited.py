"""CSV in two ways: for programs as it is (RFC 4180), and for Polish spreadsheets that open it with a click.

The way for spreadsheets: semicolon, decimal comma, UTF-8 with a byte order mark (Excel then reads Polish and Ukrainian
letters alike, which cp1250 cannot hold), and no cell that a spreadsheet would take for a formula.
"""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from mapapp.registers.writers.archive import read_me, zipped
from mapapp.registers.writers.content import Export, Pieces, Row

# what makes a formula of a cell in some spreadsheet; ＝＋－＠ do in East Asian settings
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
GUARD = "'"
BYTE_ORDER_MARK = "\ufeff"


def csv_plain(export: Export) -> Pieces:
    """For programs: comma, decimal point, UTF-8, every text as it is."""
    return _lines(export, _plain, delimiter=",")


def csv_excel(export: Export) -> Pieces:
    """For spreadsheets in Polish settings."""
    return _lines(export, _for_excel, delimiter=";", before=BYTE_ORDER_MARK)


def csv_with_readme(export: Export) -> Pieces:
    """For programs, with what has to be said about the rows beside."""
    return zipped((f"{export.layer}.csv", csv_plain(export)), *read_me(export))


def csv_excel_with_readme(export: Export) -> Pieces:
    """For spreadsheets, with what has to be said about the rows beside."""
    return zipped((f"{export.layer}.csv", csv_excel(export)), *read_me(export))


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before it, also where it begins with one."""
    return GUARD + text if _is_telling(text) else text


def unguarded(text: str) -> str:
    """What was there before ``guarded``."""
    return text[1:] if text.startswith(GUARD) and _is_telling(text[1:]) else text


def _is_telling(text: str) -> bool:
    return text.startswith(GUARD) or text.lstrip(" ").startswith(FORMULA_STARTS)


def _lines(export: Export, cell: Callable[[Any], Any], delimiter: str, before: str = "") -> Pieces:
    buffer = io.StringIO()
    buffer.write(before)
    lines = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    lines.writerow([column.name for column in export.columns])
    for batch in export.batches:
        lines.writerows(_cells(row, cell) for row in batch)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _cells(row: Row, cell: Callable[[Any], Any]) -> list[Any]:
    return [value if value is None else cell(value) for value in row]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return value.isoformat() if isinstance(value, date) else value


def _for_excel(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "PRAWDA" if value else "FAŁSZ"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return repr(value).replace(".", ",") if isinstance(value, float) else _plain(value)
