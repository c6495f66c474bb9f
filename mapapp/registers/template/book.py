"""The template as files: an empty workbook with drop-downs and explanations, and facilities written into its form."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice
from typing import Any, Final

from sqlalchemy.orm import Session
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from mapapp.directory.records import FacilityRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.gminas import Gminas
from mapapp.registers.template.columns import COLUMNS, HEADINGS, TYPE, TemplateColumn
from mapapp.registers.template.special import (
    CLOSED,
    FIRST,
    HOURS,
    LAST,
    OWNERS,
    SHEET,
    SPECIAL_COLUMNS,
    SPECIAL_HEADINGS,
    WHOSE,
    special_rows,
)
from mapapp.registers.template.writing import ALL_HEADINGS, Cells, cells_under, facility_cells, table_rows
from mapapp.registers.writers.delimited import BYTE_ORDER_MARK, guarded

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LAST_ROW: Final = 2_000
_WIDTH: Final = 22
_SHEETS: Final = ("Dane", SHEET, "Objaśnienia", "Słowniki", "Gminy")
# the bytes are the same whenever it is made
_MADE: Final = datetime(2026, 1, 1)
_ROWS_AT_ONCE: Final = 500
Gmina = tuple[str, str, str]  # code, name, powiat
Registers = Mapping[str, SourceRegister]


def gminas_loaded(session: Session) -> list[Gmina]:
    """The gminas of the loaded territory."""
    known = sorted(Gminas.of(session).by_code.values(), key=lambda each: each.teryt)
    return [(each.teryt, each.name, each.powiat_name) for each in known]


def template_file(session: Session, vocabularies: Vocabularies) -> bytes:
    """The empty template with the gminas of the loaded territory."""
    return template_workbook(vocabularies, gminas_loaded(session))


def template_workbook(vocabularies: Vocabularies, gminas: Sequence[Gmina]) -> bytes:
    """The empty template with one row of example in each sheet."""
    rows = (tuple(column.example for column in columns) for columns in (COLUMNS, SPECIAL_COLUMNS))
    return _workbook([next(rows)], list(rows), vocabularies, gminas)


def facilities_workbook(
    facilities: Iterable[FacilityRecord],
    vocabularies: Vocabularies,
    gminas: Sequence[Gmina],
    registers: Registers | None = None,
) -> bytes:
    """The facilities in the template's form."""
    special: list[Cells] = []
    return _workbook(_rows_of(facilities, registers, special), special, vocabularies, gminas)


def _rows_of(
    facilities: Iterable[FacilityRecord], registers: Registers | None, special: list[Cells]
) -> Iterator[Cells]:
    """The rows of facilities; those of the special days are put into ``special`` meanwhile."""
    for each in facilities:
        yield from (cells_under(HEADINGS, cells) for cells in facility_cells(each, registers))
        special += (cells_under(SPECIAL_HEADINGS, cells) for cells in special_rows(each))


def facilities_csv(facilities: Iterable[FacilityRecord], registers: Registers | None = None) -> bytes:
    """The facilities in the same columns as CSV that a Polish spreadsheet opens; no cell is taken for a formula."""
    return b"".join(csv_pieces(facilities, registers))


def csv_pieces(facilities: Iterable[FacilityRecord], registers: Registers | None = None) -> Iterator[bytes]:
    """The same, some rows at a time."""
    yield BYTE_ORDER_MARK.encode()
    yield _csv([ALL_HEADINGS])
    for rows in _some(table_rows(facilities, registers)):
        yield _csv([guarded(cell) for cell in row] for row in rows)


def _some(rows: Iterator[Cells]) -> Iterator[list[Cells]]:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield some


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _workbook(
    rows: Iterable[Sequence[str]],
    special: Iterable[Sequence[str]],
    vocabularies: Vocabularies,
    gminas: Sequence[Gmina],
) -> bytes:
    content = BytesIO()
    with Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": "Szablon danych o placówkach", "created": _MADE})
        bold = book.add_format({"bold": True})
        needed = book.add_format({"bold": True, "bg_color": "#FFF2CC"})
        data, days, explained, terms, areas = (book.add_worksheet(name) for name in _SHEETS)
        ranges = _write_terms(terms, vocabularies, bold)
        for sheet, columns in ((data, COLUMNS), (days, SPECIAL_COLUMNS)):
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column.heading, needed if column.required else bold)
                _add_drop_down(sheet, place, column, ranges)
            sheet.set_column(0, len(columns) - 1, _WIDTH)
            sheet.freeze_panes(1, 1)
        _write(data, rows, 1)
        _help_with_days(days, *(book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "@")))
        _write(days, special, 1)
        _write_explanations(explained, bold)
        _write(areas, [("TERYT", "Gmina", "Powiat"), *gminas], 0)
    return content.getvalue()


def _write(sheet: Worksheet, rows: Iterable[Sequence[str]], first: int) -> None:
    for line, row in enumerate(rows, start=first):
        for place, cell in enumerate(row):
            if cell:
                sheet.write_string(line, place, cell)


def _write_explanations(sheet: Worksheet, bold: Any) -> None:
    head = ("kolumna", "co wpisać", "przykład", "wymagana?", "słownik")
    rows = [
        (
            column.heading,
            column.explained,
            column.example,
            _when_needed(column),
            column.codec.terms,
        )
        for column in COLUMNS
    ]
    for place, name in enumerate(head):
        sheet.write_string(0, place, name, bold)
    _write(sheet, rows, 1)
    for place, name in enumerate((f"arkusz „{SHEET}”", *head[1:4])):
        sheet.write_string(len(rows) + 2, place, name, bold)
    of_days = [(c.heading, c.explained, c.example, "tak" if c.required else "nie") for c in SPECIAL_COLUMNS]
    _write(sheet, of_days, len(rows) + 3)
    notes = (
        "Jeden wiersz to jedna usługa. Placówka z kilkoma usługami ma kilka wierszy o tym samym numerze;",
        "dane organizacji i miejsca wpisz tylko w pierwszym z nich. Filie mają własne wiersze, po usługach.",
        "Wiersz o numerze PRZYKŁAD jest pomijany. Kilka wartości w komórce oddziel znakiem |, ich części znakiem ~.",
        f"W arkuszu „{SHEET}” jeden wiersz to kolejne dni, w które jest zamknięte albo czynne w innych godzinach.",
        "Po wczytaniu placówka ma takie dni szczególne, jakie są w pliku. Plik bez tego arkusza ich nie zmienia.",
    )
    _write(sheet, [(note,) for note in notes], len(rows) + len(of_days) + 4)
    sheet.set_column(0, 4, 2 * _WIDTH)


def _when_needed(column: TemplateColumn) -> str:
    if not column.required:
        return "nie"
    return "tak, w każdym wierszu usługi" if column.heading == TYPE else "tak"


def _write_terms(sheet: Worksheet, vocabularies: Vocabularies, bold: Any) -> Mapping[str, str]:
    """Each vocabulary as two columns, codes and labels; where its labels stand."""
    ranges: dict[str, str] = {}
    for number, name in enumerate(dict.fromkeys(column.codec.terms for column in COLUMNS if column.codec.terms)):
        terms, place = getattr(vocabularies, name), 2 * number
        sheet.write_string(0, place, f"{name}: kod", bold)
        sheet.write_string(0, place + 1, "nazwa", bold)
        _write_beside(sheet, [(code, term.label_pl) for code, term in terms.items()], place)
        ranges[name] = f"='Słowniki'!${_letters(place + 1)}$2:${_letters(place + 1)}${len(terms) + 1}"
    return ranges


def _write_beside(sheet: Worksheet, rows: Iterable[Sequence[str]], place: int) -> None:
    for line, row in enumerate(rows, start=1):
        for offset, cell in enumerate(row):
            sheet.write_string(line, place + offset, cell)


def _letters(column: int) -> str:
    first, second = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _help_with_days(sheet: Worksheet, as_a_day: Any, as_text: Any) -> None:
    """Drop-downs and checks of the sheet of special days; all of them can be overruled."""
    places = {column.heading: place for place, column in enumerate(SPECIAL_COLUMNS)}
    a_day = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_type": "warning"}
    known = {"validate": "list", "source": f"='Dane'!$A$2:$A${_LAST_ROW}", "error_type": "warning"}
    rules = {
        places[SPECIAL_COLUMNS[0].heading]: known,
        places[FIRST]: a_day,
        places[LAST]: a_day,
        places[HOURS]: {"validate": "list", "source": [CLOSED], "show_error": False},
        places[WHOSE]: {"validate": "list", "source": list(OWNERS.values()), "error_type": "warning"},
    }
    for place, rule in rules.items():
        sheet.data_validation(1, place, _LAST_ROW, place, rule)
    # a spreadsheet takes 8-12 for a day of December
    for heading, form in ((FIRST, as_a_day), (LAST, as_a_day), (HOURS, as_text)):
        sheet.set_column(places[heading], places[heading], _WIDTH, form)


def _add_drop_down(sheet: Worksheet, place: int, column: TemplateColumn, ranges: Mapping[str, str]) -> None:
    if column.codec.terms and not column.codec.is_list:
        rule = {"validate": "list", "source": ranges[column.codec.terms], "error_type": "warning"}
        sheet.data_validation(1, place, _LAST_ROW, place, rule)
