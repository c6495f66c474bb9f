"""Rows of the territory's CSV files, checked once; every wrong one is reported by line, column and value."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mapapp.territory.errors import TerritoryError

OPEN_END = 120
"""The upper end of an open age group."""

Teryt = Annotated[str, Field(pattern=r"^[0-9]{7}$")]
PowiatTeryt = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
VoivodeshipTeryt = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Nuts3 = Annotated[str, Field(pattern=r"^PL[0-9A-Z]{3}$")]
PostalCode = Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{3}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Kind = Literal["urban", "rural", "urban-rural"]
# Poland: a latitude is never a longitude here, so swapped columns are seen at once
Longitude = Annotated[float, Field(ge=14.0, le=24.2)]
Latitude = Annotated[float, Field(ge=49.0, le=54.9)]


def _empty_is(value: Any) -> BeforeValidator:
    return BeforeValidator(lambda given: value if given == "" else given)


class Row(BaseModel):
    """A row of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class PopulationRow(Row):
    """Persons of a gmina in a year and an age group; an empty ``age_to`` is an open end."""

    teryt: Teryt
    year: Annotated[int, Field(ge=1990, le=2100)]
    age_from: Annotated[int, Field(ge=0, le=OPEN_END)]
    age_to: Annotated[int, _empty_is(OPEN_END), Field(ge=0, le=OPEN_END)]
    # real files have negative ones; they are left out with a note
    persons: int
    source: Name


class PlaceRow(Row):
    """A settlement with a postal code."""

    postal_code: Annotated[PostalCode | None, _empty_is(None)]
    place: Name
    gmina: Name
    teryt: Teryt
    lon: Longitude
    lat: Latitude


class FigurePlaceRow(PlaceRow):
    """A settlement of our own table, which says which one is the seat."""

    role: Literal["seat", "anchor", "town", "settlement"]
    population: Annotated[int | None, _empty_is(None)]


class FigureRow(Row):
    """A gmina of our own table: codes, figures and positions, no boundary."""

    teryt: Teryt
    name: Name
    kind: Kind
    powiat_teryt: PowiatTeryt
    powiat: Name
    nuts3: Nuts3
    subregion: Name
    voivodeship_teryt: VoivodeshipTeryt
    voivodeship: Name
    population_2024: Annotated[int, Field(ge=0)]
    area_km2: Annotated[float, Field(gt=0)]
    seat: Name
    seat_lon: Longitude
    seat_lat: Latitude
    anchor: Name
    anchor_lon: Longitude
    anchor_lat: Latitude


class Nuts3Row(Row):
    """To which subregion a powiat belongs, and a position inside it."""

    powiat_teryt: PowiatTeryt
    powiat: Name
    nuts3: Nuts3
    subregion: Name
    lon: Longitude
    lat: Latitude


AnyRow = TypeVar("AnyRow", bound=Row)


def read_rows(path: Path, row_type: type[AnyRow], delimiter: str = ",") -> tuple[AnyRow, ...]:
    """The rows of a CSV file in UTF-8. Raises TerritoryError with every line that is wrong."""
    with open_text(path) as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        check_columns(path.name, list(row_type.model_fields), reader.fieldnames or [])
        rows: list[AnyRow] = []
        problems: list[str] = []
        for record in reader:
            try:
                rows.append(row_type.model_validate(record))
            except ValidationError as error:
                problems += _explained(path.name, reader.line_num, error)
    if problems:
        raise TerritoryError(problems)
    return tuple(rows)


def open_text(path: Path) -> Any:
    """The file for reading text. Raises TerritoryError where it is not there or not UTF-8."""
    try:
        path.read_text(encoding="utf-8")
        return path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError as error:
        raise TerritoryError([f"{path}: there is no such file"]) from error
    except UnicodeDecodeError as error:
        raise TerritoryError([f"{path.name}: byte {error.start} is no UTF-8, expected a file in UTF-8"]) from error


def check_columns(where: str, expected: Sequence[str], found: Sequence[str]) -> None:
    """Raise TerritoryError where a column is missing."""
    missing = [column for column in expected if column not in found]
    if missing:
        raise TerritoryError(
            f"{where}: column {column!r} is missing; found {', '.join(found) or 'none'}" for column in missing
        )


def _explained(file: str, line: int, error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        column = ".".join(str(part) for part in problem["loc"] if isinstance(part, str) and "[" not in part)
        yield f"{file} line {line}, column {column}: {problem['input']!r}: {problem['msg']}"
