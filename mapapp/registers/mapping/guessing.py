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
    named = headings_with_values(sheet, header)
    place = {heading: place for place, heading in enumerate(all_headings(header))}
    columns = [[row[place[name]] if place[name] < len(row) else "" for row in rows] for name in named]
    matches = match_columns(named, columns, contents)
    title = above(sheet, header)
    constants = _constants(title, sheet.name, path.stem, contents.types)
    if any(each.field == "type" and each.is_used for each in matches):
        constants.pop("type", None)
    return ColumnMapping(
        name=_slug(path.stem),
        source=f"lista_{_slug(path.stem)}",
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


def all_headings(header: FoundHeader) -> tuple[str, ...]:
    """Every column's heading; one without is known by its place."""
    return tuple(name or f"(kolumna {place + 1})" for place, name in enumerate(header.headings))


def headings_with_values(sheet: Sheet, header: FoundHeader) -> tuple[str, ...]:
    """The headings of columns that are named or have a value somewhere."""
    rows = sheet.rows[header.first_row :]
    return tuple(
        heading
        for place, heading in enumerate(all_headings(header))
        if header.headings[place] or any(place < len(row) and row[place].strip() for row in rows)
    )


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
