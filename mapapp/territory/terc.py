"""TERC, the register of territorial units: names, kinds and dates from the official CSV, zipped or not."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mapapp.territory.content import FIRST_CITY
from mapapp.territory.errors import TerritoryError, refuse
from mapapp.territory.records import check_columns

COLUMNS = ("WOJ", "POW", "GMI", "RODZ", "NAZWA", "NAZWA_DOD", "STAN_NA")
TOWN, RURAL_PART = "4", "5"
"""The parts of an urban-rural gmina (kind 3)."""


@dataclass(frozen=True, slots=True)
class Register:
    """Names by code: two digits a voivodeship, four a powiat, seven a gmina or a part of one."""

    names: dict[str, str]
    as_of: date

    def name(self, code: str) -> str | None:
        """The name of a unit, as Polish spells it; None where the register has none.

        A city with powiat rights may stand only as its districts, an urban-rural gmina only as its two parts.
        """
        if code in self.names or len(code) < 7:
            return self.names.get(code)
        parts = (code[:6] + TOWN, code[:6] + RURAL_PART) if code.endswith("3") else ()
        city = (code[:4],) if code.endswith("1") and int(code[2:4]) >= FIRST_CITY else ()
        return next((self.names[one] for one in (*parts, *city) if one in self.names), None)


def read_terc(path: Path) -> Register:
    """The register. Raises TerritoryError, naming column or line."""
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), delimiter=";")
    check_columns(path.name, COLUMNS, reader.fieldnames or [])
    names: dict[str, str] = {}
    dates: set[str] = set()
    for row in reader:
        code = "".join(row[column] or "" for column in COLUMNS[:4])
        # voivodeships stand in capitals
        names[code] = row["NAZWA"].lower() if len(code) == 2 else row["NAZWA"]
        dates.add(row["STAN_NA"])
    refuse([f"{path.name}, column STAN_NA: {sorted(dates)}, expected one date"] if len(dates) != 1 else [])
    return Register(names, _date(dates.pop(), path.name))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content[:2] == b"PK":
            with zipfile.ZipFile(path) as archive:
                content = archive.read(next(name for name in archive.namelist() if name.lower().endswith(".csv")))
        return content.decode("utf-8-sig")
    except (OSError, StopIteration, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise TerritoryError([f"{path.name}: cannot be read as TERC CSV in UTF-8, zipped or not: {error!r}"]) from error


def _date(text: str, file: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TerritoryError([f"{file}, column STAN_NA: {text!r}, expected a date like 2026-01-01"]) from error
