"""The outline of a land that is known by its settlements and its size only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from scipy.optimize import brentq

from geo.errors import InvalidGeometry
from geo.power_diagram import owned_areas, power_diagram

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRID_M = 0.01
LINKS = (4.0, 2.7, 1.8, 1.2)
"""Land lies between settlements no farther apart than this, in mean spacings; the next where that takes too much."""
CLOSING = 0.9
"""Bays narrower than twice this, in mean spacings, are filled."""
LEAST_REACH = 0.4
"""Each settlement stands at least so far inside, in mean spacings."""
ROUNDS = 8
GROWTH_LIMITS = (0.3, 2.2)
PRECISION = 1e-3


def outline_around(sites: Floats, owner: Ints, areas: Floats) -> shapely.Polygon:
    """One polygon without holes, as large as all areas together, around at least the anchors: the first n_owners sites.

    sites : (n, 2) metres, all different        owner : (n,) from zero        areas : (n_owners,) square metres
    It grows more where an owner's share of it (its nearest land) is less than its area. Raises InvalidGeometry.
    """
    spacing = float(np.sqrt(areas.sum() / len(sites)))
    anchors = shapely.points(sites[: len(areas)])
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(sites)))
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)
    longest = np.hypot(*np.diff(corners, axis=1).transpose(2, 0, 1)).max(axis=1, initial=0.0)
    for link in LINKS:
        core = shapely.union_all(triangles[longest <= link * spacing], grid_size=GRID_M)
        if core.area < areas.sum():
            outline = _grown_around(core, sites, owner, areas)
            if shapely.contains_properly(outline, anchors).all():
                return outline
    raise InvalidGeometry(f"the anchors do not fit into {areas.sum() / 1e6:.0f} km² of connected land")


def _grown_around(core: shapely.Geometry, sites: Floats, owner: Ints, areas: Floats) -> shapely.Polygon:
    """The core and discs around the sites at its rim, of radii that suit the areas of their owners."""
    spacing = float(np.sqrt(areas.sum() / len(sites)))
    least, closing = LEAST_REACH * spacing, CLOSING * spacing
    points = shapely.points(sites)
    rim = ~shapely.contains_properly(core, points)
    points, rim_owner = points[rim], owner[rim]
    # A settlement's share of its owner's area, as a disc, says how far the land reaches beyond it.
    reach = np.sqrt(areas / np.bincount(owner) / np.pi)
    growth = np.ones(len(areas))
    nearest = power_diagram(sites, np.zeros(len(sites)))
    for _ in range(ROUNDS):
        radius = np.maximum((reach * growth)[rim_owner], least)
        outline = _land(core, points, radius, closing)
        found = owned_areas(nearest.within(outline), owner)
        # Owners amid the land stay short of land however far the outline goes: hence the limits.
        growth = np.clip(growth * np.sqrt(areas / np.maximum(found, 1.0)), *GROWTH_LIMITS)
    radius = np.maximum((reach * growth)[rim_owner], least)
    return _land(core, points, _factor(core, points, radius, closing, areas.sum()) * radius, closing)


def _land(core: shapely.Geometry, points: npt.NDArray[np.object_], radius: Floats, closing: float) -> shapely.Polygon:
    """The largest piece of the core with a disc of its radius around each point, bays and holes filled."""
    land = shapely.union_all([core, *shapely.buffer(points, radius, quad_segs=4)])
    closed = land.buffer(closing, quad_segs=3).buffer(-closing, quad_segs=3)
    parts = shapely.get_parts(closed)
    return shapely.Polygon(shapely.get_exterior_ring(parts[shapely.area(parts).argmax()]))


def _factor(
    core: shapely.Geometry, points: npt.NDArray[np.object_], radius: Floats, closing: float, total: float
) -> float:
    """The common factor of the radii with which the land is as large as ``total``."""

    def excess(factor: float) -> float:
        return float(_land(core, points, factor * radius, closing).area) / total - 1

    least, most = 0.05, 1.5
    if excess(least) > 0:
        raise InvalidGeometry(f"the settlements span more than {total / 1e6:.0f} km², expected less land between them")
    while excess(most) < 0:
        most *= 2
    return float(brentq(excess, least, most, xtol=PRECISION))
