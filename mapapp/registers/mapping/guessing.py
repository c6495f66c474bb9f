"""A mapping proposed for a file that nobody has described."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from mapapp.registers.dates import day_of_list
from mapapp.registers.mapping.contents import Contents, TypeWords, plain_words
from mapapp.registers.mapping.described import ColumnMapping
from mapapp.registers.mapping.grids import FoundHeader, find_header, read_grid
from mapapp.registers.mapping.matching import match_columns
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.sheets import Sheet
from mapapp.registers.voivodeships import NAMES, code_in_title

_TYPE_AT_LEAST: Final = 0.5


def guess_mapping(path: Path, contents: Contents) -> ColumnMapping:
    """What the columns of ``path`` seem to mean. Raises UnreadableFileError where it holds no table."""
    sheet, header = table_in(read_grid(path).sheets)
    rows = sheet.rows[header.first_row :]
    columns = [[row[place] if place < len(row) else "" for row in rows] for place in range(len(header.headings))]
    filled = [place for place, heading in enumerate(header.headings) if heading or any(map(str.strip, columns[place]))]
    # a column without a heading is known by its place
    headings = [header.headings[place] or f"(kolumna {place + 1})" for place in filled]
    matches = match_columns(headings, [columns[place] for place in filled], contents)
    title = above(sheet, header)
    constants = _constants(title, sheet.name, path.stem, contents.types)
    if any(each.field == "type" and each.is_used for each in matches):
        constants.pop("type", None)
    return ColumnMapping(
        name=_slug(path.stem),
        title=title or path.stem,
        publisher="",
        columns=matches,
        day=_day(title, path.name),
        constants=constants,
    )


def table_in(sheets: Sequence[Sheet]) -> tuple[Sheet, FoundHeader]:
    """The first sheet with a header, and the header."""
    for sheet in sheets:
        if header := find_header(sheet):
            return sheet, header
    raise UnreadableFileError("w pliku nie ma tabeli: nie znaleziono wiersza nagłówka z co najmniej dwiema kolumnami")


def above(sheet: Sheet, header: FoundHeader) -> str:
    """What stands above the table."""
    return " ".join(" ".join(cell for row in sheet.rows[: header.start] for cell in row).split())[:300]


def _constants(title: str, sheet: str, file: str, types: TypeWords) -> dict[str, str]:
    constants: dict[str, str] = {}
    if kind := next((code for text in (title, sheet, file) if (code := types.code_within(text))), None):
        constants["type"] = kind
    if voivodeship := code_in_title(title):
        constants["voivodeship"] = NAMES[voivodeship]
    return constants


def _day(title: str, file: str) -> date | None:
    try:
        return day_of_list(title, file)
    except UnreadableFileError:
        return None


def _slug(name: str) -> str:
    without_day = re.sub(r"\d{1,4}[._-]\d{1,2}[._-]\d{1,4}", " ", name)
    return "_".join(plain_words(without_day).replace("@", " ").replace("+", " ").split())[:40] or "lista"
