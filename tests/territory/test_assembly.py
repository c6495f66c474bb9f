from pathlib import Path

import numpy as np
import pytest
import shapely

from mapapp.territory.assembly import assemble, geodesic_area_km2
from mapapp.territory.content import GminaFacts, Unit
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region


@pytest.fixture(scope="module")
def units(shared: Path) -> tuple[Unit, ...]:
    return read_pack(shared / "data" / "dolnoslaskie", region("dolnoslaskie")).units


def test_outlines_of_each_layer_are_a_coverage(units: tuple[Unit, ...]) -> None:
    for layer in ("subregion", "powiat", "gmina"):
        outlines = [unit.outline for unit in units if unit.layer == layer]
        assert shapely.coverage_is_valid(outlines)
        assert shapely.is_valid(outlines).all()


def test_edges_of_upper_layers_are_edges_of_gminas(units: tuple[Unit, ...]) -> None:
    corners = {tuple(xy) for unit in units if unit.layer == "gmina" for xy in shapely.get_coordinates(unit.outline)}
    for unit in units:
        assert {tuple(xy) for xy in shapely.get_coordinates(unit.outline)} <= corners


def test_outer_rings_run_counterclockwise(units: tuple[Unit, ...]) -> None:
    assert all(shapely.is_ccw(part.exterior) for unit in units for part in unit.outline.geoms)


def test_area_is_geodesic(units: tuple[Unit, ...]) -> None:
    voivodeship = units[0]
    # GUS gives 19,947 km²; in the plane of EPSG:2180 it would be 11 km² less
    assert voivodeship.area_km2 == pytest.approx(19_947, rel=0.0003)
    assert voivodeship.geom.area / 1e6 < voivodeship.area_km2 * 0.9996


def test_a_hole_is_no_land() -> None:
    square = shapely.box(360_000, 360_000, 370_000, 370_000)
    ring = square.difference(shapely.box(364_000, 364_000, 366_000, 366_000))
    assert geodesic_area_km2(ring) == pytest.approx(geodesic_area_km2(square) * 0.96, rel=1e-4)


def test_an_official_figure_counts_more_than_a_schematic_shape() -> None:
    facts = [
        GminaFacts(code, name, "urban", name, "PL515", "jeleniogórski", "dolnośląskie", area_km2=100.0)
        for code, name in (("0261011", "Jelenia Góra"), ("0262011", "Legnica"), ("0265011", "Wałbrzych"))
    ]
    shapes = np.array([shapely.box(x, 350_000, x + 5_000, 355_000) for x in (300_000, 305_000, 310_000)])
    units = assemble(facts, shapes)
    assert {unit.layer: unit.area_km2 for unit in units} == {
        "voivodeship": 300.0,
        "subregion": 300.0,
        "powiat": 100.0,
        "gmina": 100.0,
    }
