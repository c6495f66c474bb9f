"""Reading back what was exported as CSV or JSON Lines: the same values as were written."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from mapapp.registers.dictionary import BETWEEN_ITEMS, WITHIN_A_PAIR, Column, Kind
from mapapp.registers.writers.delimited import BYTE_ORDER_MARK, unguarded

TRUE = {"true", "PRAWDA"}

PLAIN: Mapping[Kind, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": TRUE.__contains__,
    "date": date.fromisoformat,
    "datetime": lambda cell: datetime.fromisoformat(cell.removesuffix("Z")),
}
EXCEL: Mapping[Kind, Callable[[str], Any]] = {
    **PLAIN,
    "number": lambda cell: float(cell.replace(",", ".")),
    "text": unguarded,
    "list": unguarded,
    "object": unguarded,
}
# an empty cell of these is an empty list, not something unknown
NEVER_UNKNOWN = {"list", "object"}


def csv_rows(text: str, columns: Sequence[Column], *, excel: bool = False) -> Iterator[tuple[Any, ...]]:
    """The rows of an exported CSV. Raises ValueError where its columns are others."""
    # newlines stay as they are: they may be within a cell
    file = io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")
    rows = csv.reader(file, delimiter=";" if excel else ",", strict=True)
    names, expected = next(rows), [column.name for column in columns]
    if names != expected:
        raise ValueError(f"the columns are {names}, expected {expected}")
    read = [(column.kind, (EXCEL if excel else PLAIN).get(column.kind, str)) for column in columns]
    for row in rows:
        yield tuple(_value(cell, kind, of) for cell, (kind, of) in zip(row, read, strict=True))


def json_rows(text: str) -> Iterator[dict[str, Any]]:
    """The objects of an exported JSON Lines file."""
    # splitlines() would also split at the separators that JSON leaves in a text
    return (json.loads(line) for line in text.split("\n") if line)


def items(cell: str) -> list[str]:
    """The items of a list that was written into one cell."""
    return cell.split(BETWEEN_ITEMS) if cell else []


def pairs(cell: str) -> dict[str, str]:
    """The object that was written into one cell."""
    parts = (item.partition(WITHIN_A_PAIR) for item in items(cell))
    return {key: value for key, _equals, value in parts}


def _value(cell: str, kind: Kind, of: Callable[[str], Any]) -> Any:
    if cell == "" and kind not in NEVER_UNKNOWN:
        return None
    return of(cell)
