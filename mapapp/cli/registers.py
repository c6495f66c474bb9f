"""Bringing registers into the directory from the command line."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from mapapp import migrate
from mapapp.cli.person import whoami
from mapapp.database import transaction
from mapapp.directory.commands import save_vocabularies
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.provision import staff_engine
from mapapp.registers.batches import ImportRunningError
from mapapp.registers.checking import Progress as ReportProgress
from mapapp.registers.field_words import field_word
from mapapp.registers.loading import ImportReport, import_register, stage_register
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.reporting import FORMATS, write_report
from mapapp.registers.review import wording
from mapapp.settings import ROOT, current_settings

_STEPS = {"read": "Reading the file", "check": "Checking rows", "save": "Comparing and saving"}
_SHOWN_WITHOUT_VERBOSE = 20
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REPORT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command(name="import")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Check and report only; the directory stays as it is.")
@click.option("--apply", "apply_now", is_flag=True, help="Apply at once, unless a record waits for a decision.")
@click.option("--by", metavar="WHO", default=whoami, help="Who applies it; the system's user by default.")
@click.option("--strict", is_flag=True, help="Stage nothing and exit with 1 if a row is rejected.")
@click.option("--report", "report_file", type=_REPORT, help="Write every finding to this .json or .csv file.")
@click.option("--layout", metavar="L", help="A layout's code, a kept layout's name or a mapping file; else recognised.")
@click.option("-v", "--verbose", is_flag=True, help="List every finding here.")
def import_file(report_file: Path | None, verbose: bool, **asked: Any) -> None:
    """Stage what a register's FILE would change in the directory, for a review.

    FILE is CSV, XLS, XLSX, ODS, GeoJSON, an Overpass answer, GPKG or a zipped Shapefile; format, layout, encoding and
    separator are recognised by content. Rejected rows are listed by line, field, value and message. Then
    `mapapp batches show|review|apply|discard`, or --apply at once. The same file again has nothing to do.
    """
    if report_file and report_file.suffix.lower() not in FORMATS:
        raise click.BadParameter(f"expected a name that ends with {' or '.join(FORMATS)}", param_hint="--report")
    wish = _Wish(**asked)
    file = wish.file
    try:
        report, kept = _import(wish)
    except (UnreadableFileError, ImportRunningError) as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    if report_file:
        write_report(report, report_file)
    _show(Console(), report, verbose)
    _conclude(report, wish, kept)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the command was asked for."""

    file: Path
    layout: str | None
    by: str
    dry_run: bool
    apply_now: bool
    strict: bool


def _import(wish: _Wish) -> tuple[ImportReport, bool]:
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        with transaction(engine) as session, _progress() as progress:
            save_vocabularies(session, vocabularies)
            given = (session, wish.file, vocabularies, progress, wish.layout)
            report = import_register(*given, by=wish.by) if wish.apply_now else stage_register(*given)
            kept = not wish.dry_run and not (wish.strict and report.rejected)
            if not kept:
                session.rollback()
    return report, kept


@contextmanager
def _progress() -> Iterator[ReportProgress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {step: bar.add_task(label, total=None, start=False) for step, label in _STEPS.items()}

        def advance(step: str, done: int, total: int) -> None:
            bar.start_task(tasks[step])
            bar.update(tasks[step], completed=done, total=total)

        yield advance


def _show(console: Console, report: ImportReport, verbose: bool) -> None:
    separator = f", separator {report.separator!r}" if report.separator else ""
    console.print(f"[bold]{report.file}[/]: {report.layout} ({report.encoding}{separator})")
    table = Table(show_header=False, box=None)
    for label, number in _figures(report):
        table.add_row(label, str(number))
    console.print(table)
    _list(console, "Rejected", map(wording.problem, report.rejected), verbose)
    changed = [wording.flat_difference(each) for each in report.differences if each.field]
    _list(console, "Changed", changed, verbose)
    _list(console, "No longer in the file; they stay unless the review ends them", report.no_longer_named, verbose)
    if verbose:
        _list(console, "Notes for staff", map(wording.problem, report.notes), verbose)
    elif report.notes:
        by_field = Counter(field_word(note.field, "pl") for note in report.notes)
        kinds = ", ".join(f"{field} {count}" for field, count in by_field.most_common())
        console.print(f"{len(report.notes)} notes for staff ({kinds}); --verbose or --report lists them.")


def _figures(report: ImportReport) -> Iterator[tuple[str, int]]:
    yield "rows read", report.rows
    yield "created", report.saved.created
    yield "updated", report.saved.updated
    yield "unchanged", report.saved.unchanged
    yield "waiting for a decision", report.to_decide
    yield "rejected", report.rejected_rows
    if report.state == "applied":  # they are counted when they are retired
        yield "sample services retired", report.saved.retired_samples
    yield "points outside their gmina", report.outside_gmina
    for status, count in sorted(report.hours.items()):
        yield f"opening hours: {status.replace('_', ' ')}", count
    types = load_vocabularies(ROOT / "data" / "vocabularies").types
    for code, count in sorted(report.services_by_type.items()):
        yield f"services of type {code} ({types[code].label_pl})", count
    for code, count in sorted(report.places_by_type.items()):
        yield f"places of type {code} ({types[code].label_pl})", count


def _list(console: Console, title: str, lines: Iterable[str], verbose: bool) -> None:
    listed = list(lines)
    if not listed:
        return
    console.print(f"[bold]{title}[/] ({len(listed)})")
    shown = listed if verbose else listed[:_SHOWN_WITHOUT_VERBOSE]
    for line in shown:
        # a cell's text is not markup
        console.print(f"  {line}", markup=False, highlight=False)
    if len(shown) < len(listed):
        console.print(f"  … and {len(listed) - len(shown)} more; --verbose or --report lists them all.")


def _conclude(report: ImportReport, wish: _Wish, kept: bool) -> None:
    if wish.dry_run:
        click.echo("Dry run: nothing was changed.")
    elif not kept:
        raise click.ClickException(f"{report.rejected_rows} rows rejected and --strict given: nothing was staged")
    elif report.state == "nothing_to_do":
        earlier = f"; import {report.batch} brought it in before" if report.batch else ""
        click.echo(f"Nothing to do: the directory holds all of this file{earlier}.")
    elif report.state == "applied":
        click.echo(f"Applied; to take it back: mapapp batches undo {report.batch}")
    elif wish.apply_now:
        waiting = f"{report.to_decide} records wait for a decision"
        raise click.ClickException(f"{waiting}, nothing was applied: mapapp batches review {report.batch}")
    else:
        click.echo(f"Staged; to review and apply it: mapapp batches review {report.batch}")
