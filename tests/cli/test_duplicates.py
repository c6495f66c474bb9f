"""``mapapp duplicates``: what it refuses, and how it says so. What it does is run from docs/duplicates.md."""

import os
import shlex
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import text

from mapapp import migrate
from mapapp.cli import cli, duplicates
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.settings import Settings
from tests.directory.hand_made import prepare
from tests.directory.test_duplicates import FIRST, SECOND, first, load, second


@pytest.fixture(scope="module")
def url(cluster: Cluster) -> str:
    """A database with one home under two numbers, and the pair found."""
    name = f"duplicates_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        prepare(session)
        load(session, first(), second())
    engine.dispose()
    return cluster.url(name)


@pytest.fixture(autouse=True)
def _found(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = Settings(database_url=SecretStr(url))
    monkeypatch.setattr(duplicates, "current_settings", lambda: settings)
    monkeypatch.setenv("COLUMNS", "160")
    assert run("find").exit_code == 0
    yield
    run("undo 1")


def run(command: str) -> Result:
    return CliRunner().invoke(cli, ["duplicates", *shlex.split(command)])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("show 99", "no pair has the number 99; `mapapp duplicates list` lists them"),
        ("merge 1 --keep 1 --take colour", "'colour' cannot be taken; expected one of name, other-name"),
        ("undo 1", "pair 1 waits for a decision; there is nothing to undo"),
        ("merge 1 --keep 3", "3 is not in the range 1<=x<=2"),
        ("merge 1", "Missing option '--keep'"),
    ],
)
def test_says_what_is_wrong(command: str, said: str) -> None:
    result = run(command)
    assert result.exit_code != 0
    assert said in result.output


def test_decides_a_pair_once() -> None:
    assert run("dismiss 1").exit_code == 0
    assert "pair 1 is dismissed; `mapapp duplicates undo 1` takes that back" in run("merge 1 --keep 1").output
    assert "No pair is open." in run("list").output


def test_names_the_records_that_were_changed_after_a_merge(url: str) -> None:
    assert run("merge 1 --keep 1 --by Ewa").exit_code == 0
    engine = make_staff_engine(url)
    with engine.begin() as connection:
        kept = connection.execute(text("SELECT id FROM organization")).scalar_one()
        assert kept in {FIRST, SECOND}
        version = connection.execute(text("SELECT version FROM organization")).scalar_one()
        connection.execute(text("UPDATE organization SET version = 99"))
    refused = run("undo 1")
    assert refused.exit_code == 1
    assert f"records were changed after this merge: organization {kept}" in refused.output
    with engine.begin() as connection:
        connection.execute(text("UPDATE organization SET version = :version"), {"version": version})
    engine.dispose()


def test_shows_texts_of_registers_as_they_are_and_obeys_none(url: str) -> None:
    name = "DPS Diana [/red]\x1b[2J\x1b]0;x\x07"
    engine = make_staff_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE organization SET name = :name WHERE id = :id"), {"name": name, "id": SECOND})
    for command in ("find", "list", "show 1", "dismiss 1", "list --state dismissed"):
        result = run(command)
        assert result.exit_code == 0, result.output
        assert "\x1b" not in result.output
    assert "DPS Diana [/red]?" in result.output
    with engine.begin() as connection:
        connection.execute(text("UPDATE organization SET name = 'DPS Diana' WHERE id = :id"), {"id": SECOND})
    engine.dispose()
