"""The territory from the command line."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from mapapp import migrate
from mapapp.cli.census_grid import grid, tell, tell_times
from mapapp.database import transaction
from mapapp.directory.listing import refresh_listings
from mapapp.provision import staff_engine
from mapapp.settings import Settings, current_settings
from mapapp.territory.catalog import OfficialFile, read_catalog
from mapapp.territory.census_grid import grid_facts
from mapapp.territory.commands import LoadReport, load_territory
from mapapp.territory.content import TerritoryData
from mapapp.territory.download import DownloadError, download_official
from mapapp.territory.errors import TerritoryError
from mapapp.territory.official import OfficialFiles, read_official
from mapapp.territory.queries import areas, territory_facts
from mapapp.territory.regions import region
from mapapp.territory.sources import official_folder, read_territory

console = Console(stderr=True, highlight=False)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def territory() -> None:
    """The territory: gminas, powiats, subregions, population, places."""


territory.add_command(grid)


@territory.command()
@click.argument("pack", type=FOLDER, required=False)
@click.option("--official", is_flag=True, help="Read official files, named by the options below, instead of a pack")
@click.option("--boundaries", type=FILE, help="PRG boundaries of gminas: Shapefile (or its ZIP), GML, GeoPackage")
@click.option("--terc", type=FILE, help="TERC as CSV or its ZIP")
@click.option("--population", type=FILE, help="Population from GUS BDL: CSV, XLSX, or what `download` fetched")
@click.option("--places", type=FILE, help="Places: GeoNames PL.zip, or places.csv of a pack  [optional]")
def load(pack: Path | None, official: bool, **files: Path | None) -> None:
    """Load the region's territory in the place of the current one.

    PACK is a folder with territory.gpkg, population.csv and places.csv. Without it: MAPAPP_TERRITORY_PACK, else
    data/packs/REGION, else the schematic territory that comes with the product.
    """
    settings = current_settings()
    if official and pack:
        raise click.UsageError("name either a PACK or --official with its files")
    if any(files.values()) and not official:
        raise click.UsageError("--boundaries, --terc, --population and --places go with --official")
    try:
        with console.status("Reading the territory …"):
            data = _official(settings, files) if official else read_territory(settings, pack)
        with staff_engine(settings) as engine, console.status("Loading …"):
            migrate.upgrade(engine)
            with transaction(engine) as session:
                report = load_territory(session, data)
                if report.is_new:
                    refresh_listings(session)
    except TerritoryError as error:
        raise click.ClickException(str(error)) from error
    _tell(report)
    if report.is_new:
        tell_times(settings)


def _official(settings: Settings, files: dict[str, Path | None]) -> TerritoryData:
    missing = [f"--{name}" for name in ("boundaries", "terc", "population") if files[name] is None]
    if missing:
        raise click.UsageError(f"--official needs {', '.join(missing)}")
    paths: dict[str, Any] = files
    return read_official(OfficialFiles(**paths), region(settings.region))


def _tell(report: LoadReport) -> None:
    for note in report.notes:
        console.print(f"[yellow]![/] {note}")
    kind = "schematic" if report.is_schematic else "official"
    counts = f"{report.gminas} gminas, {report.powiats} powiats, {report.subregions} subregions, {report.places} places"
    state = (
        f"{report.relocated} locations moved to another gmina" if report.is_new else "already loaded: nothing changed"
    )
    click.echo(f"{report.region}: {counts}; {kind} boundaries; {state}")
    if report.grid is not None:
        tell(report.grid)


@territory.command()
def download() -> None:
    """Fetch the official files (PRG, TERC, BDL, postal codes) into data/packs/REGION/official.

    Some 400 MB. What was fetched is kept when the connection breaks: run it again to go on.
    """
    settings = current_settings()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        tasks: dict[str, Any] = {}

        def show(file: OfficialFile, done: int, total: int | None) -> None:
            if file.file not in tasks:
                tasks[file.file] = bar.add_task(file.title)
            bar.update(tasks[file.file], completed=done, total=total)

        try:
            folder = official_folder(region(settings.region).code)
            download_official(read_catalog(), settings.region, folder, show)
        except (DownloadError, TerritoryError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"The official files are in {folder}; load them with: mapapp territory load")


@territory.command()
def show() -> None:
    """Print what is loaded."""
    with staff_engine(current_settings()) as engine, transaction(engine) as session:
        facts = territory_facts(session) if migrate.is_current(engine) else None
        if facts is None:
            raise click.ClickException("no territory is loaded; run: mapapp territory load")
        counts = {layer: len(areas(session, layer)) for layer in ("gmina", "powiat", "subregion")}
        census = grid_facts(session)
    kind = "schematic" if facts.is_schematic else "official"
    click.echo(f"region        {facts.region} ({facts.voivodeship_name})")
    click.echo(f"boundaries    {kind}")
    click.echo("units         " + ", ".join(f"{count} {layer}s" for layer, count in counts.items()))
    click.echo("extent        " + " ".join(f"{degrees:.4f}" for degrees in facts.bbox))
    click.echo(f"release       {facts.release}")
    click.echo(f"attribution   {facts.attribution}")
    if census is not None:
        click.echo(f"census grid   {census.source}, {census.file}; {'used' if census.is_used else 'not used'}")
