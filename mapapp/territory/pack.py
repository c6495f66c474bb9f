"""A pack: a folder with a region's official territory as territory.gpkg, population.csv and places.csv."""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from geo.crs import PUWG_1992
from mapapp.territory.assembly import assemble
from mapapp.territory.catalog import attribution
from mapapp.territory.content import GminaFacts, TerritoryData
from mapapp.territory.coverage_checks import check_coverage, check_inner_points
from mapapp.territory.errors import TerritoryError, refuse
from mapapp.territory.gmina_checks import check_gminas
from mapapp.territory.population import population_of
from mapapp.territory.records import PlaceRow, PopulationRow, check_columns, read_rows
from mapapp.territory.regions import Region
from mapapp.territory.settlements import check_places, settlements_of, with_seats

BOUNDARIES, POPULATION, PLACES = "territory.gpkg", "population.csv", "places.csv"
COLUMNS = {
    "gmina": (
        "teryt",
        "name",
        "kind",
        "powiat_teryt",
        "powiat",
        "nuts3",
        "subregion",
        "voivodeship_teryt",
        "voivodeship",
    ),
    "powiat": ("code", "name"),
    "subregion": ("code", "name"),
    "voivodeship": ("code", "name"),
}


def is_pack(folder: Path) -> bool:
    """Whether the folder has the boundaries of a pack."""
    return (folder / BOUNDARIES).is_file()


def read_pack(folder: Path, region: Region) -> TerritoryData:
    """The territory of a pack. Raises TerritoryError, naming file, layer or line, column and value."""
    missing = [name for name in (BOUNDARIES, POPULATION, PLACES) if not (folder / name).is_file()]
    refuse(f"{folder}: the file {name} is missing" for name in missing)
    layers = {layer: _read_layer(folder / BOUNDARIES, layer) for layer in COLUMNS}
    table = layers["gmina"].sort_values("teryt", ignore_index=True)
    where = f"{BOUNDARIES}, layer gmina"
    check_gminas(table, region, where)
    check_coverage(table, where)
    for layer, column in (("powiat", "powiat_teryt"), ("subregion", "nuts3"), ("voivodeship", "voivodeship_teryt")):
        _check_dissolved(layers[layer], table, layer, column)
    shapes = table.geometry.to_numpy()
    facts = [_facts(row) for row in table.itertuples()]
    check_inner_points(facts, shapes, where)
    places = settlements_of(read_rows(folder / PLACES, PlaceRow), "GeoNames, CC BY 4.0")
    check_places(places, facts, shapes, PLACES)
    facts, places = with_seats(facts, places)
    population = population_of(read_rows(folder / POPULATION, PopulationRow), list(table.teryt), POPULATION)
    return TerritoryData(
        region=region.code,
        is_schematic=False,
        attribution=attribution("pack"),
        valid_from=_valid_from(folder / BOUNDARIES),
        units=assemble(facts, shapes),
        population=population.groups,
        places=places,
        sources={"pack": folder.name},
        notes=population.notes,
    )


def _read_layer(file: Path, layer: str) -> gpd.GeoDataFrame:
    try:
        known = [str(name) for name in pyogrio.list_layers(file)[:, 0]]
    except pyogrio.errors.DataSourceError as error:
        raise TerritoryError([f"{file.name}: cannot be read as GeoPackage: {error}"]) from error
    if layer not in known:
        raise TerritoryError([f"{file.name}: layer {layer!r} is missing; found {', '.join(known) or 'none'}"])
    table = gpd.read_file(file, layer=layer)
    where = f"{file.name}, layer {layer}"
    check_columns(where, COLUMNS[layer], list(table.columns))
    found = table.crs.to_string() if table.crs else "none"
    if table.crs is None or table.crs.to_epsg() != PUWG_1992:
        raise TerritoryError([f"{where}: CRS is {found}, expected EPSG:{PUWG_1992}"])
    return table


def _check_dissolved(upper: gpd.GeoDataFrame, gminas: gpd.GeoDataFrame, layer: str, column: str) -> None:
    """That the layer has exactly the units which the gminas name, and the same land."""
    where = f"{BOUNDARIES}, layer {layer}"
    codes = set(gminas[column])
    refuse(f"{where}, column code: {code!r} has no gmina" for code in sorted(set(upper.code) - codes))
    refuse(f"{where}, column code: {code!r} is missing, gminas name it" for code in sorted(codes - set(upper.code)))
    twice = upper.code[upper.code.duplicated()]
    refuse(f"{where}, column code: {code!r} stands twice" for code in twice)
    land = gminas.geometry.area.groupby(gminas[column]).sum()
    drawn = upper.set_index("code").geometry.area
    # simplification and rounding move less than a thousandth
    refuse(
        f"{where}, code {code!r}: its gminas cover {land[code] / 1e6:.1f} km² of its {drawn[code] / 1e6:.1f} km²"
        for code in sorted(codes)
        if abs(land[code] - drawn[code]) > drawn[code] / 1000
    )


def _facts(row: Any) -> GminaFacts:
    return GminaFacts(row.teryt, row.name, row.kind, row.powiat, row.nuts3, row.subregion, row.voivodeship)


def _valid_from(file: Path) -> date:
    """1 January of the year in which the file was made: units change on that day."""
    changes = pyogrio.read_dataframe(
        file, sql="SELECT max(last_change) AS newest FROM gpkg_contents", read_geometry=False
    )
    return date(int(str(changes.newest[0])[:4]), 1, 1)
