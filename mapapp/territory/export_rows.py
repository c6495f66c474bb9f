"""The areas of a layer with their whole boundaries, as rows to be written into files."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.territory.queries import AREAS, CODES, AreaLayer

# What a row is: a GeoJSON Feature as text, or the values after a geometry.
AreaShape = Literal["feature", "wkb", "kml"]

# A boundary may have thousands of corners.
ROWS_AT_ONCE = 20
COLUMNS = ("code", "name", "kind", "parent_code", "parent_name", "area_km2")
VALUES = "teryt AS code, name, kind, parent_teryt AS parent_code, parent_name, area_km2"
GEOMETRIES = {"wkb": "ST_AsBinary(shape)", "kml": "ST_AsKML(shape, 6)"}
# right-handed with six decimals (RFC 7946 §3.1.6, §11.2)
FEATURE = """
    '{"type":"Feature","id":"' || area.code || '","geometry":'
    || ST_AsGeoJSON(ST_ForcePolygonCCW(shape), 6) || ',"properties":' || row_to_json(area)::text || '}'
"""


def area_rows(session: Session, layer: AreaLayer, shape: AreaShape) -> Iterator[Sequence[Sequence[Any]]]:
    """The areas by code, in batches; the values are in the order of ``COLUMNS``."""
    chosen = FEATURE if shape == "feature" else f"{GEOMETRIES[shape]}, area.*"
    code, _kind = CODES[layer]
    query = text(f"""
        SELECT {chosen}
        FROM (SELECT {VALUES} FROM ({AREAS[layer]}) AS unit) AS area
        JOIN {layer} AS boundary ON boundary.{code} = area.code AND boundary.valid_to IS NULL
        CROSS JOIN LATERAL (SELECT ST_Transform(boundary.geom, 4326) AS shape) AS wgs84
        ORDER BY area.code
    """).execution_options(yield_per=ROWS_AT_ONCE)
    with session.execute(query) as rows:
        yield from rows.partitions()


def count_areas(session: Session, layer: AreaLayer) -> int:
    """How many areas the layer has."""
    return int(session.execute(text(f"SELECT count(*) FROM ({AREAS[layer]}) AS unit")).scalar_one())
