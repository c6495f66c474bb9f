"""The directory from the command line."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import get_args
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cli.person import whoami
from mapapp.cli.special_days import special_days
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
from mapapp.directory.points import unplaced
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.choosing import chosen_geocoders
from mapapp.provision import staff_engine
from mapapp.registers.batches import ImportRunningError
from mapapp.registers.finding_points import WEAK, Around, Search, find_points, give_points
from mapapp.registers.findings import findings, write_findings
from mapapp.settings import ROOT, GeocoderCode, current_settings
from mapapp.text_search import configure_text_search


@click.group()
def directory() -> None:
    """The directory: what is published, and how it is searched."""


directory.add_command(special_days)


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

    Several items are set apart by |, a point is longitude,latitude, access.FEATURE=yes (partial, no, unknown) says how
    one gets into a location, places.KIND=40,2@2026-05-15 that a service had 40 places of this kind, 2 of them free, on
    that day (without it: today), costs=paid~10 zł|free what one pays; nothing after = empties the field, or takes back
    a number written by hand. What is written here stays when its register says what it said before; when the register
    says something new, a review asks.
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


@directory.command()
@click.option("--limit", type=click.IntRange(min=1), help="Look for so many locations at most.")
@click.option(
    *("--geocoder", "codes"),
    multiple=True,
    type=click.Choice(get_args(GeocoderCode)),
    help="Ask this one instead of those in MAPAPP_GEOCODERS; may be repeated.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be found; answers of a network are remembered all the same."
)
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Write findings as CSV.")
def geocode(limit: int | None, codes: tuple[GeocoderCode, ...], dry_run: bool, report_file: Path | None) -> None:
    """Give points to locations that have none, or one of a locality or gmina only.

    A better point, or one set by hand, is never replaced; what is ambiguous or outside of the gmina that the register
    names is told and not taken. All changes are one batch: mapapp batches undo takes them back.
    """
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        search = _search(lambda: transaction(engine), codes, limit)
        try:
            with transaction(engine) as session:
                batch = None if dry_run else give_points(session, search)
        except ImportRunningError as error:
            raise click.ClickException(str(error)) from error
    if report_file:
        with report_file.open("w", encoding="utf-8-sig", newline="") as file:
            write_findings(findings((), search.findings), file)
    _tell(search)
    if dry_run:
        click.echo("Dry run: nothing was changed.")
    elif batch:
        click.echo(f"Batch {batch}; to take it back: mapapp batches undo {batch}")
    if search.failures:
        raise click.ClickException("; ".join(search.failures.values()))


def _search(
    transactions: Callable[[], AbstractContextManager[Session]], codes: tuple[GeocoderCode, ...], limit: int | None
) -> Search:
    with transactions() as session:
        around = Around.of(session)
        locations = unplaced(session, WEAK, limit) if limit else unplaced(session, WEAK)
    try:
        geocoders = chosen_geocoders(current_settings(), around.places, transactions, codes)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(locations))
        return find_points(
            *(locations, geocoders, around, transactions), lambda done, _: bar.update(task, completed=done)
        )


def _tell(search: Search) -> None:
    click.echo(f"{search.looked_at} locations without a point or with a weak one")
    click.echo(f"{len(search.placements)} points found")
    for code, count in sorted(search.by_geocoder.items()):
        click.echo(f"  by {code}: {count}")
    if search.not_told:
        click.echo(f"{search.not_told} addresses are not public: no geocoder behind a network was asked")
    for each in search.findings[:10]:
        click.echo(f"  {each}")
    if len(search.findings) > 10:
        click.echo(f"  … and {len(search.findings) - 10} more; --report lists them all.")
