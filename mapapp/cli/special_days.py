"""Closures and other hours on some days, from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy.orm import Session

from mapapp import migrate, polish_time
from mapapp.cli.person import whoami
from mapapp.database import transaction
from mapapp.directory.records import SpecialDaysRecord, WrongSpecialDaysError
from mapapp.directory.setting_special_days import (
    UnknownOwnerError,
    remove_special_days,
    set_special_days,
    special_days_of,
)
from mapapp.provision import staff_engine
from mapapp.registers.batches import ImportRunningError, at_once, be_the_only_import
from mapapp.settings import current_settings

_BY = click.option("--by", metavar="WHO", default=whoami, help="Who decides; the system's user by default.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(name="special-days")
def special_days() -> None:
    """Closures and other hours on some days, of an organization, a location or a service.

    Each change is a batch: mapapp batches undo takes it back.
    """


@special_days.command(name="list")
@click.argument("record", type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
def list_(record: UUID, everything: bool) -> None:
    """List the special days of RECORD."""
    with _session() as session:
        found = special_days_of(session, record, None if everything else polish_time.today())
    for each in found:
        days = each.days
        click.echo(
            f"{each.id}  {days.first}–{days.last}  {days.opening_hours or 'closed'}  {days.reason or ''}".rstrip()
        )
    if not found:
        click.echo("No special days.")


@special_days.command(name="set")
@click.argument("record", type=click.UUID)
@click.argument("first", type=_DAY)
@click.argument("last", type=_DAY, required=False)
@click.option("--hours", help="When it is open on each of these days, such as 10:00-14:00; closed without it.")
@click.option("--reason", help="Why, in Polish: visitors read it.")
@click.option("--reason-en", help="The same in English.")
@click.option("--reason-uk", help="The same in Ukrainian.")
@_BY
def set_(
    record: UUID,
    first: datetime,
    last: datetime | None,
    hours: str | None,
    reason: str | None,
    reason_en: str | None,
    reason_uk: str | None,
    by: str,
) -> None:
    """Close RECORD from day FIRST to day LAST, or give these days other hours.

    Without LAST that one day. Of special days that meet, what is nearer to the door holds (a service before its place,
    a place before its organization), then what names fewer days.
    """
    with _session() as session:
        days = SpecialDaysRecord(first.date(), (last or first).date(), hours, reason, reason_en, reason_uk)
        with _batch(session, by) as batch:
            number = set_special_days(session, record, days, by=by)
    click.echo(f"Special days {number}.")
    _tell(batch)


@special_days.command()
@click.argument("special", type=click.UUID)
@_BY
def remove(special: UUID, by: str) -> None:
    """Take special days away again; SPECIAL is their id in the list."""
    with _session() as session, _batch(session, by) as batch:
        remove_special_days(session, special, by=by)
    _tell(batch)


def _tell(batch: int) -> None:
    click.echo(f"Batch {batch}; to take it back: mapapp batches undo {batch}")


@contextmanager
def _batch(session: Session, by: str) -> Iterator[int]:
    be_the_only_import(session)
    with at_once(session, "special days", "special days", by) as number:
        yield number


@contextmanager
def _session() -> Iterator[Session]:
    try:
        with staff_engine(current_settings()) as engine:
            migrate.upgrade(engine)
            with transaction(engine) as session:
                yield session
    except (UnknownOwnerError, WrongSpecialDaysError, ImportRunningError) as error:
        raise click.ClickException(str(error)) from error
