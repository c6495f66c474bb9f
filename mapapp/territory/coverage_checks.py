"""Checks of the gminas' shapes: whole, without gaps and overlaps, and where they should be."""

from collections.abc import Iterator, Sequence

import geopandas as gpd
import shapely

from geo.crs import to_metric
from mapapp.settings import ROOT
from mapapp.territory.content import Geometries, GminaFacts
from mapapp.territory.errors import refuse
from mapapp.territory.records import Nuts3Row, read_rows

NUTS3_FILE = ROOT / "data" / "territory" / "nuts3.csv"
POLYGONS = {"Polygon", "MultiPolygon"}


def check_coverage(table: gpd.GeoDataFrame, where: str) -> None:
    """Raise TerritoryError where a shape is missing, is no polygon, is invalid, or overlaps or gapes."""
    refuse(_wrong_shapes(table, where))
    faults = shapely.coverage_invalid_edges(table.geometry.to_numpy())
    refuse(
        f"{where}, gmina {code}: its edge does not match its neighbours' near {_near(fault)}, expected a coverage "
        "without gaps or overlaps"
        for code, fault in zip(table.teryt, faults, strict=True)
        if not fault.is_empty
    )
    land = shapely.get_parts(shapely.coverage_union_all(table.geometry.to_numpy()))
    holes = [shapely.Polygon(hole) for part in land for hole in part.interiors]
    refuse(
        f"{where}: a hole of {hole.area / 1e6:.4f} km² near {_near(hole)}, expected a coverage without gaps"
        for hole in holes
    )


def _wrong_shapes(table: gpd.GeoDataFrame, where: str) -> Iterator[str]:
    for code, shape in zip(table.teryt, table.geometry, strict=True):
        if shape is None or shape.is_empty:
            yield f"{where}, gmina {code}: has no geometry"
        elif shape.geom_type not in POLYGONS:
            yield f"{where}, gmina {code}: geometry is {shape.geom_type}, expected a polygon"
        elif not shape.is_valid:
            yield f"{where}, gmina {code}: geometry is invalid: {shapely.is_valid_reason(shape)}"


def _near(fault: shapely.Geometry) -> str:
    x, y = shapely.get_coordinates(fault)[0]
    return f"x={x:.0f} y={y:.0f}"


def check_inner_points(gminas: Sequence[GminaFacts], shapes: Geometries, where: str) -> None:
    """Raise TerritoryError where a powiat is not where we know it to be: its axes are swapped, or its code wrong.

    EPSG:2180 officially puts northing first. Around Wrocław both are about 362 km, and swapped axes look right.
    """
    for powiat, row in known_powiats().items():
        own = shapes[[i for i, facts in enumerate(gminas) if facts.powiat_teryt == powiat]]
        point = to_metric(shapely.Point(row.lon, row.lat))
        if len(own) and not shapely.intersects(own, point).any():
            refuse(
                [
                    f"{where}: powiat {powiat} ({row.powiat}) does not cover its own point {row.lon} {row.lat}; "
                    "are the axes swapped (EPSG:2180 officially puts northing first)?"
                ]
            )


def known_powiats() -> dict[str, Nuts3Row]:
    """By TERYT, what data/territory/nuts3.csv says of a powiat."""
    return {row.powiat_teryt: row for row in read_rows(NUTS3_FILE, Nuts3Row)}
