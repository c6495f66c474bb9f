"""How Alembic reaches the database and what it compares."""

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection

import mapapp.coverage.tables
import mapapp.directory.tables
import mapapp.geocoding.tables
import mapapp.registers.batch_tables
import mapapp.territory.tables  # noqa: F401 - these imports register the tables
from mapapp.database import Base


def include_object(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave PostGIS's own tables alone."""
    if kind == "table" and reflected and compare_to is None:
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))


def run_on(connection: Connection) -> None:
    """Run the migrations in one transaction: all of them or none."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run_on(context.config.attributes["connection"])
