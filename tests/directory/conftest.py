"""Databases with vocabularies, a small territory and, for searches, one service of every type."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from tests.directory.hand_made import VOCABULARIES, facility, prepare, save, service


def _database(cluster: Cluster, name: str) -> Engine:
    is_new = cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    if is_new:
        with transaction(engine) as session:
            prepare(session)
    return engine


@pytest.fixture(scope="session")
def _directory_engine(cluster: Cluster) -> Iterator[Engine]:
    engine = _database(cluster, f"directory_{os.getpid()}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _every_type_engine(cluster: Cluster) -> Iterator[Engine]:
    engine = _database(cluster, f"every_type_{os.getpid()}")
    with transaction(engine) as session:
        save(session, *(facility(code, service(code, visibility="public")) for code in VOCABULARIES.types))
    yield engine
    engine.dispose()


def _session(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture
def directory(_directory_engine: Engine) -> Iterator[Session]:
    """An empty directory with vocabularies and five gminas; every change is rolled back."""
    yield from _session(_directory_engine)


@pytest.fixture
def every_type(_every_type_engine: Engine) -> Iterator[Session]:
    """One public service of every type, all at one place; every change is rolled back."""
    yield from _session(_every_type_engine)
