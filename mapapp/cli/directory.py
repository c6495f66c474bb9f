"""The directory from the command line."""

import json
from dataclasses import asdict
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from mapapp import migrate
from mapapp.cli.person import whoami
from mapapp.database import transaction
from mapapp.directory.capacity_history import capacity_history
from mapapp.directory.editable import WrongFieldError
from mapapp.directory.editing import (
    ChangedMeanwhileError,
    EditableRecord,
    UnknownRecordError,
    edit_record,
    editable_record,
)
from mapapp.directory.listing import refresh_listings
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.provision import staff_engine
from mapapp.settings import ROOT, current_settings
from mapapp.text_search import configure_text_search


@click.group()
def directory() -> None:
    """The directory: what is published, and how it is searched."""


@directory.command()
def refresh() -> None:
    """Publish the directory anew: rebuild the listings and the search index.

    Needed after the server gets (or loses) the Polish dictionary; imports do it by themselves.
    """
    with staff_engine(current_settings()) as engine, transaction(engine) as session:
        dictionary = configure_text_search(session.connection())
        count = refresh_listings(session)
    click.echo(f"{count} listings published; Polish dictionary: {dictionary}")


@directory.command()
@click.argument("record", type=click.UUID)
@click.argument("written", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--version", "looked_at", type=int, help="Refuse if the record is not this version any more.")
@click.option("--by", metavar="WHO", default=whoami, help="Who edits; the system's user by default.")
def edit(record: UUID, written: tuple[str, ...], looked_at: int | None, by: str) -> None:
    """Write fields of an organization, location or service; without any, show them.

    Several items are set apart by |, a point is longitude,latitude, nothing after = empties the field. What is written
    here stays when its register says what it said before; when the register says something new, a review asks.
    """
    values = dict(_pair(each) for each in written)
    try:
        with staff_engine(current_settings()) as engine:
            migrate.upgrade(engine)
            with transaction(engine) as session:
                if not values:
                    _show(editable_record(session, record))
                    return
                vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
                edited = edit_record(session, record, values, vocabularies, by=by, version=looked_at)
    except (UnknownRecordError, ChangedMeanwhileError, WrongFieldError) as error:
        raise click.ClickException(str(error)) from error
    for change in edited.changes:
        click.echo(f"{change.field_name}: {change.before or '–'} → {change.after or '–'}")
    click.echo(f"Version {edited.version}." if edited.changes else "Nothing changed: it says so already.")


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} has no =; expected FIELD=VALUE", param_hint="FIELD=VALUE")
    return field, value


def _show(found: EditableRecord) -> None:
    by_hand = {each.field: each.base for each in found.edits}
    click.echo(f"{found.table} {found.id}, version {found.version}")
    for field, value in found.values.items():
        told = f"   (by hand; the register said {_told(by_hand[field])})" if field in by_hand else ""
        click.echo(f"  {field}={_told(value)}{told}")


def _told(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


@directory.command()
@click.argument("record", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def capacity(record: UUID, as_json: bool) -> None:
    """Show the numbers of places over time, of a service or of all services of an organization or a location."""
    with staff_engine(current_settings()) as engine, transaction(engine) as session:
        found = capacity_history(session, record)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2, default=str))
        return
    table = Table("day", "service", "kind", "of whom", "maximum", "available", "waiting days", "unit", box=None)
    for each in found:
        numbers = ("" if n is None else str(n) for n in (each.maximum, each.available, each.waiting_days))
        table.add_row(str(each.as_of), each.service_name, each.kind, each.target, *numbers, each.unit)
    Console().print(table if found else "No number of places is known.")
