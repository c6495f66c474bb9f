import warnings
from collections.abc import Iterator

import pytest

from geo.catchment import Locations, two_step
from geo.decay import gaussian
from geo.errors import InvalidAmount
from mapapp.coverage.distributed import two_step_at, two_step_on
from tests.geo.oracles import world


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
