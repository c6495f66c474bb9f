"""A road of 12 km with a village at each end, and its network."""

from pathlib import Path

import pytest

from geo.roads.network import RoadNetwork
from mapapp.travel.building import build_networks, own_roads
from mapapp.travel.engines import OwnRoads
from mapapp.travel.profiles import profile
from tests.travel.extract import Extract


def long_road() -> Extract:
    extract = Extract()
    extract.node("A", 0, 0)
    extract.node("B", 12_000, 0)
    extract.way("AB", highway="primary")
    return extract


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the networks of cars and walkers."""
    path = long_road().write(tmp_path / "road.osm.pbf")
    build_networks(tmp_path / "travel", path, [profile("car"), profile("walk")], lambda *_: None, lambda _: None)
    return tmp_path / "travel"


@pytest.fixture
def car(root: Path) -> OwnRoads:
    return own_roads(root / "car", "car")


@pytest.fixture
def network(car: OwnRoads) -> RoadNetwork:
    return car.network
