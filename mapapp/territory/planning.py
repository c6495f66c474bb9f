"""The territory as planners count it: gminas in their units, people by age, and the points where people live."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.territory.queries import territory_facts

__all__ = ["AgeBand", "LivingPlace", "PlannedGmina", "age_bands", "living_places", "planned_gminas", "territory_facts"]

GMINAS = text("""
    SELECT g.teryt, g.name, g.kind, g.powiat_teryt, g.nuts3, g.voivodeship_teryt, g.area_km2, p.is_city AS in_city
    FROM gmina g JOIN powiat p ON p.teryt = g.powiat_teryt AND p.valid_to IS NULL
    WHERE g.valid_to IS NULL ORDER BY g.teryt
""")
# The newest recorded or estimated year, and all projections.
BANDS = text("""
    SELECT gmina_teryt, year, age_from, age_to, scenario, persons, source FROM population
    WHERE scenario = 'projection'
        OR year = (SELECT max(year) FROM population WHERE scenario <> 'projection' AND age_from = 0 AND age_to = 120)
    ORDER BY gmina_teryt, year, scenario, age_from, age_to
""")
# Nearness to the region's border tells where neighbours would count; 200 m do not matter for that.
BORDER = """border AS MATERIALIZED (
        SELECT ST_Boundary(ST_SimplifyPreserveTopology(ST_Union(geom), 200)) AS line
        FROM voivodeship WHERE valid_to IS NULL
    )"""
PLACES = text(f"""
    WITH {BORDER}, living AS (
        SELECT g.teryt, p.name, p.is_seat, ST_Transform(p.position, 2180) AS point
        FROM gmina g JOIN place p ON p.gmina_teryt = g.teryt WHERE g.valid_to IS NULL
        UNION ALL
        SELECT g.teryt, g.name, true, ST_PointOnSurface(g.geom)
        FROM gmina g WHERE g.valid_to IS NULL AND NOT EXISTS (SELECT FROM place WHERE gmina_teryt = g.teryt)
    )
    SELECT DISTINCT living.teryt AS gmina_teryt, living.name, bool_or(living.is_seat) AS is_seat,
        ST_X(point) AS x, ST_Y(point) AS y, min(ST_Distance(border.line, point)) AS to_border_m
    FROM living LEFT JOIN border ON true WHERE NOT ST_IsEmpty(point)
    GROUP BY living.teryt, living.name, point ORDER BY living.teryt, living.name, x, y
""")


@dataclass(frozen=True, slots=True)
class PlannedGmina:
    """A gmina and the units that it belongs to; ``in_city``: it is a city with powiat rights."""

    teryt: str
    name: str
    kind: str
    powiat_teryt: str
    nuts3: str
    voivodeship_teryt: str
    area_km2: float
    in_city: bool


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Persons of a gmina in an age group; ``age_to`` is inclusive, 120 where open."""

    gmina_teryt: str
    year: int
    age_from: int
    age_to: int
    scenario: str
    persons: int
    source: str


@dataclass(frozen=True, slots=True)
class LivingPlace:
    """A settlement's position in metres of EPSG:2180; a gmina without any has one point inside it."""

    gmina_teryt: str
    name: str
    is_seat: bool
    x: float
    y: float
    # None where no outline of the region is loaded
    to_border_m: float | None


def planned_gminas(session: Session) -> tuple[PlannedGmina, ...]:
    """The current gminas, by code."""
    return tuple(PlannedGmina(**row) for row in session.execute(GMINAS).mappings())


def age_bands(session: Session) -> tuple[AgeBand, ...]:
    """The newest population by gmina and age group, and the projections of later years."""
    return tuple(AgeBand(**row) for row in session.execute(BANDS).mappings())


def living_places(session: Session) -> tuple[LivingPlace, ...]:
    """Where people live: every distinct position of every settlement, by gmina and name."""
    return tuple(LivingPlace(**row) for row in session.execute(PLACES).mappings())
