"""The command line, grouped by subject: ``mapapp SUBJECT VERB``."""

import sys
from importlib import import_module

import click
from pydantic import ValidationError

from mapapp.cluster import ClusterError
from mapapp.provision import WrongRegion
from mapapp.territory.errors import TerritoryError

# Where each command is. Imported when it is asked for: GeoPandas and SciPy take a second that `serve` need not pay.
COMMANDS = {
    "serve": "mapapp.cli.server:serve",
    "prepare": "mapapp.cli.server:prepare",
    "territory": "mapapp.cli.territory:territory",
    "directory": "mapapp.cli.directory:directory",
    "import": "mapapp.cli.registers:import_file",
    "batches": "mapapp.cli.batches:batches",
    "duplicates": "mapapp.cli.duplicates:duplicates",
    "layouts": "mapapp.cli.layouts:layouts",
    "export": "mapapp.cli.export:export_file",
    "coverage": "mapapp.cli.coverage:coverage",
    "siting": "mapapp.cli.siting:siting",
    "travel": "mapapp.cli.travel:travel",
    "release": "mapapp.cli.release:release",
    "suggestions": "mapapp.cli.suggestions:suggestions",
}


class Subjects(click.Group):
    """A group whose commands are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of a first visit."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Subjects, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mapapp")
def cli() -> None:
    """The map of support: directory, map and coverage of social services.

    Configuration comes from MAPAPP_… variables; the README lists them.
    """


def main() -> None:
    """Run the command line; a wrong setting or an absent database is one readable message, not a trace."""
    try:
        cli()
    except ValidationError as error:
        for problem in error.errors():
            name = "MAPAPP_" + "_".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else ""
            click.echo(f"Setting {name}: {problem['msg']}" if name else problem["msg"], err=True)
        sys.exit(2)
    except (ConnectionError, ClusterError, TerritoryError, WrongRegion) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
