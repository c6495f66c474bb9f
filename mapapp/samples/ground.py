"""What the generator stands on: the region's gminas with their shapes, settlements and inhabitants."""

from dataclasses import dataclass
from typing import Any

from shapely import Point, from_wkb, prepare
from shapely.geometry.base import BaseGeometry
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo.crs import Position


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place where something may stand."""

    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class SampleGmina:
    """A gmina with its shape in EPSG:4326; ``settlements`` starts with the seat and all lie inside."""

    teryt: str
    name: str
    powiat_teryt: str
    powiat: str
    nuts3: str
    subregion: str
    population: int
    shape: BaseGeometry
    settlements: tuple[Settlement, ...]

    def contains(self, position: Position) -> bool:
        """Whether the position is inside."""
        return bool(self.shape.contains(Point(position)))


@dataclass(frozen=True, slots=True)
class Ground:
    """The region: its voivodeship and gminas in order of TERYT."""

    voivodeship_teryt: str
    voivodeship: str
    gminas: tuple[SampleGmina, ...]


GMINAS = text("""
    SELECT g.teryt, g.name, g.powiat_teryt, p.name AS powiat, g.nuts3, s.name AS subregion,
           coalesce(n.persons, 0) AS population,
           ST_AsBinary(ST_Transform(g.geom, 4326)) AS shape,
           ST_X(inner_point) AS lon, ST_Y(inner_point) AS lat
    FROM gmina g
    JOIN powiat p ON p.teryt = g.powiat_teryt AND p.valid_to IS NULL
    JOIN subregion s ON s.nuts3 = g.nuts3 AND s.valid_to IS NULL
    LEFT JOIN LATERAL (
        SELECT persons FROM population
        WHERE gmina_teryt = g.teryt AND age_from = 0 AND age_to = 120 ORDER BY year DESC LIMIT 1
    ) n ON true,
    LATERAL (SELECT coalesce(g.seat, ST_Transform(ST_PointOnSurface(g.geom), 4326)) AS inner_point) i
    WHERE g.valid_to IS NULL
    ORDER BY g.teryt
""")
PLACES = text("""
    SELECT DISTINCT ON (gmina_teryt, name) gmina_teryt, name, ST_X(position) AS lon, ST_Y(position) AS lat
    FROM place ORDER BY gmina_teryt, name, is_seat DESC, id
""")
VOIVODESHIP = text("SELECT teryt, name FROM voivodeship WHERE valid_to IS NULL ORDER BY teryt LIMIT 1")


def read_ground(session: Session) -> Ground:
    """The loaded territory. Raises LookupError where none is loaded."""
    voivodeship = session.execute(VOIVODESHIP).first()
    if voivodeship is None:
        raise LookupError("no territory is loaded; run: mapapp territory load")
    places: dict[str, list[Settlement]] = {}
    for row in session.execute(PLACES):
        settlement = Settlement(row.name, Position(row.lon, row.lat))
        places.setdefault(row.gmina_teryt, []).append(settlement)
    gminas = [_gmina(row._mapping, places.get(row.teryt, [])) for row in session.execute(GMINAS)]
    return Ground(voivodeship.teryt, voivodeship.name, tuple(gminas))


def _gmina(row: RowMapping, places: list[Settlement]) -> SampleGmina:
    values: dict[str, Any] = dict(row)
    shape = from_wkb(bytes(values.pop("shape")))
    prepare(shape)
    centre = Settlement(values["name"], Position(values.pop("lon"), values.pop("lat")))
    inside = [place for place in places if shape.contains(Point(place.position))]
    seats = [place for place in inside if place.name == centre.name]
    inner = [centre] if shape.contains(Point(centre.position)) else []
    first = seats or inner or inside[:1] or [Settlement(centre.name, Position(*shape.representative_point().coords[0]))]
    rest = [place for place in inside if place not in first]
    return SampleGmina(**values, shape=shape, settlements=(*first, *rest))
