"""Coverage by road: a motorway that carries far, a river that cuts off, and people whom no road reaches."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo.crs import Position, to_wgs84
from mapapp.coverage import roads as module
from mapapp.coverage.bench import Bench
from mapapp.coverage.changes import Change
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import TimesNotKept
from mapapp.coverage.frame import Frame
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.coverage.road_places import catchments, new_places, places_of_sites
from mapapp.coverage.roads import RoadTravel, road_travel, road_versions
from mapapp.coverage.siting import Wish, best_places
from mapapp.coverage.travel import StraightLine
from mapapp.travel.building import build_networks, own_roads
from mapapp.travel.computing import compute_times
from mapapp.travel.profiles import profile
from tests.coverage.conftest import VOCABULARIES
from tests.coverage.small import CITY, PERSONS, POINTS, RING, TOWN, VILLAGE, offer, region
from tests.travel.extract import CORNER, Extract

# minutes: 20 km of primary road at 65 km/h; the village's second settlement is 5 km from any road
KMH = 65.0
TO_VILLAGE = 20 / KMH * 60


def roads() -> Extract:
    """A road through the town and its ring to the village; another through the city alone."""
    extract = Extract()
    names = {"W": POINTS[RING][1], "T": POINTS[TOWN][0], "U": POINTS[TOWN][1], "R": POINTS[RING][0]}
    names |= {"V": POINTS[VILLAGE][0], "C": POINTS[CITY][0], "D": POINTS[CITY][1], "E": (315_000.0, 341_000.0)}
    for name, place in names.items():
        extract.node(name, *(np.array(place) - CORNER))
    extract.way("WTURV", highway="primary")
    extract.way("CDE", highway="residential")
    return extract


def data_with(root: Path, data: CoverageData) -> CoverageData:
    return replace(data, roads=road_travel(root, data.cells.xy))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = roads().write(tmp_path / "small-latest.osm.pbf")
    build_networks(tmp_path, path, [profile("car")], lambda *_: None, lambda _: None)
    return tmp_path


Keep = Callable[..., CoverageData]


@pytest.fixture
def by_road(root: Path) -> Keep:
    """Data with times to their sites, as far as told."""

    def keep(data: CoverageData, limit: float = 90.0, *, candidates: bool = False) -> CoverageData:
        places = places_of_sites(data, candidates=candidates)
        engine = own_roads(root / "car", "car")
        compute_times(engine, "car", places, data.cells.xy, limit, root / "car", lambda *_: None)
        return data_with(root, data)

    return keep


def minutes_of(data: CoverageData, name: str = "nearest_minutes", **asked: object) -> dict[str, float | None]:
    found = measure(data, ask(VOCABULARIES, name, ["ddp"], ages="total", **asked))
    return {row.area.code: row.figure.value for row in found}


def test_tells_minutes_along_the_road(by_road: Keep) -> None:
    data = by_road(region([offer("A", at=POINTS[TOWN][0])]))
    frame = Frame(data, ask(VOCABULARIES, "nearest_minutes", ["ddp"], ages="total"))
    found = dict(zip(data.cells.names, frame.nearest(entitled=False), strict=True))
    assert frame.nearest(entitled=False)[0] == pytest.approx(0, abs=1e-6)
    assert found["Bielawa 0"] == pytest.approx(TO_VILLAGE, rel=1e-3)
    assert np.isinf([found["Bielawa 1"], found["Jelenia Góra 0"]]).all()


def test_people_off_the_road_or_across_the_river_stay_in_the_denominator(by_road: Keep) -> None:
    data = by_road(region([offer("A", at=POINTS[TOWN][0])]))
    found = measure(data, ask(VOCABULARIES, "reach_share", ["ddp"], ages="total", minutes=30))
    # the village's seat has 54 % or more of its people: with two settlements, that is what the rule gives
    village = data.cells.weight[list(data.cells.names).index("Bielawa 0")]
    assert found.of(VILLAGE).value == pytest.approx(100 * village)
    assert found.of(VILLAGE).denominator == pytest.approx(PERSONS[VILLAGE])
    assert found.of(CITY).value == 0
    assert {code for code in PERSONS if found.of(code).has("off_network")} == {VILLAGE}
    assert found.region.has("off_network")
    mean = measure(data, ask(VOCABULARIES, "nearest_minutes", ["ddp"], ages="total"))
    assert mean.of(VILLAGE).has("unreachable")
    assert mean.of(CITY).value is None
    assert not mean.of(TOWN).has("unreachable")


def test_says_which_map_it_is_and_whose(by_road: Keep) -> None:
    data = by_road(region([offer("A")]))
    figures = measure(data, ask(VOCABULARIES, "reach_share", ["ddp"], ages="total"))
    told = "po drogach, OpenStreetMap, small-latest.osm.pbf, stan na 1.10.2026; © autorzy OpenStreetMap (ODbL)"
    assert figures.method("pl") == told
    assert "as of 2026-10-01" in figures.method("en")
    assert "станом на 01.10.2026" in figures.method("uk")


def test_goes_straight_where_asked_or_where_kilometres_are(by_road: Keep) -> None:
    data = by_road(region([offer("A", at=POINTS[TOWN][0])]))
    plain = replace(data, roads={})
    assert minutes_of(data, straight=True) == minutes_of(plain)
    assert minutes_of(data, "nearest_km") == minutes_of(plain, "nearest_km")
    assert minutes_of(data, "reach_share", km=20) == minutes_of(plain, "reach_share", km=20)
    assert minutes_of(data, mode="walk") == minutes_of(plain, mode="walk")
    assert minutes_of(data) != minutes_of(plain)


@pytest.mark.parametrize("limit", [90.0, 8.0])
def test_the_bench_tells_the_way_after_changes_as_the_measures_do(by_road: Keep, root: Path, limit: float) -> None:
    """Also to people beyond the times that are kept: the village is 18 minutes away."""
    sites = [offer("A", at=POINTS[TOWN][0]), offer("B", RING, at=POINTS[RING][1], service_area=(RING,))]
    data = by_road(region(sites), limit)
    asked = ask(VOCABULARIES, "gap_places", ["ddp"], ages="total", minutes=5, standard=20)
    bench = Bench(data, asked)
    keys = {site.name: site.key for site in bench.sites}
    at = Position(*map(float, to_wgs84(np.array([POINTS[CITY][1]]))[0]))
    changes = [Change("close", keys["A"]), Change("add", type="ddp", at=at, places=5)]
    then = data_with(root, region([sites[1], offer("Nowy", CITY, at=POINTS[CITY][1])]))
    for told, expected in (
        (bench.after((), lambda _: None).before, data),
        (bench.after(changes, lambda _: 3).after, then),
    ):
        found = [np.nan if value is None else value for value in minutes_of(expected).values()]
        np.testing.assert_allclose(told["nearest_minutes"], found, atol=1e-3)


def test_searches_a_site_that_is_new_since_and_counts_it_as_such(by_road: Keep, root: Path) -> None:
    before = by_road(region([offer("A", at=POINTS[TOWN][0])]))
    moved = region([offer("A", at=POINTS[TOWN][0]), offer("B", teryt=CITY, at=POINTS[CITY][1])])
    data = data_with(root, moved)
    fresh = by_road(moved)
    assert minutes_of(data) == pytest.approx(minutes_of(fresh))
    assert minutes_of(data) != minutes_of(before)
    times = before.roads["car"]
    assert isinstance(times, RoadTravel)
    assert (new_places(times.times, before), new_places(times.times, moved)) == (0, 1)


def test_cannot_answer_for_new_sites_without_their_network(by_road: Keep, root: Path, tmp_path: Path) -> None:
    by_road(region([offer("A")]))
    other = roads()
    other.way("WC", highway="primary")
    build_networks(root, other.write(tmp_path / "new.osm.pbf"), [profile("car")], lambda *_: None, lambda _: None)
    data = data_with(root, region([offer("B", at=POINTS[RING][0])]))
    with pytest.raises(TimesNotKept, match="1 sites are new or have moved"):
        minutes_of(data)
    # those that are where they were still are told, of the older map
    assert minutes_of(data_with(root, region([offer("A")])))[TOWN] is not None


def test_tells_the_nearest_site_beyond_the_kept_times_but_no_competition(by_road: Keep) -> None:
    full = by_road(region([offer("A", at=POINTS[TOWN][0])]))
    data = by_road(region([offer("A", at=POINTS[TOWN][0])]), limit=10.0)
    assert minutes_of(data)[VILLAGE] == pytest.approx(TO_VILLAGE, rel=1e-3)
    assert minutes_of(data, "reach_share", minutes=10)[VILLAGE] == 0
    assert minutes_of(data, "reach_share", minutes=30)[VILLAGE] == minutes_of(full, "reach_share", minutes=30)[VILLAGE]
    with pytest.raises(TimesNotKept, match=r"kept up to 10 minutes, asked are 30.*--limit-minutes 30") as error:
        minutes_of(data, "access_e2sfca")
    assert error.value.limit_minutes == 10


def test_says_no_reach_beyond_the_kept_times_where_it_cannot_search(
    by_road: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = by_road(region([offer("A", at=POINTS[TOWN][0])]), limit=10.0)
    monkeypatch.setattr(module, "MOST_SEARCHES", 0)
    with pytest.raises(TimesNotKept, match="kept up to 10 minutes"):
        minutes_of(data, "reach_share")
    # the mean is of those who are nearer, and says so
    found = measure(data, ask(VOCABULARIES, "nearest_minutes", ["ddp"], ages="total"))
    assert found.of(VILLAGE).value is None
    assert found.region.has("unreachable")


def test_a_site_for_some_people_is_the_nearest_for_them_alone(by_road: Keep) -> None:
    own = offer("A", at=POINTS[TOWN][0], service_area=(TOWN,))
    data = by_road(region([own, offer("B", teryt=VILLAGE, at=POINTS[VILLAGE][0])]), limit=10.0)
    ring = minutes_of(data)[RING]
    near = minutes_of(data, entitled=False)[RING]
    assert ring is not None and near is not None and ring > near


def test_times_between_other_places_are_passed_over(by_road: Keep, root: Path) -> None:
    data = by_road(region([offer("A")]))
    elsewhere = replace(data.cells, xy=data.cells.xy + 100)
    assert road_travel(root, elsewhere.xy) == {}
    assert isinstance(replace(data, roads={}).travel("car"), StraightLine)
    assert road_versions(root) == (("car", data.roads["car"].times.facts.fingerprint),)  # type: ignore[attr-defined]
    assert road_versions(None) == road_versions(root / "nowhere") == ()
    with pytest.raises(TimesNotKept, match="between other places"):
        data.roads["car"].within(elsewhere.xy, data.cells.xy, 5)


def test_new_sites_are_sought_along_the_road(by_road: Keep) -> None:
    data = by_road(region([offer("A", teryt=CITY, at=POINTS[CITY][0])]), candidates=True)
    found = best_places(data, ask(VOCABULARIES, "beyond_people", ["ddp"], ages="total", minutes=10), Wish())
    assert found.places[0].gmina_code in {TOWN, RING}
    assert found.travel.startswith("po drogach")


def test_counts_the_people_of_each_site_within_several_times(by_road: Keep) -> None:
    data = by_road(region([offer("A", at=POINTS[TOWN][0]), offer("B", teryt=CITY, at=POINTS[CITY][0])]))
    question = ask(VOCABULARIES, "reach_people", ["ddp"], ages="total")
    found = {site.name: site for site in catchments(data, question, [0.5, 10, 60])}
    assert found["A"].people == pytest.approx((10_000, 29_000, 29_000 + found["A"].people[2] - 29_000))
    assert found["A"].people[2] > 29_000
    assert found["B"].gmina == "Jelenia Góra"
    with pytest.raises(TimesNotKept, match="no times by road are kept for 'walk'"):
        catchments(data, replace(question, mode="walk"), [10])


def test_the_border_is_as_near_as_the_roads_are_fast(by_road: Keep) -> None:
    data = by_road(region([offer("A", at=POINTS[TOWN][0])]))
    assert data.roads["car"].farthest_m(60) == pytest.approx(65_000, rel=0.05)
    assert data.roads["car"].times.facts.map_day == date(2026, 10, 1)  # type: ignore[attr-defined]
