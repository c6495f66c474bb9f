"""Engines and sessions on PostGIS, with the limits that keep one slow query from stopping the site."""

import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from psycopg import Connection
from psycopg.types.string import ByteaBinaryLoader
from sqlalchemy import DateTime, Engine, MetaData, Text, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session

# Longest that a resident's page may wait; imports and set-up run without these.
PUBLIC_LIMITS = {
    "statement_timeout": "3s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}
# PostGIS cost estimates make PostgreSQL compile queries that take milliseconds.
# A generic plan of a prepared statement knows nothing of the box asked for (100,000 rows: 60 ms instead of at most 8).
ALWAYS = {"jit": "off", "plan_cache_mode": "force_custom_plan", "timezone": "Europe/Warsaw"}

_DIALECT = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class Base(DeclarativeBase):
    """All tables; constraint names are deterministic so that migrations can name them."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, datetime: DateTime(timezone=True)}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_public_engine(url: str, pool_size: int) -> Engine:
    """An engine for the web: read-only sessions, bounded waits, and no query outlives its page."""
    return _make_public(url, ALWAYS, pool_size)


def make_keyed_engine(url: str, pool_size: int) -> Engine:
    """The same for statements that find their rows by key, each on its own: planned once, and no transaction.

    Planning such a statement anew each time takes as long as answering it.
    """
    return _make_public(url, {**ALWAYS, "plan_cache_mode": "auto"}, pool_size, isolation_level="AUTOCOMMIT")


def _make_public(url: str, options: dict[str, str], pool_size: int, **more: str) -> Engine:
    engine = _make_engine(
        url,
        {**options, **PUBLIC_LIMITS, "default_transaction_read_only": "on"},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_use_lifo=True,
        **more,
    )
    # after an outage the first request meets a fresh connection, not a dead one
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, _record: Any, _pooled: Any) -> None:
    """Let the pool take another connection for one that its server has ended.

    Nobody writes to an idle connection but a server that ends it. Looking takes microseconds; a ping waits its turn
    at a busy server like any question, a quarter of the time of a single feature.
    """
    if connection.closed or select.select([connection.fileno()], [], [], 0)[0]:
        raise DisconnectionError("the server has ended the connection")


def make_staff_engine(url: str) -> Engine:
    """An engine for commands: set-up, imports, migrations. No statement limit."""
    return _make_engine(url, {**ALWAYS, "lock_timeout": "10s"}, pool_size=2, pool_pre_ping=True)


def _make_engine(url: str, options: dict[str, str], **more: Any) -> Engine:
    # postgres:// and postgresql:// both mean psycopg 3 here
    target = make_url(url).set(drivername="postgresql+psycopg")
    connect_args = {
        "connect_timeout": 2,
        "application_name": "mapapp",
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
    }
    return create_engine(target, connect_args=connect_args, hide_parameters=True, **more)


def driver_sql(statement: str) -> str:
    """A statement with ``:name`` parameters as the driver writes it; composed once, then given to ``ask_driver``."""
    return str(text(statement).compile(dialect=_DIALECT))


def driver_of(session: Session) -> Connection:
    """The driver's own connection, in the session's transaction."""
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)  # noqa: S101 - tells mypy what every engine here has
    return driver


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks questions that are each complete in one statement: no session, no transaction to begin and end.

    ``keyed`` answers statements that find their rows by key. ``snapshots`` names the states of the database that the
    answers are of.
    """

    engine: Engine
    keyed: Engine
    snapshots: set[str] = field(default_factory=set)

    def ask(
        self, statement: str, parameters: Mapping[str, Any] | None, *, by_key: bool = False
    ) -> list[tuple[Any, ...]]:
        """The rows of the statement, in its order."""
        pooled = (self.keyed if by_key else self.engine).raw_connection()
        driver = pooled.driver_connection
        assert isinstance(driver, Connection)  # noqa: S101 - tells mypy what every engine here has
        try:
            driver.autocommit = True
            rows = driver.execute(_with_snapshot(statement), parameters).fetchall()
            driver.autocommit = by_key
        except BaseException:
            pooled.invalidate()
            raise
        pooled.close()
        self.snapshots.update({row[0] for row in rows})
        return [row[1:] for row in rows]


@lru_cache(maxsize=512)
def _with_snapshot(statement: str) -> str:
    return f"SELECT CAST(pg_current_snapshot() AS text), answered.* FROM ({statement}) AS answered"


def ask_driver(
    source: Session | Reader, statement: str, parameters: Mapping[str, Any] | None = None, *, by_key: bool = False
) -> list[tuple[Any, ...]]:
    """All rows of a statement as the driver writes it, in the session's transaction.

    For the few questions that thousands ask: past SQLAlchemy's execution, which takes longer than PostgreSQL does.
    ``by_key``: the same plan is good whatever the parameters are.
    """
    if isinstance(source, Reader):
        return source.ask(statement, parameters, by_key=by_key)
    return driver_of(source).execute(statement, parameters).fetchall()


def texts_in_batches(session: Session, statement: str, at_once: int) -> Iterator[list[tuple[bytes, ...]]]:
    """The rows of a statement without parameters, each text as the bytes that PostgreSQL sends, from its cursor.

    Long texts that only pass through are neither decoded nor encoded: a third of the time of reading them.
    """
    with driver_of(session).cursor(name="texts") as cursor:
        cursor.adapters.register_loader("text", ByteaBinaryLoader)
        cursor.execute(statement, binary=True)
        while rows := cursor.fetchmany(at_once):
            yield rows


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One session in one transaction: committed at the end, rolled back on any error."""
    with Session(engine) as session, session.begin():
        yield session
