"""Taking data out of the directory from the command line."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.export_rows import organizations_found, read_one_snapshot
from mapapp.directory.queries import ServiceSearch
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.provision import staff_engine
from mapapp.registers.exports import LAYERS, areas_export, current_release, services_export, spatial_formats
from mapapp.registers.template.taking_out import FORMATS as TEMPLATES
from mapapp.registers.template.taking_out import template_export
from mapapp.registers.writers import EXCEL, FORMATS, Export, Format
from mapapp.registers.writers.content import Batch
from mapapp.settings import ROOT, current_settings

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


class _Degrees(click.ParamType[tuple[float, ...]]):
    """Numbers separated by commas, longitude first."""

    name = "numbers"

    def __init__(self, count: int) -> None:
        self.count = count

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """The numbers."""
        try:
            numbers = tuple(float(part) for part in str(value).split(","))
        except ValueError:
            numbers = ()
        if len(numbers) != self.count:
            self.fail(
                f"{value!r} given, expected {self.count} numbers separated by commas, longitude first", param, ctx
            )
        return numbers


# of a filter whose codes are checked -> the vocabulary
VOCABULARIES = {
    **{name: name for name in ("types", "groups", "audiences", "languages", "sectors")},
    "costs": "cost_kinds",
    "modes": "place_modes",
    "settings": "care_settings",
}


@click.command(name="export")
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(*("--format", "code"), type=click.Choice([*FORMATS, *TEMPLATES]), help="Else the ending of OUT tells it.")
@click.option("--excel", is_flag=True, help="CSV that a Polish spreadsheet opens with a click.")
@click.option("--layer", type=click.Choice(["services", *LAYERS]), default="services", show_default=True)
@click.option("--query", "-q", "q", default="", help="Words to search for.")
@click.option("--type", "types", multiple=True, metavar="CODE", help="Only these types (may repeat).")
@click.option("--group", "groups", multiple=True, metavar="CODE", help="Only these groups of types (may repeat).")
@click.option("--audience", "audiences", multiple=True, metavar="CODE", help="Only for these people (may repeat).")
@click.option("--profile", metavar="CODE", help="Not the places known to be of no use to this profile.")
@click.option("--cost", "costs", multiple=True, metavar="CODE", help="Only at these costs (may repeat).")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Only in these languages (may repeat).")
@click.option("--mode", "modes", multiple=True, metavar="CODE", help="Only these ways of helping (may repeat).")
@click.option("--sector", "sectors", multiple=True, metavar="CODE", help="Only run by these sectors (may repeat).")
@click.option("--care", "settings", multiple=True, metavar="CODE", help="Only these care settings (may repeat).")
@click.option("--gmina", metavar="TERYT", help="Only in this gmina, by its code of seven digits.")
@click.option("--powiat", metavar="TERYT", help="Only in this powiat, by its code of four digits.")
@click.option("--subregion", metavar="NUTS", help="Only in this subregion, by its NUTS 3 code.")
@click.option("--near", type=_Degrees(2), metavar="LON,LAT", help="With the distance from this point.")
@click.option("--within-km", type=float, help="Only as far from --near.")
@click.option("--bbox", type=_Degrees(4), metavar="W,S,E,N", help="Only inside this box.")
@click.option("--modified-since", type=click.DateTime(), help="Only what changed in public since then.")
@click.option("--everything", is_flag=True, help="For staff: what is not public too; only as a template.")
def export_file(out: Path, code: str | None, excel: bool, layer: str, everything: bool, **filters: Any) -> None:
    """Write everything that a filter shows to the file OUT, the same bytes for the same release of data.

    Only what is public is written. The file says which query, release, sources and licences it comes from.
    OUT.template.xlsx and OUT.template.csv are facilities in the form of our own template, which can be imported again.
    """
    template = code if code in TEMPLATES else next((each for each in TEMPLATES if out.name.endswith(f".{each}")), None)
    if template and (code is None or code == template):
        if excel or layer != "services":
            raise click.ClickException("a template holds services; --excel and --layer are for other formats")
        _write_template(out, template, _search(filters), everything)
        return
    if everything:
        raise click.ClickException(f"--everything is for {' and '.join(TEMPLATES)} only: other formats are public")
    to = _format(out, code, excel, layer)
    search = _search(filters)
    with staff_engine(current_settings()) as engine, Session(engine) as session:
        read_one_snapshot(session)
        content = _content(session, layer, search, filters, to)
        with _progress(content) as shown:
            size = _write(to.write(shown), out)
    click.echo(f"{out}: {content.total} rows, {size:,} bytes, release {content.about.release}")


def _format(out: Path, code: str | None, excel: bool, layer: str) -> Format:
    code = code or next(
        (known for known in sorted(FORMATS, key=len, reverse=True) if out.name.endswith(f".{known}")), ""
    )
    known = list(FORMATS) if layer == "services" else list(spatial_formats())
    if code not in known:
        offered = ", ".join([*known, *(TEMPLATES if layer == "services" else ())])
        raise click.ClickException(f"{out.name}: the format is not clear; name one by --format: {offered}")
    if excel and (code not in EXCEL or layer != "services"):
        raise click.ClickException(f"--excel is for services as {' or '.join(EXCEL)}, not for {layer} as {code}")
    return EXCEL[code] if excel else FORMATS[code]


def _search(filters: dict[str, Any]) -> ServiceSearch:
    words = load_vocabularies(ROOT / "data" / "vocabularies")
    profiles = (filters["profile"],) if filters["profile"] else ()
    for name, given in {**{each: filters[each] for each in VOCABULARIES}, "profiles": profiles}.items():
        known = getattr(words, VOCABULARIES.get(name, name))
        unknown = [value for value in given if value not in known]
        if unknown:
            near = next(iter(get_close_matches(unknown[0], known, n=1, cutoff=0.5)), "")
            hint = f"the nearest is {near}; " if near else ""
            expected = f"{hint}expected one of {', '.join(known)}"
            raise click.ClickException(f"{name}: {unknown[0]!r} is not known; {expected}")
    near, since = filters["near"], filters["modified_since"]
    try:
        return ServiceSearch(
            **filters
            | {"near": Position(*near) if near else None, "modified_since": since.astimezone() if since else None}
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _content(session: Session, layer: str, search: ServiceSearch, filters: dict[str, Any], to: Format) -> Export:
    release = current_release(session)
    if layer != "services":
        return areas_export(session, release, layer, f"mapapp export --layer {layer}", to)
    asked = {name: value for name, value in filters.items() if value}
    if search.modified_since:
        asked["modified_since"] = search.modified_since.isoformat()
    return services_export(session, release, search, asked, "mapapp export", to)


@contextmanager
def _progress(content: Export) -> Iterator[Export]:
    with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Writing", total=content.total)

        def counted() -> Iterator[Batch]:
            for batch in content.batches:
                yield batch
                bar.advance(task, len(batch))

        yield replace(content, batches=counted())


def _write_template(out: Path, code: str, search: ServiceSearch, everything: bool) -> None:
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    with staff_engine(current_settings()) as engine, Session(engine) as session:
        read_one_snapshot(session)
        is_filtered = search != ServiceSearch()
        if everything and is_filtered:
            raise click.ClickException("--everything takes no filter: filters know what is public only")
        only = organizations_found(session, search) if is_filtered else None
        content = template_export(session, vocabularies, everything=everything, only=only)
        with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Writing", total=len(content.organizations))
            size = _write(content.pieces(code, lambda done, _: bar.update(task, completed=done)), out)
    click.echo(f"{out}: {content.written} facilities, {size:,} bytes")
    for each in content.left_out[:10]:
        click.echo(f"  left out: {each.name}: {each.reason}", err=True)
    if content.left_out:
        raise click.ClickException(f"{len(content.left_out)} facilities could not be told whole and were left out")


def _write(pieces: Iterable[bytes], out: Path) -> int:
    """Write beside and put in place when whole: no half of a file is ever found under its name."""
    handle, beside = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            size = sum(file.write(piece) for piece in pieces)
        Path(beside).chmod(0o644)
        Path(beside).replace(out)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return size
