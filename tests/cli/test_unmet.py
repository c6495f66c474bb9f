"""What residents looked for in vain, on the command line."""

from collections.abc import Iterator
from datetime import date
from importlib import import_module

import pytest
from click.testing import CliRunner
from sqlalchemy import delete
from sqlalchemy.orm import Session

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine
from mapapp.directory.tables import UnmetSearch
from mapapp.directory.unmet import TOLD_FROM, Need, count_unmet
from mapapp.settings import Settings
from tests import example_site

command = import_module("mapapp.cli.unmet")
DAY = date(2026, 3, 1)


@pytest.fixture
def runner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    url = example_site.database(cluster)
    monkeypatch.setattr(command, "current_settings", lambda: Settings(database_url=url))
    engine = make_staff_engine(url)
    with Session(engine) as session:
        for _search in range(TOLD_FROM):
            count_unmet(session, [Need("type", "wtz")], "0208021", DAY)
        count_unmet(session, [Need("situation", "no_bed")], "0208021", DAY)
        yield CliRunner()
        session.execute(delete(UnmetSearch).where(UnmetSearch.day == DAY))
        session.commit()
    engine.dispose()


def test_tells_needs_by_gmina_and_no_small_number(runner: CliRunner) -> None:
    result = runner.invoke(command.unmet, ["--from", "2026-03-01", "--to", "2026-03-31"])
    assert result.exit_code == 0
    assert "Warsztat terapii zajęciowej" in result.output
    assert "0208021" in result.output
    assert "Nie mam gdzie spać" not in result.output
    assert f"fewer than {TOLD_FROM} searches are not told" in result.output


def test_wants_the_days_in_order(runner: CliRunner) -> None:
    result = runner.invoke(command.unmet, ["--from", "2026-03-02", "--to", "2026-03-01"])
    assert result.exit_code == 1
    assert "expected one up to the last" in result.output
