"""Which system a file's coordinates are in: judged by the whole file, never row by row, and always said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from geo.crs import EXTENT, WGS84, Position
from geo.crs_guess import Guess, Points, guess_crs
from mapapp.registers.addresses import SplitAddress, split_address
from mapapp.registers.areas_named import gminas_named
from mapapp.registers.layouts import Layout, Surroundings
from mapapp.registers.problems import RowProblem
from mapapp.registers.readers import RawRow, RawTable

FIELD: Final = "współrzędne"
_UNKNOWN: Final = "nie są w żadnym znanym układzie (EPSG:4326, 2180, 2176–2179)"
# single slips of the pen do not speak against what a layout declares
_ENOUGH_INSIDE: Final = 0.5


def reread_points(table: RawTable, layout: Layout, around: Surroundings) -> None:
    """Where a known layout's degrees lie outside of the region, take them for what they are, and say so.

    Degrees with the axes the wrong way round are left to the layout, which names each such row.
    """
    where = layout.coordinates
    if where is None:
        return
    rows = [each for row in table.rows for each in (row, *row.further)]
    named = {"x": where.lon, "y": where.lat, **where.whereabouts}
    cells = [{field: row.cells.get(column, "") for field, column in named.items()} for row in rows]
    pairs = _pairs(cells)
    known = np.isfinite(pairs).all(axis=1)
    inside = [bool(_degrees(*pair)) and around.places.holds(Position(*pair)) for pair in pairs[known].tolist()]
    if not inside or sum(inside) >= _ENOUGH_INSIDE * len(inside):
        return
    guess = guess_crs(pairs, _references(cells, around), is_labelled=layout.is_geographic)
    if guess is None:
        table.notes.append(RowProblem(1, FIELD, "", _UNKNOWN))
    elif guess.reading.epsg != WGS84:
        table.notes.append(RowProblem(1, FIELD, "", f"{_told(guess)}, choć ten układ pliku podaje stopnie (EPSG:4326)"))
        positions = guess.reading.positions(pairs).tolist()
        degrees = {row.line: _degrees(*position) for row, position in zip(rows, positions, strict=True)}
        table.rows = [_with_degrees(row, degrees, layout) for row in table.rows]


def _with_degrees(row: RawRow, degrees: Mapping[int, Mapping[str, str]], layout: Layout) -> RawRow:
    further = tuple(_with_degrees(each, degrees, layout) for each in row.further)
    found = degrees[row.line]
    if not found or layout.coordinates is None:
        return RawRow(row.line, row.cells, further)
    new = {layout.coordinates.lon: found["lon"], layout.coordinates.lat: found["lat"]}
    return RawRow(row.line, {**row.cells, **new}, further)


def place_points(table: RawTable, around: Surroundings, *, is_labelled: bool) -> None:
    """Write degrees under ``lon`` and ``lat`` of every row, read as one system for the whole file, and say which."""
    cells = [row.cells for row in table.rows]
    pairs = _pairs(cells)
    if not np.isfinite(pairs).all(axis=1).any():
        return
    guess = guess_crs(pairs, _references(cells, around), is_labelled=is_labelled)
    if guess is None:
        table.notes.append(RowProblem(1, FIELD, "", _UNKNOWN))
        return
    table.notes.append(RowProblem(1, FIELD, "", _told(guess)))
    positions = guess.reading.positions(pairs)
    table.rows = [
        RawRow(row.line, {**row.cells, **_degrees(*position)}, row.further)
        for row, position in zip(table.rows, positions.tolist(), strict=True)
    ]


def _pairs(cells: Sequence[Mapping[str, str]]) -> Points:
    return np.array([[_number(each.get(axis, "")) for axis in ("x", "y")] for each in cells]).reshape(-1, 2)


def _references(cells: Sequence[Mapping[str, str]], around: Surroundings) -> Points:
    return np.array([_reference(each, around) for each in cells]).reshape(-1, 2)


def _told(guess: Guess) -> str:
    swapped = " z zamienionymi osiami" if guess.reading.swapped else ""
    doubt = "" if guess.sure else "; inny odczyt pasuje prawie tak samo, sprawdź punkty na mapie"
    return f"współrzędne odczytano jako EPSG:{guess.reading.epsg}{swapped}{doubt}"


def _degrees(lon: float, lat: float) -> Mapping[str, str]:
    west, south, east, north = EXTENT
    return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"} if west <= lon <= east and south <= lat <= north else {}


def _number(cell: str) -> float:
    plain = re.sub(r"\s", "", cell).replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?\d{1,8}(?:\.\d+)?", plain) else float("nan")


def _reference(cells: Mapping[str, str], around: Surroundings) -> Position:
    """About where a row says it is: the middle of its gmina; nan where it says nothing that is known."""
    code = cells.get("teryt", "").strip().removesuffix(".0").zfill(7)
    named = {code} if code in around.gminas.by_code else set(_gminas(cells, around))
    address = next(_addresses(cells), None)
    wanted = named or around.gminas.by_code.keys()
    if address and (found := around.places.locate(address, wanted)):
        return found.position
    middle = around.places.middle(min(named)) if named else None
    return middle.position if middle else Position(float("nan"), float("nan"))


def _gminas(cells: Mapping[str, str], around: Surroundings) -> frozenset[str]:
    name = cells.get("gmina", "")
    return gminas_named(around.gminas, name) if name.strip() else frozenset()


def _addresses(cells: Mapping[str, str]) -> Iterator[SplitAddress]:
    if town := cells.get("town", "").strip():
        yield SplitAddress(town=town, postal_code=cells.get("postal_code", "").strip() or None)
    for field in ("address", "name_address"):
        if text := cells.get(field, "").strip():
            yield split_address(text)
