"""Connections of the web: a dead one is never given out, and single statements leave nothing behind."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from mapapp.database import Reader, make_keyed_engine, make_public_engine, texts_in_batches


@pytest.fixture
def public(engine: Engine) -> Iterator[Engine]:
    url = engine.url.render_as_string(hide_password=False)
    public = make_public_engine(url, 1)
    yield public
    public.dispose()


@pytest.fixture
def keyed(engine: Engine) -> Iterator[Engine]:
    keyed = make_keyed_engine(engine.url.render_as_string(hide_password=False), 1)
    yield keyed
    keyed.dispose()


def backend(public: Engine) -> int:
    return int(Reader(public, public).ask("SELECT pg_backend_pid()", None)[0][0])


def end(engine: Engine, pid: int) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_gives_a_reader_another_connection_for_a_dead_one(engine: Engine, public: Engine) -> None:
    first = backend(public)
    assert backend(public) == first
    end(engine, first)
    assert backend(public) != first


def test_gives_a_session_another_connection_for_a_dead_one(engine: Engine, public: Engine) -> None:
    end(engine, backend(public))
    with Session(public) as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_tells_which_snapshot_was_read(public: Engine) -> None:
    reader = Reader(public, public)
    rows = reader.ask("SELECT number FROM generate_series(1, 3) AS number ORDER BY number DESC", None)
    assert rows == [(3,), (2,), (1,)]
    assert len(reader.snapshots) == 1


def test_leaves_a_connection_as_it_was(public: Engine) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        Reader(public, public).ask("SELECT 1 / 0", None)
    backend(public)
    with Session(public) as session:
        session.execute(text("SELECT set_config('application_name', 'changed', true)"))
        assert session.scalar(text("SELECT current_setting('application_name')")) == "changed"


def test_plans_what_is_found_by_key_once(public: Engine, keyed: Engine) -> None:
    reader = Reader(public, keyed)
    plans = "SELECT generic_plans > 0 FROM pg_prepared_statements WHERE statement LIKE %(like)s"
    statement = "SELECT datname FROM pg_database WHERE oid = CAST(%(oid)s AS oid)"
    for _each in range(15):  # the driver prepares the fifth, PostgreSQL keeps a plan some later
        assert reader.ask(statement, {"oid": 1}, by_key=True) == [("template1",)]
        assert reader.ask(statement, {"oid": 1}) == [("template1",)]
    asked = {"like": "%pg_database%oid%"}
    assert reader.ask(plans, asked, by_key=True) == [(True,)]
    assert reader.ask(plans, asked) == [(False,)]


def test_lets_nothing_be_written_by_key(keyed: Engine) -> None:
    with keyed.connect() as connection, pytest.raises(InternalError, match="read-only"):
        connection.execute(text("CREATE TABLE written (id integer)"))


def test_passes_texts_on_as_bytes(public: Engine) -> None:
    statement = "SELECT text FROM (VALUES (1, 'zażółć'), (2, ''), (3, E'a\\nb')) AS row (place, text) ORDER BY place"
    with Session(public) as session:
        batches = list(texts_in_batches(session, statement, 2))
    assert batches == [[("zażółć".encode(),), (b"",)], [(b"a\nb",)]]
