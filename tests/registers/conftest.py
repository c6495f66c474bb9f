"""Register files made for a test."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

_GOOD = {
    "typ": "OPS",
    "id_jednostki": "100.0",
    "wojewodztwo": "małopolskie",
    "powiat": "nowosądecki",
    "gmina": "Korzenna",
    "nazwa": "Gminny Ośrodek Pomocy  Społecznej w Korzennej",
    "kod_pocztowy": "33-322",
    "miejscowosc": "Korzenna",
    "ulica": "",
    "numer_domu": "325",
    "telefon": "(18) 440-66-26",
    "www": "www.korzenna.pl",
    "email": "gops@korzenna.pl",
    "godziny_pracy": "poniedziałek-piątek 7:15 - 15:15",
    "teryt_gminy": "1210062",
    "latitude": "49.6699",
    "longitude": "20.8350",
    "geo_precyzja": "miejscowosc",
    "uwagi": "źródło: RJPS eksport 06.03.2026",
}


@pytest.fixture
def good() -> dict[str, str]:
    """The cells of a row without fault."""
    return dict(_GOOD)


@pytest.fixture
def units(good: dict[str, str]) -> Callable[[int], list[dict[str, str]]]:
    """Makes that many rows that differ in their number only."""
    return lambda count: [good | {"id_jednostki": f"{100 + number}.0"} for number in range(count)]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as a CSV file of that name, encoding and separator."""

    def write(rows: list[dict[str, str]], name: str = "ops.csv", encoding: str = "utf-8", separator: str = ",") -> Path:
        text = StringIO(newline="")
        writer = csv.DictWriter(text, list(_GOOD), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write
