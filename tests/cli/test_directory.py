"""``mapapp directory geocode`` and ``special-days``: what they ask, what they change, how they end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import Engine, text

from mapapp import migrate
from mapapp.cli import batches, directory, special_days
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.settings import Settings
from tests.directory.hand_made import facility, place, prepare, save, service
from tests.geocoding.conftest import Answer, Imitation, imitation
from tests.geocoding.samples import gugik, gugik_place

__all__ = ["imitation"]


@pytest.fixture
def database(cluster: Cluster, imitation: Imitation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A directory with one facility without a point; GUGiK is the imitation."""
    name = f"geocode_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(database_url=SecretStr(cluster.url(name)), gugik_url=imitation.url, gugik_per_second=20)
    for module in (directory, batches, special_days):
        monkeypatch.setattr(module, "current_settings", lambda: settings)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        prepare(session)
        save(session, facility("1", service("ops"), location=place(None, declared_gmina_teryt="0208011")))
    yield engine
    with engine.begin() as connection:
        tables = "organization, location, service, source_register, listing, import_batch, change_journal, metadata"
        territory = "gmina, powiat, place, geocoder_answer, taxonomy"
        connection.execute(text(f"TRUNCATE {tables}, {territory} CASCADE"))
    engine.dispose()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(directory.geocode, [str(each) for each in arguments])


def quality(engine: Engine) -> str | None:
    with engine.connect() as connection:
        found: str | None = connection.execute(text("SELECT geometry_quality FROM location")).scalar_one()
    return found


def test_asks_no_network_unless_told_to(database: Engine, imitation: Imitation) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "by embedded: 1" in result.output
    assert (quality(database), imitation.questions) == ("locality", [])


def test_gives_points_as_a_batch_that_can_be_undone(database: Engine, imitation: Imitation) -> None:
    imitation.answers = [Answer(gugik(gugik_place(16.66, 50.44)))]
    result = run("--geocoder", "gugik")
    assert "1 points found" in result.output
    assert quality(database) == "rooftop"
    number = result.output.strip().rpartition(" ")[2]
    assert CliRunner().invoke(batches.undo, [number]).exit_code == 0
    assert quality(database) is None


def test_a_dry_run_changes_nothing_and_is_remembered(database: Engine, imitation: Imitation) -> None:
    imitation.answers = [Answer(gugik(gugik_place(16.66, 50.44)))]
    assert "Dry run: nothing was changed." in run("--geocoder", "gugik", "--dry-run").output
    assert quality(database) is None
    run("--geocoder", "gugik")
    assert (quality(database), len(imitation.questions)) == ("rooftop", 1)


def test_keeps_what_was_found_when_a_geocoder_fails(database: Engine, imitation: Imitation) -> None:
    imitation.answers = [Answer(b"", 404)]
    result = run("--geocoder", "gugik", "--geocoder", "embedded")
    assert result.exit_code == 1
    assert "GUGiK UUG" in result.output
    assert "status 404" in result.output
    assert quality(database) == "locality"


def test_writes_what_staff_should_look_at(database: Engine, imitation: Imitation, tmp_path: Path) -> None:
    imitation.answers = [Answer(gugik(gugik_place(17.03, 51.11)))]
    report = tmp_path / "uwagi.csv"
    run("--geocoder", "gugik", "--report", report)
    assert "km poza gminą 0208011; nie przyjęto" in report.read_text(encoding="utf-8-sig")
    assert quality(database) is None


def test_sets_special_days_as_a_batch_that_can_be_undone(database: Engine) -> None:
    def command(*arguments: str) -> Result:
        return CliRunner().invoke(special_days.special_days, arguments)

    def hours() -> str | None:
        with database.connect() as connection:
            found: str | None = connection.execute(text("SELECT opening_hours FROM listing")).scalar_one()
        return found

    with database.begin() as connection:
        location = str(connection.execute(text("SELECT id FROM location")).scalar_one())
        connection.execute(text("UPDATE location SET point = 'SRID=4326;POINT(16.65 50.43)'"))
    done = command("set", location, "2050-11-23", "2050-11-25", "--reason", "remont", "--by", "anna")
    assert done.exit_code == 0, done.output
    assert hours() == '24/7 unknown; 2050 Nov 23-2050 Nov 25 off "remont"'
    assert "remont" in command("list", location).output
    number = done.output.rsplit(" ", 1)[1].strip()
    undone = CliRunner().invoke(batches.batches, ["undo", number])
    assert undone.exit_code == 0, undone.output
    assert hours() is None
    refused = command("set", location, "2050-11-25", "2050-11-23")
    assert refused.exit_code == 1 and "2050-11-25 to 2050-11-23" in refused.output
    assert "No special days" in command("list", location).output
