"""The command line, grouped by subject: ``mapapp SUBJECT VERB``."""

import sys

import click
from pydantic import ValidationError

from mapapp.cli.directory import directory
from mapapp.cli.registers import import_file
from mapapp.cli.server import prepare, serve
from mapapp.cli.territory import territory


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mapapp")
def cli() -> None:
    """The map of support: directory, map and coverage of social services.

    Configuration comes from MAPAPP_… variables; the README lists them.
    """


for command in (serve, prepare, territory, directory, import_file):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a wrong setting is one readable message, not a trace."""
    try:
        cli()
    except ValidationError as error:
        for problem in error.errors():
            name = "MAPAPP_" + "_".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else ""
            click.echo(f"Setting {name}: {problem['msg']}" if name else problem["msg"], err=True)
        sys.exit(2)
    except ConnectionError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
