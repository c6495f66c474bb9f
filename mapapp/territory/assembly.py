"""From gminas and their shapes to all units: dissolved upward, measured, and drawn."""

from collections.abc import Sequence

import shapely
from pyproj import Geod

from geo.crs import to_wgs84
from mapapp.territory.content import Geometries, GminaFacts, Layer, Unit
from mapapp.territory.names import genitive, locative

OUTLINE_TOLERANCE_M = 300.0
"""Corners whose triangle is smaller than the square of this go; 169 outlines are some 50 kB of gzipped GeoJSON."""
ELLIPSOID = Geod(ellps="GRS80")
LAYERS: tuple[Layer, ...] = ("voivodeship", "subregion", "powiat", "gmina")


def assemble(gminas: Sequence[GminaFacts], shapes: Geometries) -> tuple[Unit, ...]:
    """All units of a region, from the voivodeship down, each layer by code.

    shapes : (n,) polygons in EPSG:2180, a valid coverage
    Outlines are simplified once, as a coverage of gminas, and dissolved after: edges coincide in all layers.
    """
    outlines = shapely.coverage_simplify(shapes, OUTLINE_TOLERANCE_M)
    areas = [facts.area_km2 or geodesic_area_km2(shape) for facts, shape in zip(gminas, shapes, strict=True)]
    units = []
    for layer in LAYERS:
        for code, members in sorted(_members(layer, gminas).items()):
            area = sum(areas[i] for i in members)
            units.append(_unit(layer, code, gminas[members[0]], shapes[members], outlines[members], area))
    return tuple(units)


def geodesic_area_km2(shape: shapely.Geometry) -> float:
    """Area on the ellipsoid of a polygon in EPSG:2180, where the plane one is 0.055 % low."""
    # oriented, otherwise a hole would count as land
    area, _ = ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(to_wgs84(shape)))
    return abs(area) / 1e6


def _members(layer: Layer, gminas: Sequence[GminaFacts]) -> dict[str, list[int]]:
    members: dict[str, list[int]] = {}
    for i, facts in enumerate(gminas):
        members.setdefault(_identity(layer, facts)[0], []).append(i)
    return members


def _identity(layer: Layer, facts: GminaFacts) -> tuple[str, str]:
    """Code and name of the unit of a layer that the gmina is, or is part of."""
    return {
        "voivodeship": (facts.voivodeship_teryt, facts.voivodeship),
        "subregion": (facts.nuts3, facts.subregion),
        "powiat": (facts.powiat_teryt, facts.powiat),
        "gmina": (facts.teryt, facts.name),
    }[layer]


def _unit(
    layer: Layer, code: str, facts: GminaFacts, shapes: Geometries, outlines: Geometries, area_km2: float
) -> Unit:
    _, name = _identity(layer, facts)
    is_gmina = layer == "gmina"
    return Unit(
        layer=layer,
        code=code,
        name=name,
        name_genitive=genitive(name),
        name_locative=locative(name),
        area_km2=round(area_km2, 4),
        geom=_multi(shapely.coverage_union_all(shapes)),
        # right-handed, as GeoJSON wants it (RFC 7946 §3.1.6)
        outline=shapely.orient_polygons(_multi(to_wgs84(shapely.coverage_union_all(outlines)))),
        voivodeship_teryt=facts.voivodeship_teryt,
        nuts3=facts.nuts3 if layer in {"powiat", "gmina"} else None,
        powiat_teryt=facts.powiat_teryt if is_gmina else None,
        kind=facts.kind if is_gmina else None,
        seat=facts.seat if is_gmina else None,
    )


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.area > 0])
