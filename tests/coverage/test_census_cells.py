"""People in the cells of a census's grid: their gminas' population stays, whatever the group."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.coverage.cells import GRID_AGES, Cells, build_cells, cells_of
from mapapp.coverage.data import CoverageData
from mapapp.coverage.exports import figures_document
from mapapp.coverage.measures import measure
from mapapp.coverage.need import IndicatorValue, build_need
from mapapp.coverage.question import ask
from mapapp.territory.census_grid import GridPart
from mapapp.territory.planning import LivingPlace
from tests.coverage.conftest import VOCABULARIES
from tests.coverage.small import CITY, GMINAS, PERSONS, POINTS, RING, TOWN, VILLAGE, bands, capacity, offer, region

KINDS = [gmina.kind for gmina in GMINAS]
INDEX = {gmina.teryt: number for number, gmina in enumerate(GMINAS)}
PLACES = [
    LivingPlace(gmina.teryt, f"{gmina.name} {n}", n == 0, x, y, 1e6)
    for gmina in GMINAS
    for n, (x, y) in enumerate(POINTS[gmina.teryt])
]


def part(teryt: str, persons: int | None, *ages: int | None, ground: float = 1.0, east_m: float = 0) -> GridPart:
    """A cell so far east of the gmina's first settlement."""
    x, y = POINTS[teryt][0]
    young, middle, old = ages or (None, None, None)
    return GridPart(teryt, ground, x + east_m, y, 5e5, persons, young, middle, old)


# the village's people live in two cells, the old in the far one; the city and the ring are in no cell
PARTS = (
    part(TOWN, 10_000, 2_000, 6_000, 2_000),
    part(VILLAGE, 3_000, 600, 2_300, 100),
    part(VILLAGE, 1_000, 100, 500, 400, east_m=9_000),
)


def with_grid(data: CoverageData, *parts: GridPart) -> CoverageData:
    return replace(data, cells=cells_of(PLACES, parts or PARTS, INDEX, KINDS, "spis 2021"))


def told(data: CoverageData, teryt: str, ages: str, minutes: float = 5) -> float | None:
    return measure(data, ask(VOCABULARIES, "reach_people", ("ddp",), ages=ages, minutes=minutes)).of(teryt).value


def test_people_are_where_the_grid_has_them_by_age() -> None:
    """80+ of the village (3 in 10 of 5,000) as those over 65: 100 of 500 near the site, 400 far from it."""
    data = with_grid(region([offer("A", VILLAGE)]))
    assert told(data, VILLAGE, "80+") == pytest.approx(1_500 * 100 / 500)
    assert told(data, VILLAGE, "0-14") == pytest.approx(500 * 600 / 700)
    assert told(data, VILLAGE, "total", minutes=60) == pytest.approx(5_000)


def test_a_group_across_the_ages_is_mixed_of_them() -> None:
    """0-17 is 500 under 15, and three fifths of the 500 of 15-19, who live as those of 15 to 64."""
    data = with_grid(region([offer("A", VILLAGE)]))
    assert told(data, VILLAGE, "0-17") == pytest.approx(500 * 600 / 700 + 300 * 2_300 / 2_800)


def test_a_group_that_no_age_tells_lives_where_all_do() -> None:
    values = tuple(
        IndicatorValue("disability_18+", teryt, 2024, PERSONS[teryt] / 10, "PZON", False) for teryt in PERSONS
    )
    data = with_grid(region([offer("A", VILLAGE)]))
    data = replace(data, need=build_need(data.areas.codes, bands(), values))
    assert told(data, VILLAGE, "disability_18+") == pytest.approx(500 * 3 / 4)


def test_where_only_the_total_is_known_ages_are_not_asked_for() -> None:
    totals = [band for band in bands() if (band.age_from, band.age_to) == (0, 120)]
    data = with_grid(region([offer("A", VILLAGE)], people=totals))
    assert told(data, VILLAGE, "total") == pytest.approx(5_000 * 3 / 4)


def test_a_gmina_whose_ages_nobody_knows_keeps_its_people() -> None:
    people = [band for band in bands() if band.gmina_teryt != VILLAGE or band.age_to - band.age_from == 120]
    data = with_grid(region([offer("A", VILLAGE)], people=people))
    assert told(data, VILLAGE, "total", minutes=60) == pytest.approx(5_000)
    assert told(data, VILLAGE, "total") == pytest.approx(5_000 * 3 / 4)


def test_gminas_that_the_grid_lacks_keep_their_settlements() -> None:
    grid, settled = cells_of(PLACES, PARTS, INDEX, KINDS, "spis"), build_cells(PLACES, INDEX, KINDS)
    for teryt in (RING, CITY):
        own, old = grid.gmina == INDEX[teryt], settled.gmina == INDEX[teryt]
        assert (grid.xy[own] == settled.xy[old]).all()
        assert (grid.weight[own] == settled.weight[old]).all()
    assert grid.without_grid == 2
    assert (np.diff(grid.gmina) >= 0).all()


def test_cells_are_named_after_the_settlement_nearest_to_them() -> None:
    grid = cells_of(PLACES, PARTS, INDEX, KINDS, "spis")
    assert [grid.names[number] for number in np.flatnonzero(grid.gmina == INDEX[VILLAGE])] == ["Bielawa 0", "Bielawa 1"]


def test_without_a_grid_all_stay_at_settlements() -> None:
    plain, settled = cells_of(PLACES, (), INDEX, KINDS, None), build_cells(PLACES, INDEX, KINDS)
    assert (plain.xy == settled.xy).all()
    assert plain.describe("pl") == "w miejscowościach gminy, według reguły"


def test_says_where_people_are_taken_to_live() -> None:
    data = with_grid(region([offer("A")], [capacity("A", 5)]))
    figures = measure(data, ask(VOCABULARIES, "reach_share", ("ddp",), ages="80+"))
    assert figures.where_people_live("pl") == (
        "w oczkach siatki 1 km (spis 2021), przeliczonych na ludność gminy; gminy bez siatki, według miejscowości: 2"
    )
    assert figures_document(figures, "en")["where_people_live"].startswith("in cells of a 1 km grid (spis 2021)")
    places = measure(data, ask(VOCABULARIES, "places", ("ddp",)))
    assert places.where_people_live() == ""


@given(st.data())
def test_every_gmina_keeps_its_people(data: st.DataObject) -> None:
    """To 1e-9, for any cells, whatever is kept back of them, and any group."""
    count = st.one_of(st.none(), st.integers(0, 900))
    parts = [
        part(
            data.draw(st.sampled_from(list(PERSONS))), data.draw(st.one_of(st.none(), st.integers(1, 900))),
            data.draw(count), data.draw(count), data.draw(count),
            ground=data.draw(st.floats(0.01, 1)), east_m=100.0 * number,
        )
        for number in range(data.draw(st.integers(1, 9)))
    ]  # fmt: skip
    cells: Cells = cells_of(PLACES, parts, INDEX, KINDS, "spis")
    need = build_need(tuple(INDEX), bands())
    ages = data.draw(st.sampled_from(["total", "0-14", "0-17", "18+", "60+", "80+", "65+", "15-64"]))
    by_gmina = need.people(ages).by_gmina

    persons = cells.persons(by_gmina, need.apart(ages, None, GRID_AGES))
    assert (persons >= 0).all()
    np.testing.assert_allclose(cells.sums(persons, len(GMINAS)), by_gmina, rtol=1e-9, atol=1e-9)
