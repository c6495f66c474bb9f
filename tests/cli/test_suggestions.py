"""``mapapp suggestions``: staff read and decide; records stay as they are."""

import json
import os
from collections.abc import Iterator
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import Engine, text

from mapapp import migrate
from mapapp.cli import cli, suggestions
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.suggestions import About, SuggestionRecord, keep_suggestion
from mapapp.settings import Settings

PLACE = UUID(int=5)
HOSTILE = "Zły numer\x1b]0;zdobyty\x07 [red]telefonu[/red]"


@pytest.fixture
def engine(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    name = f"suggestions_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(database_url=SecretStr(cluster.url(name)))
    monkeypatch.setattr(suggestions, "current_settings", lambda: settings)
    monkeypatch.setenv("COLUMNS", "160")
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    for key, about in (("a", About("place", PLACE, "Klub Seniora")), ("b", About("site"))):
        record = SuggestionRecord(topic="other", wrong=HOSTILE, right="74 865 00 00", email="anna@example.org")
        with transaction(engine) as session:
            keep_suggestion(session, about, record, language="pl", form_key=key, sender=key)
    yield engine
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE suggestion RESTART IDENTITY"))
    engine.dispose()


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["suggestions", *words])


def test_lists_what_waits(engine: Engine) -> None:
    listed = run("list")
    assert listed.exit_code == 0, listed.output
    assert "Klub Seniora" in listed.output
    assert "[red]telefonu[/red]" in listed.output
    assert "\x1b]" not in listed.output and "\x07" not in listed.output
    assert "anna@example.org" not in listed.output


def test_shows_one_with_the_address_to_answer_to(engine: Engine) -> None:
    shown = run("show", "1").output
    assert "anna@example.org" in shown
    assert "\x1b" not in shown


def test_accepts_and_says_how_to_change_the_record(engine: Engine) -> None:
    accepted = run("accept", "1", "--note", "zadzwoniono", "--by", "Ewa")
    assert accepted.exit_code == 0, accepted.output
    assert f"mapapp directory edit {PLACE}" in accepted.output
    assert "74 865 00 00" in accepted.output
    assert "not about a record" in run("accept", "2").output.replace("about the site, not", "not")
    rows = json.loads(run("list", "--state", "all", "--format", "json").output)
    assert [(row["state"], row["note"], row["email"]) for row in rows] == [
        ("accepted", "zadzwoniono", None),
        ("accepted", None, None),
    ]
    assert rows[0]["decided_by"] == "Ewa" and rows[1]["decided_by"]
    assert run("list").output.strip() == "No messages."


def test_rejects_once(engine: Engine) -> None:
    assert run("reject", "1").exit_code == 0
    again = run("accept", "1")
    assert again.exit_code == 1
    assert "rejected" in again.output
    assert run("show", "77").exit_code == 1


def test_forgets(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE suggestion SET sent_at = now() - interval '2 days'"))
    assert run("forget").output.strip() == "Erased: 2 senders, 0 e-mails, 0 messages"
