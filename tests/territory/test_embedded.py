import csv
import shutil
from pathlib import Path

import pytest
import shapely

from mapapp.territory.content import TerritoryData
from mapapp.territory.embedded import FIGURES, has_figures, read_embedded
from mapapp.territory.errors import TerritoryError
from mapapp.territory.regions import region

LOWER_SILESIA = region("dolnoslaskie")


def test_knows_which_regions_have_figures() -> None:
    assert has_figures(LOWER_SILESIA)
    assert not has_figures(region("malopolskie"))


def test_is_a_coverage_that_says_it_is_schematic(schematic: TerritoryData) -> None:
    gminas = schematic.of_layer("gmina")
    assert schematic.is_schematic
    assert schematic.attribution.startswith("Granice schematyczne")
    assert shapely.coverage_is_valid([unit.geom for unit in gminas])
    assert shapely.coverage_is_valid([unit.outline for unit in gminas])


def test_area_is_the_official_figure_and_the_shape_is_near_it(schematic: TerritoryData) -> None:
    with (FIGURES / "dolnoslaskie" / "gminas.csv").open(encoding="utf-8") as file:
        official = {row["teryt"]: float(row["area_km2"]) for row in csv.DictReader(file)}
    for unit in schematic.of_layer("gmina"):
        assert unit.area_km2 == official[unit.code]
        assert unit.geom.area / 1e6 == pytest.approx(unit.area_km2, rel=0.15)


def test_age_groups_are_estimates_that_sum_to_the_recorded_total(schematic: TerritoryData) -> None:
    totals = {row.teryt: row.persons for row in schematic.population if row.scenario == "recorded"}
    sums = dict.fromkeys(totals, 0)
    for row in schematic.population:
        if row.scenario == "estimate":
            sums[row.teryt] += row.persons
    without_left_out = {code for code in totals if not any(code in note for note in schematic.notes)}
    assert len(totals) == 169
    assert {code: sums[code] for code in without_left_out} == {code: totals[code] for code in without_left_out}


def test_every_gmina_with_a_place_of_its_name_has_one_seat(schematic: TerritoryData) -> None:
    seats = [place.gmina_teryt for place in schematic.places if place.is_seat]
    assert len(seats) == len(set(seats)) == 155


def test_refuses_a_wrong_figure_by_line_and_column(tmp_path: Path) -> None:
    shutil.copytree(FIGURES, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "dolnoslaskie" / "gminas.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",22.85,", ",-22.85,", 1), encoding="utf-8")
    with pytest.raises(TerritoryError, match=r"gminas.csv line 2, column area_km2: '-22.85': Input should be greater"):
        read_embedded(LOWER_SILESIA, tmp_path)
