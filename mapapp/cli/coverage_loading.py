"""Files that coverage needs, from the command line: who provides for whom, and figures that some source counts."""

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.coverage import commands
from mapapp.coverage.errors import CoverageError
from mapapp.database import transaction
from mapapp.provision import staff_engine
from mapapp.settings import current_settings

console = Console(stderr=True, highlight=False)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="load-agreements")
@click.argument("file", type=FILE)
def load_agreements(file: Path) -> None:
    """Load who provides a task for which gmina or powiat, from a CSV file.

    Columns: served_teryt, task, kind (agreement or contract), provider, source, valid_from, and, where known, valid_to,
    provider_record (its number in its register) and provider_teryt (the gmina or powiat whose services are used). By
    the last two the services are found that the people may use besides; residents see it at once.
    """
    _load(file, commands.load_agreements)


@click.command(name="load-indicator")
@click.argument("file", type=FILE)
def load_indicator(file: Path) -> None:
    """Load numbers of gminas that some source counts, such as certified disability or social workers, from a CSV file.

    Columns: code, teryt, year, persons, source, and where they are so is_estimate (yes or no) and as_of (2025-12-31).
    Codes: disability, disability_18+ (people); social_workers (full-time posts, which may be broken: 3.5);
    social_work_families (families and persons living alone in social work).
    """
    _load(file, commands.load_indicator)


def _load(file: Path, load: Callable[[Session, Path], commands.LoadedFile]) -> None:
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        try:
            with transaction(engine) as session, console.status(f"Loading {file.name} …"):
                loaded = load(session, file)
        except CoverageError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{loaded.file}: {loaded.rows} rows loaded")
