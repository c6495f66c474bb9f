import os
import warnings
from collections.abc import Iterator
from importlib import import_module

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from geo.catchment import Locations, two_step
from geo.decay import gaussian
from geo.errors import InvalidAmount
from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData
from mapapp.coverage.distributed import two_step_at, two_step_on
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.settings import Settings
from tests.geo.oracles import world

of_coverage = import_module("mapapp.cli.coverage")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a real cluster of two processes."""
    from distributed import LocalCluster  # noqa: PLC0415 - slow to load

    with (
        warnings.catch_warnings(),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
    ):
        yield cluster.scheduler_address


def test_a_cluster_of_two_processes_gives_the_same(scheduler: str) -> None:
    at = world(3000, 500, with_areas=True)
    where = Locations(at.demand, at.supply, at.eligible)
    found = two_step_at(scheduler, at.people, at.capacity, where, gaussian(3_000), tile_m=8_000)
    whole = two_step(at.people, at.capacity, where, gaussian(3_000))
    assert found.score == pytest.approx(whole.score, rel=1e-12, abs=0)
    assert found.demand_in_catchment == pytest.approx(whole.demand_in_catchment, rel=1e-12, abs=0)
    assert found.is_unknown.tolist() == whole.is_unknown.tolist()


def test_both_processes_take_part(scheduler: str) -> None:
    from distributed import Client  # noqa: PLC0415 - slow to load

    at = world(3000, 500)
    with Client(scheduler, set_as_default=False) as client:
        two_step_on(client, at.people, at.capacity, Locations(at.demand, at.supply), gaussian(3_000), tile_m=5_000)
        done = client.run(lambda dask_worker: dask_worker.state.transition_counter)
    assert len(done) == 2
    assert all(count > 0 for count in done.values())


def test_says_what_is_wrong_before_anything_is_sent(scheduler: str) -> None:
    at = world(3, 2)
    with pytest.raises(InvalidAmount, match="demand is -1"):
        two_step_at(scheduler, [-1, 0, 0], at.capacity, Locations(at.demand, at.supply), gaussian(3_000))


@pytest.mark.parametrize("decay", ["gaussian", "step", "exponential"])
@pytest.mark.parametrize("code", ["access_e2sfca", "access_2sfca", "gap_accessible_places"])
def test_figures_of_a_region_are_the_same_from_a_cluster(
    scheduler: str, malopolska_data: CoverageData, code: str, decay: str
) -> None:
    asked = ask(malopolska_data.vocabularies, code, ["ddsp"], ages="60+", minutes=40, decay=decay, standard=20)
    here, there = measure(malopolska_data, asked), measure(malopolska_data, asked, scheduler)
    for own, other in zip(here, there, strict=True):
        assert other.figure.value == pytest.approx(own.figure.value, rel=1e-12, abs=1e-9)
    assert any(row.figure.value for row in here)


def test_says_that_no_cluster_answers(planned: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database_url=cluster.url(f"planned_{os.getpid()}"))
    monkeypatch.setattr(of_coverage, "current_settings", lambda: settings)
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    asked = ["compute", "--type", "ddsp", "--measure", "access_e2sfca", "--scheduler", "tcp://127.0.0.1:9"]
    result = CliRunner().invoke(of_coverage.coverage, asked)
    assert result.exit_code == 1
    assert "the scheduler tcp://127.0.0.1:9 does not answer" in result.output
