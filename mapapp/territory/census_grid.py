"""The 1 km grid of a census: loaded beside the territory, laid over its gminas, and used or not."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.territory.census_files import Box, GridCell
from mapapp.territory.errors import TerritoryError, refuse
from mapapp.territory.planning import BORDER
from mapapp.territory.tables import CensusGrid, CensusGridCell, CensusGridPart

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('mapapp.territory'))")
COLUMNS = ("north", "east", "persons", "under_15", "from_15_to_64", "from_65")
FAR_OFF = (0.75, 1.33)
"""Ratios of a gmina's people in the grid to its population beyond which the two are about different land."""

EXTENT = text("""
    SELECT ST_YMin(box) AS south, ST_XMin(box) AS west, ST_YMax(box) AS north, ST_XMax(box) AS east
    FROM (SELECT ST_Extent(ST_Transform(geom, 3035)) AS box FROM gmina WHERE valid_to IS NULL) AS found
    WHERE box IS NOT NULL
""")
# A sliver thinner than geometries are exact is no ground to live on.
PLACE = text(f"""
    WITH {BORDER}, cell AS MATERIALIZED (
        SELECT north, east,
            ST_Transform(ST_MakeEnvelope(east, north, east + 1000, north + 1000, 3035), 2180) AS geom
        FROM census_grid_cell
    ), shared AS MATERIALIZED (
        SELECT cell.north, cell.east, gmina.teryt, ST_Area(cell.geom) AS whole,
            CASE WHEN ST_Covers(gmina.geom, cell.geom) THEN cell.geom
                ELSE ST_Intersection(gmina.geom, cell.geom) END AS ground
        FROM gmina JOIN cell ON ST_Intersects(gmina.geom, cell.geom)
        WHERE gmina.valid_to IS NULL
    ), placed AS (
        SELECT *, ST_Area(ground) / whole AS part, ST_PointOnSurface(ground) AS point
        FROM shared WHERE ST_Area(ground) > 1e-6 * whole
    )
    INSERT INTO census_grid_part (north, east, gmina_teryt, part, x, y, to_border_m)
    SELECT north, east, teryt, least(part, 1), ST_X(point), ST_Y(point), ST_Distance(border.line, point)
    FROM placed LEFT JOIN border ON true
""")
COMPARED = text("""
    SELECT g.name, found.persons AS in_grid, population.persons
    FROM gmina g
    LEFT JOIN (
        SELECT part.gmina_teryt, sum(coalesce(cell.persons, 1) * part.part) AS persons
        FROM census_grid_part part JOIN census_grid_cell cell USING (north, east) GROUP BY 1
    ) found ON found.gmina_teryt = g.teryt
    LEFT JOIN population ON population.gmina_teryt = g.teryt AND age_from = 0 AND age_to = 120
        AND scenario <> 'projection' AND year = (
            SELECT max(year) FROM population WHERE age_from = 0 AND age_to = 120 AND scenario <> 'projection'
        )
    WHERE g.valid_to IS NULL ORDER BY g.teryt
""")
PARTS = text("""
    SELECT part.gmina_teryt, part.part, part.x, part.y, part.to_border_m,
        cell.persons, cell.under_15, cell.from_15_to_64, cell.from_65
    FROM census_grid_part part JOIN census_grid_cell cell USING (north, east)
    ORDER BY part.gmina_teryt, part.north, part.east
""")


@dataclass(frozen=True, slots=True)
class GridReport:
    """What a grid holds for the territory: people of it in the region, and gminas that it says nothing of.

    ``far_off``: names of gminas with their people in the grid and their population, where these differ much.
    """

    cells: int
    persons: float
    gminas: int
    uncovered: tuple[str, ...]
    far_off: tuple[tuple[str, float, int], ...]


@dataclass(frozen=True, slots=True)
class GridFacts:
    """Which grid is loaded, and whether it is used."""

    source: str
    file: str
    content_hash: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class GridPart:
    """The ground of a cell in a gmina: ``part`` of the cell. Counts are of the whole cell; None: kept back."""

    gmina_teryt: str
    part: float
    x: float
    y: float
    to_border_m: float | None
    persons: int | None
    under_15: int | None
    from_15_to_64: int | None
    from_65: int | None


def region_box(session: Session) -> Box:
    """Where cells of the territory are. Raises TerritoryError where none is loaded."""
    found = session.execute(EXTENT).mappings().one_or_none()
    if found is None:
        raise TerritoryError(["no territory is loaded; run: mapapp territory load"])
    return Box(**found)


def load_grid(session: Session, cells: Sequence[GridCell], source: str, file: str) -> GridReport:
    """Put these cells in the place of those of another grid, and use them. Raises TerritoryError."""
    session.execute(LOCK)
    session.execute(delete(CensusGrid))
    session.execute(delete(CensusGridCell))
    refuse([] if cells else [f"{file}: nobody lives in its cells here"])
    rows = [(cell.north, cell.east, cell.persons, *cell.ages) for cell in cells]
    session.execute(insert(CensusGridCell), [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    content_hash = hashlib.sha256(repr(list(cells)).encode()).hexdigest()
    session.execute(insert(CensusGrid).values(source=source, file=file, content_hash=content_hash))
    report = place_grid(session)
    refuse([f"{file}: none of its cells lies in a gmina of the loaded territory"] if not report.gminas else [])
    session.execute(text("ANALYZE census_grid_cell"))
    return report


def place_grid(session: Session) -> GridReport:
    """Lay the loaded cells over the current gminas anew."""
    session.execute(delete(CensusGridPart))
    session.execute(PLACE)
    session.execute(text("ANALYZE census_grid_part"))
    return grid_report(session)


def grid_report(session: Session) -> GridReport:
    """What the loaded grid holds for the current gminas."""
    rows = session.execute(COMPARED).all()
    there = [(name, float(found), people) for name, found, people in rows if found is not None]
    least, most = FAR_OFF
    return GridReport(
        cells=session.scalar(text("SELECT count(DISTINCT (north, east)) FROM census_grid_part")) or 0,
        persons=sum(found for _, found, _ in there),
        gminas=len(there),
        uncovered=tuple(name for name, found, _ in rows if found is None),
        far_off=tuple(each for each in there if each[2] and not least <= each[1] / each[2] <= most),
    )


def grid_facts(session: Session) -> GridFacts | None:
    """The grid that is loaded; None where none is."""
    grid = session.scalar(select(CensusGrid))
    return None if grid is None else GridFacts(grid.source, grid.file, grid.content_hash, grid.is_used)


def use_grid(session: Session, *, is_used: bool) -> GridFacts:
    """Count people in the cells of the grid, or at settlements again. Raises TerritoryError where none is loaded."""
    session.execute(update(CensusGrid).values(is_used=is_used))
    facts = grid_facts(session)
    if facts is None:
        raise TerritoryError(["no census grid is loaded; run: mapapp territory grid load FILE"])
    return facts


def grid_parts(session: Session) -> tuple[GridPart, ...]:
    """Where people live by the grid: the ground of each cell in each gmina, by gmina; none where it is not used."""
    facts = grid_facts(session)
    if facts is None or not facts.is_used:
        return ()
    rows: Any = session.execute(PARTS).mappings()
    return tuple(GridPart(**row) for row in rows)
