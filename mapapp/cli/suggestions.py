"""What visitors say is wrong: reading it, deciding about it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Literal

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cli.person import whoami
from mapapp.database import transaction
from mapapp.directory import suggestions as kept
from mapapp.directory.suggestions import SuggestionRow
from mapapp.provision import staff_engine
from mapapp.settings import current_settings

STATES = ("new", "accepted", "rejected", "all")


@click.group()
def suggestions() -> None:
    """Read what visitors say is wrong, and decide about it. Nothing here changes a record."""


@suggestions.command(name="list")
@click.option("--state", type=click.Choice(STATES), default="new", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def list_suggestions(state: str, form: str) -> None:
    """List messages, the oldest first."""
    with _session() as session:
        found = kept.suggestions(session, None if state == "all" else state)  # type: ignore[arg-type] # one of STATES
    if form == "json":
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False, indent=2))
        return
    table = Table("number", "sent", "about", "topic", "what is wrong", "state", box=None)
    for each in found:
        table.add_row(
            *(str(each.id), f"{each.sent_at:%Y-%m-%d %H:%M}", _plain(each.record_name or each.subject), each.topic),
            *(_plain(each.wrong)[:80], each.state),
        )
    Console(markup=False).print(table if found else "No messages.")


@suggestions.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show the whole of message NUMBER, with the e-mail to answer to."""
    with _session() as session:
        found = kept.suggestion(session, number)
    for name, value in asdict(found).items():
        if value is not None:
            click.echo(f"{name}: {_plain(str(value))}")


@suggestions.command()
@click.argument("number", type=int)
@click.option("--note", help="Why, for whoever looks later.")
@click.option("--by", default=whoami, show_default="who is signed in", help="Who decides.")
def accept(number: int, note: str | None, by: str) -> None:
    """Mark message NUMBER as right, erase its e-mail, and print the command that opens the record for editing."""
    decided = _decide(number, "accepted", note, by)
    click.echo(f"Suggestion {number} is accepted. The record is as it was; change it yourself:")
    click.echo(f"  {_what_to_do(decided)}")
    if decided.right:
        click.echo(f"  as it should be: {_plain(decided.right)}")


@suggestions.command()
@click.argument("number", type=int)
@click.option("--note", help="Why, for whoever looks later.")
@click.option("--by", default=whoami, show_default="who is signed in", help="Who decides.")
def reject(number: int, note: str | None, by: str) -> None:
    """Mark message NUMBER as of no consequence, and erase its e-mail."""
    _decide(number, "rejected", note, by)
    click.echo(f"Suggestion {number} is rejected.")


@suggestions.command()
def forget() -> None:
    """Erase what has been kept long enough: senders, e-mails, old messages. Meant for a daily timer."""
    with _session() as session:
        erased = kept.forget(session)
    click.echo("Erased: " + ", ".join(f"{number} {name}" for name, number in erased.items()))


def _decide(number: int, state: Literal["accepted", "rejected"], note: str | None, by: str) -> SuggestionRow:
    with _session() as session:
        return kept.decide(session, number, state, note, by)


def _what_to_do(decided: SuggestionRow) -> str:
    if decided.record_id is None:
        return "it is about the site, not about a record"
    return f"mapapp directory edit {decided.record_id}"


def _plain(value: str) -> str:
    """A visitor's text in one line, without what a terminal would obey."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())


@contextmanager
def _session() -> Iterator[Session]:
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        try:
            with transaction(engine) as session:
                yield session
        except (kept.UnknownSuggestionError, kept.AlreadyDecidedError) as error:
            raise click.ClickException(str(error)) from error
