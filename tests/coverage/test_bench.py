"""The bench of changes: before as the measures tell it, after as they would tell it of a directory so changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import Position, to_metric, to_wgs84
from mapapp.coverage.bench import MEASURES, Bench
from mapapp.coverage.changes import MOST_CHANGES, Change, WrongChange, read_change, read_changes
from mapapp.coverage.data import CoverageData
from mapapp.coverage.measures import measure
from mapapp.coverage.question import Question, ask
from tests.coverage.conftest import VOCABULARIES
from tests.coverage.small import CITY, GMINAS, POINTS, TOWN, VILLAGE, capacity, offer, region

NUMBER = {gmina.teryt: number for number, gmina in enumerate(GMINAS)}
HERE = {teryt: Position(*map(float, to_wgs84(np.array([points[0]]))[0])) for teryt, points in POINTS.items()}


LAYERS = ("gmina", "powiat", "subregion")


def question(minutes: float = 12, *, entitled: bool = True, standard: float | None = 20, by: str = "gmina") -> Question:
    return ask(
        VOCABULARIES, "gap_places", ("ddp",), ages="80+", minutes=minutes, entitled=entitled, standard=standard,
        reference=None if standard else "best_quartile", by=by,
    )  # fmt: skip


OFFERS = (
    offer("Dom w mieście", TOWN),
    offer("Dom w gminie", VILLAGE, service_area=(VILLAGE,)),
    offer("Dom bez liczby", CITY),
)
COUNTS = (capacity("Dom w mieście", 30), capacity("Dom w gminie", 12))


def data(offers: tuple = OFFERS, counts: tuple = COUNTS) -> CoverageData:
    return region(offers, counts)


def nearest_gmina(at: Position) -> int | None:
    """Which gmina's first settlement lies there."""
    return next((NUMBER[teryt] for teryt, own in HERE.items() if np.hypot(*(np.subtract(own, at))) < 1e-4), None)


def figures(of: CoverageData, asked: Question, code: str) -> np.ndarray:
    found = measure(of, replace(asked, measure=code))
    return np.array([np.nan if row.figure.value is None else row.figure.value for row in found])


@pytest.mark.parametrize("by", LAYERS)
@pytest.mark.parametrize("entitled", [True, False])
@pytest.mark.parametrize("code", MEASURES)
def test_tells_the_present_as_the_measures_do(code: str, entitled: bool, by: str) -> None:
    asked = question(entitled=entitled, by=by)
    # without the one whose places nobody knows: of such a gmina the measures tell no places
    known = data(OFFERS[:2])
    before = Bench(known, asked).after((), nearest_gmina)
    np.testing.assert_allclose(before.before[code], figures(known, asked, code), atol=1e-9)
    np.testing.assert_array_equal(before.before[code], before.after[code])
    assert before.changed == ()


@pytest.mark.parametrize("by", LAYERS)
@pytest.mark.parametrize("code", MEASURES)
def test_tells_what_a_directory_so_changed_would_tell(code: str, by: str) -> None:
    """Closed in the town, added in the city, resized in the village: against a directory that has it so."""
    asked = question(by=by)
    now = data(OFFERS[:2])
    bench = Bench(now, asked)
    keys = {site.name: site.key for site in bench.sites}
    changes = [
        Change("close", keys["Dom w mieście"]),
        Change("size", keys["Dom w gminie"], places=40),
        Change("add", type="ddp", at=HERE[CITY], places=25),
    ]
    then = data((OFFERS[1], offer("Nowy", CITY)), (capacity("Dom w gminie", 40), capacity("Nowy", 25)))
    np.testing.assert_allclose(bench.after(changes, nearest_gmina).after[code], figures(then, asked, code), atol=1e-4)


@settings(deadline=None, max_examples=50)  # the first search compiles
@given(st.data())
def test_the_nearest_site_is_as_near_as_the_measures_would_tell(data: st.DataObject) -> None:
    """For any sites of which some close and others open, with and without whom they serve."""
    gminas = st.sampled_from(sorted(POINTS))
    entitled = data.draw(st.booleans())
    own = [
        offer(f"Dom {n}", teryt, at=POINTS[teryt][data.draw(st.integers(0, 1))],
              service_area=(teryt,) if data.draw(st.booleans()) else ())
        for n, teryt in enumerate(data.draw(st.lists(gminas, min_size=1, max_size=5)))
    ]  # fmt: skip
    new = data.draw(st.lists(gminas, unique=True, max_size=2))
    stays = [each for each in own if data.draw(st.booleans())]
    asked = question(4, entitled=entitled)
    bench = Bench(region(own), asked)
    keys = {site.name: site.key for site in bench.sites}
    changes = [Change("close", keys[each.name]) for each in own if each not in stays]
    changes += [Change("add", type="ddp", at=HERE[teryt], places=5) for teryt in new]
    after = bench.after(changes, nearest_gmina)
    then = region([*stays, *(offer(f"Nowy {teryt}", teryt) for teryt in new)])
    for code in ("nearest_minutes", "nearest_km"):
        np.testing.assert_allclose(after.after[code], figures(then, asked, code), atol=1e-4)
        told = measure(then, replace(asked, measure=code)).region.value
        assert after.region_after[code] == pytest.approx(np.nan if told is None else told, abs=1e-4, nan_ok=True)


def test_gains_and_losses_of_larger_areas_are_those_of_their_gminas() -> None:
    moved = next(site.key for site in Bench(data(OFFERS[:2]), question(4)).sites if site.name == "Dom w gminie")
    change = [Change("move", moved, at=HERE[CITY])]
    small, large = (Bench(data(OFFERS[:2]), question(4, by=by)).after(change, nearest_gmina) for by in LAYERS[:2])
    assert large.gained.sum() == pytest.approx(small.gained.sum())
    assert large.lost.sum() == pytest.approx(small.lost.sum())
    assert (len(small.gained), len(large.gained)) == (4, 3)
    assert large.region_after["reach_people"] == pytest.approx(small.region_after["reach_people"])


def test_a_moved_site_keeps_whom_it_serves_and_serves_its_new_gmina() -> None:
    bench = Bench(data(OFFERS[:2]), question(4))
    moved = Change("move", next(site.key for site in bench.sites if site.name == "Dom w gminie"), at=HERE[CITY])
    after = bench.after([moved], nearest_gmina)
    assert after.lost[NUMBER[VILLAGE]] > 0
    assert after.gained[NUMBER[CITY]] > 0
    assert after.after["places"][NUMBER[CITY]] == 12
    assert set(after.changed) == {NUMBER[VILLAGE], NUMBER[CITY]}
    reached = after.region_after["reach_people"]
    assert reached == pytest.approx(after.region_before["reach_people"] + after.gained.sum() - after.lost.sum())


def test_unknown_places_count_for_nothing_and_known_ones_when_they_are_told() -> None:
    bench = Bench(data(), question())
    unknown = next(site for site in bench.sites if site.name == "Dom bez liczby")
    assert unknown.places is None
    after = bench.after([Change("size", unknown.key, places=10)], nearest_gmina)
    assert after.after["places"][NUMBER[CITY]] - after.before["places"][NUMBER[CITY]] == 10


def test_people_whom_help_comes_home_to_are_within_reach_whatever_closes() -> None:
    home = offer("Opieka", CITY, at=None, modes=("home",), service_area=(CITY,))
    bench = Bench(data((*OFFERS, home)), question())
    closing = [Change("close", site.key) for site in bench.sites]
    after = bench.after(closing, nearest_gmina)
    assert after.after["reach_share"][NUMBER[CITY]] == pytest.approx(100)
    assert after.after["reach_share"][NUMBER[TOWN]] == 0


def test_holds_the_standard_of_the_present() -> None:
    bench = Bench(data(OFFERS[:2]), question(standard=None))
    after = bench.after([Change("add", type="ddp", at=HERE[CITY], places=900)], nearest_gmina)
    assert after.after["gap_places"][NUMBER[CITY]] == 0
    assert after.after["gap_places"][NUMBER[TOWN]] == after.before["gap_places"][NUMBER[TOWN]]


def test_a_site_beyond_the_border_is_reached_but_its_places_are_of_no_gmina() -> None:
    beyond = Position(*map(float, to_wgs84(np.array([[POINTS[CITY][0][0], POINTS[CITY][0][1] - 2_000]]))[0]))
    bench = Bench(data(OFFERS[:2]), question())
    after = bench.after([Change("add", type="ddp", at=beyond, places=30)], nearest_gmina)
    assert after.gained[NUMBER[CITY]] > 0
    assert after.region_after["places"] == after.region_before["places"]


POSITIONS = st.builds(
    Position,
    st.integers(1_500_000, 2_000_000).map(lambda n: n / 1e5),
    st.integers(5_000_000, 5_100_000).map(lambda n: n / 1e5),
)
KEYS = st.text("0123456789abcdef", min_size=10, max_size=10)
PLACES = st.none() | st.integers(0, 9_999)
CHANGES = st.one_of(
    st.builds(Change, st.just("add"), type=st.sampled_from(["ddp", "m_trening"]), at=POSITIONS, places=PLACES),
    st.builds(Change, st.just("move"), KEYS, at=POSITIONS, places=PLACES),
    st.builds(Change, st.just("close"), KEYS),
    st.builds(Change, st.just("size"), KEYS, places=st.integers(0, 9_999)),
)


@given(CHANGES)
def test_a_change_is_read_as_it_was_written(change: Change) -> None:
    assert read_change(str(change)) == change


@pytest.mark.parametrize(
    "written",
    [
        "", "add", "add:ddp", "add:ddp:17,51", "add:ddp:51.1,17.0:3", "add:ddp:17.0,51.1:-3", "add:ddp:17.0,51.1:12345",
        "add:DDP:17.0,51.1:3", "close:xyz", "close:0123456789a", "size:0123456789:", "move:0123456789:nan,51",
        "add:ddp:\uff11\uff17.0,51.1:3", "close:0123456789\n",
    ],
)  # fmt: skip
def test_refuses_what_is_no_change(written: str) -> None:
    with pytest.raises(WrongChange):
        read_change(written)


def test_refuses_two_changes_of_one_site_and_too_many() -> None:
    with pytest.raises(WrongChange, match="one change of each site"):
        read_changes(["close:0123456789", "size:0123456789:4"])
    with pytest.raises(WrongChange, match="at most 30"):
        read_changes([f"add:ddp:17.0{n},51.1:3" for n in range(10, 11 + MOST_CHANGES)])


def test_names_a_site_or_type_that_is_not_there() -> None:
    bench = Bench(data(), question())
    with pytest.raises(WrongChange, match="the key of a site"):
        bench.after([Change("close", "0123456789")], nearest_gmina)
    with pytest.raises(WrongChange, match="a type of the question: ddp"):
        bench.after([Change("add", type="dps", at=HERE[CITY], places=1)], nearest_gmina)


def test_keeps_positions_to_a_metre() -> None:
    east = to_metric(np.array([HERE[CITY]]))[0]
    again = read_change(str(Change("add", type="ddp", at=HERE[CITY]))).at
    assert again is not None
    assert np.hypot(*(to_metric(np.array([again]))[0] - east)) < 1
