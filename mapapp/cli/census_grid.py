"""The 1 km grid of a census from the command line: fetched, loaded, used or not."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from mapapp import migrate
from mapapp.coverage.data import living_cells
from mapapp.coverage.roads import road_travel, roads_elsewhere
from mapapp.database import transaction
from mapapp.provision import staff_engine
from mapapp.settings import Settings, current_settings
from mapapp.territory.catalog import OfficialFile, Role, read_catalog
from mapapp.territory.census_files import read_grid
from mapapp.territory.census_grid import GridReport, load_grid, region_box, use_grid
from mapapp.territory.download import DownloadError, download_official
from mapapp.territory.errors import TerritoryError
from mapapp.territory.planning import planned_gminas
from mapapp.territory.regions import region
from mapapp.territory.sources import official_folder
from mapapp.travel.store import travel_root

console = Console(stderr=True, highlight=False)
GRID: Role = "grid"
MOST_NAMED = 5


@click.group()
def grid() -> None:
    """The 1 km grid of a census: where the people of each gmina live, instead of a rule for settlements.

    \b
    Examples:
      mapapp territory grid download
      mapapp territory grid load
      mapapp territory grid load ESTAT_Census_2021_V3.gpkg
      mapapp territory grid off        (settlements again; `on` takes the grid back)
    """


@grid.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--source", metavar="TEXT", help="Whose grid it is and of when, as pages shall say; else as catalogued.")
def load(file: Path | None, source: str | None) -> None:
    """Load the cells of the region from FILE, or from what `download` fetched, and use them.

    CSV, GeoPackage or Shapefile, also in a ZIP, with a code of the cell (GRD_ID, CODE), its persons (T, TOT, TOT_P)
    and, if known, those under 15, of 15 to 64, and of 65 and over (Y_LT15, Y_1564, Y_GE65; TOT_0_14, TOT_15_64,
    TOT_65__). -8888, -9999 or nothing: kept back.
    """
    settings = current_settings()
    official = read_catalog().files[GRID]
    try:
        path = file or official_folder(region(settings.region).code) / official.file
        if not path.is_file():
            raise click.ClickException(f"{path} is not there; name a FILE, or run: mapapp territory grid download")
        with staff_engine(settings) as engine:
            migrate.upgrade(engine)
            with transaction(engine) as session, console.status(f"Loading {path.name} …"):
                cells = read_grid(path, region_box(session))
                report = load_grid(session, cells, source or official.title, path.name)
    except TerritoryError as error:
        raise click.ClickException(str(error)) from error
    tell(report)
    tell_times(settings)


def tell_times(settings: Settings) -> None:
    """Print which kept times by road are of other places than people are counted at now."""
    root = travel_root(settings)
    with staff_engine(settings) as engine, transaction(engine) as session:
        cells = living_cells(session, planned_gminas(session)).xy
    elsewhere = roads_elsewhere(root, cells)
    if elsewhere:
        modes = ",".join(elsewhere)
        click.echo(
            f"Times by road ({modes}) are of other places than people are counted at now. They are not used, and pages "
            f"go in a straight line and say so, until you run: mapapp travel compute --modes {modes}"
        )
    if fitting := road_travel(root, cells):
        click.echo(f"Times by road ({','.join(fitting)}) are of these places")


def tell(report: GridReport) -> None:
    """Print what a grid holds for the territory."""
    every = report.gminas + len(report.uncovered)
    click.echo(
        f"census grid: {report.cells:,} cells with {report.persons:,.0f} people in {report.gminas} of {every} gminas"
    )
    if report.uncovered:
        console.print(f"[yellow]![/] by settlements, for the grid has nobody there: {_named(report.uncovered)}")
    for name, found, people in report.far_off[:MOST_NAMED]:
        console.print(f"[yellow]![/] {name}: {found:,.0f} people in the grid, {people:,} in the population")
    if report.far_off:
        console.print(
            f"[yellow]![/] {len(report.far_off)} gminas differ by more than a quarter: is the grid of another year, "
            "or are the boundaries schematic? Their population stays as it is; where they live in it may be wrong"
        )


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


@grid.command()
def download() -> None:
    """Fetch Eurostat's grid of the census of 2021 into data/packs/REGION/official: some 540 MB, all of Europe.

    What was fetched is kept when the connection breaks: run it again to go on.
    """
    folder = official_folder(region(current_settings().region).code)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(read_catalog().files[GRID].title)

        def show(_: OfficialFile, done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        try:
            paths = download_official(read_catalog(), current_settings().region, folder, show, (GRID,))
        except (DownloadError, TerritoryError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"The grid is in {paths[GRID]}; load it with: mapapp territory grid load")


@grid.command()
def on() -> None:
    """Count people in the cells of the loaded grid."""
    _use(is_used=True)


@grid.command()
def off() -> None:
    """Count people at settlements again; the grid stays loaded."""
    _use(is_used=False)


def _use(*, is_used: bool) -> None:
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        try:
            with transaction(engine) as session:
                facts = use_grid(session, is_used=is_used)
        except TerritoryError as error:
            raise click.ClickException(str(error)) from error
    where = f"in the cells of {facts.file} ({facts.source})" if is_used else "at settlements, by the rule"
    click.echo(f"People are counted {where}")
    tell_times(current_settings())
