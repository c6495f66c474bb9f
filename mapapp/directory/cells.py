"""Groups of services on the map, counted when they are published: a grid of cells for each zoom, from the finest.

A change counts anew only the cells that it touches, and the cells that these lie in.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Integer, Uuid, bindparam, text
from sqlalchemy.orm import Session

from mapapp.territory.feature_pages import MERCATOR_EDGE

# up to this zoom, services are grouped by the cells of a grid, so many along the side of a tile
DEEPEST_CLUSTERED: Final = 10
CELLS: Final = 8

Cell = tuple[int, int]

_ALONG = 2**DEEPEST_CLUSTERED * CELLS
_SIDE = f"CAST({2 * MERCATOR_EDGE / _ALONG!r} AS double precision)"
_EDGE = f"CAST({MERCATOR_EDGE!r} AS double precision)"
# counted from the north-west, like tiles
X = f"CAST(floor((ST_X(listing.point_mercator) + {_EDGE}) / {_SIDE}) AS integer)"
Y = f"CAST(floor(({_EDGE} - ST_Y(listing.point_mercator)) / {_SIDE}) AS integer)"
# with a metre around: the numbers decide, the index only has to find
BOX = f"""ST_MakeEnvelope(
    touched.x * {_SIDE} - {_EDGE} - 1, {_EDGE} - (touched.y + 1) * {_SIDE} - 1,
    (touched.x + 1) * {_SIDE} - {_EDGE} + 1, {_EDGE} - touched.y * {_SIDE} + 1, 3857)"""
PROFILE: Final = "wheelchair"

COLUMNS = 'z, x, y, "group", services, sum_x, sum_y, id, location_id, type, access, is_sample'
COUNTED = f"""
    listing.type_group, count(*), sum(ST_X(listing.point_mercator)), sum(ST_Y(listing.point_mercator)),
    min(CAST(listing.id AS text)), min(CAST(listing.location_id AS text)), min(listing.facility_type),
    min(listing.profiles ->> '{PROFILE}'), bool_or(listing.is_sample)"""
TOUCHED = """touched AS MATERIALIZED (
    SELECT DISTINCT x >> :shift AS x, y >> :shift AS y FROM unnest(:xs, :ys) AS cell (x, y)
)"""
SCOPE: tuple[BindParameter[Any], ...] = (bindparam("xs", type_=ARRAY(Integer)), bindparam("ys", type_=ARRAY(Integer)))
CELLS_OF = text(
    f"SELECT DISTINCT {X}, {Y} FROM listing WHERE point IS NOT NULL AND service_id = ANY (:service_ids)"
).bindparams(bindparam("service_ids", type_=ARRAY(Uuid)))
COUNT_ALL = text(f"""
INSERT INTO listing_cell ({COLUMNS})
SELECT :z, {X}, {Y}, {COUNTED} FROM listing WHERE point_mercator IS NOT NULL
GROUP BY 2, 3, listing.type_group ORDER BY 2, 3
""")
COUNT_TOUCHED = text(f"""
INSERT INTO listing_cell ({COLUMNS})
WITH {TOUCHED}
SELECT :z, touched.x, touched.y, {COUNTED}
FROM touched JOIN listing ON listing.point_mercator && {BOX} AND {X} = touched.x AND {Y} = touched.y
GROUP BY touched.x, touched.y, listing.type_group
""").bindparams(*SCOPE)
_TOGETHER = """
    finer."group", CAST(sum(services) AS bigint), sum(sum_x), sum(sum_y), min(id), min(location_id), min(type),
    min(access), bool_or(is_sample)"""
GATHER_ALL = text(f"""
INSERT INTO listing_cell ({COLUMNS})
SELECT :z, finer.x >> 1, finer.y >> 1, {_TOGETHER}
FROM listing_cell AS finer WHERE z = :z + 1 GROUP BY 2, 3, finer."group" ORDER BY 2, 3
""")
GATHER_TOUCHED = text(f"""
INSERT INTO listing_cell ({COLUMNS})
WITH {TOUCHED}
SELECT :z, touched.x, touched.y, {_TOGETHER}
FROM touched JOIN listing_cell AS finer
    ON finer.z = :z + 1 AND finer.x IN (2 * touched.x, 2 * touched.x + 1)
    AND finer.y IN (2 * touched.y, 2 * touched.y + 1)
GROUP BY touched.x, touched.y, finer."group"
""").bindparams(*SCOPE)
FORGET_TOUCHED = text(f"""
WITH {TOUCHED}
DELETE FROM listing_cell USING touched
WHERE listing_cell.z = :z AND listing_cell.x = touched.x AND listing_cell.y = touched.y
""").bindparams(*SCOPE)


def cells_of(session: Session, service_ids: Sequence[UUID]) -> set[Cell]:
    """The finest cells in which these services are listed now."""
    return {(x, y) for x, y in session.execute(CELLS_OF, {"service_ids": list(service_ids)})}


def keep_cells(session: Session, touched: Iterable[Cell] | None) -> None:
    """Count these finest cells anew, or all, and those that they lie in; to be called after publishing."""
    if touched is None:
        session.execute(text("DELETE FROM listing_cell"))
        session.execute(COUNT_ALL, {"z": DEEPEST_CLUSTERED})
        for z in range(DEEPEST_CLUSTERED - 1, -1, -1):
            session.execute(GATHER_ALL, {"z": z})
        return
    cells = sorted(touched)
    scope = {"xs": [x for x, _y in cells], "ys": [y for _x, y in cells]}
    for z in range(DEEPEST_CLUSTERED, -1, -1):
        asked = {**scope, "z": z, "shift": DEEPEST_CLUSTERED - z}
        session.execute(FORGET_TOUCHED, asked)
        session.execute(COUNT_TOUCHED if z == DEEPEST_CLUSTERED else GATHER_TOUCHED, asked)
