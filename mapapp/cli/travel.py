"""Travel by road from the command line: the map, the networks made of it, and the times kept."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mapapp.cli.coverage import QUESTION, coverage_read, question_of
from mapapp.cli.modes import MODES
from mapapp.coverage.areas import Floats
from mapapp.coverage.data import CoverageData
from mapapp.coverage.road_places import catchments, new_places, places_of_sites
from mapapp.coverage.roads import RoadTravel
from mapapp.settings import Settings, current_settings
from mapapp.travel.building import build_networks
from mapapp.travel.choosing import chosen_engine
from mapapp.travel.computing import compute_times
from mapapp.travel.download import download_extract, extract_of
from mapapp.travel.errors import TravelError
from mapapp.travel.places import places_hash
from mapapp.travel.profiles import profile, profiles, profiles_version
from mapapp.travel.store import NetworkFacts, TimesFacts, kept_times, network_facts, times_facts, travel_root

console = Console(stderr=True, highlight=False)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DEFAULT_MODES: Final = "car,bike,walk"
LIMIT = click.option(
    "--limit-minutes",
    type=click.FloatRange(min=0, max=240, min_open=True),
    help="How far times are kept; else as far as before, at first as data/travel/profiles.toml says.",
)
CANDIDATES = click.option(
    "--candidates/--no-candidates",
    default=True,
    show_default=True,
    help="Also times to all settlements, which `mapapp siting` needs.",
)
WHICH = click.option(
    "--modes",
    type=MODES,
    default=DEFAULT_MODES,
    show_default=True,
    metavar="CODE,CODE",
    help=f"Which of {', '.join(profiles())}.",
)


@click.group()
def travel() -> None:
    """Travel times by road, from OpenStreetMap.

    \b
    Examples:
      mapapp travel download
      mapapp travel build var/travel/dolnoslaskie-latest.osm.pbf
      mapapp travel list
    """


@travel.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to, else var/travel.")
def download(folder: Path | None) -> None:
    """Fetch the region's extract of OpenStreetMap from Geofabrik; a broken download goes on where it ended."""
    settings = current_settings()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with _told(), Progress(*columns, console=console, transient=True) as bar:
        file = extract_of(settings.region)
        task = bar.add_task(file.name, total=None)
        path = download_extract(
            file,
            folder or settings.var_folder / "travel",
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    click.echo(f"{path}; now: mapapp travel build {path}")


@travel.command()
@click.argument("file", type=FILE)
@WHICH
@LIMIT
@CANDIDATES
@click.option("--networks-only", is_flag=True, help="Compute no times yet.")
def build(file: Path, modes: Sequence[str], limit_minutes: float | None, candidates: bool, networks_only: bool) -> None:
    """Read an extract of OpenStreetMap (FILE.osm.pbf) into a network for each mode, and compute times on it.

    \b
    Examples:
      mapapp travel build dolnoslaskie-latest.osm.pbf
      mapapp travel build dolnoslaskie-latest.osm.pbf --modes walking,cycling,car --limit-minutes 60
    """
    settings = current_settings()
    with _told(), console.status(f"Reading {file.name} …") as status:
        build_networks(
            travel_root(settings),
            file,
            [profile(mode) for mode in modes],
            lambda name, ways: status.update(f"Reading {name} … {ways:,} ways"),
            _tell_network,
        )
    if not networks_only:
        _compute(settings, modes, limit_minutes, candidates)


@travel.command()
@WHICH
@LIMIT
@CANDIDATES
def compute(modes: Sequence[str], limit_minutes: float | None, candidates: bool) -> None:
    """Compute the times between settlements and sites; only those of new or moved sites where others still hold.

    What is broken off goes on where it ended. With MAPAPP_ROUTING_ENGINE another engine tells the times.
    """
    _compute(current_settings(), modes, limit_minutes, candidates)


@travel.command(name="list")
def list_() -> None:
    """List the networks and times of each mode, and whether they still fit the data."""
    settings = current_settings()
    table = Table("mode", "map", "points", "arcs", "times up to", "sites", "pairs", "off the network", "state")
    with coverage_read() as (_session, data), _told():
        for mode in profiles():
            folder = travel_root(settings) / mode
            network, times = network_facts(folder), times_facts(folder)
            if network is not None or times is not None:
                table.add_row(mode, *_row(network, times), _state(folder, network, times, data))
    if not table.rows:
        raise click.ClickException("there are no roads yet; make them with: mapapp travel build FILE.osm.pbf")
    Console().print(table)


# what a question about sites needs of the options of coverage
SHOWN: Final = ("types", "groups", "ages", "mode", "audience")
LEFT_OUT: Final[dict[str, Any]] = {"standard": None, "near": False, "straight": False}


@travel.command()
@QUESTION["types"]
@QUESTION["groups"]
@QUESTION["ages"]
@QUESTION["mode"]
@QUESTION["audience"]
@click.option("--minutes", multiple=True, type=float, default=(15, 30, 45), show_default=True, help="May repeat.")
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True)
def show(minutes: tuple[float, ...], limit: int, **asked: Any) -> None:
    """Tell how many people live within some minutes of each site, those with most people first.

    \b
    Example:
      mapapp travel show --type ddp --age 80+ --mode car --minutes 15 --minutes 30
    """
    with coverage_read() as (_session, data):
        found = catchments(data, question_of(data, "reach_people", asked | LEFT_OUT), minutes)
    table = Table("site", "gmina", *(f"within {each:g} min" for each in minutes))
    for site in sorted(found, key=lambda each: (*(-people for people in each.people[::-1]), each.name))[:limit]:
        table.add_row(site.name, site.gmina, *(f"{people:,.0f}" for people in site.people))
    Console().print(table)
    nobody = sum(not site.has_people for site in found)
    click.echo(f"{len(found)} sites; within the kept times of {nobody} of them lives nobody, or no road is near")


def _compute(settings: Settings, modes: Sequence[str], limit_minutes: float | None, candidates: bool) -> None:
    with coverage_read() as (_session, data), _told():
        sites = places_of_sites(data, candidates=candidates)
        for mode in modes:
            old = times_facts(travel_root(settings) / mode)
            limit = limit_minutes or (old.limit_minutes if old else profile(mode).limit_minutes)
            _tell_times(_computed(settings, mode, sites, data.cells.xy, limit))


def _computed(settings: Settings, mode: str, sites: Floats, cells: Floats, limit_minutes: float) -> TimesFacts:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"Times: {mode}", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        engine = chosen_engine(settings, mode)
        return compute_times(engine, mode, sites, cells, limit_minutes, travel_root(settings) / mode, tell).facts


def _tell_network(facts: NetworkFacts) -> None:
    day = f", map of {facts.day}" if facts.day else ""
    click.echo(
        f"{facts.mode}: {facts.points:,} points, {facts.arcs:,} arcs, {facts.largest_part / facts.points:.1%} of the "
        f"points in the largest part{day}"
    )


def _tell_times(facts: TimesFacts) -> None:
    click.echo(
        f"{facts.mode}: {facts.pairs:,} pairs up to {facts.limit_minutes:g} minutes, {facts.sites:,} places; not on "
        f"the network: {facts.sites_off_network} of them, {facts.cells_off_network} settlements"
    )


def _row(network: NetworkFacts | None, times: TimesFacts | None) -> tuple[str, ...]:
    points, arcs = (f"{network.points:,}", f"{network.arcs:,}") if network else ("–", "–")
    facts = network or times
    day = network.day if network else (times.map_day if times else None)
    name = network.file if network else (times.engine if times else "")
    told = f"{name} {day or ''}".strip() if facts else "–"
    if times is None:
        return told, points, arcs, "–", "–", "–", "–"
    off = f"{times.sites_off_network} sites, {times.cells_off_network} settlements"
    return told, points, arcs, f"{times.limit_minutes:g} min", f"{times.sites:,}", f"{times.pairs:,}", off


def _state(folder: Path, network: NetworkFacts | None, times: TimesFacts | None, data: CoverageData) -> str:
    """Whether all fits together, or what to do."""
    if network is not None and network.profiles_version != profiles_version():
        return "the rules of data/travel have changed: build again"
    if times is None:
        return "no times: compute"
    if times.cells != places_hash(data.cells.xy):
        return "people live elsewhere since the territory was loaded: compute"
    roads = data.roads.get(times.mode)
    if isinstance(roads, RoadTravel) and network is not None and times.engine == "roads" and not roads.has_network():
        return "the network is newer than the times: compute"
    kept = kept_times(folder)
    moved = new_places(kept, data) if kept else 0
    return f"{moved} places are new or have moved: compute" if moved else "fits"


@contextmanager
def _told() -> Iterator[None]:
    """A TravelError as one sentence."""
    try:
        yield
    except TravelError as error:
        raise click.ClickException(str(error)) from error
