"""Questions about the territory; rows never leave, frozen dataclasses do."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import EXTENT, Position
from mapapp.territory.place_search import Place, find_places

__all__ = [
    "Area",
    "Place",
    "TerritoryFacts",
    "areas",
    "boundaries_geojson",
    "find_places",
    "gmina_at",
    "gmina_code_at",
    "population_of",
    "territory_facts",
]
AreaLayer = Literal["subregion", "powiat", "gmina"]
BoundaryLayer = Literal["voivodeship", "subregion", "powiat", "gmina"]
OUTLINE_DECIMALS = 4
"""Some 10 m: an outline is simplified to hundreds."""

FACTS = text("""
    SELECT r.region, v.name AS voivodeship_name, r.is_schematic, r.attribution, r.loaded_at, r.content_hash,
           ST_XMin(v.outline) AS west, ST_YMin(v.outline) AS south,
           ST_XMax(v.outline) AS east, ST_YMax(v.outline) AS north
    FROM territory_release r, voivodeship v
    WHERE v.valid_to IS NULL ORDER BY r.id DESC, v.teryt LIMIT 1
""")
SUBREGIONS = """
    SELECT u.nuts3 AS teryt, u.name, 'subregion' AS kind, p.teryt AS parent_teryt, p.name AS parent_name,
           u.name_genitive, u.name_locative, u.area_km2
    FROM subregion u JOIN voivodeship p ON p.teryt = u.voivodeship_teryt AND p.valid_to IS NULL
    WHERE u.valid_to IS NULL
"""
POWIATS = """
    SELECT u.teryt, u.name, CASE WHEN u.is_city THEN 'city' ELSE 'powiat' END AS kind,
           p.nuts3 AS parent_teryt, p.name AS parent_name, u.name_genitive, u.name_locative, u.area_km2
    FROM powiat u JOIN subregion p ON p.nuts3 = u.nuts3 AND p.valid_to IS NULL
    WHERE u.valid_to IS NULL
"""
GMINAS = """
    SELECT u.teryt, u.name, u.kind, p.teryt AS parent_teryt, p.name AS parent_name,
           u.name_genitive, u.name_locative, u.area_km2
    FROM gmina u JOIN powiat p ON p.teryt = u.powiat_teryt AND p.valid_to IS NULL
    WHERE u.valid_to IS NULL
"""
BY_NAME = 'ORDER BY u.name COLLATE "pl-x-icu", 1'
AREAS: dict[AreaLayer, str] = {"subregion": SUBREGIONS, "powiat": POWIATS, "gmina": GMINAS}
GMINA_AT = text(f"""
    {GMINAS} AND ST_Covers(u.geom, ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 2180))
    ORDER BY u.teryt LIMIT 1
""")
# layer → its code and the kind of a unit
CODES: dict[BoundaryLayer, tuple[str, str]] = {
    "voivodeship": ("teryt", "'voivodeship'"),
    "subregion": ("nuts3", "'subregion'"),
    "powiat": ("teryt", "CASE WHEN is_city THEN 'city' ELSE 'powiat' END"),
    "gmina": ("teryt", "kind"),
}
BOUNDARIES = """
    SELECT json_build_object(
        'type', 'FeatureCollection',
        'is_schematic', (SELECT is_schematic FROM territory_release ORDER BY id DESC LIMIT 1),
        'attribution', (SELECT attribution FROM territory_release ORDER BY id DESC LIMIT 1),
        'features', coalesce(json_agg(json_build_object(
            'type', 'Feature',
            'properties', json_build_object('code', {code}, 'name', name, 'kind', {kind}),
            'geometry', ST_AsGeoJSON(outline, {decimals})::json
        ) ORDER BY {code}), '[]'::json)
    )::text
    FROM {layer} WHERE valid_to IS NULL
"""
POPULATION = text("""
    SELECT persons FROM population
    WHERE gmina_teryt = :teryt AND age_from = 0 AND age_to = 120 AND scenario = 'recorded'
    ORDER BY year DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class TerritoryFacts:
    """What is loaded; ``bbox`` is west, south, east, north in degrees."""

    region: str
    voivodeship_name: str
    is_schematic: bool
    attribution: str
    bbox: tuple[float, float, float, float]
    release: str


@dataclass(frozen=True, slots=True)
class Area:
    """A gmina, powiat or subregion; ``teryt`` of a subregion is its NUTS 3 code.

    ``kind``: urban, rural, urban-rural; powiat, city; subregion. Cases are None where the name is no adjective.
    """

    teryt: str
    name: str
    kind: str
    parent_teryt: str
    parent_name: str
    name_genitive: str | None
    name_locative: str | None
    area_km2: float


def territory_facts(session: Session) -> TerritoryFacts | None:
    """What is loaded; None where nothing is."""
    row = session.execute(FACTS).one_or_none()
    if row is None:
        return None
    bbox = (row.west, row.south, row.east, row.north)
    release = row.content_hash[:16]
    return TerritoryFacts(row.region, row.voivodeship_name, row.is_schematic, row.attribution, bbox, release)


def areas(session: Session, layer: AreaLayer) -> tuple[Area, ...]:
    """The units of a layer, in Polish alphabetical order."""
    return tuple(Area(**row) for row in session.execute(text(f"{AREAS[layer]} {BY_NAME}")).mappings())


def gmina_at(session: Session, position: Position) -> Area | None:
    """The gmina that the position lies in; None outside of the region."""
    lon, lat = position
    west, south, east, north = EXTENT
    # far away, and for nan, EPSG:2180 has no coordinates
    if not (isfinite(lon) and isfinite(lat) and west <= lon <= east and south <= lat <= north):
        return None
    row = session.execute(GMINA_AT, {"lon": lon, "lat": lat}).mappings().one_or_none()
    return Area(**row) if row else None


def gmina_code_at(point: str) -> str:
    """The SQL of the code of the gmina that a point in EPSG:2180 lies in; NULL outside of the region."""
    return f"(SELECT teryt FROM ({GMINAS} AND ST_Covers(u.geom, {point})) AS covering ORDER BY teryt LIMIT 1)"


def boundaries_geojson(session: Session, layer: BoundaryLayer) -> str:
    """The outlines of a layer as a GeoJSON FeatureCollection that says whether they are schematic."""
    code, kind = CODES[layer]
    query = BOUNDARIES.format(layer=layer, code=code, kind=kind, decimals=OUTLINE_DECIMALS)
    return str(session.execute(text(query)).scalar_one())


def population_of(session: Session, gmina_teryt: str) -> int | None:
    """Persons in the newest recorded year; None for a gmina that is not loaded."""
    persons: int | None = session.scalar(POPULATION, {"teryt": gmina_teryt})
    return persons
