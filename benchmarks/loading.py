"""How long an empty database takes to become a map that can be searched."""

from time import perf_counter

from rich.console import Console

from benchmarks.figure import Figure
from mapapp.database import make_staff_engine
from mapapp.preparation import prepare_database
from mapapp.settings import Settings


def measure_loading(url: str, settings: Settings) -> list[Figure]:
    """Migration, region and directory into an empty database; then once more, when nothing is to do."""
    engine = make_staff_engine(url)
    figures = []
    for what, goal in (
        ("empty database → region and directory loaded", 20.0),
        ("the same, already loaded", 5.0),
    ):
        started = perf_counter()
        prepare_database(engine, settings, Console(quiet=True))
        figures.append(Figure(what, perf_counter() - started, "s", goal))
    engine.dispose()
    return figures
