"""From an empty database to a map that can be searched: each step only where it is needed, each one shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from time import perf_counter
from types import ModuleType

from rich.console import Console
from sqlalchemy import Engine, text

from mapapp import migrate
from mapapp.database import transaction
from mapapp.provision import WrongRegion
from mapapp.settings import Settings
from mapapp.territory.queries import TerritoryFacts, territory_facts
from mapapp.text_search import configure_text_search


def prepare_database(engine: Engine, settings: Settings, console: Console) -> None:
    """Migrate; load the region and the directory where there are none. Each step is one transaction.

    Raises WrongRegion, and TerritoryError where the pack that the settings name is not one.
    """
    if not migrate.is_current(engine):
        with _step(console, "Migrating the database"):
            migrate.upgrade(engine)
    with transaction(engine) as session:
        facts = territory_facts(session)
        dictionary = configure_text_search(session.connection())
    if dictionary != "hunspell_folded":
        console.print("[yellow]![/] PostgreSQL has no Polish dictionary of ours: inflected words are found less well")
    if facts is None:
        facts = _load_territory(engine, settings, console)
    if facts.region != settings.region:
        raise WrongRegion(
            f"the database holds the region {facts.region!r}, MAPAPP_REGION is {settings.region!r}; "
            "use one database for each region"
        )
    if _is_empty(engine, "organization"):
        with _step(console, "Loading the sample directory"), transaction(engine) as session:
            _first_load().load_samples(session)
    if _is_empty(engine, "coverage_release"):
        with _step(console, "Measuring the published figures of coverage"), transaction(engine) as session:
            _first_load().release_coverage(session)
    if facts.is_schematic:
        _say_how_to_get_boundaries(settings, console)


def _load_territory(engine: Engine, settings: Settings, console: Console) -> TerritoryFacts:
    with _step(console, f"Loading the territory of {settings.region}"), transaction(engine) as session:
        _first_load().load_region(session, settings)
        facts = territory_facts(session)
    if facts is None:
        raise RuntimeError("the territory was loaded and is not there")
    return facts


def _is_empty(engine: Engine, table: str) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(text(f"SELECT NOT EXISTS (SELECT FROM {table})")).scalar_one())


def _say_how_to_get_boundaries(settings: Settings, console: Console) -> None:
    console.print(
        "[yellow]![/] The boundaries are [bold]schematic[/]. For the official ones: `mapapp territory download`, "
        f"or put a pack into data/packs/{settings.region} (or name it in MAPAPP_TERRITORY_PACK), "
        "then `mapapp territory load`."
    )


def _first_load() -> ModuleType:
    """The part that a second start need not import: GeoPandas and SciPy take a second."""
    return import_module("mapapp.first_load")


@contextmanager
def _step(console: Console, name: str) -> Iterator[None]:
    started = perf_counter()
    with console.status(f"{name} …"):
        yield
    console.print(f"[green]✔[/] {name} [dim]({perf_counter() - started:.1f} s)[/]")
