"""Releases of open data from the command line; the first of these belongs into a daily timer."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from mapapp.directory.published_changes import published_state
from mapapp.provision import staff_engine
from mapapp.registers.open_data import Built, is_public, kept_releases, prune
from mapapp.registers.open_data import build as build_release
from mapapp.registers.publisher import description, release_folder
from mapapp.settings import current_settings

FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where releases are kept, else var/releases; the site shows only those there.",
)


@click.group()
def release() -> None:
    """Releases of open data: every file ready-made, with checksums and a DCAT-AP description."""


@release.command()
@FOLDER
def build(folder: Path | None) -> None:
    """Make the release of the data as it stands; does nothing where it has been made already.

    Kept releases that hold something made less public since are removed.
    """
    settings = current_settings()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    with staff_engine(settings) as engine, Session(engine) as session, bar:
        task = bar.add_task("Reading", total=None)
        made = build_release(
            session,
            folder or release_folder(settings),
            settings.region,
            description(settings),
            lambda name: bar.update(task, description=f"Writing {name}"),
        )
    _tell(made)


@release.command(name="list")
@FOLDER
def list_releases(folder: Path | None) -> None:
    """The releases that are kept, the newest first."""
    settings = current_settings()
    with staff_engine(settings) as engine, Session(engine) as session:
        state = published_state(session)
    for each in kept_releases(folder or release_folder(settings)):
        size = sum(file.bytes for file in each.files)
        remark = "" if is_public(each, state) else "  not given out: something in it is less public now"
        click.echo(f"{each.name}  {len(each.files)} files, {size:,} bytes{remark}")


@release.command(name="prune")
@FOLDER
@click.option("--keep", type=click.IntRange(min=0), required=True, help="How many of the newest stay.")
def prune_releases(folder: Path | None, keep: int) -> None:
    """Remove all but the newest releases."""
    for name in prune(folder or release_folder(current_settings()), keep):
        click.echo(f"{name} removed")


def _tell(made: Built) -> None:
    for name in made.taken_back:
        click.echo(f"{name} removed: something in it is less public now")
    size = sum(file.bytes for file in made.manifest.files)
    what = f"{len(made.manifest.files)} files, {size:,} bytes"
    click.echo(f"{made.folder}: {what}" + ("" if made.is_new else "; it was there already, the data is the same"))
