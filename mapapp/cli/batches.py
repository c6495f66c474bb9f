"""Files brought in: what each would change or changed, a review in the terminal, applying, discarding, undoing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import cast

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cli.person import whoami
from mapapp.cli.reviewing import review_all
from mapapp.database import transaction
from mapapp.directory.journal import ChangedSinceError
from mapapp.provision import staff_engine
from mapapp.registers import batches as imports
from mapapp.registers import retention
from mapapp.registers.review import wording
from mapapp.registers.review.applying import Applied, UndecidedError, apply_batch
from mapapp.registers.review.applying import discard as discard_batch
from mapapp.registers.review.deciding import WrongDecisionError, decide, decide_all
from mapapp.registers.review.records import DECISIONS, ORDER, Action, Decision, Staged
from mapapp.registers.review.storing import UnknownRecordError, counts, staged_records
from mapapp.settings import current_settings

_REFUSALS = (
    imports.UnknownBatchError,
    imports.AlreadyUndoneError,
    imports.NotAppliedError,
    imports.NotStagedError,
    imports.ImportRunningError,
    ChangedSinceError,
    UndecidedError,
    UnknownRecordError,
    WrongDecisionError,
)
_BY = click.option("--by", metavar="WHO", default=whoami, help="Who decides; the system's user by default.")
_NUMBER = click.argument("number", type=int)


@click.group()
def batches() -> None:
    """Review what a file would change, apply it, take it back."""


@batches.command(name="list")
def list_batches() -> None:
    """List the files that were brought in, the newest first."""
    with _session() as session:
        found = imports.batches(session)
    table = Table("number", "file", "layout", "staged", "state", "by", box=None)
    for each in found:
        table.add_row(
            str(each.id), each.file, each.layout, f"{each.staged_at:%Y-%m-%d %H:%M}", each.state, each.applied_by
        )
    Console().print(table if found else "No import has changed anything yet.")


@batches.command()
@_NUMBER
@click.option("--json", "as_json", is_flag=True, help="For programs: the batch, then its records.")
def show(number: int, as_json: bool) -> None:
    """Show what file NUMBER would change or changed, by record and field."""
    with _session() as session:
        found = imports.batch(session, number)
        if as_json:
            _show_json(session, found)
            return
        click.echo(f"Import {found.id}: {found.file}, {found.state}")
        numbers = counts(session, number)
        click.echo(", ".join(f"{wording.COUNTED[action]}: {count}" for action, count in numbers.items()))
        for each in staged_records(session, number, [action for action in ORDER if action != "unchanged"]):
            _show_record(each)


def _show_record(record: Staged) -> None:
    decided = f" [{wording.DECISIONS[record.decision]}]" if record.decision else ""
    waits = " [czeka na decyzję]" if record.waits else ""
    click.echo(f"{record.id}  {wording.title(record)}{decided}{waits}")
    for change in record.differences:
        click.echo(f"      {wording.difference(change)}")


def _show_json(session: Session, found: imports.Batch) -> None:
    records = [each.as_json() for each in staged_records(session, found.id)]
    told = {"batch": asdict(found), "counts": counts(session, found.id), "records": records}
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))


@batches.command()
@_NUMBER
@_BY
@click.option("--again", is_flag=True, help="Ask about decided records too.")
def review(number: int, by: str, again: bool) -> None:
    """Go through file NUMBER record by record.

    Every answer is kept at once: leave with q or Ctrl-C and go on later where you left.
    """
    with _engine() as engine:
        review_all(engine, number, by, again)


@batches.command(name="decide")
@_NUMBER
@click.argument("decision", type=click.Choice(list(wording.DECISIONS)))
@_BY
@click.option("--record", type=int, help="The record's number in `mapapp batches show`.")
@click.option("--all", "action", type=click.Choice(list(DECISIONS)), help="Every undecided record of this kind.")
def decide_(number: int, decision: str, by: str, record: int | None, action: str | None) -> None:
    """Decide about one record of file NUMBER, or about all undecided ones of a kind."""
    if (record is None) == (action is None):
        raise click.UsageError("expected either --record or --all")
    wanted = cast("Decision", decision)
    with _session() as session:
        if record is not None:
            _show_record(decide(session, number, record, wanted, by))
        else:
            count = decide_all(session, number, cast("Action", action), wanted, by)
            click.echo(f"{count} records decided")


@batches.command()
@_NUMBER
@_BY
def apply(number: int, by: str) -> None:
    """Bring the directory to what file NUMBER says, in one transaction.

    Records that changed since it was staged are shown and wait for a decision; nothing is applied then.
    """
    with _session() as session:
        applied = apply_batch(session, number, by)
    if applied.stale:
        for each in applied.stale:
            _show_record(each)
        waiting = f"{len(applied.stale)} records changed since import {number} was staged"
        raise click.ClickException(f"{waiting}; nothing was applied: mapapp batches review {number}")
    click.echo(_told(applied))
    click.echo(f"Import {number} is applied; to take it back: mapapp batches undo {number}")


def _told(applied: Applied) -> str:
    saved = applied.saved
    return (
        f"created {saved.created}, updated {saved.updated}, unchanged {saved.unchanged}, ended {applied.ended}, "
        f"left out {applied.left_out}, sample services retired {saved.retired_samples}"
    )


@batches.command()
@_NUMBER
def discard(number: int) -> None:
    """Throw file NUMBER away without applying it."""
    with _session() as session:
        discard_batch(session, number)
    click.echo(f"Import {number} is discarded.")


@batches.command()
@_NUMBER
def undo(number: int) -> None:
    """Make the directory what it was before import NUMBER.

    Refused where records of that import were changed later: undo the later imports first.
    """
    with _session() as session:
        try:
            imports.undo(session, number)
        except ChangedSinceError as error:
            raise click.ClickException(f"{error}; undo what was done later first: mapapp batches list") from error
    click.echo(f"Import {number} is undone.")


@batches.command()
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(0),
    required=True,
    metavar="DAYS",
    help="Those of so many days and more.",
)
def close(days: int) -> None:
    """Delete what is kept of old imports: addresses and telephones as they were, and as files had them.

    Applied ones stay and can no longer be undone; what still waits is discarded. For a timer, say once a month.
    """
    with _session() as session:
        closed = retention.close_old(session, days)
    click.echo(f"closed {closed.applied}, discarded {closed.staged}, rows deleted {closed.rows}")


@contextmanager
def _engine() -> Iterator[Engine]:
    try:
        with staff_engine(current_settings()) as engine:
            migrate.upgrade(engine)
            yield engine
    except _REFUSALS as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _session() -> Iterator[Session]:
    with _engine() as engine, transaction(engine) as session:
        yield session
