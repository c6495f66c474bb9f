"""Power diagrams (Laguerre tessellations): land parted among weighted points, and the weights that give fair shares.

A place x belongs to the site with the smallest |x - site|² - weight. Sites may share an owner, and then its weight,
so that an owner's land follows the shape of its settlements. Everything is planar and in metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import spsolve
from scipy.spatial import ConvexHull

from geo.errors import InvalidGeometry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

FRAME = 40.0
"""Distance of the helper sites, in spans of the real ones: so far that their land stays out of every outline."""
LEAST_SPAN_M = 100_000.0
"""So that a few sites close together have the land far around them, too."""
TOLERANCE = 1e-3
MOST_STEPS = 60
HALVINGS = 60
SMALLEST_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class PowerDiagram:
    """The land of each site and the borders between them."""

    cells: Geometries
    """(n,) convex polygons; empty for a site that owns nothing"""
    pairs: Ints
    """(m, 2) the two sites that a border parts"""
    borders: Geometries
    """(m,) straight lines"""

    def within(self, outline: shapely.Polygon) -> PowerDiagram:
        """The same diagram, cut off at the outline."""
        return PowerDiagram(_cut(self.cells, outline), self.pairs, _cut(self.borders, outline))


def power_diagram(sites: Floats, weights: Floats) -> PowerDiagram:
    """The power diagram of the whole plane, as far as ``FRAME`` spans around the sites.

    sites : (n, 2) metres, all different        weights : (n,) square metres, of which only differences count
    The lower hull of the sites, lifted to the height |x|² - weight, is the diagram's dual, after Aurenhammer (1987).
    """
    middle = sites.mean(axis=0)
    span = max(float(np.ptp(sites, axis=0).max()), float(np.sqrt(np.ptp(weights))), LEAST_SPAN_M)
    points = np.vstack([(sites - middle) / span, _frame()])
    height = (points**2).sum(axis=1)
    height[: len(sites)] -= (weights - weights.mean()) / span**2
    hull = ConvexHull(np.column_stack([points, height]))
    lower = hull.equations[:, 2] < 0
    slope = hull.equations[:, :2] / np.where(lower, -2 * hull.equations[:, 2], np.inf)[:, None]
    centres = slope * span + middle  # a facet's slope is twice its power centre
    pairs, borders = _borders(hull, lower, centres, len(sites))
    return PowerDiagram(_cells(hull.simplices[lower], centres[lower], len(sites)), pairs, borders)


def owned_areas(diagram: PowerDiagram, owner: Ints) -> Floats:
    """Square metres per owner, (max(owner) + 1,). owner : (n_sites,) from zero."""
    areas: Floats = np.bincount(owner, shapely.area(diagram.cells), int(owner.max()) + 1).astype(np.float64)
    return areas


def balanced_weights(
    sites: Floats, owner: Ints, least: Floats, most: Floats, outline: shapely.Polygon, head_start: Floats
) -> Floats:
    """Weights with which each owner gets between its least and its most area of the outline.

    sites : (n, 2) metres        owner : (n,) from zero        head_start : (n,) added to a site's weight, square metres
    least, most : (n_owners,) square metres; the outline's area must lie between their sums
    (n_owners,) square metres; areas exceed the bounds by ``TOLERANCE`` of them at most. Raises InvalidGeometry.
    Damped Newton steps on the dual of optimal transport, after Kitagawa, Mérigot and Thibert (2019), towards the
    allowed areas nearest to the present ones.
    """
    weights, size = np.zeros(len(least)), 1.0
    diagram = power_diagram(sites, weights[owner] + head_start).within(outline)
    area = owned_areas(diagram, owner)
    floor = min(area.min(), least.min()) / 2
    for _ in range(MOST_STEPS):
        gap = _nearest_allowed(area, least, most) - area
        if np.abs(gap / least).max() <= TOLERANCE:
            return weights
        if floor <= 0 or size < SMALLEST_STEP:
            break
        step = np.zeros(len(least))
        # Only differences of weights count: the first stays as it is.
        step[1:] = spsolve(_growth(diagram, sites, owner)[1:, 1:], gap[1:])
        wanted, size = area + gap, 1.0
        while size >= SMALLEST_STEP:
            diagram = power_diagram(sites, (weights + size * step)[owner] + head_start).within(outline)
            area = owned_areas(diagram, owner)
            if area.min() >= floor and np.abs(wanted - area).sum() <= (1 - size / 2) * np.abs(gap).sum():
                break
            size /= 2
        weights = weights + size * step
    worst = int(np.abs(area / least - 1).argmax())
    raise InvalidGeometry(
        f"area {worst} gets {area[worst] / 1e6:.2f} km², expected {least[worst] / 1e6:.2f} to {most[worst] / 1e6:.2f}"
    )


def _nearest_allowed(area: Floats, least: Floats, most: Floats) -> Floats:
    """The areas between the bounds, with the same sum, that need the smallest changes of size."""
    low, high = -float(np.abs(area - least).max()), float(np.abs(area - most).max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        too_little = np.clip(area + middle, least, most).sum() < area.sum()
        low, high = (middle, high) if too_little else (low, middle)
    return np.clip(area + high, least, most)


def _growth(diagram: PowerDiagram, sites: Floats, owner: Ints) -> csc_array:
    """d area / d weight, (n_owners, n_owners): a border moves by 1 / (2 × distance of its sites) along its length."""
    parting = owner[diagram.pairs[:, 0]] != owner[diagram.pairs[:, 1]]
    i, j = diagram.pairs[parting].T
    rate = shapely.length(diagram.borders[parting]) / (2 * np.hypot(*(sites[i] - sites[j]).T))
    ends = np.concatenate([owner[i], owner[j]]), np.concatenate([owner[j], owner[i]])
    exchange = coo_array((np.tile(rate, 2), ends), shape=(int(owner.max()) + 1,) * 2).tocsc()
    return (diags_array(exchange.sum(axis=1)) - exchange).tocsc()


def _frame() -> Floats:
    """Helper sites around the unit square, so that every real cell is bounded."""
    angle = np.arange(8) * (np.pi / 4) + 0.1
    return FRAME * np.column_stack([np.cos(angle), np.sin(angle)])


def _cells(facets: Ints, centres: Floats, n_sites: int) -> Geometries:
    """Each site's cell: the power centres of its facets, in order around their mean."""
    site = facets.ravel()
    corner = np.repeat(centres, 3, axis=0)[site < n_sites]
    site = site[site < n_sites]
    count = np.bincount(site, minlength=n_sites)
    total = np.column_stack([np.bincount(site, axis, n_sites) for axis in corner.T])
    around = corner - (total / np.maximum(count, 1)[:, None])[site]
    order = np.lexsort((np.arctan2(around[:, 1], around[:, 0]), site))
    _, ring = np.unique(site[order], return_inverse=True)
    cells = np.full(n_sites, shapely.Polygon(), dtype=np.object_)
    cells[count > 0] = shapely.polygons(shapely.linearrings(corner[order], indices=ring))
    return cells


def _borders(hull: ConvexHull, lower: npt.NDArray[np.bool_], centres: Floats, n_sites: int) -> tuple[Ints, Geometries]:
    """The lines between the power centres of neighbouring facets, with the two sites they part."""
    once = hull.neighbors > np.arange(len(lower))[:, None]
    facet, opposite = np.nonzero(once & lower[hull.neighbors] & lower[:, None])
    pairs = np.column_stack([hull.simplices[facet, (opposite + step) % 3] for step in (1, 2)])
    ends = np.stack([centres[facet], centres[hull.neighbors[facet, opposite]]], axis=1)
    real = (pairs < n_sites).all(axis=1)
    return pairs[real].astype(np.int64), shapely.linestrings(ends[real])


def _cut(shapes: Geometries, outline: shapely.Polygon) -> Geometries:
    """The shapes within the outline; most lie inside, and only the others cost an intersection."""
    shapely.prepare(outline)
    result = shapes.copy()
    crossing = ~shapely.contains_properly(outline, shapes)
    result[crossing] = shapely.intersection(shapes[crossing], outline)
    return result
