"""The data dictionary of every exported file: each column's meaning in Polish and English, type, unit, short name.

Its words are in data/exports/columns.csv.
"""

import csv
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, cast

from mapapp.settings import ROOT

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "list", "object"]

FILE: Final = ROOT / "data" / "exports" / "columns.csv"
BETWEEN_ITEMS: Final = "|"
WITHIN_A_PAIR: Final = "="


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``short`` is its name where a format allows ten characters (dBASE, so Shapefile).

    ``vocabulary`` names the table of data/vocabularies that explains the codes. In a table of plain cells a list is
    joined by ``|``, and an object is pairs ``key=value`` joined by ``|``.
    """

    name: str
    short: str
    kind: Kind
    pl: str
    en: str
    unit: str | None = None
    vocabulary: str | None = None

    def described(self) -> dict[str, Any]:
        """The column as a row of the dictionary."""
        return asdict(self)


def _read(table: str) -> tuple[Column, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_column(row) for row in csv.DictReader(file) if row["table"] == table)


def _column(row: dict[str, str]) -> Column:
    return Column(
        name=row["name"],
        short=row["short"],
        kind=cast("Kind", row["kind"]),
        pl=row["label_pl"],
        en=row["label_en"],
        unit=row["unit"] or None,
        vocabulary=row["vocabulary"] or None,
    )


SERVICE_COLUMNS: Final = _read("services")
# of a search around a point
POSITION_COLUMNS: Final = _read("position")
# of a search for a profile, or for an occasion to come
ASKED_COLUMNS: Final = _read("asked")
AREA_COLUMNS: Final = _read("areas")
COVERAGE_COLUMNS: Final = _read("coverage")
SCENARIO_COLUMNS: Final = _read("scenario")
# scenarios side by side: which, then its rows
COMPARISON_COLUMNS: Final = (*_read("comparison"), *SCENARIO_COLUMNS)


def service_columns(names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of these names. Raises LookupError where one is not described."""
    known = {column.name: column for column in (*SERVICE_COLUMNS, *POSITION_COLUMNS, *ASKED_COLUMNS)}
    missing = [name for name in names if name not in known]
    if missing:
        raise LookupError(f"the dictionary does not describe {missing}")
    return tuple(known[name] for name in names)
