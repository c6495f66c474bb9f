"""Vector tiles of gminas, powiats and subregions; PostgreSQL makes them."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

AreaTileLayer = Literal["gminas", "powiats", "subregions"]
DEEPEST: Final = 14
# no tile of any layer is asked for below this zoom
DEEPEST_OF_ALL: Final = 22
# units of a tile, and how far beyond its edge shapes are drawn
EXTENT: Final = 4096
BUFFER: Final = 64
# table, code, kind, parent's code
LAYERS: Final[dict[AreaTileLayer, tuple[str, str, str, str]]] = {
    "gminas": ("gmina", "teryt", "kind", "powiat_teryt"),
    "powiats": ("powiat", "teryt", "CASE WHEN is_city THEN 'city' ELSE 'powiat' END", "nuts3"),
    "subregions": ("subregion", "nuts3", "'subregion'", "voivodeship_teryt"),
}
# outlines are simplified as one coverage, so that neighbours share their edge
TILE = """
WITH bounds AS (
    SELECT ST_TileEnvelope(:z, :x, :y) AS tile,
        ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => {buffer}.0 / {extent}), 4326) AS around
)
SELECT ST_AsMVT(shown, '{layer}', {extent}, 'geom')
FROM (
    SELECT {code} AS code, name, {kind} AS kind, {parent} AS parent_code,
        ST_AsMVTGeom(ST_Transform(outline, 3857), bounds.tile, {extent}, {buffer}, true) AS geom
    FROM {table} CROSS JOIN bounds
    WHERE valid_to IS NULL AND outline && bounds.around
    ORDER BY {code}
) AS shown
WHERE geom IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map in Web Mercator: 2 to the ``z`` of them each way, counted from the north-west."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse what is no tile."""
        if not (0 <= self.z <= DEEPEST_OF_ALL and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise ValueError(f"{self.z}/{self.x}/{self.y} is no tile: x and y go from 0 to 2 to the z, less 1")


def area_tile(session: Session, layer: AreaTileLayer, tile: Tile) -> bytes:
    """A Mapbox Vector Tile with the outlines of a layer; empty bytes where there are none."""
    table, code, kind, parent = LAYERS[layer]
    query = TILE.format(layer=layer, table=table, code=code, kind=kind, parent=parent, extent=EXTENT, buffer=BUFFER)
    return bytes(session.execute(text(query), {"z": tile.z, "x": tile.x, "y": tile.y}).scalar_one())
