"""Social workers: what the law asks, what is there, and what nobody knows."""

from dataclasses import replace
from datetime import date

import pytest

from mapapp.coverage.data import CoverageData
from mapapp.coverage.duties import duty_matrix
from mapapp.coverage.measures import measure
from mapapp.coverage.need import IndicatorValue, build_need
from mapapp.coverage.question import ask
from mapapp.coverage.staffing import StaffState, staffing
from tests.coverage.conftest import VOCABULARIES
from tests.coverage.small import CITY, RING, TOWN, VILLAGE, bands, region

RULE = staffing()["social_workers"]


def counted(code: str, teryt: str, number: float, **more: object) -> IndicatorValue:
    return replace(IndicatorValue(code, teryt, 2025, number, "OZPS 2025", False, date(2025, 12, 31)), **more)


def with_staff(*values: IndicatorValue) -> CoverageData:
    data = region()
    return replace(data, need=build_need(data.areas.codes, bands(), values))


def states(data: CoverageData) -> dict[str, str]:
    return {state.area.code: state.status for state in duty_matrix(data, "gmina", ("social_workers",))}


@pytest.mark.parametrize(
    ("posts", "residents", "cases", "wanted", "status"),
    [
        (6, 12_000, None, 6, "here"),  # 12,000 / 2,000
        (5.75, 12_000, None, 6, "unknown"),  # too few by residents; by families perhaps not
        (5.75, 12_000, 200, 4, "here"),  # 200 / 50: the gmina may choose these
        (5.75, 12_000, 400, 6, "missing"),  # 400 / 50 are 8: too few by either
        (4, 12_000, 200, 4, "here"),
        (3, 5_000, None, 3, "here"),
        (2.5, 2_000, 10, 3, "missing"),  # three at least, however small the gmina
        (2.5, None, None, 3, "missing"),
        (9, None, None, 3, "unknown"),
        (9, None, 400, 8, "here"),
        (None, 12_000, 400, 6, "unknown"),
        (0, 12_000, None, 6, "missing"),
    ],
)
def test_the_gmina_may_choose_what_its_posts_are_measured_against(
    posts: float | None, residents: float | None, cases: float | None, wanted: float, status: str
) -> None:
    state = StaffState(RULE, posts, residents, cases, "OZPS")
    assert (state.wanted, state.status) == (wanted, status)


def test_the_duty_is_met_missing_or_unknown() -> None:
    """The town (20,000) needs 10, the ring (9,000) 4.5; of the village nobody tells; the city (40,000) has 2."""
    data = with_staff(
        counted("social_workers", TOWN, 10), counted("social_workers", RING, 4), counted("social_workers", CITY, 2)
    )
    assert states(data) == {TOWN: "here", RING: "unknown", VILLAGE: "unknown", CITY: "missing"}
    with_families = with_staff(counted("social_workers", RING, 4), counted("social_work_families", RING, 201))
    assert states(with_families)[RING] == "missing"
    (state,) = (each for each in duty_matrix(data, "gmina") if (each.area.code, each.status) == (CITY, "missing"))
    assert (state.duty.code, state.is_obligatory, state.evidence) == ("social_workers", True, ())
    assert state.staff is not None
    assert (state.staff.posts, state.staff.residents, state.staff.source) == (2, 40_000, "OZPS 2025")


def test_nothing_is_known_where_nothing_is_loaded() -> None:
    assert set(states(region()).values()) == {"unknown"}
    figures = measure(region(), ask(VOCABULARIES, "social_workers_per_2000"))
    assert all((row.figure.value, row.figure.has("no_staff_data")) == (None, True) for row in figures)


def test_per_2000_is_the_plain_ratio_of_all_residents() -> None:
    data = with_staff(*(counted("social_workers", teryt, posts) for teryt, posts in ((TOWN, 7), (RING, 4.5))))
    figures = measure(data, ask(VOCABULARIES, "social_workers_per_2000", ("ddp",), ages="80+"))
    assert figures.of(TOWN).value == pytest.approx(7 / 20_000 * 2_000)
    assert figures.of(RING).value == pytest.approx(4.5 / 9_000 * 2_000)
    assert (figures.of(TOWN).source, figures.of(TOWN).day) == ("OZPS 2025", date(2025, 12, 31))
    assert (figures.question.types, figures.question.group) == ((), "total")
    assert (figures.of(VILLAGE).value, figures.of(VILLAGE).has("no_staff_data")) == (None, True)


def test_an_area_with_an_unknown_gmina_has_no_figure() -> None:
    """Of the powiats, 0201 has both of its gminas told: 11.5 posts for 29,000 people."""
    data = with_staff(*(counted("social_workers", teryt, posts) for teryt, posts in ((TOWN, 7), (RING, 4.5))))
    figures = measure(data, ask(VOCABULARIES, "social_workers_per_2000", by="powiat"))
    assert figures.of("0201").value == pytest.approx(11.5 / 29_000 * 2_000)
    assert (figures.of("0202").value, figures.region.value) == (None, None)


def test_the_newest_year_counts() -> None:
    data = with_staff(counted("social_workers", TOWN, 10), counted("social_workers", TOWN, 2, year=2023))
    assert states(data)[TOWN] == "here"
