"""Rows of a sheet under a mapping: sums, numbers of columns and repeated headers left out, sections kept in mind."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mapapp.registers.mapping.contents import plain_words
from mapapp.registers.mapping.described import ColumnMapping, fingerprint
from mapapp.registers.mapping.grids import FoundHeader, Grid, find_header
from mapapp.registers.mapping.guessing import above, all_headings, headings_with_values
from mapapp.registers.problems import RowProblem, UnreadableFileError, shortened
from mapapp.registers.readers import RawRow, RawTable, row_problem
from mapapp.registers.sheets import Sheet

_SUM: Final = re.compile(r"^\W*(?:razem|ogółem|suma|łącznie|podsumowanie|total)\b", re.IGNORECASE)
_NUMBER_OF_COLUMN: Final = re.compile(r"\(?\d{1,2}\)?\.?")
_SECTION_OF_A_POWIAT: Final = re.compile(r"^\W*(?:powiat|pow\.|miasto na prawach powiatu|m\.)\s*", re.IGNORECASE)
_ALIKE: Final = 0.8  # of a repeated header's cells


def table_under(grid: Grid, path: Path, mapping: ColumnMapping) -> RawTable:
    """The rows of the sheet that has the mapping's headings, by field. Raises UnreadableFileError."""
    sheet, header = _fitting(grid.sheets, mapping)
    places = {name: place for place, name in enumerate(all_headings(header)) if name}
    columns = {field: places[heading] for field, heading in mapping.used.items() if heading in places}
    table = RawTable(
        *(grid.encoding, grid.separator, tuple(columns)),
        title=above(sheet, header), file=path.name, sheet=sheet.name,
    )  # fmt: skip
    # a section says more than the list
    constants = {"type_of_list" if key == "type" else key: value for key, value in mapping.constants.items()}
    section: dict[str, str] = {}
    for line, row in enumerate(sheet.rows[header.first_row :], start=header.first_row + 1):
        filled = [cell.strip() for cell in row if cell.strip()]
        if not filled or _SUM.match(filled[0]) or _is_no_unit(row, filled, header):
            continue
        if len(filled) == 1 and len(columns) > 1:
            section = _section(filled[0])
            table.notes.append(
                RowProblem(line, "(wiersz)", shortened(filled[0]), "nagłówek części listy, nie jednostka")
            )
            continue
        cells = {field: row[place] if place < len(row) else "" for field, place in columns.items()}
        if problem := row_problem(line, tuple(cells.values()), tuple(cells)):
            table.rejected.append(problem)
        else:
            table.rows.append(RawRow(line, {**constants, **section, **cells}))
    return table


def _fitting(sheets: Sequence[Sheet], mapping: ColumnMapping) -> tuple[Sheet, FoundHeader]:
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet))]
    if exact := [each for each in found if fingerprint(headings_with_values(*each)) == mapping.fingerprint]:
        return exact[0]
    for sheet, header in found:
        if set(mapping.used.values()) <= set(all_headings(header)):
            return sheet, header
    known = {name for _, header in found for name in all_headings(header)}
    missing = ", ".join(sorted(set(mapping.used.values()) - known)[:10])
    raise UnreadableFileError(f"plik nie pasuje do układu „{mapping.name}”: nie ma w nim kolumn: {missing}")


def _is_no_unit(row: Sequence[str], filled: Sequence[str], header: FoundHeader) -> bool:
    if len(filled) > 2 and all(_NUMBER_OF_COLUMN.fullmatch(cell) for cell in filled):
        numbers = [int(re.sub(r"\D", "", cell)) for cell in filled]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    words = [plain_words(heading) for heading in header.headings]
    pairs = [(plain_words(cell), words[i]) for i, cell in enumerate(row) if cell.strip() and i < len(words)]
    return len(filled) > 1 and sum(bool(a) and a in b for a, b in pairs) >= _ALIKE * len(filled)


def _section(text: str) -> dict[str, str]:
    if _SECTION_OF_A_POWIAT.match(text):
        return {"powiat": _SECTION_OF_A_POWIAT.sub("", text).strip(" :")}
    return {"type_of_section": text}
