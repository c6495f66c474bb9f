from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areal import schematic_territory
from geo.errors import InvalidGeometry, ShapeMismatch

CELL_M = 10_000.0


def random_land(seed: int, n: int, more: int) -> tuple[Any, ...]:
    """Anchors on a shaken grid, areas of about a cell, settlements near their anchors."""
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(n)))
    anchors = CELL_M * np.array([(i % side, i // side) for i in range(n)]) + random.uniform(-1500, 1500, (n, 2))
    owner = random.integers(0, n, more)
    settlements = anchors[owner] + random.uniform(-3000, 3000, (more, 2))
    return anchors, random.uniform(85, 115, n), settlements, owner


@given(st.integers(0, 10_000), st.integers(1, 16), st.integers(0, 40))
@settings(max_examples=30, deadline=None)
def test_is_a_coverage_of_connected_areas_of_the_right_size_around_their_anchors(seed: int, n: int, more: int) -> None:
    anchors, areas_km2, settlements, owner = random_land(seed, n, more)
    try:
        polygons = schematic_territory(anchors, areas_km2, settlements, owner)
    except InvalidGeometry:
        return
    assert [one.geom_type for one in polygons] == ["Polygon"] * n
    assert shapely.coverage_is_valid(polygons)
    assert shapely.contains_xy(polygons, *anchors.T).all()
    assert shapely.area(polygons) / 1e6 == pytest.approx(areas_km2, rel=0.06)
    assert shapely.union_all(polygons).geom_type == "Polygon"


@pytest.mark.parametrize("seed", range(8))
def test_succeeds_on_well_spread_anchors(seed: int) -> None:
    anchors, areas_km2, _, _ = random_land(seed, 12, 0)
    assert shapely.area(schematic_territory(anchors, areas_km2)).sum() / 1e6 == pytest.approx(areas_km2.sum(), rel=0.05)


def test_gives_the_same_map_for_the_same_figures() -> None:
    first, second = (schematic_territory(*random_land(5, 9, 20)) for _ in range(2))
    assert [one.wkb for one in first] == [one.wkb for one in second]


def test_moves_with_its_points() -> None:
    anchors, areas_km2, settlements, owner = random_land(5, 9, 20)
    moved = schematic_territory(anchors + CELL_M, areas_km2, settlements + CELL_M, owner)
    back = shapely.transform(moved, lambda points: points - CELL_M)
    here = schematic_territory(anchors, areas_km2, settlements, owner)
    assert shapely.area(shapely.intersection(back, here)).sum() > 0.99 * shapely.area(here).sum()


def test_surrounds_a_town_by_the_settlements_around_it() -> None:
    around = CELL_M * np.array([[np.cos(a), np.sin(a)] for a in np.arange(8) * np.pi / 4])
    anchors = np.array([[0.0, 0.0], [CELL_M, 1.0]])
    town, ring = schematic_territory(anchors, np.array([20.0, 400.0]), around, np.ones(8, dtype=np.int64))
    assert len(ring.interiors) == 1
    assert shapely.Polygon(ring.interiors[0]).equals(town)


def test_refuses_anchors_at_one_place() -> None:
    with pytest.raises(InvalidGeometry, match="within a metre"):
        schematic_territory(np.array([[0.0, 0.0], [0.1, 0.1]]), np.array([10.0, 10.0]))


def test_refuses_anchors_too_near_for_their_areas() -> None:
    with pytest.raises(InvalidGeometry, match="too near"):
        schematic_territory(np.array([[0.0, 0.0], [50.0, 0.0]]), np.array([1.0, 1000.0]))


def test_refuses_anchors_too_far_apart_for_their_areas() -> None:
    with pytest.raises(InvalidGeometry, match="do not fit"):
        schematic_territory(np.array([[0.0, 0.0], [500_000.0, 0.0]]), np.array([1.0, 1.0]))


@pytest.mark.parametrize("area", [0.0, -3.0, np.nan])
def test_refuses_areas_that_are_none(area: float) -> None:
    with pytest.raises(InvalidGeometry, match="expected more than 0"):
        schematic_territory(np.array([[0.0, 0.0], [CELL_M, 0.0]]), np.array([10.0, area]))


@pytest.mark.parametrize(
    ("anchors", "settlements", "owner"),
    [((3, 2), (4, 2), 4), ((2, 3), (4, 2), 4), ((2, 2), (4, 2), 3), ((2, 2), (4, 3), 4), ((0, 2), (0, 2), 0)],
)
def test_refuses_arrays_that_do_not_fit_together(
    anchors: tuple[int, int], settlements: tuple[int, int], owner: int
) -> None:
    areas = np.full(0 if anchors[0] == 0 else 2, 10.0)
    with pytest.raises(ShapeMismatch):
        schematic_territory(np.zeros(anchors), areas, np.zeros(settlements), np.zeros(owner, dtype=np.int64))


# --- the embedded territory ---


def test_makes_one_connected_polygon_of_each_gmina(schematic: np.ndarray) -> None:
    assert [one.geom_type for one in schematic] == ["Polygon"] * 169
    assert shapely.coverage_is_valid(schematic)
    assert shapely.get_num_coordinates(schematic).sum() <= 20_000


def test_puts_every_anchor_into_its_own_gmina(schematic: np.ndarray, anchors: np.ndarray) -> None:
    inside = shapely.contains_xy(schematic[:, None], *anchors.T)
    assert (inside == np.eye(169, dtype=bool)).all()


def test_keeps_to_the_official_areas(schematic: np.ndarray, gminas: pd.DataFrame) -> None:
    assert shapely.area(schematic) / 1e6 == pytest.approx(gminas.area_km2.to_numpy(), rel=0.055)


@pytest.mark.parametrize("level", ["powiat_teryt", "nuts3", "voivodeship_teryt"])
def test_makes_connected_units_of_its_gminas(schematic: np.ndarray, gminas: pd.DataFrame, level: str) -> None:
    units = {code: shapely.coverage_union_all(schematic[rows]) for code, rows in gminas.groupby(level).indices.items()}
    assert {code for code, unit in units.items() if unit.geom_type != "Polygon"} == set()


def test_has_towns_touch_the_rural_gmina_of_their_name(schematic: np.ndarray, gminas: pd.DataFrame) -> None:
    pairs = gminas[gminas.anchor != gminas.seat].merge(
        gminas[gminas.kind == "urban"], on="name", suffixes=("", "_town")
    )
    assert len(pairs) == 14
    index = pd.Index(gminas.teryt)
    rural, town = schematic[index.get_indexer(pairs.teryt)], schematic[index.get_indexer(pairs.teryt_town)]
    common = shapely.length(shapely.intersection(shapely.boundary(rural), shapely.boundary(town)))
    assert set(pairs.name[common / shapely.length(town) < 0.25]) == set()


def test_gives_most_land_to_the_gmina_it_really_belongs_to(
    schematic: np.ndarray, gminas: pd.DataFrame, shared: Path
) -> None:
    geopandas = pytest.importorskip("geopandas")
    real = geopandas.read_file(shared / "data" / "dolnoslaskie" / "territory.gpkg", layer="gmina").set_index("teryt")
    shapes = real.geometry[gminas.teryt].to_numpy()
    right = shapely.area(shapely.intersection(schematic, shapes)).sum() / shapely.area(shapes).sum()
    # Measured: 82.9 %; the outline alone agrees by 96.9 %.
    assert right > 0.81
