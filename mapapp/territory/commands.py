"""Changes of the territory: one command, one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from geo.crs import PUWG_1992, WGS84
from mapapp.territory.census_grid import LOCK, GridReport, grid_facts, place_grid
from mapapp.territory.content import Layer, TerritoryData, Unit
from mapapp.territory.tables import TerritoryRelease
from mapapp.text_search import configure_text_search

Row = Sequence[Any]
OF_ALL_UNITS = ("name", "name_genitive", "name_locative", "valid_from", "area_km2", "geom", "outline")
OF_LAYER: dict[Layer, tuple[str, ...]] = {
    "voivodeship": ("teryt",),
    "subregion": ("nuts3", "voivodeship_teryt"),
    "powiat": ("teryt", "is_city", "nuts3", "voivodeship_teryt"),
    "gmina": ("teryt", "kind", "powiat_teryt", "nuts3", "voivodeship_teryt", "seat"),
}
POPULATION = ("gmina_teryt", "year", "age_from", "age_to", "scenario", "persons", "source")
PLACE = ("name", "postal_code", "gmina_teryt", "is_seat", "position", "source")
NEWEST_HASH = select(TerritoryRelease.content_hash).order_by(TerritoryRelease.id.desc()).limit(1)
# what was valid once, and the population it had then, stays
CLEAR = (
    "DELETE FROM population WHERE gmina_teryt NOT IN (SELECT teryt FROM gmina WHERE valid_to IS NOT NULL) "
    "OR gmina_teryt IN (SELECT teryt FROM gmina WHERE valid_to IS NULL)",
    "DELETE FROM place",
    *(f"DELETE FROM {layer} WHERE valid_to IS NULL" for layer in OF_LAYER),
)
RELOCATE = text("""
    UPDATE location SET computed_gmina_teryt = found.teryt
    FROM (
        SELECT l.id, (
            SELECT g.teryt FROM gmina g
            WHERE g.valid_to IS NULL AND ST_Covers(g.geom, l.point_metric) ORDER BY g.teryt LIMIT 1
        ) AS teryt
        FROM location l
    ) found
    WHERE found.id = location.id AND location.computed_gmina_teryt IS DISTINCT FROM found.teryt
""")


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did; where nothing changed, ``is_new`` is false and nothing was written.

    ``grid``: how the census grid lies over the new gminas, where one is loaded.
    """

    region: str
    is_new: bool
    is_schematic: bool
    gminas: int
    powiats: int
    subregions: int
    places: int
    relocated: int
    notes: tuple[str, ...]
    grid: GridReport | None = None


def load_territory(session: Session, data: TerritoryData) -> LoadReport:
    """Put this territory in the place of the current one; the same content again changes nothing.

    Locations of the directory get the gmina that their point lies in.
    """
    session.execute(LOCK)
    configure_text_search(session.connection())
    content_hash = data.content_hash()
    if session.scalar(NEWEST_HASH) == content_hash:
        return _report(data, is_new=False, relocated=0)
    for statement in CLEAR:
        session.execute(text(statement))
    for layer, columns in OF_LAYER.items():
        units = data.of_layer(layer)
        _copy(session, layer, (*OF_ALL_UNITS, *columns), (_unit_row(unit, data.valid_from) for unit in units))
    _copy(session, "population", POPULATION, _population_rows(data))
    _copy(session, "place", PLACE, _place_rows(data))
    session.execute(insert(TerritoryRelease).values(**_release(data), content_hash=content_hash))
    for table in (*OF_LAYER, "population", "place"):
        session.execute(text(f"ANALYZE {table}"))
    grid = place_grid(session) if grid_facts(session) else None
    relocated = session.execute(RELOCATE).rowcount  # type: ignore[attr-defined]
    return replace(_report(data, is_new=True, relocated=relocated), grid=grid)


def _report(data: TerritoryData, *, is_new: bool, relocated: int) -> LoadReport:
    return LoadReport(
        region=data.region,
        is_new=is_new,
        is_schematic=data.is_schematic,
        gminas=len(data.of_layer("gmina")),
        powiats=len(data.of_layer("powiat")),
        subregions=len(data.of_layer("subregion")),
        places=len(data.places),
        relocated=relocated,
        notes=data.notes,
    )


def _release(data: TerritoryData) -> dict[str, Any]:
    return {
        "region": data.region,
        "is_schematic": data.is_schematic,
        "attribution": data.attribution,
        "sources": dict(data.sources),
    }


def _copy(session: Session, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """COPY: a tenth of the time of inserts."""
    cursor: Any = session.connection().connection.cursor()  # psycopg's own, beyond the standard
    with cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _unit_row(unit: Unit, valid_from: date) -> Row:
    common = (unit.name, unit.name_genitive, unit.name_locative, valid_from, unit.area_km2)
    shapes = (_ewkb(unit.geom, PUWG_1992), _ewkb(unit.outline, WGS84))
    seat = _ewkb(shapely.Point(unit.seat), WGS84) if unit.seat else None
    own: dict[Layer, Row] = {
        "voivodeship": (unit.code,),
        "subregion": (unit.code, unit.voivodeship_teryt),
        "powiat": (unit.code, unit.is_city, unit.nuts3, unit.voivodeship_teryt),
        "gmina": (unit.code, unit.kind, unit.powiat_teryt, unit.nuts3, unit.voivodeship_teryt, seat),
    }
    return (*common, *shapes, *own[unit.layer])


def _population_rows(data: TerritoryData) -> Iterator[Row]:
    for row in data.population:
        yield row.teryt, row.year, row.age_from, row.age_to, row.scenario, row.persons, row.source


def _place_rows(data: TerritoryData) -> Iterator[Row]:
    for place in data.places:
        position = _ewkb(shapely.Point(place.position), WGS84)
        yield place.name, place.postal_code, place.gmina_teryt, place.is_seat, position, place.source


def _ewkb(shape: shapely.Geometry, srid: int) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shape, srid), hex=True, include_srid=True))
