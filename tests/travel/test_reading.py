"""Small extracts, and minutes that anybody can work out on paper. 1 km at 60 km/h is a minute."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo.roads.joining import join
from geo.roads.search import travel_rows
from mapapp.coverage.travel import travel_modes
from mapapp.travel.errors import TravelError
from mapapp.travel.profiles import Profile, profile, profiles
from mapapp.travel.reading import RoadMap, read_roads
from tests.travel.extract import Extract, at

MODES = ("car", "bike", "walk", "walk_slow")
Timed = Callable[[str, str, str], float]


def small(mode: str) -> Profile:
    """The profile as it is, but for the size of islands."""
    return profile(mode).model_copy(update={"smallest_part": 2})


def read(extract: Extract, tmp_path: Path, ending: str = "osm.pbf") -> RoadMap:
    path = extract.write(tmp_path / f"small.{ending}")
    return read_roads(path, [small(mode) for mode in MODES], lambda *_: None)


def minutes(roads: RoadMap, extract: Extract, mode: str, start: str, end: str) -> float:
    """Minutes between two nodes; nan where there is no way."""
    network = roads.network(small(mode))
    places = join(network, at(extract.nodes[start], extract.nodes[end]), within_m=1.0, leg_kmh=5.0)
    row = travel_rows(network, places.part(slice(1, 2)), places, 240.0, 5.0)
    found = row.minutes[row.cell == 0]
    return float(found[0]) if len(found) else np.nan


def timed(tmp_path: Path, extract: Extract) -> Timed:
    roads = read(extract, tmp_path)
    return lambda mode, start, end: minutes(roads, extract, mode, start, end)


def kilometre(tmp_path: Path, **tags: str) -> Timed:
    """A way of 1 km from A to B, between two quiet streets so that both ends can be joined."""
    extract = Extract()
    for name, east in (("P", -100), ("A", 0), ("B", 1000), ("Q", 1100)):
        extract.node(name, east, 0)
    extract.way("PA", highway="residential")
    extract.way("AB", tags)
    extract.way("BQ", highway="residential")
    return timed(tmp_path, extract)


# km/h of car, bicycle, on foot, on foot slowly; 0: not allowed
OPEN = [
    ({"highway": "motorway"}, (90, 0, 0, 0)),
    ({"highway": "primary"}, (65, 15, 4.8, 3)),
    ({"highway": "tertiary", "maxspeed": "50"}, (40, 15, 4.8, 3)),
    ({"highway": "primary", "maxspeed": "90"}, (72, 15, 4.8, 3)),
    ({"highway": "primary", "maxspeed": "PL:urban"}, (40, 15, 4.8, 3)),
    ({"highway": "primary", "maxspeed": "none"}, (65, 15, 4.8, 3)),
    ({"highway": "residential", "maxspeed": "30 mph"}, (30 * 1.609344 * 0.8, 15, 4.8, 3)),
    ({"highway": "residential"}, (25, 15, 4.8, 3)),
    ({"highway": "unclassified", "surface": "cobblestone"}, (25, 7, 4.8, 3)),
    ({"highway": "secondary", "surface": "cobblestone"}, (30, 7, 4.8, 3)),
    ({"highway": "secondary", "surface": "asphalt"}, (55, 15, 4.8, 3)),
    ({"highway": "track", "tracktype": "grade5"}, (10, 6, 4.8, 3)),
    ({"highway": "track", "surface": "sand", "motor_vehicle": "no"}, (0, 3, 4.8, 3)),
    ({"highway": "footway"}, (0, 4, 4.8, 3)),
    ({"highway": "footway", "bicycle": "designated"}, (0, 13, 4.8, 3)),
    ({"highway": "footway", "bicycle": "no"}, (0, 0, 4.8, 3)),
    ({"highway": "steps"}, (0, 2, 3, 1.875)),
    ({"highway": "cycleway"}, (0, 15, 4.8, 3)),
    ({"highway": "cycleway", "foot": "no"}, (0, 15, 0, 0)),
    ({"highway": "path", "bicycle": "dismount"}, (0, 4, 4.8, 3)),
    ({"highway": "trunk"}, (85, 0, 0, 0)),
    ({"highway": "trunk", "bicycle": "yes", "foot": "yes"}, (85, 13, 4.8, 3)),
    ({"highway": "primary", "motorroad": "yes"}, (65, 0, 0, 0)),
    ({"highway": "service", "access": "private"}, (0, 0, 0, 0)),
    ({"highway": "service", "access": "private", "foot": "yes"}, (0, 0, 4.8, 3)),
    ({"highway": "service", "access": "no", "motor_vehicle": "permissive"}, (15, 0, 0, 0)),
    ({"highway": "service", "vehicle": "no"}, (0, 0, 4.8, 3)),
    ({"highway": "service", "access": "destination"}, (15, 15, 4.8, 3)),
    ({"highway": "construction"}, (0, 0, 0, 0)),
    ({"highway": "proposed", "foot": "yes"}, (0, 0, 0, 0)),
    ({"highway": "unclassified", "smoothness": "impassable"}, (0, 0, 4.8, 3)),
    ({"highway": "pedestrian", "area": "yes"}, (0, 0, 0, 0)),
]


@pytest.mark.parametrize(("tags", "kmh"), OPEN)
def test_a_kilometre_takes_what_its_class_surface_signs_and_access_say(
    tags: dict[str, str], kmh: tuple[float, ...], tmp_path: Path
) -> None:
    took = kilometre(tmp_path, **tags)
    expected = [60 / each if each else np.nan for each in kmh]
    assert [took(mode, "A", "B") for mode in MODES] == pytest.approx(expected, rel=2e-4, nan_ok=True)


# there, back: whether one may, by car, bicycle and on foot
DIRECTIONS = [
    ({}, ("both", "both", "both")),
    ({"oneway": "yes"}, ("there", "there", "both")),
    ({"oneway": "-1"}, ("back", "back", "both")),
    ({"oneway": "no"}, ("both", "both", "both")),
    ({"oneway": "reversible"}, ("none", "none", "both")),
    ({"oneway": "yes", "oneway:bicycle": "no"}, ("there", "both", "both")),
    ({"oneway": "yes", "cycleway": "opposite_lane"}, ("there", "both", "both")),
    ({"oneway": "yes", "cycleway:left": "opposite"}, ("there", "both", "both")),
    ({"oneway": "yes", "cycleway:left": "lane", "cycleway:left:oneway": "no"}, ("there", "both", "both")),
    ({"oneway": "yes", "cycleway": "lane"}, ("there", "there", "both")),
    ({"oneway": "yes", "oneway:motor_vehicle": "no"}, ("both", "there", "both")),
    ({"junction": "roundabout"}, ("there", "there", "both")),
    ({"oneway:foot": "yes"}, ("both", "both", "there")),
]


@pytest.mark.parametrize(("tags", "expected"), DIRECTIONS)
def test_goes_in_the_directions_that_are_open(tags: dict[str, str], expected: tuple[str, ...], tmp_path: Path) -> None:
    took = kilometre(tmp_path, highway="residential", **tags)
    names = {(True, True): "both", (True, False): "there", (False, True): "back", (False, False): "none"}
    found = [
        names[bool(np.isfinite(took(mode, "A", "B"))), bool(np.isfinite(took(mode, "B", "A")))] for mode in MODES[:3]
    ]
    assert tuple(found) == expected


def test_a_motorway_is_one_way_without_being_told(tmp_path: Path) -> None:
    took = kilometre(tmp_path, highway="motorway")
    assert np.isnan(took("car", "B", "A"))


@pytest.mark.parametrize(
    ("tags", "passes"),
    [
        ({"barrier": "bollard"}, (False, True, True)),
        ({"barrier": "gate"}, (True, True, True)),
        ({"barrier": "gate", "locked": "yes"}, (False, False, False)),
        ({"barrier": "gate", "access": "private"}, (False, False, False)),
        ({"barrier": "lift_gate", "access": "no", "foot": "yes"}, (False, False, True)),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, (True, True, True)),
        ({"barrier": "stile"}, (False, False, True)),
        ({"barrier": "wall"}, (False, False, False)),
        ({"barrier": "toll_booth"}, (True, True, True)),
    ],
)
def test_passes_barriers_that_let_through(tags: dict[str, str], passes: tuple[bool, ...], tmp_path: Path) -> None:
    extract = Extract()
    for name, east in (("A", 0), ("B", 100), ("C", 200)):
        extract.node(name, east, 0, **(tags if name == "B" else {}))
    extract.way("ABC", highway="residential")
    took = timed(tmp_path, extract)
    assert tuple(bool(np.isfinite(took(mode, "A", "C"))) for mode in MODES[:3]) == passes


def test_a_ferry_takes_its_duration_and_nobody_joins_it_in_the_river(tmp_path: Path) -> None:
    extract = Extract()
    for name, east in (("A", 0), ("B", 120), ("M", 320), ("C", 520), ("D", 640)):
        extract.node(name, east, 0)
    extract.way("AB", highway="residential")
    extract.way("BMC", route="ferry", duration="00:10", motor_vehicle="no")
    extract.way("CD", highway="residential")
    roads = read(extract, tmp_path)
    street = 120 / (15_000 / 60)
    assert minutes(roads, extract, "bike", "A", "D") == pytest.approx(street + 10 + street, rel=1e-3)
    assert minutes(roads, extract, "walk", "D", "A") == pytest.approx(1.5 + 10 + 1.5, rel=1e-3)
    # a slow walker waits for the same boat
    assert minutes(roads, extract, "walk_slow", "D", "A") == pytest.approx(2.4 + 10 + 2.4, rel=1e-3)
    assert np.isnan(minutes(roads, extract, "car", "A", "D"))
    walkers = roads.network(small("walk"))
    assert not join(walkers, at((320, 0)), within_m=100, leg_kmh=4.8).is_joined.any()


def test_a_ferry_without_duration_goes_slowly(tmp_path: Path) -> None:
    took = kilometre(tmp_path, route="ferry")
    assert [took(mode, "A", "B") for mode in MODES] == pytest.approx([12.0] * 4, rel=1e-3)


def test_takes_the_faster_of_two_ways_and_not_the_shorter(tmp_path: Path) -> None:
    extract = Extract()
    for name, place in {"A": (0, 0), "B": (1000, 0), "C": (0, 300), "D": (1000, 300)}.items():
        extract.node(name, *place)
    extract.way("AB", highway="track")
    extract.way("ACDB", highway="primary")
    took = timed(tmp_path, extract)
    assert took("car", "A", "B") == pytest.approx(1.6 * 60 / 65, rel=1e-3)
    assert took("walk", "A", "B") == pytest.approx(60 / 4.8, rel=1e-3)


def test_nobody_joins_a_motorway_or_a_yard_that_leads_nowhere(tmp_path: Path) -> None:
    extract = Extract()
    extract.node("A", 0, 0)
    extract.node("B", 12_000, 0)
    extract.node("M", 0, 400)
    extract.node("N", 12_000, 400)
    extract.node("Y", 6_000, 700)
    extract.node("Z", 6_100, 700)
    extract.way("AB", highway="residential")
    extract.way("MN", highway="motorway")
    extract.way("YZ", highway="service")
    path = extract.write(tmp_path / "small.osm.pbf")
    car = profile("car")
    network = read_roads(path, [car], lambda *_: None).network(car)
    joins = join(network, at((6_000, 690), (6_000, 1_001)), within_m=car.join_within_m, leg_kmh=car.leg_kmh)
    assert joins.is_joined.tolist() == [True, False]
    assert network.xy[joins.point[0]] == pytest.approx(at((6_000, 0))[0], abs=0.1)
    assert joins.leg_minutes[0] == pytest.approx(0.69 / 20 * 60, rel=1e-3)


def test_reads_xml_too_and_tells_which_state_of_the_map_it_was(tmp_path: Path) -> None:
    extract = Extract()
    extract.node("A", 0, 0)
    extract.node("B", 1000, 0)
    extract.way("AB", highway="residential")
    roads = read(extract, tmp_path, "osm.pbf")
    assert (roads.extract.file, roads.extract.day) == ("small.osm.pbf", date(2026, 10, 1))
    assert read(extract, tmp_path, "osm").network(small("walk")).arcs == roads.network(small("walk")).arcs == 10
    undated = extract.write(tmp_path / "undated.osm.pbf", day=None)
    assert read_roads(undated, [small("car")], lambda *_: None).extract.day is None


def test_a_way_that_leaves_the_extract_ends_there(tmp_path: Path) -> None:
    extract = Extract()
    for name, east in (("A", 0), ("B", 100), ("C", 5_000), ("D", 5_100)):
        extract.node(name, east, 0)
    extract.way("ABxCD", highway="residential")
    took = timed(tmp_path, extract)
    assert took("walk", "A", "B") == pytest.approx(1.25, rel=1e-3)
    assert np.isnan(took("walk", "B", "C"))
    assert took("walk", "C", "D") == pytest.approx(1.25, rel=1e-3)


def test_the_same_extract_gives_the_same_network(tmp_path: Path) -> None:
    extract = Extract()
    extract.node("A", 0, 0)
    extract.node("B", 1000, 0)
    extract.way("AB", highway="residential")
    first, second = (read(extract, tmp_path).network(small("car")).fingerprint for _ in range(2))
    extract.way("AB", highway="primary")
    assert first == second != read(extract, tmp_path).network(small("car")).fingerprint


@pytest.mark.parametrize(("content", "message"), [(b"", "no readable extract"), (b"not a map", "no readable extract")])
def test_says_what_is_no_extract(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(TravelError, match=message):
        read_roads(path, [small("car")], lambda *_: None)


def test_says_that_a_file_is_cut_off_or_has_no_roads(tmp_path: Path) -> None:
    extract = Extract()
    extract.node("A", 0, 0)
    extract.node("B", 1000, 0)
    extract.way("AB", waterway="river")
    path = extract.write(tmp_path / "rivers.osm.pbf")
    with pytest.raises(TravelError, match="has no roads"):
        read_roads(path, [small("car")], lambda *_: None)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(TravelError, match=r"rivers\.osm\.pbf is no readable extract"):
        read_roads(path, [small("car")], lambda *_: None)


def test_every_mode_of_coverage_has_a_profile() -> None:
    assert set(profiles()) == set(travel_modes())
    with pytest.raises(TravelError, match=r"mode: 'tram' has no road profile"):
        profile("tram")
