"""Released figures as a collection of features: each an area with what was told of it, and what that rests on.

Only what was released is there, and only of areas that are still; what is hidden is in no figure of a smaller area.
"""

from typing import Final

from mapapp.coverage.definitions import definitions
from mapapp.territory.feature_pages import PUWG_1992, Collection, Property


def _unit() -> str:
    """The unit of a measure, as the definitions have it."""
    cases = " ".join(f"WHEN '{each.code}' THEN '{each.unit}'" for each in definitions().values())
    return f"(CASE item.question ->> 'measure' {cases} END)"


def _asked(name: str) -> str:
    return f"(item.question ->> '{name}')"


_CODES = "CAST(CASE WHEN {value} = '' THEN '{{}}' ELSE '{{' || replace({value}, '|', ',') || '}}' END AS text[])"
_TYPES = "ARRAY(SELECT jsonb_array_elements_text(item.question -> 'types'))"
# a region is told below every layer, and a later release of the same question has what is newest
_SOURCE = """(
    SELECT release.code || figure.area_code AS id, release.code, release.question, release.day,
        release.definitions_version, release.data_release, release.figures_hash, figure.area_code, figure.value,
        figure.numerator, figure.denominator, figure.sites, figure.flags,
        coalesce(nullif(figure.area_name, ''), area.name) AS area_name, told.level, area.geom,
        NOT EXISTS (
            SELECT FROM coverage_release AS later WHERE later.question = release.question AND later.id > release.id
        ) AS is_newest
    FROM coverage_figure AS figure
    JOIN coverage_release AS release ON release.id = figure.release_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN figure.area_code = 'region' THEN 'region' ELSE release.question ->> 'layer' END AS level
    ) AS told
    LEFT JOIN (
        SELECT 'gmina' AS level, teryt AS code, name, geom FROM gmina WHERE valid_to IS NULL
        UNION ALL SELECT 'powiat', teryt, name, geom FROM powiat WHERE valid_to IS NULL
        UNION ALL SELECT 'subregion', nuts3, name, geom FROM subregion WHERE valid_to IS NULL
        UNION ALL SELECT 'region', teryt, name, geom FROM voivodeship WHERE valid_to IS NULL
        UNION ALL SELECT 'region', 'region', name, geom FROM voivodeship WHERE valid_to IS NULL
    ) AS area ON area.level = told.level AND area.code = figure.area_code)"""

COVERAGE: Final = Collection(
    name="coverage",
    source=_SOURCE,
    id_kind="text",
    properties={
        "release": Property("item.code", "text"),
        "measure": Property(_asked("measure"), "text"),
        "types": Property(_TYPES, "codes"),
        "ages": Property(_asked("group"), "text"),
        "level": Property("item.level", "text"),
        "mode": Property(_asked("mode"), "text"),
        "minutes": Property("CAST(item.question ->> 'minutes' AS double precision)", "number"),
        "area_code": Property("item.area_code", "text"),
        "area_name": Property("item.area_name", "text"),
        "value": Property("item.value", "number"),
        "numerator": Property("item.numerator", "number"),
        "denominator": Property("item.denominator", "number"),
        "unit": Property(_unit(), "text"),
        "sites": Property("item.sites", "integer"),
        "flags": Property(_CODES.format(value="item.flags"), "codes"),
        "day": Property("item.day", "date"),
        "is_newest": Property("item.is_newest", "boolean"),
        "definitions_version": Property("item.definitions_version", "text"),
        "data_release": Property("item.data_release", "text"),
        "figures_hash": Property("item.figures_hash", "text"),
    },
    geometries={
        4326: "ST_Transform(item.geom, 4326)",
        2180: "item.geom",
        3857: "ST_Transform(item.geom, 3857)",
    },
    geometry_type="multipolygon",
    since="CAST(item.day AS timestamptz)",
    until="CAST(item.day AS timestamptz)",
    storage_crs=PUWG_1992,
)
