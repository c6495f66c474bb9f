"""XLSX for people: the data, the dictionary and what has to be said, a sheet each. Every text is a cell of text."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mapapp.registers.dictionary import Column
from mapapp.registers.writers.archive import pieces
from mapapp.registers.writers.content import Export, Pieces, clean

LONGEST_CELL = 32_767
SHEETS = ("Dane", "Słownik", "O danych")
DICTIONARY = ("kolumna / column", "po polsku", "in English", "typ / type", "jednostka / unit", "słownik / vocabulary")
# rows go to the disk as they come, and no text is taken for a formula, a number or a link
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
WIDTHS = {"name": 40, "organization_name": 40, "facility_type_name": 30, "street": 25, "city": 20}


def xlsx(export: Export) -> Pieces:
    """The workbook; written to a temporary file row by row."""
    with TemporaryDirectory(prefix="mapapp-") as folder:
        path = Path(folder, "book.xlsx")
        with Workbook(str(path), OPTIONS | {"tmpdir": folder}) as book:
            # the time of the data, not of writing
            created = export.about.time.replace(tzinfo=None, microsecond=0)
            book.set_properties({"title": export.about.title.pl, "created": created})
            data, dictionary, about = (book.add_worksheet(name) for name in SHEETS)
            _write_data(data, export, _Styles(book))
            _write_texts(dictionary, [DICTIONARY, *map(described, export.columns)])
            _write_texts(about, export.lines())
        yield from pieces(path)


def described(column: Column) -> tuple[str, ...]:
    """A row of the dictionary's sheet."""
    return (column.name, column.pl, column.en, column.kind, column.unit or "", column.vocabulary or "")


class _Styles:
    """How cells look."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format({"bold": True})
        self.date: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.datetime: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def _write_data(sheet: Worksheet, export: Export, styles: _Styles) -> None:
    for number, column in enumerate(export.columns):
        sheet.set_column(number, number, WIDTHS.get(column.name, 14))
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(export.columns):
        sheet.write_string(0, number, column.name, styles.head)
    for line, row in enumerate(chain.from_iterable(export.batches), start=1):
        for number, value in enumerate(row):
            if value is not None:
                _write(sheet, line, number, value, styles)
    sheet.autofilter(0, 0, export.total, len(export.columns) - 1)


def _write(sheet: Worksheet, line: int, number: int, value: Any, styles: _Styles) -> None:
    if isinstance(value, str):
        sheet.write_string(line, number, clean(value)[:LONGEST_CELL])
    elif isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, number, value, styles.datetime)
    elif isinstance(value, date):
        sheet.write_datetime(line, number, value, styles.date)
    else:
        sheet.write_number(line, number, value)


def _write_texts(sheet: Worksheet, lines: Iterable[tuple[str, ...]]) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 70)
    for line, texts in enumerate(lines):
        for number, text in enumerate(texts):
            sheet.write_string(line, number, clean(text)[:LONGEST_CELL])
