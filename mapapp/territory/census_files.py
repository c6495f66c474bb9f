"""Files of a census's 1 km grid: CSV, GeoPackage or Shapefile, in a ZIP or not, of Eurostat or of GUS.

A cell is known by its code (``CRS3035RES1000mN2943000E4829000``, ``1kmN2943E4829``), which is its south-west corner in
EPSG:3035.
"""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import pyogrio

from mapapp.territory.errors import TerritoryError

CELL_M = 1_000
CODES = ("GRD_ID", "SPATIAL", "CODE", "GRID_ID")
# persons, then those under 15, of 15 to 64, and of 65 and over: Eurostat 2021, GEOSTAT before it, GUS 2011
COUNTS = (
    ("T", "TOT_P_2021", "TOT_P", "TOT", "OBS_VALUE_T"),
    ("Y_LT15", "TOT_0_14"),
    ("Y_1564", "TOT_15_64"),
    ("Y_GE65", "TOT_65__", "TOT_65"),
)
# -8888 is confidential and -9999 not available; earlier editions had a column of such signs beside each count
KEPT_BACK = frozenset({"", "-8888", "-9999", "c", ":", ":c", "none", "nan"})
SIGNED = "-9999"
CODE = re.compile(r"(?:[A-Z]{2}_)?(?:CRS3035)?(?:RES)?(\d+)(k?m)N(\d+)E(\d+)")
NOWHERE = "unallocated"
"""The code of people whose cell the publisher does not know, as ``IT_unallocated``."""
MOST_PROBLEMS = 100
SEPARATORS = ",;\t"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """South, west, north, east in metres of EPSG:3035."""

    south: float
    west: float
    north: float
    east: float

    def has(self, north: int, east: int) -> bool:
        """Whether the cell with this south-west corner touches it."""
        return self.south - CELL_M < north < self.north and self.west - CELL_M < east < self.east


@dataclass(frozen=True, slots=True)
class GridCell:
    """People of a cell by its south-west corner; ``ages``: under 15, 15 to 64, 65 and over. None: kept back."""

    north: int
    east: int
    persons: int | None
    ages: tuple[int | None, int | None, int | None]

    @property
    def may_have_people(self) -> bool:
        """Whether anybody lives there, as far as is told."""
        return self.persons != 0 or any(self.ages)


def read_grid(path: Path, box: Box) -> tuple[GridCell, ...]:
    """The cells in the box where people live, by corner. Raises TerritoryError with every line that is wrong."""
    if not path.is_file():
        raise TerritoryError([f"{path}: there is no such file"])
    seen: list[str] = []
    try:
        for name, columns, records in _tables(path):
            chosen = _chosen(columns)
            if chosen is not None:
                return _cells(name, records, chosen, box)
            seen.append(f"{name} has {', '.join(columns[:12]) or 'none'}")
    except (zipfile.BadZipFile, pyogrio.errors.DataSourceError, OSError, csv.Error) as error:
        raise TerritoryError([f"{path.name}: cannot be read: {error}"]) from error
    except UnicodeDecodeError as error:
        raise TerritoryError([f"{path.name}: byte {error.start} is no UTF-8, expected a file in UTF-8"]) from error
    expected = f"a code of the cell ({', '.join(CODES)}) and its persons ({', '.join(COUNTS[0])})"
    raise TerritoryError([f"{path.name}: no table has the columns of a census grid, expected {expected}", *seen])


def _tables(path: Path) -> Iterator[tuple[str, Sequence[str], Iterable[tuple[str, Record]]]]:
    """Name, columns and lines (where each stands, and its values) of every table; the lines are read when asked for."""
    names = [""]
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = sorted(archive.namelist(), key=lambda name: (_kind(name) != ".csv", name))
    for inner in names:
        kind = _kind(inner or path.name)
        if kind == ".csv":
            with _text(path, inner) as file:
                yield (Path(inner).name or path.name, *_of_text(file))
        elif kind in {".gpkg", ".shp"}:
            yield from _of_layers(f"/vsizip/{path.resolve()}/{inner}" if inner else str(path))


def _kind(name: str) -> str:
    return Path(name).suffix.lower()


@contextmanager
def _text(path: Path, inner: str) -> Iterator[IO[str]]:
    if not inner:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive, archive.open(inner) as packed:
        yield TextIOWrapper(packed, encoding="utf-8-sig", newline="")


def _of_text(file: IO[str]) -> tuple[Sequence[str], Iterable[tuple[str, Record]]]:
    head = file.readline()
    separator = max(SEPARATORS, key=head.count)
    columns = next(csv.reader([head], delimiter=separator), [])
    lines = csv.DictReader(file, columns, delimiter=separator)
    return columns, ((f"line {lines.line_num + 1}", record) for record in lines)


def _of_layers(source: str) -> Iterator[tuple[str, Sequence[str], Iterable[tuple[str, Record]]]]:
    for layer in pyogrio.list_layers(source)[:, 0]:
        columns = [str(name) for name in pyogrio.read_info(source, layer=layer)["fields"]]
        yield f"{Path(source).name}, layer {layer}", columns, _of_layer(source, str(layer), columns)


def _of_layer(source: str, layer: str, columns: Sequence[str]) -> Iterator[tuple[str, Record]]:
    chosen = _chosen(columns) or {}
    wanted = [column for column in dict.fromkeys(chosen.values()) if column]
    table = pyogrio.read_dataframe(source, layer=layer, columns=wanted, read_geometry=False)
    for number, row in enumerate(table.itertuples(index=False, name=None), 1):
        yield f"feature {number}", dict(zip(table.columns, row, strict=True))


def _chosen(columns: Sequence[str]) -> dict[str, str] | None:
    """Which column has the code, each count, and the sign of what is kept back; None where it is no grid."""
    known = {column.strip().upper(): column for column in columns}

    def first(names: Sequence[str]) -> str:
        return next((known[name] for name in names if name in known), "")

    found = {"code": first(CODES)}
    for number, names in enumerate(COUNTS):
        found[f"count {number}"] = first(names)
        found[f"sign {number}"] = known.get(f"{found[f'count {number}'].upper()}_CI", "")
    return found if found["code"] and found["count 0"] else None


def _cells(
    name: str, records: Iterable[tuple[str, Record]], chosen: Mapping[str, str], box: Box
) -> tuple[GridCell, ...]:
    found: dict[tuple[int, int], GridCell] = {}
    problems: list[str] = []
    read = 0
    for where, record in records:
        read += 1
        try:
            cell = _cell(record, chosen, box)
        except ValueError as error:
            problems.append(f"{name} {where}, {error}")
            if len(problems) == MOST_PROBLEMS:
                break
            continue
        if cell is None:
            continue
        if (cell.north, cell.east) in found:
            problems.append(f"{name} {where}: the cell {record[chosen['code']]} stands twice")
        found[cell.north, cell.east] = cell
    if not found and not problems:
        problems.append(f"{name}: none of its {read} cells lies in the loaded territory")
    if problems:
        raise TerritoryError(problems)
    return tuple(cell for _, cell in sorted(found.items()) if cell.may_have_people)


def _cell(record: Record, chosen: Mapping[str, str], box: Box) -> GridCell | None:
    """None for one elsewhere, whose counts are not looked at. Raises ValueError."""
    corner = _corner(chosen["code"], str(record[chosen["code"]] or "").strip())
    if corner is None or not box.has(*corner):
        return None
    persons, *ages = (
        _count(record, chosen[f"count {number}"], chosen[f"sign {number}"]) for number in range(len(COUNTS))
    )
    return GridCell(*corner, persons, (ages[0], ages[1], ages[2]))


def _corner(column: str, code: str) -> tuple[int, int] | None:
    if code.endswith(NOWHERE):
        return None
    parts = CODE.fullmatch(code)
    if parts is None:
        raise ValueError(f"column {column}: {code!r}, expected a cell such as CRS3035RES1000mN2943000E4829000")
    unit = CELL_M if parts[2] == "km" else 1
    size, north, east = (int(parts[number]) * unit for number in (1, 3, 4))
    if size != CELL_M or north % CELL_M or east % CELL_M:
        raise ValueError(f"column {column}: {code!r} is no cell of 1 km")
    return north, east


def _count(record: Record, column: str, sign: str) -> int | None:
    if not column:
        return None
    written = str(record[column] if record[column] is not None else "").strip()
    number = written.removesuffix(".0")
    if number.lower() in KEPT_BACK or (sign and str(record[sign]).strip().removesuffix(".0") == SIGNED):
        return None
    if not number.isdecimal():
        raise ValueError(f"column {column}: {written!r}, expected a whole number of persons, or -8888 where kept back")
    return int(number)
