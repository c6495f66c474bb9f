"""Reports of areas and maps as files from the command line: what the planners' pages give, written to a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import url_for
from pydantic import SecretStr
from werkzeug.datastructures import MultiDict

from mapapp.coverage.areas import Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definitions
from mapapp.coverage.travel import travel_modes
from mapapp.factory import create_app
from mapapp.provision import running_database
from mapapp.settings import current_settings
from mapapp.web.i18n import LANGUAGES
from mapapp.web.parameters import parse
from mapapp.web.planner.answers import planner_data
from mapapp.web.planner.questions import BY, AreaAsked, CoverageAsked
from mapapp.web.planner.report import report as made_report
from mapapp.web.planner.report_files import FILES
from mapapp.web.planner.report_routes import offline_map_of
from mapapp.web.problems import NotFoundError, ParametersError
from mapapp.web.site import EXTENSION

OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option("--gmina", metavar="TERYT", help="Of this gmina (7 digits).")
@click.option("--powiat", metavar="TERYT", help="Of this powiat (4 digits); of the region where neither is named.")
@click.option("--type", "type", multiple=True, metavar="CODE", help="Service type (may repeat).")
@click.option("--group", "group", multiple=True, metavar="CODE", help="Group of service types (may repeat).")
@click.option("--age", "ages", metavar="AGES", help="Whom it is for: total, 0-17, 18+, 60+, 80+, 65-74 …")
@click.option("--mode", type=click.Choice(tuple(travel_modes())), help="How people travel.")
@click.option("--minutes", type=float, help="Reach of travel.")
@click.option("--standard", type=float, help="Places that gaps are measured against.")
@click.option("--reference", metavar="NAME", help="What gaps are measured against instead: median, best_quartile …")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), default="pl", show_default=True)
@click.option("-o", "--output", type=OUT, required=True, help="File to write; its ending says how: pdf, docx or xlsx.")
def report(gmina: str | None, powiat: str | None, language: str, output: Path, **asked: Any) -> None:
    """Write the report of a gmina, a powiat or the region.

    \b
    Examples:
      mapapp coverage report --gmina 0208021 --type ddp --type ddsp --age 80+ --output klodzko.pdf
      mapapp coverage report --powiat 0208 --group senior --output powiat.docx
      mapapp coverage report --output region.xlsx
    """
    written_as = output.suffix.removeprefix(".").lower()
    if written_as not in FILES:
        raise click.BadParameter(f"{output.name!r} ends in none of {', '.join(FILES)}", param_hint="--output")
    if gmina is not None and powiat is not None:
        raise click.UsageError("name a gmina or a powiat, not both")
    layer: Layer = "gmina" if gmina else "powiat" if powiat else "region"
    with asking(language, asked) as arguments:
        data = _data()
        code = gmina or powiat or data.areas.layers["region"].refs[0].code
        where = {"written_as": "html"} | ({"teryt": code} if layer != "region" else {})
        address = url_for(f"planner.{layer}_report", _external=True, **where)
        content = FILES[written_as][1](made_report(data, layer, code, parse(AreaAsked, arguments), address))
    output.write_bytes(content)
    click.echo(f"{output}: {len(content):,} bytes; release {data.release}", err=True)


@click.command(name="map")
@click.option("--measure", type=click.Choice(tuple(definitions())), metavar="CODE", required=True, help="What to show.")
@click.option("--type", "type", multiple=True, metavar="CODE", help="Service type (may repeat).")
@click.option("--group", "group", multiple=True, metavar="CODE", help="Group of service types (may repeat).")
@click.option("--age", "ages", metavar="AGES", help="Whom it is for: total, 0-17, 18+, 60+, 80+, 65-74 …")
@click.option("--by", type=click.Choice(BY), default="gmina", show_default=True, help="Which areas.")
@click.option("--mode", type=click.Choice(tuple(travel_modes())), help="How people travel.")
@click.option("--minutes", type=float, help="Reach of travel.")
@click.option("--profile", metavar="CODE", help="Whose accessibility, for accessible_share.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), default="pl", show_default=True)
@click.option("-o", "--output", type=OUT, required=True, help="HTML file to write.")
def map_(language: str, output: Path, **asked: Any) -> None:
    """Write a map as one HTML file that opens anywhere, without a network.

    \b
    Example:
      mapapp coverage map --measure reach_share --type ddp --type ddsp --age 80+ --output reach.html
    """
    with asking(language, asked) as arguments:
        data = _data()
        content = offline_map_of(data, parse(CoverageAsked, arguments)).encode()
    output.write_bytes(content)
    click.echo(f"{output}: {len(content):,} bytes; release {data.release}", err=True)


def _data() -> CoverageData:
    data = planner_data()
    if data is None:
        raise click.ClickException("no territory is loaded; load it with: mapapp territory load")
    return data


@contextmanager
def asking(language: str, asked: dict[str, Any]) -> Iterator[MultiDict[str, str]]:
    """The site of the settings as if it were asked this; what is wrong with the question is one sentence."""
    settings = current_settings()
    arguments: MultiDict[str, str] = MultiDict()
    for name, value in asked.items():
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        arguments.setlist(name, [f"{each:g}" if isinstance(each, float) else str(each) for each in values])
    with running_database(settings) as url:
        app = create_app(settings.model_copy(update={"database_url": SecretStr(url)}))
        base = settings.public_url or "http://localhost"
        try:
            with app.test_request_context(base_url=base, query_string={"lang": language}):
                yield arguments
        except NotFoundError as error:
            raise click.ClickException(str(error)) from error
        except ParametersError as error:
            told = "; ".join(f"{each.parameter}: {each.detail}" for each in error.errors)
            raise click.ClickException(told) from error
        finally:
            app.extensions[EXTENSION].close()
