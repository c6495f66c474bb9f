"""The tables of data/territory against themselves and, where it is at hand, against the real data."""

import csv
from pathlib import Path

import pandas as pd
import pytest
import shapely

from geo.crs import Position, in_poland, to_metric

SOURCES = Path(__file__).resolve().parent.parent.parent / "data" / "territory" / "sources.csv"
KIND_OF_LAST_DIGIT = {"1": "urban", "2": "rural", "3": "urban-rural"}


def test_has_every_gmina_once(gminas: pd.DataFrame) -> None:
    assert len(gminas) == 169
    assert gminas.teryt.is_unique
    assert gminas.teryt.str.fullmatch(r"02\d{4}[123]").all()
    assert (gminas.teryt.str[:4] == gminas.powiat_teryt).all()
    assert (gminas.powiat_teryt.str[:2] == gminas.voivodeship_teryt).all()
    assert (gminas.teryt.str[6].map(KIND_OF_LAST_DIGIT) == gminas.kind).all()


def test_has_30_powiats_in_5_subregions(gminas: pd.DataFrame) -> None:
    assert gminas.powiat_teryt.nunique() == 30
    assert sorted(gminas.nuts3.unique()) == ["PL514", "PL515", "PL516", "PL517", "PL518"]
    assert (gminas.groupby("powiat_teryt")[["powiat", "nuts3", "subregion"]].nunique() == 1).all(axis=None)


def test_adds_up_to_the_voivodeship(gminas: pd.DataFrame) -> None:
    assert gminas.area_km2.sum() == pytest.approx(19_947, abs=1)
    assert gminas.population_2024.sum() == 2_868_242


def test_has_age_groups_that_sum_to_the_total(gminas: pd.DataFrame, population: pd.DataFrame) -> None:
    is_total = (population.age_from == 0) & (population.age_to == "")
    totals = population[is_total].set_index("teryt").persons
    groups = population[~is_total]
    assert (totals[gminas.teryt].to_numpy() == gminas.population_2024.to_numpy()).all()
    assert (groups.groupby("teryt").persons.sum()[gminas.teryt].to_numpy() == totals[gminas.teryt].to_numpy()).all()
    assert groups.source.str.startswith("estimate").all()
    bounds = [(str(age), str(age + 4)) for age in range(0, 85, 5)] + [("85", "")]
    for _, rows in groups.groupby("teryt"):
        assert list(zip(rows.age_from.astype(str), rows.age_to, strict=True)) == bounds


def test_has_no_negative_persons(population: pd.DataFrame) -> None:
    assert (population.persons >= 0).all()


def test_has_its_positions_in_poland(gminas: pd.DataFrame, places: pd.DataFrame) -> None:
    for table, prefix in ((gminas, "seat_"), (gminas, "anchor_"), (places, "")):
        for lon, lat in zip(table[f"{prefix}lon"], table[f"{prefix}lat"], strict=True):
            in_poland(Position(lon, lat))


def test_has_a_place_with_a_postal_code_at_every_anchor(gminas: pd.DataFrame, places: pd.DataFrame) -> None:
    assert places.postal_code.str.fullmatch(r"\d{2}-\d{3}").all()
    heads = places[places.role.isin(["seat", "anchor"])].set_index("teryt").loc[gminas.teryt]
    assert (heads.place.to_numpy() == gminas.anchor.to_numpy()).all()
    assert (heads[["lon", "lat"]].to_numpy() == gminas[["anchor_lon", "anchor_lat"]].to_numpy()).all()
    assert set(places.teryt) == set(gminas.teryt)
    names = dict(zip(gminas.teryt, gminas.name, strict=True))
    assert (places.teryt.map(names) == places.gmina).all()


def test_states_the_source_of_every_column(gminas: pd.DataFrame, places: pd.DataFrame) -> None:
    stated: dict[str, set[str]] = {"gminas": set(), "population": set(), "places": {"gmina", "role"}}
    with SOURCES.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert all(row.values())
            stated[row["table"]] |= {name.strip() for name in row["columns"].split(",")}
    assert stated["gminas"] == set(gminas.columns)
    assert stated["places"] == set(places.columns)


def test_agrees_with_the_real_territory(gminas: pd.DataFrame, shared: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    real = geopandas.read_file(shared / "data" / "dolnoslaskie" / "territory.gpkg", layer="gmina").set_index("teryt")
    real = real.loc[gminas.teryt]
    for column in ("name", "kind", "powiat_teryt", "powiat", "nuts3", "subregion", "voivodeship"):
        assert (real[column].to_numpy() == gminas[column].to_numpy()).all()
    plane = real.geometry.area.to_numpy() / 1e6
    assert gminas.area_km2.to_numpy() == pytest.approx(plane * 1.00055, rel=2e-3)
    shapes = real.geometry.to_numpy()
    assert shapely.contains_xy(shapes, *to_metric(gminas[["anchor_lon", "anchor_lat"]].to_numpy()).T).all()
    seats = shapely.contains_xy(shapes, *to_metric(gminas[["seat_lon", "seat_lat"]].to_numpy()).T)
    assert (seats == (gminas.seat == gminas.anchor)).all()
    assert (~seats).sum() == 14


def test_keeps_the_shares_of_the_age_groups(gminas: pd.DataFrame, population: pd.DataFrame, shared: Path) -> None:
    real = pd.read_csv(
        shared / "data" / "dolnoslaskie" / "population.csv", dtype={"teryt": str, "age_to": str}, keep_default_na=False
    )
    older = real[real.year == 2020].assign(unit=lambda rows: rows.teryt.str[:6])
    broken = set(older[older.persons < 0].unit)  # balanced below zero in the source, mended in ours
    shares = older.set_index(["unit", "age_from"]).persons / older.groupby("unit").persons.sum()
    ours = population[population.source.str.startswith("estimate")].assign(unit=lambda rows: rows.teryt.str[:6])
    ours = ours[~ours.unit.isin(broken)]
    assert len(broken) == 1
    totals = dict(zip(gminas.teryt.str[:6], gminas.population_2024, strict=True))
    expected = [shares[unit, age] * totals[unit] for unit, age in zip(ours.unit, ours.age_from, strict=True)]
    assert ours.persons.to_numpy() == pytest.approx(expected, abs=1)
