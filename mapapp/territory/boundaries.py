"""Boundaries of the national register PRG: Shapefile (zipped too), GML or GeoPackage with JPT_KOD_JE."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from geo.crs import PUWG_1992
from mapapp.territory.errors import TerritoryError
from mapapp.territory.regions import Region

CODE = "JPT_KOD_JE"
GMINA_DIGITS = 7
KINDS_OF_FILE = (".shp", ".gml", ".gpkg")
HAIR_M = 0.1
"""Gaps narrower than this are closed: the edges of two gminas that were measured twice."""
POLAND_M = (100_000, 80_000, 900_000, 900_000)
"""West, south, east, north in EPSG:2180, generously."""


def read_boundaries(path: Path, region: Region) -> gpd.GeoDataFrame:
    """The region's gminas, columns teryt and geometry (EPSG:2180), by teryt: a valid coverage.

    The register's own edges may differ by a hair; they are made to meet. Raises TerritoryError.
    """
    for source, layer in _layers(path):
        options = _options(source)
        fields = pyogrio.read_info(source, layer=layer, **options)["fields"]
        columns = {str(name).upper(): str(name) for name in fields}
        if CODE not in columns:
            continue
        # a code like 0201011: the file of powiats has the same column with four digits
        pattern = region.voivodeship_teryt + "_" * (GMINA_DIGITS - len(region.voivodeship_teryt))
        table = gpd.read_file(source, layer=layer, where=f"{columns[CODE]} LIKE '{pattern}'", **options)
        if len(table):
            where = f"{path.name}, layer {layer}"
            return _cleaned(_metric(table.rename(columns={columns[CODE]: "teryt"}), where), where)
    raise TerritoryError(
        [
            f"{path.name}: no layer has gminas of voivodeship {region.voivodeship_teryt} ({CODE} of seven digits); "
            "expected the boundaries of gminas from PRG as Shapefile, GML or GeoPackage"
        ]
    )


def _layers(path: Path) -> Iterator[tuple[str, str]]:
    """Every layer of the file, or of the files inside the ZIP."""
    if not path.is_file():
        raise TerritoryError([f"{path}: there is no such file"])
    try:
        for source in _sources(path):
            # the formats other than GeoPackage have one layer in a file
            several = source.lower().endswith(".gpkg")
            layers = pyogrio.list_layers(source)[:, 0] if several else [_only_layer(source)]
            yield from ((source, str(layer)) for layer in layers)
    except (pyogrio.errors.DataSourceError, zipfile.BadZipFile) as error:
        raise TerritoryError([f"{path.name}: cannot be read: {error}"]) from error


def _only_layer(source: str) -> str:
    return str(pyogrio.read_info(source, **_options(source))["layer_name"])


def _options(source: str) -> dict[str, str]:
    # GDAL would write what it learnt of a GML into the user's folder
    return {"WRITE_GFS": "NO"} if source.lower().endswith(".gml") else {}


def _sources(path: Path) -> list[str]:
    if path.suffix.lower() != ".zip":
        return [str(path)]
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if Path(name).suffix.lower() in KINDS_OF_FILE]
    # gminas first: the whole country's other layers take long to look through
    names.sort(key=lambda name: ("gmin" not in name.lower(), name))
    return [f"/vsizip/{path.resolve()}/{name}" for name in names]


def _metric(table: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    if table.crs is None:
        raise TerritoryError([f"{where}: CRS is not stated, expected EPSG:{PUWG_1992} or another with a number"])
    table = table[["teryt", "geometry"]].to_crs(PUWG_1992).sort_values("teryt", ignore_index=True)
    west, south, east, north = table.total_bounds
    if not (POLAND_M[0] < west and POLAND_M[1] < south and east < POLAND_M[2] and north < POLAND_M[3]):
        raise TerritoryError(
            [f"{where}: reaches from {west:.0f} {south:.0f} to {east:.0f} {north:.0f} m, outside of Poland"]
        )
    return table


def _cleaned(table: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    shapes = shapely.force_2d(table.geometry.to_numpy())
    invalid = [code for code, shape in zip(table.teryt, shapes, strict=True) if shape is None or not shape.is_valid]
    if invalid:
        raise TerritoryError(f"{where}, gmina {code}: geometry is missing or invalid" for code in invalid)
    if not shapely.coverage_is_valid(shapes, gap_width=HAIR_M):
        shapes = shapely.coverage_clean(shapes, gap_width=HAIR_M, snapping_distance=HAIR_M)
    return table.set_geometry(gpd.GeoSeries(shapes, crs=table.crs))
