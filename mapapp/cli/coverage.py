"""Coverage from the command line: figures, gaps, duties, releases, and the files they need."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cli.coverage_files import map_, report
from mapapp.cli.coverage_loading import load_agreements, load_indicator
from mapapp.cli.modes import MODE
from mapapp.cli.unmet import unmet
from mapapp.coverage import commands
from mapapp.coverage.agreements import opened_by
from mapapp.coverage.areas import LAYERS
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.definitions import definitions
from mapapp.coverage.duties import duty_matrix
from mapapp.coverage.errors import CoverageError
from mapapp.coverage.exports import FORMAT_CODES, written
from mapapp.coverage.gaps import gaps as all_gaps
from mapapp.coverage.measures import measure as measured
from mapapp.coverage.published import release_published
from mapapp.coverage.queries import releases as all_releases
from mapapp.coverage.question import DECAYS, Question, ask
from mapapp.coverage.staffing import StaffState
from mapapp.coverage.standards import COMPUTED, standards
from mapapp.directory.export_rows import read_one_snapshot
from mapapp.provision import staff_engine
from mapapp.settings import current_settings
from mapapp.travel.store import travel_root

console = Console(stderr=True, highlight=False)
OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])

# the options of a question by the name of their value
QUESTION = {
    "types": click.option("--type", "types", multiple=True, metavar="CODE", help="Service type (may repeat)."),
    "groups": click.option(
        "--group", "groups", multiple=True, metavar="CODE", help="Group of service types (may repeat)."
    ),
    "ages": click.option("--age", "ages", metavar="AGES", help="Whom it is for: total, 0-17, 18+, 60+, 80+, 65-74 …"),
    "by": click.option("--by", type=click.Choice(LAYERS), default="gmina", show_default=True, help="Which areas."),
    "mode": click.option("--mode", "--travel", type=MODE, default="car", show_default=True, help="How people travel."),
    "straight": click.option("--straight", is_flag=True, help="In straight lines, also where times by road are kept."),
    "minutes": click.option("--minutes", type=float, default=30.0, show_default=True, help="Reach of travel."),
    "km": click.option("--km", type=float, help="Reach along the way, instead of minutes."),
    "near": click.option(
        "--near", is_flag=True, help="All sites that are near, also those that are not for the people."
    ),
    "decay": click.option(
        "--decay", type=click.Choice(DECAYS), default="gaussian", show_default=True, help="Of access_e2sfca."
    ),
    "audience": click.option("--audience", metavar="CODE", help="Only services for these people."),
    "profile": click.option("--profile", metavar="CODE", help="Whose accessibility, for accessible_share."),
    "standard": click.option(
        "--standard", metavar="NUMBER|NAME", help=f"Places, or {', '.join((*COMPUTED, *standards()))}."
    ),
    "per": click.option(
        "--per", type=click.IntRange(min=1), help="Of how many people the standard is; else as the type's."
    ),
    "year": click.option("--year", type=int, help="Of a projection of the population."),
}


def _asks(command: Command) -> Command:
    for option in reversed(QUESTION.values()):
        command = option(command)
    return command


@click.group()
def coverage() -> None:
    """Coverage: supply, need, reach and gaps of services by area.

    \b
    Examples:
      mapapp coverage compute --type dps --measure places_per_10k --age 80+ --by powiat --format csv -o dps.csv
      mapapp coverage compute --type ddp --type ddsp --measure beyond_people --age 80+ --minutes 30
      mapapp coverage gaps --type ddsp --standard 20 --per 1000
      mapapp coverage duties --level powiat
    """


for each in (unmet, report, map_, load_agreements, load_indicator):
    coverage.add_command(each)


@coverage.command()
@click.option("--measure", type=click.Choice(tuple(definitions())), metavar="CODE", required=True, help="What to tell.")
@_asks
@click.option("--format", "to", type=click.Choice(FORMAT_CODES), default="csv", show_default=True)
@click.option("--excel", is_flag=True, help="CSV that a Polish spreadsheet opens with a click.")
@click.option("-o", "--out", type=OUT, help="File to write; else it goes to the standard output.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask cluster for the competition for places, as tcp://host:8786.")
def compute(measure: str, to: str, excel: bool, out: Path | None, scheduler: str | None, **asked: Any) -> None:
    """Tell a measure for every area.

    \b
    Examples:
      mapapp coverage compute --type dps --measure places_per_10k --age 80+ --by powiat --format csv
      mapapp coverage compute --type sds --measure access_e2sfca --minutes 45 --format geojson -o sds.geojson
      mapapp coverage compute --type sds --measure access_e2sfca --scheduler tcp://10.0.0.5:8786
      mapapp coverage measures        (every measure with its definition)
    """
    if to == "xlsx" and out is None:
        raise click.UsageError("an XLSX is no text; name a file with -o")
    with coverage_read() as (session, data):
        question = question_of(data, measure, asked)
        with console.status(f"Measuring {measure} …"):
            try:
                figures = measured(data, question, scheduler)
            except OSError as error:
                raise click.ClickException(f"the scheduler {scheduler} does not answer: {error}") from error
            content = b"".join(written(session, figures, "mapapp coverage compute", to, excel=excel))
    _write(content, out)
    told = sum(row.figure.value is not None for row in figures)
    console.print(f"{told} of {len(figures.rows)} areas have a figure; release {figures.release}")
    if figures.has_samples:
        console.print("[yellow]![/] made with sample data, which are invented")


@coverage.command()
@_asks
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True)
def gaps(limit: int, **asked: Any) -> None:
    """List what areas lack against a standard, the largest gap first.

    \b
    Examples:
      mapapp coverage gaps --type ddsp --standard 20 --per 1000
      mapapp coverage gaps --type dps --standard median --by powiat
    """
    if asked["standard"] is None:
        raise click.UsageError("a gap needs --standard: a number of places, or the name of a reference")
    with coverage_read() as (_session, data), console.status("Measuring …"):
        found = all_gaps(data, question_of(data, "gap_places", asked))
    table = Table("code", "area", "has", "standard gives", "lacks", "people without", "lacks in reach")
    for row in found.rows[:limit]:
        table.add_row(
            row.area.code,
            row.area.name,
            *(_number(number) for number in (row.places.numerator, row.places.denominator, row.places.value)),
            _number(row.people.value),
            _number(row.accessible.value),
        )
    Console().print(table)
    click.echo(f"{found.missing:.0f} places are missing in all; a surplus elsewhere is not set against them")


@coverage.command()
@click.option("--level", type=click.Choice(("gmina", "powiat")), default="gmina", show_default=True)
@click.option("--task", "tasks", multiple=True, metavar="CODE", help="Only these tasks (may repeat).")
@click.option("--area", metavar="TERYT", help="Only this gmina or powiat.")
def duties(level: Any, tasks: tuple[str, ...], area: str | None) -> None:
    """Tell how gminas or powiats meet their statutory tasks; social workers by their posts, where these are loaded.

    \b
    Examples:
      mapapp coverage duties --task social_work
      mapapp coverage duties --level powiat --area 0208
    """
    with coverage_read() as (_session, data):
        states = [state for state in duty_matrix(data, level, tasks) if area in (None, state.area.code)]
    if not states:
        raise click.ClickException(f"{area!r} is no {level} of the loaded territory")
    table = Table("code", "area", "task", "status", "evidence", "article", "checked")
    for state in states:
        names = "; ".join(each.name for each in state.evidence[:2]) or _staff(state.staff)
        checked = "yes" if state.duty.is_checked else "to be checked"
        table.add_row(
            state.area.code, state.area.name, state.duty.code, state.status, names, state.duty.article, checked
        )
    Console().print(table)


@coverage.command(name="measures")
def measures_() -> None:
    """List every measure with its definition."""
    table = Table("code", "name", "numerator", "denominator", "unit")
    for each in definitions().values():
        texts = (each.label("en"), each.numerator("en"), each.denominator("en"), each.unit_label("en"))
        table.add_row(each.code, *texts)
    Console().print(table)


@coverage.command()
@click.option("--measure", type=click.Choice(tuple(definitions())), metavar="CODE")
@click.option("--published", is_flag=True, help="Every question of data/coverage/published.csv instead of one.")
@_asks
def release(measure: str | None, published: bool, **asked: Any) -> None:
    """Keep the figures of a question with the hash of all their inputs.

    \b
    Examples:
      mapapp coverage release --type dps --measure places_per_10k --age 80+ --by powiat
      mapapp coverage release --published
    """
    if (measure is None) != published:
        raise click.UsageError("give either --measure with what is asked, or --published")
    with coverage_read(writes=True) as (session, data):
        one = None if measure is None else question_of(data, measure, asked)
        kept = (commands.release_figures(session, data, one),) if one else release_published(session, data)
    for each in kept:
        state = "released" if each.is_new else "already released, and the same"
        click.echo(f"{each.code}: {each.rows} figures {state}; figures {each.figures_hash[:16]}, as of {each.day}")


@coverage.command()
def releases() -> None:
    """List the released figures."""
    with coverage_read() as (session, _):
        found = all_releases(session)
    table = Table("code", "day", "measure", "types", "by", "figures")
    for each in found:
        table.add_row(
            each.code, each.day.isoformat(), each.measure, ", ".join(each.types), each.layer, each.figures_hash[:16]
        )
    Console().print(table)


@coverage.command()
def agreements() -> None:
    """List the agreements that hold today, and the places of services that each opens to the people it serves."""
    with coverage_read() as (_session, data):
        found = opened_by(data)
    table = Table("served", "task", "kind", "provider", "of", "opens")
    for each in found:
        own = each.agreement
        of = ", ".join(part for part in (own.provider_teryt, own.provider_record) if part) or "not told"
        names = "; ".join(sorted({offer.name for offer in each.offers})) or "nothing"
        table.add_row(own.served_teryt, own.task, own.kind, own.provider, of, names)
    Console().print(table)
    click.echo(f"{sum(bool(each.offers) for each in found)} of {len(found)} agreements open a place of the directory")


@contextmanager
def coverage_read(*, writes: bool = False) -> Iterator[tuple[Session, CoverageData]]:
    """All that coverage is computed from; CoverageError as one sentence."""
    with staff_engine(current_settings()) as engine:
        migrate.upgrade(engine)
        with Session(engine) as session:
            read_one_snapshot(session)
            try:
                with console.status("Reading the directory and the territory …"):
                    data = coverage_data(session, roads=travel_root(current_settings()))
                yield session, data
            except CoverageError as error:
                raise click.ClickException(str(error)) from error
            if writes:
                session.commit()


def question_of(data: CoverageData, measure: str, asked: dict[str, Any]) -> Question:
    """The question of the options in QUESTION. Raises UnknownCode and others of CoverageError."""
    standard, near = asked.pop("standard"), asked.pop("near")
    number, reference = _standard(standard)
    return ask(data.vocabularies, measure, entitled=not near, standard=number, reference=reference, **asked)


def _standard(written_so: str | None) -> tuple[float | None, str | None]:
    try:
        return (None if written_so is None else float(written_so.replace(",", "."))), None
    except ValueError:
        return None, written_so


def _staff(staff: StaffState | None) -> str:
    if staff is None or staff.posts is None:
        return ""
    counts = f"{_number(staff.residents)} residents, {_number(staff.cases)} families"
    return f"{staff.posts:g} posts of {staff.wanted:g} ({counts}); {staff.source}"


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:.0f}"


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(content)
        click.echo(f"{out}: {len(content):,} bytes", err=True)
