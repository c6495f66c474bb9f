"""``mapapp siting``: where new sites would help most."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from geo.errors import GeoError
from mapapp.cli.coverage import QUESTION, coverage_read, question_of
from mapapp.coverage.siting import AIMS, USUAL_PLACES, Aim, Siting, Wish, best_places

# what a question of siting needs of the options of coverage, and what stands for the others
ASKED = (
    *("types", "groups", "ages", "mode", "straight", "minutes", "km", "near", "audience", "year"),
    *("standard", "per"),
)
LEFT_OUT: dict[str, Any] = {"by": "gmina", "decay": "gaussian", "profile": None}
Command = TypeVar("Command", bound=Callable[..., Any])


def _asks(command: Command) -> Command:
    for name in reversed(ASKED):
        command = QUESTION[name](command)
    return command


@click.command()
@_asks
@click.option(
    "-k", "--sites", "k", type=click.IntRange(1, 200), default=1, show_default=True, help="How many new sites."
)
@click.option("--aim", type=click.Choice(AIMS), default="people", show_default=True, help="What they are for.")
@click.option("--one-per-subregion", is_flag=True, help="At most one in each subregion, as the five model centres.")
@click.option("--within", multiple=True, help="Only in this gmina, powiat (TERYT) or subregion (NUTS 3); repeatable.")
@click.option(
    "--places", type=click.IntRange(1, 9_999), default=USUAL_PLACES, show_default=True, help="At each, for --aim gap."
)
@click.option("--exact", is_flag=True, help="Prove that nothing better exists, or say how far from it.")
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="For the proof.")
def siting(
    k: int,
    aim: Aim,
    one_per_subregion: bool,
    within: tuple[str, ...],
    places: int,
    exact: bool,
    seconds: float,
    **asked: Any,
) -> None:
    """Find the settlements where new sites of a service help most. A new site is taken to serve all who reach it.

    \b
    Examples:
      mapapp siting --type ddp --type ddsp --age 80+ --minutes 30 -k 2
      mapapp siting --type cs_model --age total --minutes 45 -k 5 --one-per-subregion --exact
      mapapp siting --type ddp --age 80+ --minutes 30 --aim everyone
      mapapp siting --type ddsp --age 60+ --aim gap --standard best_quartile --places 25 -k 3 --within PL517
    """
    console = Console(stderr=True, highlight=False)
    with coverage_read() as (_session, data):
        question = question_of(data, "beyond_people", asked | LEFT_OUT)
        with console.status("Looking for places …") as status:

            def tell(value: float, bound: float) -> bool:
                status.update(f"Looking for places … {value:,.0f}, at most {bound:,.0f}")
                return True

            wish = Wish(k, aim, one_per_subregion, frozenset(within), places, exact, seconds)
            try:
                found = best_places(data, question, wish, progress=tell)
            except (GeoError, TimeoutError) as error:
                raise click.ClickException(str(error)) from error
    _show(found)
    if found.has_samples:
        console.print("[yellow]![/] made with sample data, which are invented")


def _show(found: Siting) -> None:
    table = Table("place", "gmina", "code", "people newly within reach")
    for place in found.places:
        table.add_row(place.place, place.gmina, place.gmina_code, f"{place.people:.0f}")
    Console().print(table)
    click.echo(f"{found.without:.0f} of {found.people:.0f} people have none within reach ({found.travel})")
    click.echo(f"the new sites reach {found.reached:.0f} of them; no settlement reaches {found.unreachable:.0f}")
    if found.is_optimal:
        click.echo("proven: no other choice is better")
    elif found.bound == found.bound:
        click.echo(f"value {found.value:.0f}, not proven: the best is at most {found.bound:.0f}")
