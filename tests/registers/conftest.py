"""Register files made for a test."""

import csv
import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_vocabularies
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.settings import ROOT
from mapapp.territory.commands import load_territory
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region

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


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Saves a file of that name and content."""

    def save(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


@pytest.fixture(scope="session")
def malopolska(cluster: Cluster, shared: Path) -> Iterator[Engine]:
    """A database with the territory of Małopolska and the vocabularies, without a facility."""
    name = f"malopolska_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        load_territory(session, read_pack(shared / "data" / "malopolskie", region("malopolskie")))
        save_vocabularies(session, load_vocabularies(ROOT / "data" / "vocabularies"))
    yield engine
    engine.dispose()
