"""Broken polygons: what is wrong with one, and the nearest sound one."""

from __future__ import annotations

import shapely

from geo.errors import InvalidGeometry


def defect(shape: shapely.Geometry) -> str | None:
    """Why the geometry is invalid, with the place; None if it is sound.

    In the words of GEOS, for instance "Self-intersection[17.03 51.11]".
    """
    if shapely.is_valid(shape):
        return None
    return str(shapely.is_valid_reason(shape))


def repaired(shape: shapely.Geometry) -> shapely.Polygon | shapely.MultiPolygon:
    """The sound polygon or multipolygon with the same land; a sound one comes back as it is.

    Lines and points that a repair leaves over are dropped: they have no area. Raises InvalidGeometry where no area is
    left or the geometry is none of polygons.
    """
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise InvalidGeometry(f"geometry is a {shape.geom_type}, expected a Polygon or MultiPolygon")
    sound = shape
    if defect(shape) is not None:
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape, method="structure")))
        sound = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    if shapely.is_empty(sound) or shapely.area(sound) == 0:
        raise InvalidGeometry(f"geometry {shapely.to_wkt(shape)[:80]} encloses no area, expected a polygon that does")
    return sound
