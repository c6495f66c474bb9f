"""Calm borders for a coverage: simpler and rounder lines, still shared by the neighbours on both sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]


def smoothed_coverage(polygons: Geometries, tolerance_m: float, rounds: int = 2) -> Geometries:
    """The coverage with simplified and rounded borders; simplified only where rounding would break it.

    polygons : (n,) a valid coverage in metres, each of one part        tolerance_m : about the size of what vanishes
    (n,) in the same order. Simplified after Visvalingam and Whyatt (1993), corners cut after Chaikin (1974); the points
    where three polygons meet stay.
    """
    simpler = shapely.coverage_simplify(polygons, tolerance_m)
    arcs = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(simpler))))
    rounder = [shapely.LineString(_cut_corners(shapely.get_coordinates(arc), rounds)) for arc in arcs]
    return _reassembled(simpler, np.array(rounder, dtype=np.object_))


def _cut_corners(line: Floats, rounds: int) -> Floats:
    """Each corner replaced by two points at a quarter of its sides; a ring is cut all around, other ends stay."""
    closed = bool((line[0] == line[-1]).all())
    for _ in range(rounds):
        near, far = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        cut = np.stack([near, far], axis=1).reshape(-1, 2)
        line = np.vstack([cut, cut[:1]]) if closed else np.vstack([line[:1], cut[1:-1], line[-1:]])
    return line


def _reassembled(polygons: Geometries, arcs: Geometries) -> Geometries:
    """The polygons with their borders replaced by ``arcs``; unchanged if these do not part the land alike."""
    faces = shapely.get_parts(shapely.polygonize(arcs))
    inner = shapely.point_on_surface(polygons)
    face, polygon = shapely.STRtree(inner).query(faces, predicate="contains")
    alike = len(faces) == len(polygons) == len(face) and len(np.unique(polygon)) == len(polygons)
    if not alike:
        return polygons
    result = faces[face[np.argsort(polygon)]]
    return result if shapely.coverage_is_valid(result) else polygons
