"""Small census grids made for tests: cells over a territory, as files of Eurostat's kind."""

import csv
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import shapely
from pyproj import Transformer

LAEA = Transformer.from_crs(2180, 3035, always_xy=True)
# the columns of the edition V3
COLUMNS = "GRD_ID,T,M,F,Y_LT15,Y_1564,Y_GE65,EMP,NAT,EU_OTH,OTH,SAME,CHG_IN,CHG_OUT,LAND_SURFACE,POPULATED,CNTR_ID"
# its code, and persons: all, under 15, of 15 to 64, of 65 and over
Line = tuple[str, int, int, int, int]


def code(north: int, east: int) -> str:
    """The code of a cell by its south-west corner."""
    return f"CRS3035RES1000mN{north}E{east}"


def corners(shape: shapely.Geometry) -> list[tuple[int, int]]:
    """South-west corners of all cells that touch a shape of EPSG:2180, north first."""
    over = shapely.transform(shape, LAEA.transform, interleaved=False)
    west, south, east, north = (int(edge // 1000) * 1000 for edge in over.bounds)
    return [
        (y, x)
        for y in range(south, north + 1000, 1000)
        for x in range(west, east + 1000, 1000)
        if over.intersects(shapely.box(x, y, x + 1000, y + 1000))
    ]


def lines_over(shape: shapely.Geometry) -> list[Line]:
    """A line per cell over the shape, no two alike."""
    found = []
    for number, corner in enumerate(corners(shape), 1):
        young, old = 3 * number % 17, 5 * number % 23
        found.append((code(*corner), 10 * number, young, 10 * number - young - old, old))
    return found


def write_csv(path: Path, lines: Sequence[Sequence[object]]) -> Path:
    """The lines in the columns of Eurostat's CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS.split(","))
        for cell, total, young, middle, old in lines:
            out.writerow([cell, total, 0, 0, young, middle, old, 0, 0, 0, 0, 0, 0, 0, 1, 1, "PL"])
    return path


def write_layer(path: Path, lines: Sequence[Sequence[object]], names: Sequence[str]) -> Path:
    """The lines as a GeoPackage or Shapefile with these columns."""
    squares = [shapely.box(0, 0, 1000, 1000)] * len(lines)
    gpd.GeoDataFrame([list(line) for line in lines], columns=list(names), geometry=squares, crs=3035).to_file(path)
    return path
