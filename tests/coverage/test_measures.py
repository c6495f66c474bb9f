"""Every measure against its slow formula, conservation as properties, and clear answers where data are lacking."""

from datetime import date
from math import exp, hypot, inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definitions
from mapapp.coverage.errors import CoverageError, NotAnswerable, UnknownCode
from mapapp.coverage.figures import Figures
from mapapp.coverage.kinds import KINDS
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.coverage.travel import travel_mode
from mapapp.directory.supply import HiddenSupply
from tests.coverage.small import CITY, GMINAS, PERSONS, POINTS, RING, TOWN, VILLAGE, bands, capacity, offer, region


def told(data: CoverageData, code: str, *types: str, **asked: Any) -> Figures:
    return measure(data, ask(data.vocabularies, code, types or ("ddp",), **{"ages": "80+", **asked}))


def value(data: CoverageData, code: str, teryt: str, *types: str, **asked: Any) -> float | None:
    return told(data, code, *types, **asked).of(teryt).value


def oldest(teryt: str) -> int:
    """3 in 10 are 80 and over (``small.bands``)."""
    return PERSONS[teryt] * 3 // 10


class TestPlaces:
    def test_belong_to_the_service_where_its_branches_are_together(self) -> None:
        data = region([offer("A", branches=2), offer("A", at=POINTS[TOWN][1], branches=2)], [capacity("A", 41)])
        assert value(data, "places", TOWN) == 41
        assert value(data, "sites", TOWN) == 2

    def test_are_unknown_below_where_the_branches_meet(self) -> None:
        data = region([offer("A", branches=2), offer("A", RING, branches=2)], [capacity("A", 41)])
        assert told(data, "places").of(TOWN).flags >= {"no_capacity"}
        assert value(data, "places", TOWN) is None
        assert value(data, "places", "0201", by="powiat") == 41
        assert told(data, "places").region.value == 41

    def test_are_split_where_the_split_is_known(self) -> None:
        split = [offer("A", branches=2, capacity_share=30), offer("A", RING, branches=2, capacity_share=11)]
        data = region(split, [capacity("A", 41)])
        assert [value(data, "places", teryt) for teryt in (TOWN, RING)] == [30, 11]

    def test_are_unknown_and_not_zero(self) -> None:
        data = region([offer("A"), offer("B", at=POINTS[TOWN][1])], [capacity("A", 20)])
        figure = told(data, "places").of(TOWN)
        assert (figure.value, figure.unknown_capacity_share) == (20, 0.5)
        assert figure.has("unknown_capacity")
        everywhere = told(region([offer("A")]), "places_per_1k").of(TOWN)
        assert (everywhere.value, everywhere.has("no_capacity")) == (None, True)

    def test_are_no_measure_of_an_office(self) -> None:
        figure = told(region([offer("A", kind="ops")]), "places", "ops").of(TOWN)
        assert figure.unknown_capacity_share == 0

    def test_count_approved_or_funded_never_both(self) -> None:
        data = region([offer("A")], [capacity("A", 40), capacity("A", 38, "funded")])
        assert value(data, "places", TOWN) == 40

    def test_are_those_of_the_newest_day(self) -> None:
        old = capacity("A", 40, as_of=date(2025, 1, 1))
        assert value(region([offer("A")], [capacity("A", 25), old]), "places", TOWN) == 25

    def test_of_a_closed_service_do_not_count(self) -> None:
        data = region([offer("A", status="temporarily closed")], [capacity("A", 40)])
        assert value(data, "places", TOWN) == 0

    def test_per_people_is_the_plain_ratio(self) -> None:
        data = region([offer("A")], [capacity("A", 30)])
        assert value(data, "places_per_1k", TOWN) == pytest.approx(30 / oldest(TOWN) * 1000)
        assert value(data, "places_per_10k", TOWN) == pytest.approx(30 / oldest(TOWN) * 10_000)
        assert value(data, "sites_per_100km2", TOWN) == pytest.approx(1 / 20 * 100)


class TestUse:
    def test_tells_occupied_waiting_and_free_of_those_that_tell(self) -> None:
        counts = [
            *(capacity("A", 20, available=3), capacity("A", 17, "occupied"), capacity("A", 5, "waiting")),
            capacity("B", 100),
        ]
        data = region([offer("A"), offer("B", at=POINTS[TOWN][1])], counts)
        assert value(data, "occupancy", TOWN) == pytest.approx(17 / 20 * 100)
        assert value(data, "waiting_per_100", TOWN) == pytest.approx(5 / 20 * 100)
        assert value(data, "free_places", TOWN) == 3
        assert told(data, "occupancy").of(RING).has("no_use_data")


class TestWhereAServiceCounts:
    def test_an_office_counts_for_the_gmina_it_serves(self) -> None:
        """The ring's office stands in the town."""
        data = region([offer("A", kind="ops", service_area=(RING,))])
        assert [value(data, "sites", teryt, "ops") for teryt in (TOWN, RING)] == [0, 1]

    def test_a_ring_around_a_town_with_one_is_not_simply_without(self) -> None:
        figures = told(region([offer("A")]), "sites")
        assert figures.of(RING).has("town_has_one")
        assert not figures.of(VILLAGE).has("town_has_one")

    def test_hidden_places_count_for_the_region_only(self) -> None:
        data = region(hidden=[HiddenSupply("sow", False, 4, 61)])
        assert [row.figure.value for row in told(data, "sites", "sow")] == [0, 0, 0, 0]
        region_figure = told(data, "places", "sow").region
        assert (region_figure.value, region_figure.has("hidden_included")) == (61, True)
        assert told(data, "reach_people", "sow", ages="total").region.value == 0

    def test_says_that_samples_are_among_them(self) -> None:
        figures = told(region([offer("A", is_sample=True)]), "sites")
        assert figures.has_samples
        assert figures.of(TOWN).has("samples")


class TestReach:
    def test_is_everybody_whose_straight_line_is_short_enough(self) -> None:
        data = region([offer("A", TOWN), offer("B", VILLAGE)])
        car = travel_mode("car")
        cells = data.cells
        for minutes in (5.0, 15.0, 40.0):
            expected = dict.fromkeys(PERSONS, 0.0)
            for (x, y), gmina, weight in zip(cells.xy, cells.gmina, cells.weight, strict=True):
                teryt = GMINAS[gmina].teryt
                metres = min(hypot(x - a, y - b) for a, b in (POINTS[TOWN][0], POINTS[VILLAGE][0]))
                if metres * car.detour / (car.speed_kmh * 1000 / 60) <= minutes:
                    expected[teryt] += weight * oldest(teryt)
            figures = told(data, "reach_people", minutes=minutes)
            for teryt, persons in expected.items():
                assert figures.of(teryt).value == pytest.approx(persons)
                share = value(data, "reach_share", teryt, minutes=minutes)
                assert share == pytest.approx(persons / oldest(teryt) * 100)

    def test_counts_the_limit_itself(self) -> None:
        """5 km in a straight line, 6.5 km of way: 81.25 minutes on foot at 4.8 km/h."""
        data = region([offer("A", TOWN)])
        weight = data.cells.weight[data.cells.gmina == 1][0]
        reached = value(data, "reach_people", RING, mode="walk", km=6.5)
        assert reached == pytest.approx(weight * oldest(RING))

    def test_near_is_not_entitled(self) -> None:
        data = region([offer("A", TOWN, service_area=(TOWN,))])
        assert value(data, "near_share", RING) == pytest.approx(100)
        assert value(data, "reach_share", RING) == 0
        assert value(data, "near_not_entitled_people", RING) == pytest.approx(oldest(RING))
        assert value(data, "reach_share", TOWN) == pytest.approx(100)

    def test_serves_several_gminas_by_their_codes(self) -> None:
        data = region([offer("A", TOWN, service_area=(TOWN, VILLAGE))])
        shares = [value(data, "reach_share", teryt, minutes=200) for teryt in (TOWN, RING, VILLAGE, CITY)]
        assert shares == pytest.approx([100, 0, 100, 0])

    def test_help_that_comes_home_reaches_all_it_serves(self) -> None:
        data = region([offer("A", None, "uo_dom", at=None, modes=("home",), service_area=("0201",))])
        shares = [value(data, "reach_share", teryt, "uo_dom") for teryt in (TOWN, RING, VILLAGE)]
        assert shares == pytest.approx([100, 100, 0])

    def test_leaves_nobody_out_of_the_denominator(self) -> None:
        figures = told(region(), "beyond_people")
        assert figures.region.value == pytest.approx(sum(oldest(teryt) for teryt in PERSONS))
        nearest = told(region(), "nearest_minutes").of(TOWN)
        assert (nearest.value, nearest.has("unreachable")) == (None, True)

    def test_tells_the_mean_way_to_the_nearest(self) -> None:
        """The two cells of the town: 0 and 1 km away, half of the people at each."""
        data = region([offer("A", TOWN)])
        assert value(data, "nearest_km", TOWN) == pytest.approx(0.5 * 1.3)
        assert value(data, "nearest_minutes", TOWN) == pytest.approx(0.5 * 1.3 / 45 * 60)

    def test_says_how_the_way_was_found(self) -> None:
        figures = told(region(), "reach_share", mode="walk")
        assert figures.method("pl") == "linia prosta × 1,3, 4,8 km/h"
        assert figures.method("en") == "straight line × 1.3, 4.8 km/h"
        assert told(region(), "sites").method() == ""

    def test_says_where_neighbours_may_help(self) -> None:
        near_border = region([offer("A", TOWN)], border_m=2_000)
        assert told(near_border, "reach_share", minutes=5).of(VILLAGE).has("edge")
        assert not told(near_border, "reach_share", minutes=5).of(TOWN).has("edge")
        assert not told(region([offer("A", TOWN)]), "reach_share", minutes=5).of(VILLAGE).has("edge")
        # in competition also those count who live beyond a site beyond the border: twice the reach, here 5.8 km
        assert told(region([offer("A")], border_m=5_000), "access_2sfca", minutes=5).of(TOWN).has("edge")
        assert not told(region([offer("A")], border_m=6_000), "access_2sfca", minutes=5).of(TOWN).has("edge")

    def test_counts_services_without_a_shown_place(self) -> None:
        assert told(region([offer("A", at=None)]), "reach_share").unlocated == 1


class TestCompetition:
    def test_is_the_two_steps(self) -> None:
        data = region([offer("A", TOWN), offer("B", VILLAGE)], [capacity("A", 30), capacity("B", 50)])
        car, reach = travel_mode("car"), 40.0
        persons = data.cells.persons(data.need.people("80+").by_gmina)
        sites = [(POINTS[TOWN][0], 30), (POINTS[VILLAGE][0], 50)]

        def weight(cell: int, site: tuple[float, float]) -> float:
            x, y = data.cells.xy[cell]
            minutes = hypot(x - site[0], y - site[1]) * car.detour / (car.speed_kmh * 1000 / 60)
            return exp(-(minutes**2) / (2 * (reach / 3) ** 2)) if minutes <= reach else 0.0

        cells = range(len(persons))
        demand = [sum(weight(i, at) * persons[i] for i in cells) for at, _ in sites]
        score = [sum(weight(i, at) * s / d for (at, s), d in zip(sites, demand, strict=True)) for i in cells]
        for number, gmina in enumerate(GMINAS):
            own = [i for i in cells if data.cells.gmina[i] == number]
            mean = sum(score[i] * persons[i] for i in own) / sum(persons[i] for i in own)
            assert value(data, "access_e2sfca", gmina.teryt, minutes=reach) == pytest.approx(mean * 1000)

    @pytest.mark.parametrize("code", ["access_2sfca", "access_e2sfca"])
    @pytest.mark.parametrize("decay", ["step", "gaussian", "exponential"])
    @given(sizes=st.lists(st.integers(0, 500), min_size=4, max_size=4), minutes=st.floats(1, 200))
    def test_conserves_places(self, code: str, decay: str, sizes: list[int], minutes: float) -> None:
        names = dict(zip("ABCD", PERSONS, strict=True))
        offers = [offer(name, teryt) for name, teryt in names.items()]
        counts = [capacity(name, size) for name, size in zip(names, sizes, strict=True)]
        figures = told(region(offers, counts), code, decay=decay, minutes=minutes)
        assert sum(row.figure.numerator or 0 for row in figures) == pytest.approx(sum(sizes))
        assert figures.region.numerator == pytest.approx(sum(sizes))

    def test_leaves_unknown_places_out_and_says_so(self) -> None:
        data = region([offer("A"), offer("B", RING)], [capacity("A", 30)])
        figure = told(data, "access_e2sfca").region
        assert (figure.numerator, figure.has("unknown_capacity")) == (pytest.approx(30), True)


class TestGaps:
    def test_is_what_the_standard_gives_less_what_is_there(self) -> None:
        data = region([offer("A")], [capacity("A", 30)])
        for teryt, places in ((TOWN, 30), (RING, 0)):
            missing = max(0.0, 20 / 1000 * oldest(teryt) - places)
            assert value(data, "gap_places", teryt, standard=20, per=1000) == pytest.approx(missing)
            assert value(data, "gap_people", teryt, standard=20, per=1000) == pytest.approx(missing / 0.02)

    def test_is_never_below_zero(self) -> None:
        data = region([offer("A")], [capacity("A", 10_000)])
        assert value(data, "gap_places", TOWN, standard=20, per=1000) == 0

    def test_against_the_best_quarter_uses_the_areas_themselves(self) -> None:
        data = region([offer("A"), offer("B", CITY)], [capacity("A", 60), capacity("B", 60)])
        rates = [60 / oldest(TOWN), 0, 0, 60 / oldest(CITY)]
        wanted = float(np.quantile(rates, 0.75)) * oldest(RING)
        assert value(data, "gap_places", RING, reference="best_quartile") == pytest.approx(wanted)

    def test_of_places_in_reach_counts_those_of_neighbours(self) -> None:
        data = region([offer("A")], [capacity("A", 600)])
        assert value(data, "gap_places", RING, standard=20, per=1000) == pytest.approx(0.02 * oldest(RING))
        assert value(data, "gap_accessible_places", RING, standard=20, per=1000) == 0

    def test_needs_a_standard_of_the_same_people(self) -> None:
        with pytest.raises(NotAnswerable, match="a gap needs a standard"):
            told(region(), "gap_places")
        with pytest.raises(NotAnswerable, match=r"for the group 65\+, not 80\+"):
            told(region(), "gap_places", reference="oecd_ltc_beds")
        with pytest.raises(UnknownCode, match="reference"):
            told(region(), "gap_places", reference="nobody")


class TestShares:
    def test_of_places_in_the_community(self) -> None:
        offers = [offer("A"), offer("B", kind="dps", care_setting="institution")]
        data = region(offers, [capacity("A", 30), capacity("B", 90)])
        assert value(data, "community_share", TOWN, "ddp", "dps") == pytest.approx(25)

    def test_of_accessible_sites_leave_the_unknown_in_the_denominator(self) -> None:
        offers = [offer("A", profiles={"wheelchair": "yes"}), offer("B", at=POINTS[TOWN][1])]
        assert value(region(offers), "accessible_share", TOWN, profile="wheelchair") == pytest.approx(50)

    def test_of_entries_verified_within_a_year(self) -> None:
        offers = [
            offer("A", verified_on=date(2025, 6, 15)),
            offer("B", at=POINTS[TOWN][1], verified_on=date(2025, 6, 14)),
        ]
        assert value(region(offers), "verified_share", TOWN) == pytest.approx(50)

    def test_counts_services_open_after_work_among_those_whose_hours_are_known(self) -> None:
        hours = ("Mo-Fr 08:00-16:00", "Mo-Fr 08:00-15:00; We 08:00-17:00", "Sa-Su 08:00-20:00", "24/7", "SH off", None)
        offers = [offer(f"{number}", opening_hours=each) for number, each in enumerate(hours)]
        figure = told(region(offers), "open_late_share").of(TOWN)
        assert (figure.numerator, figure.denominator) == (2, 4)
        assert figure.value == pytest.approx(50)


class TestConservation:
    @given(persons=st.lists(st.integers(0, 100_000), min_size=4, max_size=4))
    def test_areas_sum_to_the_region_and_cells_to_the_population(self, persons: list[int]) -> None:
        data = region(people=bands(dict(zip(PERSONS, persons, strict=True))))
        for ages in ("total", "0-17", "18+", "80+"):
            people = data.need.people(ages).by_gmina
            cells = data.cells.persons(people)
            assert np.allclose(data.cells.sums(cells, 4), people, atol=1e-9)
            for layer in ("gmina", "powiat", "subregion"):
                figures = told(data, "target_people", ages=ages, by=layer)
                told_sum = sum(row.figure.numerator or 0 for row in figures)
                assert told_sum == pytest.approx(figures.region.numerator)

    @given(near=st.floats(1, 100), more=st.floats(0, 100))
    def test_a_longer_reach_never_loses_anybody(self, near: float, more: float) -> None:
        data = region([offer("A"), offer("B", VILLAGE)])
        short, long = (told(data, "reach_people", minutes=m) for m in (near, near + more))
        for one, other in zip(short, long, strict=True):
            assert (one.figure.value or 0) <= (other.figure.value or 0) + 1e-9

    def test_splits_a_group_evenly_over_its_years(self) -> None:
        """0-17 is 0-14 and three of the five years 15-19."""
        people = region().need.people("0-17")
        assert people.by_gmina[0] == pytest.approx(2_000 + 3 / 5 * 2_000)
        assert people.is_estimate


class TestClearAnswers:
    def test_every_definition_has_its_formula_and_texts(self) -> None:
        assert set(definitions()) == set(KINDS)
        for each in definitions().values():
            for language in ("pl", "en", "uk"):
                assert each.texts[f"label_{language}"]
                assert each.texts[f"numerator_{language}"]
                assert each.texts[f"caveat_{language}"]
                assert bool(each.texts["denominator_pl"]) == bool(each.texts[f"denominator_{language}"])

    @pytest.mark.parametrize("code", definitions())
    @pytest.mark.parametrize("people", [None, (), bands({TOWN: 0, RING: 0, VILLAGE: 0, CITY: 0})])
    @pytest.mark.parametrize("has_sites", [True, False])
    def test_is_never_nan(self, code: str, people: Any, has_sites: bool) -> None:
        data = region([offer("A")] if has_sites else [], people=people)
        try:
            figures = told(data, code, profile="wheelchair", standard=20, per=1000)
        except NotAnswerable as error:
            assert people == ()
            assert "no population is loaded" in str(error)
            return
        for each in (figures.region, *(row.figure for row in figures)):
            for number in (each.value, each.numerator, each.denominator):
                assert number is None or -inf < number < inf
            if each.value is None:
                assert each.flags

    def test_works_for_one_gmina(self) -> None:
        data = region([offer("A")], [capacity("A", 30)], gminas=GMINAS[:1])
        assert told(data, "places_per_1k").region.value == pytest.approx(30 / oldest(TOWN) * 1000)

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"measure": "place"}, "measure: 'place' is not known; did you mean 'places'"),
            ({"types": ["dpss"]}, "type: 'dpss' is not known; did you mean 'dps'"),
            ({"ages": "80plus"}, "ages: '80plus' is not known"),
            ({"ages": "90-80"}, "ages: '90-80' is not known"),
            ({"by": "county"}, "by: 'county' is not known"),
            ({"mode": "cars"}, "mode: 'cars' is not known; did you mean 'car'"),
            ({"minutes": 0}, "reach is 0 minutes"),
            ({"minutes": float("nan")}, "reach is nan minutes"),
            ({"standard": -1}, "standard is -1"),
            ({"types": []}, "needs a service type"),
            ({"measure": "accessible_share"}, "needs a profile"),
        ],
    )
    def test_says_what_is_wrong_with_a_question(self, wrong: dict[str, Any], message: str) -> None:
        good = {"measure": "places", "types": ["dps"]}
        with pytest.raises(CoverageError, match=message):
            ask(region().vocabularies, **{**good, **wrong})

    def test_knows_nobody_of_an_age_inside_the_oldest_group(self) -> None:
        with pytest.raises(NotAnswerable, match="the oldest group is 80 and over"):
            told(region(), "target_people", ages="90+")

    def test_needs_an_indicator_for_certified_disability(self) -> None:
        with pytest.raises(NotAnswerable, match="load-indicator"):
            told(region(), "places_per_1k", "wtz", ages=None)
