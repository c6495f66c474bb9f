"""Documentation shows no command that is not there, and the commands of its guides do what they say."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from mapapp import migrate
from mapapp.cli import cli
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.settings import ROOT, current_settings
from tests.cli.guides import guides, mentioned_commands, shell_commands
from tests.cli.test_layouts import CLUBS
from tests.cli.test_registers import COLUMNS, GOOD, OTHER
from tests.directory.hand_made import prepare
from tests.directory.test_duplicates import first, load, second

# placeholders of a text, such as "mapapp batches show N"
PLACEHOLDERS = {"N": "1", "FILE": "file.csv", "PAIR": "1", "…": "1"}


def parsed(arguments: list[str]) -> str | None:
    """What click says against a command line that is only read, not run; None where it is right."""
    command: click.Command = cli
    context = click.Context(cli)
    rest = [PLACEHOLDERS.get(word, word) for word in arguments]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name, *rest = rest
        found = command.get_command(context, name)
        if found is None:
            return f"there is no command {name!r}"
        command, context = found, click.Context(found, info_name=name, parent=context)
    # without arguments it is only named in a sentence
    return None if isinstance(command, click.Group) or not rest else _misused(command, context, rest)


def _misused(command: click.Command, context: click.Context, arguments: list[str]) -> str | None:
    try:
        command.make_context(command.name, arguments, parent=context.parent)
    except click.MissingParameter as error:
        # an option alone is spoken of, not used
        return error.format_message() if any(not word.startswith("-") for word in arguments) else None
    except click.BadParameter:
        return None  # a file that is not here
    except click.UsageError as error:
        return error.format_message()
    except click.exceptions.Exit:
        return None  # --help
    return None


@pytest.mark.parametrize("guide", guides(), ids=lambda guide: guide.name)
def test_shows_only_commands_that_are_there(guide: Path) -> None:
    wrong = {" ".join(each): said for each in mentioned_commands(guide) if (said := parsed(each))}
    assert wrong == {}


def test_notices_a_command_that_is_not_there() -> None:
    assert "no command" in str(parsed(["directory", "polish"]))
    assert "No such option" in str(parsed(["import", "x.csv", "--quickly"]))
    assert parsed(["batches", "undo", "3"]) is None
    assert sum(1 for guide in guides() for _ in mentioned_commands(guide)) > 40


@dataclass(frozen=True)
class Scenario:
    """What has to be there before a guide's commands are run, and what they say, in their order (a part each)."""

    prepare: Callable[[Path, Engine], None]
    said: tuple[str, ...]


def _with_a_list(folder: Path, _: Engine) -> None:
    (folder / "wykaz_klubow.xlsx").write_bytes(CLUBS)


def _with_a_home_twice(_: Path, engine: Engine) -> None:
    with transaction(engine) as session:
        prepare(session)
        load(session, first(), second())


def _with_a_register(folder: Path, _: Engine) -> None:
    (folder / "rjps.csv").write_text("".join(",".join(row) + "\n" for row in (COLUMNS, GOOD, OTHER)), encoding="utf-8")


SCENARIOS = {
    "registers.md": Scenario(
        _with_a_register,
        (
            "Dry run",
            "mapapp batches",
            "rjps.csv",
            "Gminny Ośrodek",
            '"Gminny Ośrodek"',
            "",
            "",
            "",
            "",
            "",
            "created",
        ),
    ),
    "geocoding.md": Scenario(
        _with_a_home_twice,
        (
            "Dry run: nothing was changed.",
            "locations without a point",
        ),
    ),
    "layouts.md": Scenario(
        _with_a_list,
        (
            "2 rows would be facilities; 0 problems",
            "Dry run",
            "created",
            "",
            "unchanged",
            "kluby: ",
            "[[column]]",
            "",
            "",
            "",
            "",
        ),
    ),
    "duplicates.md": Scenario(
        _with_a_home_twice,
        (
            "pairs that wait for a decision: 1, new among them: 1",
            "DPS Diana",
            "the same address: ul. Długa 5",
            "Pair 1 is one record now",
            "Pair 1 waits for a decision again",
            "Pair 1 is dismissed",
            "DPS Diana",
        ),
    ),
}


@pytest.fixture
def place_for(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[str], tuple[Path, Engine]]]:
    """An empty folder and database, where the commands look for them."""
    engines: list[Engine] = []

    def make(guide: str) -> tuple[Path, Engine]:
        name = f"guide_{guide.partition('.')[0]}_{os.getpid()}"
        cluster.ensure_database(name)
        monkeypatch.setenv("MAPAPP_DATABASE_URL", cluster.url(name))
        current_settings.cache_clear()
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.chdir(tmp_path)
        engines.append(make_staff_engine(cluster.url(name)))
        migrate.upgrade(engines[-1])
        return tmp_path, engines[-1]

    yield make
    monkeypatch.undo()
    current_settings.cache_clear()
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("name", SCENARIOS)
def test_runs_what_a_guide_says(name: str, place_for: Callable[[str], tuple[Path, Engine]]) -> None:
    folder, engine = place_for(name)
    SCENARIOS[name].prepare(folder, engine)
    commands = shell_commands(ROOT / "docs" / name)
    assert len(commands) == len(SCENARIOS[name].said)
    for (program, *arguments), said in zip(commands, SCENARIOS[name].said, strict=True):
        assert program == "mapapp"
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, f"{arguments}: {result.output} {result.exception}"
        assert said in result.output, arguments
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM organization")) == 2


def test_has_a_scenario_for_every_guide_with_commands_to_run() -> None:
    assert {guide.name for guide in guides() if shell_commands(guide)} == SCENARIOS.keys()
