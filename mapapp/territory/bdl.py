"""Population from the Local Data Bank of GUS: its CSV and XLSX exports, and what its API gave.

Columns of an export are headed by all they mean: "0-4;ogółem;2020;[osoba]" in one cell of the CSV, the same parts one
above the other in the XLSX.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine

from mapapp.territory.errors import TerritoryError
from mapapp.territory.records import OPEN_END, PopulationRow, open_text

SHEET = "TABLICA"
CODE_COLUMN = "Kod"
YEAR = re.compile(r"(?:19|20)\d\d")
AGES = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
AND_OVER = re.compile(r"(\d+)\s+i\s+więcej")
TOTAL = "ogółem"
OF_ONE_SEX = {"mężczyźni", "kobiety"}
GMINA = re.compile(r"\d{6}[123]")
EMPTY = {"", "-", "x", "X"}
SOURCE = "GUS BDL, stan 31.12"


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column counts."""

    year: int
    age_from: int
    age_to: int


def read_population(path: Path, voivodeship_teryt: str) -> tuple[PopulationRow, ...]:
    """The gminas' rows of an export or of the API's answers; both sexes together. Raises TerritoryError."""
    if not path.is_file():
        raise TerritoryError([f"{path}: there is no such file"])
    if path.suffix.lower() == ".json":
        rows = list(_from_api(json.loads(path.read_text(encoding="utf-8")), path.name))
    else:
        cells = _sheet(path) if path.suffix.lower() == ".xlsx" else _csv(path)
        rows = list(_from_cells(cells, path.name))
    return tuple(row for row in rows if row.teryt.startswith(voivodeship_teryt))


def ages_of(parts: Iterable[str]) -> tuple[int, int] | None:
    """The ages that a heading means, both included; None where it means one sex only or no age."""
    words = [part.strip().lower() for part in parts]
    if OF_ONE_SEX.intersection(words):
        return None
    for word in words:
        if ages := AGES.fullmatch(word):
            return int(ages[1]), int(ages[2])
        if ages := AND_OVER.fullmatch(word):
            return int(ages[1]), OPEN_END
    return (0, OPEN_END) if TOTAL in words else None


def _csv(path: Path) -> list[list[str]]:
    with open_text(path) as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row]
    header = [cell.split(";") for cell in rows[0]] if rows else []
    depth = max((len(parts) for parts in header), default=0)
    # the parts of a heading one above the other, as the other kind of file has them
    stacked = [[parts[level] if level < len(parts) else "" for parts in header] for level in range(depth)]
    return [*stacked, *rows[1:]]


def _sheet(path: Path) -> list[list[str]]:
    try:
        book = python_calamine.load_workbook(path)
        name = SHEET if SHEET in book.sheet_names else book.sheet_names[0]
        rows = book.get_sheet_by_name(name).to_python()
    except (python_calamine.CalamineError, OSError) as error:
        raise TerritoryError([f"{path.name}: cannot be read as XLSX: {error}"]) from error
    return [[_written(cell) for cell in row] for row in rows]


def _written(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _from_cells(rows: Sequence[Sequence[str]], file: str) -> Iterator[PopulationRow]:
    first = next((i for i, row in enumerate(rows) if row and row[0][:1].isdigit()), len(rows))
    header = rows[:first]
    if not any(row and row[0].strip() == CODE_COLUMN for row in header):
        raise TerritoryError([f"{file}: the first column is not headed {CODE_COLUMN!r}, expected an export of BDL"])
    columns = _columns(header)
    if not columns:
        raise TerritoryError([f"{file}: no column is headed by an age (or {TOTAL!r}) and a year"])
    for line, row in enumerate(rows[first:], first + 1):
        code = row[0].strip().zfill(7)
        if GMINA.fullmatch(code):
            for i, column in columns.items():
                if (value := row[i].strip()) not in EMPTY:
                    yield _row(code, column, _number(value, f"{file} line {line}, column {i + 1}"))


def _columns(header: Sequence[Sequence[str]]) -> dict[int, _Column]:
    """By position. A merged cell's words stand only in its first column: they hold until the next word."""
    width = max(len(row) for row in header)
    columns = {}
    held = [""] * len(header)
    for i in range(2, width):
        held = [row[i].strip() or before if i < len(row) else before for row, before in zip(header, held, strict=True)]
        ages, years = ages_of(held), [part for part in held if YEAR.fullmatch(part)]
        if ages and years:
            columns[i] = _Column(int(years[0]), *ages)
    return columns


def _from_api(answers: dict[str, Any], file: str) -> Iterator[PopulationRow]:
    for variable in answers["variables"]:
        ages = ages_of(variable["names"])
        if ages is None:
            raise TerritoryError(
                [f"{file}: variable {variable['id']} counts {variable['names']}, expected an age, both sexes"]
            )
        for unit in variable["results"]:
            code = teryt_of_unit(unit["id"])
            for value in unit["values"] if GMINA.fullmatch(code) else ():
                yield _row(code, _Column(int(value["year"]), *ages), int(value["val"]))


def teryt_of_unit(unit: str) -> str:
    """TERYT within the twelve digits of a unit of BDL: voivodeship, two of macroregion and subregion, powiat, gmina."""
    return unit[2:4] + unit[7:12]


def _number(text: str, where: str) -> int:
    try:
        return int(text.replace("\u00a0", "").replace(" ", ""))
    except ValueError as error:
        raise TerritoryError([f"{where}: {text!r}, expected a whole number of persons"]) from error


def _row(code: str, column: _Column, persons: int) -> PopulationRow:
    ages = {"age_from": column.age_from, "age_to": column.age_to}
    return PopulationRow(teryt=code, year=column.year, persons=persons, source=f"{SOURCE}.{column.year}", **ages)
