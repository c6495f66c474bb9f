"""A review in the terminal: one record after another, one key each. Every answer is committed at once."""

from collections.abc import Iterator
from typing import Final

import click
from sqlalchemy import Engine

from mapapp.database import transaction
from mapapp.directory.manual import Choice
from mapapp.registers.batches import staged_batch
from mapapp.registers.review import wording
from mapapp.registers.review.deciding import decide, decide_all
from mapapp.registers.review.records import DECISIONS, ORDER, Action, Decision, Staged
from mapapp.registers.review.storing import staged_page

_KEYS: Final[dict[str, Decision]] = {
    "p": "take",
    "o": "leave",
    "z": "keep",
    "k": "end",
    "r": "register",
    "m": "manual",
    "t": "same",
    "n": "new",
}
_LABELS: Final = {key: wording.DECISIONS[decision] for key, decision in _KEYS.items()}
_LATER, _QUIT = "d", "q"


def review_all(engine: Engine, number: int, by: str, again: bool = False) -> None:
    """Ask about every record of a staged batch that nobody has decided; ``again`` about all of them."""
    with transaction(engine) as session:
        staged_batch(session, number)
    for action in ORDER:
        if DECISIONS[action] and not _review(engine, number, action, by, again):
            click.echo(f"Przerwano; dalej: mapapp batches review {number}")
            return
    click.echo(f"To wszystko. Zastosuj: mapapp batches apply {number}")


def _review(engine: Engine, number: int, action: Action, by: str, again: bool) -> bool:
    """Whether to go on with the next kind of records."""
    for record in _asked(engine, number, action, again):
        answer = _ask(record)
        if answer == _QUIT:
            return False
        if answer == _LATER:
            continue
        decision = _KEYS[answer.lower()]
        several = decision in {"register", "manual"} and len(record.conflicts) > 1 and not answer.isupper()
        choices = _ask_fields(record, answer) if several else None
        with transaction(engine) as session:
            decide(session, number, record.id or 0, decision, by, choices)
            if answer.isupper():
                count = decide_all(session, number, action, decision, by)
                click.echo(f"… i tak samo pozostałe: {count}")
    return True


def _asked(engine: Engine, number: int, action: Action, again: bool) -> Iterator[Staged]:
    after = 0
    while True:
        with transaction(engine) as session:
            # one at a time: "all others alike" has to hold for the next one
            page = staged_page(session, number, [action], after, limit=1)
        if not page:
            return
        (record,) = page
        after = record.id or 0
        if again or (record.decision is None and not record.is_dated_only):
            yield record


def _ask(record: Staged) -> str:
    click.echo()
    click.secho(wording.title(record), bold=True)
    for change in record.differences:
        click.echo(f"    {wording.difference(change)}")
    allowed = [key for key, decision in _KEYS.items() if decision in DECISIONS[record.action]]
    told = ", ".join(f"{key} – {_LABELS[key]}" for key in allowed)
    click.echo(f"{told}; wielką literą – tak samo wszystkie pozostałe; {_LATER} – później, {_QUIT} – koniec")
    keys = [*allowed, *(key.upper() for key in allowed), _LATER, _QUIT]
    answer: str = click.prompt("Decyzja", type=click.Choice(keys), show_choices=False)
    return answer


def _ask_fields(record: Staged, answer: str) -> dict[str, Choice]:
    """Whose value is to stand in each field; Enter takes what was said of the record."""
    chosen: dict[str, Choice] = {}
    for change in record.conflicts:
        label = wording.field_name(change.table, change.field)
        key = click.prompt(f"  {label} (r, m)", type=click.Choice(["r", "m"]), default=answer, show_choices=False)
        chosen[change.key] = "register" if key == "r" else "manual"
    return chosen
