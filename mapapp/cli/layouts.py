"""Layouts of files: what columns of an unknown list mean, corrected by a person and kept for the next file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.database import transaction
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import Places
from mapapp.provision import staff_engine
from mapapp.registers.checking import LAYOUTS
from mapapp.registers.gminas import Gminas
from mapapp.registers.layouts import Surroundings
from mapapp.registers.mapping import keeping
from mapapp.registers.mapping.contents import Contents
from mapapp.registers.mapping.described import ColumnMapping, parsed, written
from mapapp.registers.mapping.fields import LABELS
from mapapp.registers.mapping.guessing import guess_mapping
from mapapp.registers.mapping.opening import read_mapping
from mapapp.registers.mapping.preview import Preview, points, preview
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.template.book import template_file
from mapapp.settings import ROOT, current_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
_SHOWN = 10


@click.group()
def layouts() -> None:
    """Describe files of layouts that the import does not know."""


@contextmanager
def _session() -> Iterator[Session]:
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        with transaction(engine) as session:
            yield session


@layouts.command()
@click.argument("file", type=_FILE)
@click.option("-o", "--out", type=_OUT, help="Write the mapping to this .toml file, to be corrected there.")
@click.option("--points", "points_file", type=_OUT, help="Write the points as they would be to this .geojson file.")
@click.option("-i", "--ask", is_flag=True, help="Ask about every column that is not sure.")
def guess(file: Path, out: Path | None, points_file: Path | None, ask: bool) -> None:
    """Match the columns of FILE with fields and show what its rows would become."""
    try:
        with _session() as session:
            around = _around(session)
            mapping = guess_mapping(file, Contents.of(around.vocabularies, around.gminas))
            if ask:
                mapping = _asked(mapping)
            _show_columns(mapping)
            if out:
                out.write_text(written(mapping), encoding="utf-8")
            seen = preview(file, mapping, around)
    except UnreadableFileError as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    _show_preview(seen)
    if points_file:
        points_file.write_text(points(seen.rows), encoding="utf-8")
    if out:
        click.echo(f"Correct {out}, then: mapapp import {file} --layout {out}")


def _around(session: Session) -> Surroundings:
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    return Surroundings(vocabularies, Gminas.of(session), Places.of(session))


def _asked(mapping: ColumnMapping) -> ColumnMapping:
    columns = []
    for column in mapping.columns:
        if not column.is_used and column.field:
            question = f"{column.heading} ({', '.join(column.sample)[:60]}): pole albo - aby pominąć"
            answer = click.prompt(question, default=column.field, type=click.Choice([*filter(None, LABELS), "-"]))
            columns.append(replace(column, field=answer.replace("-", ""), confidence=1.0))
        else:
            columns.append(column)
    return replace(mapping, columns=tuple(columns))


def _show_columns(mapping: ColumnMapping) -> None:
    table = Table("heading", "field", "meaning", "confidence", "sample", title=mapping.title)
    for column in mapping.columns:
        meaning = LABELS[column.field] if column.is_used or not column.field else f"{LABELS[column.field]}?"
        sample = "; ".join(column.sample)[:60]
        table.add_row(column.heading[:40], column.field or "-", meaning, f"{column.confidence:.2f}", sample)
    console = Console()
    console.print(table, markup=False)
    for key, value in mapping.constants.items():
        console.print(f"all rows: {key} = {value}", markup=False, highlight=False)


def _show_preview(seen: Preview) -> None:
    console = Console()
    table = Table("line", "name", "type", "address", "phone", "places", "point")
    for row in seen.rows[:_SHOWN]:
        point = f"{row.position.lat:.4f}, {row.position.lon:.4f}" if row.position else ""
        table.add_row(str(row.line), row.name, row.type, row.address, row.phone, row.places, point)
    console.print(table, markup=False)
    click.echo(f"{len(seen.rows)} rows would be facilities; {len(seen.rejected)} problems.")
    for problem in (*seen.rejected, *seen.notes)[:_SHOWN]:
        click.echo(f"  {problem}")


@layouts.command()
@click.option("-o", "--out", type=_OUT, default="szablon.xlsx", show_default=True)
def template(out: Path) -> None:
    """Write our own template: drop-downs, an explanation of each column, the gminas of the region."""
    with _session() as session:
        out.write_bytes(template_file(session, load_vocabularies(ROOT / "data" / "vocabularies")))
    click.echo(f"{out}: fill the sheet Dane, then: mapapp import {out}")


@layouts.command()
@click.argument("name")
@click.argument("mapping_file", type=_FILE)
def keep(name: str, mapping_file: Path) -> None:
    """Keep the mapping in MAPPING_FILE under NAME: the next file with these headings is read so."""
    if name in {each.code for each in LAYOUTS}:
        raise click.BadParameter(f"{name!r} is a layout of its own", param_hint="NAME")
    try:
        # read again: the name may be one that no mapping can have
        mapping = parsed(written(replace(read_mapping(mapping_file), name=name)))
        with _session() as session:
            keeping.keep(session, mapping)
    except UnreadableFileError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Kept as {name}.")


@layouts.command(name="list")
def list_layouts() -> None:
    """List known and kept layouts."""
    for each in LAYOUTS:
        click.echo(f"{each.code}: {each.title}")
    with _session() as session:
        for kept in keeping.all_kept(session):
            click.echo(f"{kept.mapping.name}: {kept.mapping.title} (kept {kept.since:%Y-%m-%d})")


@layouts.command()
@click.argument("name")
def show(name: str) -> None:
    """Write a kept layout as TOML."""
    with _session() as session:
        mapping = keeping.kept_as(session, name)
    if mapping is None:
        raise click.ClickException(f"no layout is kept as {name!r}; mapapp layouts list names them")
    click.echo(written(mapping), nl=False)


@layouts.command()
@click.argument("name")
def forget(name: str) -> None:
    """Keep a layout no longer."""
    with _session() as session:
        found = keeping.forget(session, name)
    if not found:
        raise click.ClickException(f"no layout is kept as {name!r}; mapapp layouts list names them")
    click.echo(f"{name} is forgotten.")
