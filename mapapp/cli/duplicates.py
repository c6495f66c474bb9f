"""Records that may be one: finding, showing, merging and dismissing them, and taking a decision back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cli.person import whoami
from mapapp.database import transaction
from mapapp.directory.duplicates import pairs
from mapapp.directory.duplicates.choices import NAMES, UnknownChoiceError
from mapapp.directory.duplicates.merging import CannotMergeError, DirectoryBusyError
from mapapp.directory.journal import ChangedSinceError
from mapapp.directory.matching.unit import Unit
from mapapp.provision import staff_engine
from mapapp.registers.problems import shortened
from mapapp.settings import current_settings

_STATES: Final = ("open", "merged", "dismissed")
# what a person compares, and how it is called
_ROWS: Final = (
    ("name", lambda unit: unit.name),
    ("other name", lambda unit: ", ".join(unit.alternate_names)),
    ("kinds", lambda unit: ", ".join(sorted(unit.types))),
    ("address", lambda unit: unit.address),
    ("postal code, town", lambda unit: f"{unit.postal_code} {unit.town}".strip()),
    ("gmina", lambda unit: unit.gmina_teryt),
    ("telephone", lambda unit: ", ".join(sorted(unit.phones))),
    ("e-mail", lambda unit: unit.email),
    ("identifiers", lambda unit: ", ".join(" ".join(each) for each in sorted(unit.identifiers))),
    ("registers", lambda unit: ", ".join(sorted(unit.registers))),
)


@click.group()
def duplicates() -> None:
    """Find records that may be one, merge or dismiss them, undo a decision."""


@duplicates.command()
def find() -> None:
    """Compare all records, and keep the pairs that may be one. Dismissed pairs are not proposed again."""
    with _session() as session:
        found = pairs.find(session)
    click.echo(f"pairs that wait for a decision: {found.waiting}, new among them: {found.new}")


@duplicates.command(name="list")
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True, help="Which pairs.")
def list_pairs(state: str) -> None:
    """List pairs, the likeliest first."""
    with _session() as session:
        found = pairs.pairs(session, [state])
    table = Table("number", "verdict", "score", "1", "2", box=None)
    for each in found:
        names = (_text(each.one_name), _text(each.other_name))
        table.add_row(str(each.id), each.verdict, f"{each.score:.0%}", *names)
    Console().print(table if found else f"No pair is {state}.")


@duplicates.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show the records of pair NUMBER side by side, and why they may be one."""
    with _session() as session:
        found = pairs.pair(session, number)
        units = pairs.units_of(session, found)
    click.echo(f"Pair {found.id}: {found.verdict}, {found.score:.0%}, {found.state}")
    Console().print(_side_by_side(units))
    for each in found.reasons:
        click.echo(f"  {each['field']} {each['bits']:+.1f}: {shortened(each['words'])}")


def _side_by_side(units: tuple[Unit, ...]) -> Table:
    table = Table("", *(str(number) for number, _ in enumerate(units, 1)), box=None)
    for name, value in _ROWS:
        table.add_row(name, *(_text(value(unit) or "–") for unit in units))
    return table


def _text(told: str) -> Text:
    # a register's text is neither markup nor a command to the terminal
    return Text(shortened(told))


@duplicates.command()
@click.argument("number", type=int)
@click.option("--keep", type=click.IntRange(1, 2), required=True, help="Which record survives.")
@click.option("--take", default="", help=f"Fields that come from the other one, by comma: {', '.join(NAMES)}.")
@click.option("--by", default=whoami, show_default="who is signed in", help="Who decides.")
def merge(number: int, keep: int, take: str, by: str) -> None:
    """Make one record of pair NUMBER.

    What the survivor lacks, and all services, identifiers and links come from the other record. Old addresses lead to
    the survivor, and so do both registers when they are imported again.
    """
    taken = [each.strip() for each in take.split(",") if each.strip()]
    with _session() as session:
        done = pairs.merge(session, number, keep=keep, taken=taken, decided_by=by)
    kept = done.one_name if keep == 1 else done.other_name
    click.echo(
        f"Pair {number} is one record now: {shortened(kept)}. `mapapp duplicates undo {number}` makes it two again."
    )


@duplicates.command()
@click.argument("number", type=int)
@click.option("--reason", help="Why they are two.")
@click.option("--by", default=whoami, show_default="who is signed in", help="Who decides.")
def dismiss(number: int, reason: str | None, by: str) -> None:
    """Keep both records of pair NUMBER, and do not propose the pair again."""
    with _session() as session:
        pairs.dismiss(session, number, reason=reason, decided_by=by)
    click.echo(f"Pair {number} is dismissed.")


@duplicates.command()
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Take the decision on pair NUMBER back; merged records are again exactly what they were.

    Refused where the records were changed later.
    """
    with _session() as session:
        pairs.undo(session, number)
    click.echo(f"Pair {number} waits for a decision again.")


@contextmanager
def _session() -> Iterator[Session]:
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        try:
            with transaction(engine) as session:
                yield session
        except (
            pairs.UnknownPairError,
            pairs.DecidedPairError,
            UnknownChoiceError,
            CannotMergeError,
            DirectoryBusyError,
        ) as error:
            raise click.ClickException(str(error)) from error
        except ChangedSinceError as error:
            named = ", ".join(f"{each.table} {each.key}" for each in error.changes[:5])
            raise click.ClickException(f"records were changed after this merge: {named}") from error
