"""Imports that changed something: listing them, showing what they changed, undoing one whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.database import transaction
from mapapp.directory.journal import ChangedSinceError
from mapapp.provision import staff_engine
from mapapp.registers import batches as imports
from mapapp.settings import current_settings


@click.group()
def batches() -> None:
    """List imports, show what each changed, undo one."""


@batches.command(name="list")
def list_batches() -> None:
    """List imports that changed something, the newest first."""
    with _session() as session:
        found = imports.batches(session)
    table = Table("number", "file", "layout", "applied", "state", box=None)
    for each in found:
        table.add_row(str(each.id), each.file, each.layout, f"{each.applied_at:%Y-%m-%d %H:%M}", each.state)
    Console().print(table if found else "No import has changed anything yet.")


@batches.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show what import NUMBER added and changed."""
    with _session() as session:
        found = imports.batch(session, number)
        changes = imports.differences(session, number)
    click.echo(f"Import {found.id}: {found.file}, {found.state}")
    for each in changes:
        click.echo(f"  {each}")


@batches.command()
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Make the directory what it was before import NUMBER.

    Refused where records of that import were changed later: undo the later imports first.
    """
    with _session() as session:
        imports.undo(session, number)
    click.echo(f"Import {number} is undone.")


@contextmanager
def _session() -> Iterator[Session]:
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        try:
            with transaction(engine) as session:
                yield session
        except (
            imports.UnknownBatchError,
            imports.AlreadyUndoneError,
            imports.ImportRunningError,
            ChangedSinceError,
        ) as error:
            raise click.ClickException(str(error)) from error
