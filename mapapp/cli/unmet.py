"""`mapapp coverage unmet`: what residents looked for in vain."""

from datetime import datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp import migrate, polish_time
from mapapp.directory.unmet import TOLD_FROM, Unmet, unmet_searches
from mapapp.directory.vocabulary import Vocabularies, load_vocabularies
from mapapp.provision import staff_engine
from mapapp.settings import ROOT, current_settings
from mapapp.territory.tables import Gmina

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=DAY, help="First day  [default: a year before the last]")
@click.option("--to", "last", type=DAY, help="Last day  [default: today]")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
def unmet(first: datetime | None, last: datetime | None, limit: int) -> None:
    """List what residents searched for and did not find, by need and gmina.

    \b
    Example:
      mapapp coverage unmet --from 2026-01-01 --to 2026-06-30
    """
    until = last.date() if last else polish_time.today()
    since = first.date() if first else until - timedelta(days=365)
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        with Session(engine) as session:
            try:
                found = unmet_searches(session, since, until)
            except ValueError as error:
                raise click.ClickException(str(error)) from error
            names: dict[str, str] = {row.teryt: row.name for row in session.execute(select(Gmina.teryt, Gmina.name))}
    Console().print(_table(found[:limit], names, load_vocabularies(ROOT / "data" / "vocabularies")))
    click.echo(f"{since} to {until}; fewer than {TOLD_FROM} searches are not told, or only summed over gminas")


def _table(found: tuple[Unmet, ...], names: dict[str, str], words: Vocabularies) -> Table:
    known: dict[str, Any] = {"type": words.types, "group": words.groups, "situation": words.situations}
    table = Table("need", "gmina", "code", "searches")
    for each in found:
        term = known.get(each.kind, {}).get(each.need)
        where = names.get(each.gmina_teryt, each.gmina_teryt) if each.gmina_teryt else "several, or not told"
        table.add_row(term.label_pl if term else "other words", where, each.gmina_teryt or "–", str(each.searches))
    return table
