"""Times are kept, gone on with, reused while they hold, and known as stale when they do not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo.roads.matrix import TravelMatrix
from geo.roads.network import Floats, RoadNetwork
from mapapp.settings import Settings
from mapapp.travel.building import build_networks, own_roads
from mapapp.travel.choosing import chosen_engine
from mapapp.travel.computing import SITES_AT_ONCE, compute_times, holds
from mapapp.travel.engines import OwnRoads
from mapapp.travel.errors import TravelError
from mapapp.travel.places import distinct_places, places_hash, rows_of
from mapapp.travel.profiles import profile, profiles_version
from mapapp.travel.store import kept_network, kept_times, network_facts, times_facts, travel_root
from tests.travel.conftest import long_road
from tests.travel.extract import Extract, at

KMH = 65.0
CELLS = at((0, 0), (6_000, 0), (12_000, 0), (6_000, 5_000))
SITES = at((12_000, 0), (3_000, 0))


class Counting:
    """Our roads, and how many sites were searched; it breaks off after some."""

    def __init__(self, roads: OwnRoads, most: int = 10**9) -> None:
        self.roads, self.most, self.searched = roads, most, 0
        self.facts, self.is_joined = roads.facts, roads.is_joined

    def times(self, sites: Floats, cells: Floats, limit_minutes: float) -> TravelMatrix:
        if self.searched + len(sites) > self.most:
            raise KeyboardInterrupt
        self.searched += len(sites)
        return self.roads.times(sites, cells, limit_minutes)


def quietly(done: int, total: int) -> None: ...


def test_builds_a_network_for_each_mode_and_tells_what_it_is_made_of(root: Path) -> None:
    network, facts = kept_network(root / "car") or pytest.fail("there is no network")
    assert (facts.file, facts.day, facts.mode) == ("road.osm.pbf", date(2026, 10, 1), "car")
    assert (facts.points, facts.arcs) == (network.points, network.arcs) == (61, 120)
    assert facts.fingerprint == network.fingerprint
    assert facts.profiles_version == profiles_version()
    assert network_facts(root / "walk") is not None
    assert kept_network(root / "bike") is None


def test_keeps_minutes_of_sites_with_the_nearest_cell_first(car: OwnRoads, root: Path) -> None:
    times = compute_times(car, "car", SITES, CELLS, 90, root / "car", quietly)
    kept = kept_times(root / "car") or pytest.fail("there are no times")
    row = rows_of(kept.sites_xy, SITES[:1])[0]
    one = kept.matrix.part(np.array([row]))
    assert one.cell.tolist() == [2, 1, 0]
    assert one.minutes.tolist() == pytest.approx([0, 6 / KMH * 60, 12 / KMH * 60], rel=1e-3)
    assert (times.facts.cells_off_network, times.facts.sites_off_network) == (1, 0)
    assert kept.cell_is_joined.tolist() == [True, True, True, False]
    assert kept.facts == times.facts
    assert (kept.facts.map_file, kept.facts.map_day) == ("road.osm.pbf", date(2026, 10, 1))


def test_computes_only_what_is_new_and_forgets_what_is_gone(car: OwnRoads, root: Path) -> None:
    first, second = Counting(car), Counting(car)
    compute_times(first, "car", SITES, CELLS, 90, root / "car", quietly)
    moved = np.concatenate([SITES[:1], at((9_000, 0)), at((9_000, 0))])
    again = compute_times(second, "car", moved, CELLS, 90, root / "car", quietly)
    assert (first.searched, second.searched) == (2, 1)
    assert again.sites_xy.tolist() == distinct_places(moved).tolist()
    fresh = car.times(again.sites_xy, CELLS, 90)
    assert (again.matrix.minutes == fresh.minutes).all()
    assert (again.matrix.cell == fresh.cell).all()


def test_goes_on_where_it_was_broken_off(car: OwnRoads, root: Path) -> None:
    many = at(*((east, 0) for east in range(0, 12_000, 60)))
    broken = Counting(car, most=2 * SITES_AT_ONCE)
    with pytest.raises(KeyboardInterrupt):
        compute_times(broken, "car", many, CELLS, 90, root / "car", quietly)
    assert times_facts(root / "car") is None
    told: list[tuple[int, int]] = []
    rest = Counting(car)
    times = compute_times(rest, "car", many, CELLS, 90, root / "car", lambda *each: told.append(each))
    assert (broken.searched, rest.searched) == (128, 72)
    assert (told[0], told[-1]) == ((128, 200), (200, 200))
    assert (times.matrix.minutes == car.times(times.sites_xy, CELLS, 90).minutes).all()
    assert not (root / "car" / "parts").exists()


@pytest.mark.parametrize("change", ["network", "cells", "limit"])
def test_holds_only_of_the_same_network_cells_and_limit(change: str, car: OwnRoads, root: Path, tmp_path: Path) -> None:
    compute_times(car, "car", SITES, CELLS, 90, root / "car", quietly)
    cells, limit, engine = CELLS, 90.0, car
    if change == "network":
        extract = long_road()
        extract.node("C", 12_000, 900)
        extract.way("BC", highway="residential")
        path = extract.write(tmp_path / "new.osm.pbf")
        build_networks(root, path, [profile("car")], lambda *_: None, lambda _: None)
        engine = own_roads(root / "car", "car")
    elif change == "cells":
        cells = CELLS[:3]
    else:
        limit = 60.0
    facts = times_facts(root / "car") or pytest.fail("there are no times")
    assert holds(facts, car, CELLS, 90)
    assert not holds(facts, engine, cells, limit)
    counting = Counting(engine)
    compute_times(counting, "car", SITES, cells, limit, root / "car", quietly)
    assert counting.searched == 2


def test_other_rules_for_joining_are_another_source(car: OwnRoads) -> None:
    strict = replace(car, profile=car.profile.model_copy(update={"join_within_m": 5.0}), _joined={})
    assert strict.facts.source != car.facts.source


def test_a_place_is_the_same_to_the_decimetre() -> None:
    near = SITES + 0.04
    assert places_hash(near) == places_hash(SITES) != places_hash(SITES[::-1])
    assert rows_of(SITES, np.concatenate([near[::-1], at((5, 5))])).tolist() == [1, 0, -1]
    assert len(distinct_places(np.concatenate([SITES, near]))) == 2


def test_says_what_is_missing_or_broken(car: OwnRoads, root: Path) -> None:
    with pytest.raises(TravelError, match=r"there are no roads for 'bike'; make them with: mapapp travel build"):
        own_roads(root / "bike", "bike")
    compute_times(car, "car", SITES, CELLS, 90, root / "car", quietly)
    for array in (root / "car").glob("times-*/minutes.npy"):
        array.write_bytes(b"broken")
    with pytest.raises(TravelError, match="cannot be read"):
        kept_times(root / "car")
    (root / "car" / "times.json").write_text("{}")
    with pytest.raises(TravelError, match=r"times\.json is not as it was written"):
        times_facts(root / "car")


def test_an_extract_that_is_closed_to_a_mode_is_an_error(tmp_path: Path) -> None:
    extract = Extract()
    extract.node("A", 0, 0)
    extract.node("B", 100, 0)
    extract.way("AB", highway="footway")
    path = extract.write(tmp_path / "park.osm.pbf")
    with pytest.raises(TravelError, match=r"park\.osm\.pbf has no way that is open to car"):
        build_networks(tmp_path, path, [profile("walk"), profile("car")], lambda *_: None, lambda _: None)


def test_the_engine_is_our_own_unless_set_otherwise(root: Path, network: RoadNetwork) -> None:
    settings = Settings(var_folder=root.parent, region="dolnoslaskie")
    travel_root(settings).parent.mkdir(exist_ok=True)
    root.rename(root.parent / "moved")
    (root.parent / "travel").mkdir()
    (root.parent / "moved").rename(travel_root(settings))
    engine = chosen_engine(settings, "car")
    assert isinstance(engine, OwnRoads)
    assert engine.network.fingerprint == network.fingerprint


def test_an_engine_over_http_needs_its_address() -> None:
    with pytest.raises(ValueError, match="MAPAPP_ROUTING_URL is empty; the engine 'osrm' needs an address"):
        Settings(routing_engine="osrm")
