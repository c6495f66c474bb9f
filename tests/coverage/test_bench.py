"""The bench of changes: before as the measures tell it, after as they would tell it of a directory so changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
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


def question(minutes: float = 12, *, entitled: bool = True, standard: float | None = 20) -> Question:
    return ask(
        VOCABULARIES, "gap_places", ("ddp",), ages="80+", minutes=minutes, entitled=entitled, standard=standard,
        reference=None if standard else "best_quartile",
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


@pytest.mark.parametrize("entitled", [True, False])
@pytest.mark.parametrize("code", MEASURES)
def test_tells_the_present_as_the_measures_do(code: str, entitled: bool) -> None:
    asked = question(entitled=entitled)
    # without the one whose places nobody knows: of such a gmina the measures tell no places
    known = data(OFFERS[:2])
    before = Bench(known, asked).after((), nearest_gmina)
    np.testing.assert_allclose(before.before[code], figures(known, asked, code), atol=1e-9)
    np.testing.assert_array_equal(before.before[code], before.after[code])
    assert before.changed == ()


@pytest.mark.parametrize("code", MEASURES)
def test_tells_what_a_directory_so_changed_would_tell(code: str) -> None:
    """Closed in the town, added in the city, resized in the village: against a directory that has it so."""
    asked = question()
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
