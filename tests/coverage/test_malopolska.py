"""The real registers on the real boundaries: three powiats counted by hand from the workbooks, the sum written out."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from mapapp.coverage.areas import Layer
from mapapp.coverage.commands import release_figures
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.definitions import definitions
from mapapp.coverage.duties import duty_matrix
from mapapp.coverage.equity import equity
from mapapp.coverage.exports import written
from mapapp.coverage.figures import Figure
from mapapp.coverage.gaps import gaps
from mapapp.coverage.measures import measure
from mapapp.coverage.notebook import coverage_frame
from mapapp.coverage.queries import releases
from mapapp.coverage.question import Question, ask
from mapapp.coverage.supply import trend
from mapapp.database import transaction
from tests.coverage.conftest import TODAY

BOCHENSKI, BRZESKI, DABROWSKI = "1201", "1202", "1204"
# Row numbers of the sheets in comments. A home of several types of art. 56 is one site.
DPS = {
    BOCHENSKI: (1, 90 + 67),  # rows 8, 9: one home
    BRZESKI: (3, (48 + 50) + 50 + 25),  # rows 11 and 12: one home; 14; 15
    DABROWSKI: (2, 70 + 35),  # rows 19, 20
}
SDS = {
    BOCHENSKI: (5, 35 + 47 + 35 + 27 + 36),  # rows 39, 53, 61, 65, 66
    BRZESKI: (1, 60),  # row 67
    DABROWSKI: (2, 36 + 44),  # rows 40, 52
}
CLUBS = {
    BOCHENSKI: (3, 15 + 7 + 15),  # rows 11, 52, 84
    BRZESKI: (8, 15 + 15 + 15 + 20 + 15 + 18 + 15 + 13),  # rows 12, 21, 22, 26, 27, 92, 93, 94
    DABROWSKI: (3, 17 + 20 + 20),  # rows 31, 82, 91
}
DAY_HOMES = {
    BOCHENSKI: (2, 15 + 30),  # rows 25, 108
    BRZESKI: (1, 20),  # row 13
    DABROWSKI: (1, 20),  # row 20
}
# Persons of 80 and over, and of 60 and over, of the gminas by code: their share in 2020 times the total of 2024.
# Bochnia (town), for instance: 1083 of 29554 in 2020, so 1083 / 29554 · 28339 = 1038.5.
OLDEST = {
    BOCHENSKI: 1038.5 + 800.4 + 247.5 + 209.1 + 293.4 + 509.4 + 437.3 + 211.1 + 187.1,
    BRZESKI: 345.4 + 1407.0 + 381.1 + 531.1 + 292.0 + 279.8 + 445.4,
    DABROWSKI: 92.5 + 819.5 + 229.0 + 160.4 + 347.8 + 348.9 + 570.8,
}
OLDER = {
    BOCHENSKI: 7342.2 + 4379.0 + 1483.3 + 1034.0 + 1603.3 + 2802.0 + 2305.8 + 1068.5 + 1077.9,
    BRZESKI: 1775.7 + 8254.0 + 1963.7 + 2953.1 + 1579.2 + 1312.0 + 2135.2,
    DABROWSKI: 554.9 + 4692.5 + 888.6 + 749.3 + 1668.1 + 1500.8 + 2715.5,
}


def asked(data: CoverageData, code: str, *types: str, **more: Any) -> Question:
    return ask(data.vocabularies, code, types, **{"by": "powiat", **more})


def figure(data: CoverageData, code: str, powiat: str, *types: str, **more: Any) -> Figure:
    return measure(data, asked(data, code, *types, **more)).of(powiat)


class TestThreePowiatsByHand:
    @pytest.mark.parametrize("powiat", [BOCHENSKI, BRZESKI, DABROWSKI])
    @pytest.mark.parametrize(("kind", "counted"), [("dps", DPS), ("sds", SDS), ("ksp", CLUBS), ("ddsp", DAY_HOMES)])
    def test_counts_sites_and_places(
        self, malopolska_data: CoverageData, kind: str, counted: dict[str, tuple[int, int]], powiat: str
    ) -> None:
        sites, places = counted[powiat]
        assert figure(malopolska_data, "sites", powiat, kind).value == sites
        assert figure(malopolska_data, "places", powiat, kind).value == places

    @pytest.mark.parametrize("powiat", [BOCHENSKI, BRZESKI, DABROWSKI])
    def test_gives_places_of_homes_for_the_oldest(self, malopolska_data: CoverageData, powiat: str) -> None:
        """Bocheński: 157 places for 3,933.8 people of 80 and over are 399.1 per 10,000."""
        found = figure(malopolska_data, "places_per_10k", powiat, "dps")
        assert found.value == pytest.approx(DPS[powiat][1] / OLDEST[powiat] * 10_000, rel=2e-3)
        assert found.denominator == pytest.approx(OLDEST[powiat], abs=5)  # each age group is rounded to whole people
        assert found.has("estimate")

    @pytest.mark.parametrize("powiat", [BOCHENSKI, BRZESKI, DABROWSKI])
    def test_gives_places_of_clubs_for_older_people(self, malopolska_data: CoverageData, powiat: str) -> None:
        """Brzeski: 126 places for 19,972.9 people of 60 and over are 6.31 per 1,000."""
        found = figure(malopolska_data, "places_per_1k", powiat, "ksp")
        assert found.value == pytest.approx(CLUBS[powiat][1] / OLDER[powiat] * 1_000, rel=2e-3)

    def test_counts_people_in_the_homes_of_brzeski(self, malopolska_data: CoverageData) -> None:
        """Rows 11, 12, 14, 15: placed 43 + 46 + 50 + 25 = 164 of 173; free 5 + 4 = 9; waiting 1 + 2 = 3."""
        assert figure(malopolska_data, "occupancy", BRZESKI, "dps").value == pytest.approx(164 / 173 * 100)
        assert figure(malopolska_data, "free_places", BRZESKI, "dps").value == 5 + 4
        assert figure(malopolska_data, "waiting_per_100", BRZESKI, "dps").value == pytest.approx(3 / 173 * 100)


class TestTheWholeRegion:
    @pytest.mark.parametrize("layer", ["gmina", "powiat", "subregion"])
    def test_sums_to_what_the_register_sums_to(self, malopolska_data: CoverageData, layer: Layer) -> None:
        """ŚDS: 2104 of gmina range + 1198 of powiat range, as the list itself says. Below the region a home whose
        branches lie in several areas counts in none, but is told as unknown in each of them.
        """
        figures = measure(malopolska_data, asked(malopolska_data, "places", "sds", by=layer))
        assert figures.region.value == 2104 + 1198
        homes = malopolska_data.supply.of(["sds"])
        across = [home for home in homes if len(set(home.areas(malopolska_data.areas, layer))) > 1]
        counted = sum(row.figure.numerator or 0 for row in figures)
        assert counted + sum(home.places or 0 for home in across) == 2104 + 1198
        unclear = {area for home in across for area in home.areas(malopolska_data.areas, layer)}
        flagged = {n for n, row in enumerate(figures) if row.figure.flags & {"unknown_capacity", "no_capacity"}}
        assert flagged == unclear

    @pytest.mark.parametrize("code", definitions())
    def test_has_no_nan_and_no_infinity_in_any_measure(self, malopolska_data: CoverageData, code: str) -> None:
        more = {"profile": "wheelchair", "standard": 100, "per": 10_000}
        for kind in ("dps", "oik"):  # there is no crisis centre in these registers
            figures = measure(malopolska_data, asked(malopolska_data, code, kind, by="gmina", **more))
            for each in (figures.region, *(row.figure for row in figures)):
                for number in (each.value, each.numerator, each.denominator):
                    assert number is None or abs(number) < 1e9

    def test_keeps_all_places_in_competition(self, malopolska_data: CoverageData) -> None:
        """Accessible places of all gminas are the 8,021 places of the homes: none is lost, none counts twice."""
        figures = measure(malopolska_data, asked(malopolska_data, "access_e2sfca", "dps", by="gmina"))
        assert sum(row.figure.numerator or 0 for row in figures) == pytest.approx(8021)

    def test_tells_a_spread(self, malopolska_data: CoverageData) -> None:
        found = equity(malopolska_data, asked(malopolska_data, "access_e2sfca", "dps", by="gmina"))
        assert found.gini is not None
        assert 0 < found.gini < 1
        assert found.urban_to_rural == pytest.approx((found.urban or 0) / (found.rural or 1))

    def test_tells_gaps_against_the_median(self, malopolska_data: CoverageData) -> None:
        """Half of the powiats are at the median or above, and lack nothing."""
        found = gaps(malopolska_data, asked(malopolska_data, "gap_places", "dps", reference="median"))
        lacking = [row for row in found.rows if (row.places.value or 0) > 1e-9]
        assert len(lacking) == len(found.rows) // 2
        assert found.missing == pytest.approx(sum(row.places.value or 0 for row in lacking))
        assert found.rows[0].places.value == max(row.places.value or 0 for row in found.rows)

    def test_has_one_date_of_free_places(self, malopolska_data: CoverageData) -> None:
        (point,) = trend(malopolska_data.supply.of(["dps"]))
        assert (point.places, point.free) == (8021, 111)

    def test_proves_nothing_missing_without_agreements(self, malopolska_data: CoverageData) -> None:
        states = duty_matrix(malopolska_data, "powiat", ("nursing_home", "crisis_centre"))
        assert {state.status for state in states if state.duty.code == "nursing_home"} <= {"here", "unknown"}
        assert {state.status for state in states if state.duty.code == "crisis_centre"} == {"unknown"}
        bochnia = next(each for each in states if (each.area.code, each.duty.code) == (BOCHENSKI, "nursing_home"))
        assert bochnia.evidence[0].source == "Rejestr wolnych miejsc w domach pomocy społecznej"


class TestWhatIsTakenAway:
    def test_releases_the_same_figures_once(self, planned: Engine) -> None:
        with transaction(planned) as session:
            data = coverage_data(session, TODAY)
            question = asked(data, "places_per_10k", "dps")
            first = release_figures(session, data, question)
            again = release_figures(session, data, question)
            assert (first.is_new, again.is_new) == (True, False)
            assert (first.code, first.figures_hash) == (again.code, again.figures_hash)
            assert releases(session)[0].code == first.code
            session.rollback()

    def test_writes_every_format(self, planned: Engine) -> None:
        with transaction(planned) as session:
            data = coverage_data(session, TODAY)
            figures = measure(data, asked(data, "places", "dps"))
            content = {to: b"".join(written(session, figures, "here", to)) for to in ("csv", "geojson", "xlsx", "json")}
        lines = content["csv"].decode("utf-8-sig").splitlines()
        assert lines[0].startswith("code,name,kind")
        assert len(lines) == 1 + 22
        features = json.loads(content["geojson"])["features"]
        assert {each["id"]: each["properties"]["value"] for each in features}[BOCHENSKI] == 157
        assert all(each["geometry"] for each in features)
        assert json.loads(content["json"])["region"]["value"] == 8021
        assert content["xlsx"].startswith(b"PK")

    def test_gives_a_geodataframe(self, planned: Engine) -> None:
        """The example of the notebook module."""
        with transaction(planned) as session:
            frame = coverage_frame(session, "reach_share", types=["ddp", "ddsp"], ages="80+", by="powiat", minutes=30)
        assert frame.crs.to_epsg() == 4326
        assert len(frame) == 22
        assert frame["value"].between(0, 100).all()
        assert frame.geometry.notna().all()
        assert frame.attrs["measure"]["code"] == "reach_share"
