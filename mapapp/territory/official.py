"""The official formats joined into a territory: PRG boundaries, TERC names, BDL population, GeoNames postal codes."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import shapely

from geo.crs import to_metric
from mapapp.territory.assembly import assemble
from mapapp.territory.bdl import read_population
from mapapp.territory.boundaries import read_boundaries
from mapapp.territory.catalog import attribution
from mapapp.territory.content import GminaFacts, TerritoryData
from mapapp.territory.coverage_checks import check_inner_points, known_powiats
from mapapp.territory.errors import TerritoryError, refuse
from mapapp.territory.gmina_checks import KINDS
from mapapp.territory.population import population_of
from mapapp.territory.records import PlaceRow, read_rows
from mapapp.territory.regions import Region
from mapapp.territory.settlements import settlements_of, with_seats
from mapapp.territory.terc import Register, read_terc


@dataclass(frozen=True, slots=True)
class OfficialFiles:
    """Where the files are; without places the search knows gminas and powiats only."""

    boundaries: Path
    terc: Path
    population: Path
    places: Path | None = None


def read_official(files: OfficialFiles, region: Region) -> TerritoryData:
    """The region's territory from official files. Raises TerritoryError, naming file and value."""
    shapes = read_boundaries(files.boundaries, region)
    codes = list(shapes.teryt)
    where = files.boundaries.name
    refuse(f"{where}: gmina {code} stands more than once" for code in shapes.teryt[shapes.teryt.duplicated()])
    register = read_terc(files.terc)
    facts = list(_facts(codes, register, files.terc.name))
    check_inner_points(facts, shapes.geometry.to_numpy(), where)
    rows = tuple(_place_rows(files.places, shapes, {one.teryt: one.name for one in facts})) if files.places else ()
    facts, places = with_seats(facts, settlements_of(rows, "GeoNames, CC BY 4.0"))
    population = population_of(
        read_population(files.population, region.voivodeship_teryt), codes, files.population.name
    )
    return TerritoryData(
        region=region.code,
        is_schematic=False,
        attribution=attribution("official"),
        valid_from=register.as_of,
        units=assemble(facts, shapes.geometry.to_numpy()),
        population=population.groups,
        places=places,
        sources={
            "boundaries": files.boundaries.name,
            "terc": f"{files.terc.name}, {register.as_of}",
            "population": files.population.name,
        },
        notes=population.notes,
    )


def _facts(codes: list[str], register: Register, file: str) -> Iterator[GminaFacts]:
    powiats = known_powiats()
    without = sorted({code[:4] for code in codes} - set(powiats))
    refuse(f"data/territory/nuts3.csv: powiat {code} has no subregion; add its row" for code in without)
    units = {unit for code in codes for unit in (code, code[:4], code[:2])}
    refuse(
        f"{file}: unit {unit} of the boundaries is not in the register"
        for unit in sorted(units)
        if not register.name(unit)
    )
    for code in codes:
        subregion = powiats[code[:4]]
        yield GminaFacts(
            teryt=code,
            name=register.name(code) or "",
            kind=KINDS[code[-1]],
            powiat=register.name(code[:4]) or "",
            nuts3=subregion.nuts3,
            subregion=subregion.subregion,
            voivodeship=register.name(code[:2]) or "",
        )


def _place_rows(path: Path, shapes: gpd.GeoDataFrame, names: dict[str, str]) -> Iterator[PlaceRow]:
    """Places of the region, from a pack's places.csv or GeoNames; GeoNames' gmina is that of the position."""
    if path.suffix.lower() == ".csv":
        yield from read_rows(path, PlaceRow)
        return
    listed = list(_geonames(path))
    points = shapely.points([(lon, lat) for *_, lon, lat in listed])
    place, gmina = shapely.STRtree(shapes.geometry.to_numpy()).query(to_metric(points), predicate="intersects")
    gmina_of = dict(zip(place.tolist(), shapes.teryt.to_numpy()[gmina], strict=True))
    for i, (code, name, lon, lat) in enumerate(listed):
        if teryt := gmina_of.get(i):
            yield PlaceRow(postal_code=code, place=name, gmina=names[teryt], teryt=teryt, lon=lon, lat=lat)


def _geonames(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """Postal code, name, longitude and latitude of every row of PL.txt, zipped or not."""
    try:
        content = path.read_bytes()
        if content[:2] == b"PK":
            with zipfile.ZipFile(path) as archive:
                content = archive.read("PL.txt")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE))
        for row in rows:
            yield row[1], row[2], float(row[10]), float(row[9])
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile) as error:
        raise TerritoryError(
            [f"{path.name}: cannot be read as postal codes of GeoNames (PL.txt): {error!r}"]
        ) from error
