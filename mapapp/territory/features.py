"""Gminas, powiats and subregions as feature collections, with their full boundaries."""

from mapapp.territory.feature_pages import PUWG_1992, Collection, Property

# present in every area; the boundaries are schematic unless the territory is official
_COMMON = {
    "code": Property("item.id", "text"),
    "name": Property("item.name", "text"),
    "kind": Property("item.kind", "text"),
    "parent_code": Property("item.parent_code", "text"),
    "parent_name": Property("item.parent_name", "text"),
    "area_km2": Property("item.area_km2", "number"),
    "valid_from": Property("item.valid_from", "date"),
    "is_schematic": Property("item.is_schematic", "boolean"),
}
_POPULATION = {"population": Property("item.population", "integer")}
_GEOMETRIES = {
    4326: "ST_Transform(item.geom, 4326)",
    2180: "item.geom",
    3857: "ST_Transform(item.geom, 3857)",
}
# persons of all ages in the newest recorded year
_PERSONS = """(
    SELECT sum(newest.persons) FROM (
        SELECT DISTINCT ON (gmina_teryt) persons FROM population
        WHERE {of_unit} AND age_from = 0 AND age_to = 120 AND scenario = 'recorded'
        ORDER BY gmina_teryt, year DESC
    ) AS newest)"""
_SOURCE = """(
    SELECT unit.{code} AS id, unit.name, {kind} AS kind, parent.{parent_code} AS parent_code,
        parent.name AS parent_name, unit.area_km2, unit.valid_from, unit.valid_to, unit.geom,
        {persons} AS population,
        (SELECT is_schematic FROM territory_release ORDER BY territory_release.id DESC LIMIT 1) AS is_schematic
    FROM {layer} AS unit
    LEFT JOIN {parent} AS parent ON parent.{parent_code} = unit.{reference} AND parent.valid_to IS NULL
    WHERE unit.valid_to IS NULL)"""


def _areas(name: str, *, of_unit: str, **names: str) -> Collection:
    return Collection(
        name=name,
        source=_SOURCE.format(persons=_PERSONS.format(of_unit=of_unit), **names),
        id_kind="text",
        properties=_COMMON | _POPULATION,
        geometries=_GEOMETRIES,
        geometry_type="multipolygon",
        since="CAST(item.valid_from AS timestamptz)",
        until="CAST(item.valid_to AS timestamptz)",
        storage_crs=PUWG_1992,
    )


AREA_COLLECTIONS = (
    _areas(
        "gminas",
        layer="gmina",
        code="teryt",
        kind="unit.kind",
        parent="powiat",
        parent_code="teryt",
        reference="powiat_teryt",
        of_unit="gmina_teryt = unit.teryt",
    ),
    _areas(
        "powiats",
        layer="powiat",
        code="teryt",
        kind="CASE WHEN unit.is_city THEN 'city' ELSE 'powiat' END",
        parent="subregion",
        parent_code="nuts3",
        reference="nuts3",
        of_unit="gmina_teryt IN (SELECT teryt FROM gmina WHERE powiat_teryt = unit.teryt AND valid_to IS NULL)",
    ),
    _areas(
        "subregions",
        layer="subregion",
        code="nuts3",
        kind="'subregion'",
        parent="voivodeship",
        parent_code="teryt",
        reference="voivodeship_teryt",
        of_unit="gmina_teryt IN (SELECT teryt FROM gmina WHERE nuts3 = unit.nuts3 AND valid_to IS NULL)",
    ),
)
