"""Real Małopolska with its registers, real Lower Silesia, and small regions made by hand."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_vocabularies
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.loading import import_register
from mapapp.settings import ROOT
from mapapp.territory.commands import load_territory
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region

VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
TODAY = date(2026, 6, 15)
REGISTERS = ("wolne_miejsca_dps_2026-05-09.xlsx", "wykaz_sds_malopolska_2026.xlsx", "senior_plus_2026-06-02.xlsx")


@pytest.fixture(scope="session")
def planned(cluster: Cluster, shared: Path) -> Iterator[Engine]:
    """Małopolska with its nursing homes, self-help homes and Senior+ places."""
    name = f"planned_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        load_territory(session, read_pack(shared / "data" / "malopolskie", region("malopolskie")))
        save_vocabularies(session, VOCABULARIES)
        for file in REGISTERS:
            import_register(session, shared / "registers" / file, VOCABULARIES)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def malopolska_data(planned: Engine) -> CoverageData:
    """What coverage reads of it."""
    with transaction(planned) as session:
        return coverage_data(session, TODAY)


@pytest.fixture
def planned_session(planned: Engine) -> Iterator[Session]:
    """A session on it whose changes are rolled back."""
    with planned.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()
