import os

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

import mapapp.coverage.tables
import mapapp.directory.tables
import mapapp.registers.batch_tables
import mapapp.territory.tables  # noqa: F401 - they register their tables
from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import Base, make_staff_engine


def test_leaves_no_difference_between_tables_and_database(engine: Engine) -> None:
    def of_ours(_item: object, _name: str | None, kind: str, reflected: bool, ours: object) -> bool:
        return not (kind == "table" and reflected and ours is None)  # PostGIS has a table of its own

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": of_ours})
        assert compare_metadata(context, Base.metadata) == []


def test_is_current_only_after_the_last_revision(cluster: Cluster) -> None:
    cluster.ensure_database(f"unmigrated_{os.getpid()}")
    engine = make_staff_engine(cluster.url(f"unmigrated_{os.getpid()}"))
    assert not migrate.is_current(engine)
    migrate.upgrade(engine)
    assert migrate.is_current(engine)
    migrate.upgrade(engine)  # nothing to do
    engine.dispose()
