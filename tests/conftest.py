"""Fixtures: a real PostGIS of its own, migrated; every test in a transaction that is rolled back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cluster import Cluster, throwaway_cluster
from mapapp.database import make_staff_engine

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real public data beside the checkout; in CI it must be there."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"real public data is not beside the checkout ({folder.name}/data)")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throw-away PostGIS server on a Unix socket, shared by the workers; what a killed run left goes first."""
    with throwaway_cluster(ROOT / "var" / "test-cluster") as started:
        yield started


@pytest.fixture(scope="session")
def engine(cluster: Cluster) -> Iterator[Engine]:
    """The migrated, empty database."""
    name = f"test_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose every change is rolled back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()
