"""The territory that the product carries: our own figures, with boundaries computed from them."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from geo.areal import schematic_territory
from geo.crs import Position, to_metric
from mapapp.settings import ROOT
from mapapp.territory.assembly import assemble
from mapapp.territory.catalog import attribution
from mapapp.territory.content import Geometries, GminaFacts, TerritoryData
from mapapp.territory.errors import TerritoryError
from mapapp.territory.population import population_of
from mapapp.territory.records import FigurePlaceRow, FigureRow, PopulationRow, open_text, read_rows
from mapapp.territory.regions import Region
from mapapp.territory.settlements import settlements_of, with_seats

FIGURES = ROOT / "data" / "territory"
GMINAS, POPULATION, PLACES, SOURCES = "gminas.csv", "population.csv", "places.csv", "sources.csv"


def has_figures(region: Region, figures: Path = FIGURES) -> bool:
    """Whether the product carries a territory of the region."""
    return (figures / region.code / GMINAS).is_file()


def read_embedded(region: Region, figures: Path = FIGURES) -> TerritoryData:
    """The region's own table of figures as a territory with schematic boundaries."""
    folder = figures / region.code
    rows = sorted(read_rows(folder / GMINAS, FigureRow), key=lambda row: row.teryt)
    place_rows = read_rows(folder / PLACES, FigurePlaceRow)
    population = population_of(read_rows(folder / POPULATION, PopulationRow), [row.teryt for row in rows], POPULATION)
    # the seats of the table are known; with_seats only marks the places that are one
    _, places = with_seats([_facts(row) for row in rows], settlements_of(place_rows, "GeoNames, CC BY 4.0"))
    return TerritoryData(
        region=region.code,
        is_schematic=True,
        attribution=attribution("schematic"),
        valid_from=_as_of(figures / SOURCES),
        units=assemble([_facts(row) for row in rows], _boundaries(rows, place_rows)),
        population=population.groups,
        places=places,
        sources={"figures": f"data/territory/{region.code}"},
        notes=population.notes,
    )


def _facts(row: FigureRow) -> GminaFacts:
    return GminaFacts(
        teryt=row.teryt,
        name=row.name,
        kind=row.kind,
        powiat=row.powiat,
        nuts3=row.nuts3,
        subregion=row.subregion,
        voivodeship=row.voivodeship,
        seat=Position(row.seat_lon, row.seat_lat),
        area_km2=row.area_km2,
    )


def _boundaries(rows: list[FigureRow], places: tuple[FigurePlaceRow, ...]) -> Geometries:
    index = {row.teryt: i for i, row in enumerate(rows)}
    shapes = schematic_territory(
        anchors=to_metric(np.array([(row.anchor_lon, row.anchor_lat) for row in rows])),
        areas_km2=np.array([row.area_km2 for row in rows]),
        settlements=to_metric(np.array([(place.lon, place.lat) for place in places])),
        owner=np.array([index[place.teryt] for place in places]),
    )
    if not shapely.coverage_is_valid(shapes):
        raise TerritoryError([f"{GMINAS}: the boundaries computed from it gape or overlap"])
    return shapes


def _as_of(file: Path) -> date:
    """The date of the register of codes."""
    with open_text(file) as lines:
        for row in csv.DictReader(lines):
            if row["table"] == "gminas" and "teryt" in row["columns"].split(", "):
                return date.fromisoformat(row["as_of"])
    raise TerritoryError([f"{file.name}: no row says of which date the column teryt of gminas is"])
