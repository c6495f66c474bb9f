"""A schematic territory: areas drawn from settlement points and figures alone, without any boundary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InvalidGeometry, ShapeMismatch
from geo.outline import outline_around
from geo.power_diagram import PowerDiagram, balanced_weights, power_diagram
from geo.smoothing import smoothed_coverage

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

GRID_M = 0.01
DETAIL = 0.15
"""Details of a border smaller than this, in mean spacings of the settlements, vanish."""
FINER = 0.9
"""By this the detail shrinks where smoothing spoils the map."""
LEAD = 0.2
"""Root of the lead in power with which an anchor stands on its own land, in mean spacings."""
SLACK = 0.04
"""Share by which an area may differ from its figure: it keeps borders near to the middle between settlements."""
MOST_SLACK = 0.05
"""The same after smoothing."""
MOST_ROUNDS = 15


def schematic_territory(
    anchors: Floats, areas_km2: Floats, settlements: Floats | None = None, owner: Ints | None = None
) -> Geometries:
    """One polygon per area: together a valid coverage, each with its anchor inside and about its size.

    anchors : (n, 2) metres, all different        areas_km2 : (n,) positive
    settlements : (m, 2) metres, further points of the areas        owner : (m,) index of the area of each settlement
    (n,) polygons of one part in the CRS of the points, each within 5 % of its figure. Settlements that would tear an
    area apart or swallow another's anchor are left out. Raises ShapeMismatch, and InvalidGeometry where points and
    figures allow no such map.
    The outline is as large as all areas together; inside it a power diagram with a weight per area gives each its
    size, after Aurenhammer, Hoffmann and Aronov (1998); then the borders are smoothed.
    """
    sites, owner = _sites(anchors, areas_km2, settlements, owner)
    outline = outline_around(sites, owner, areas_km2 * 1e6)
    spacing = float(np.sqrt(outline.area / len(sites)))
    wanted = areas_km2 * (outline.area / areas_km2.sum())
    head_start, kept, detail = np.zeros(len(sites)), np.ones(len(anchors)), DETAIL * spacing
    for _ in range(MOST_ROUNDS):
        least, most = wanted * (1 - SLACK) / kept, wanted * (1 + SLACK) / kept
        power = balanced_weights(sites, owner, least, most, outline, head_start)[owner] + head_start
        diagram = power_diagram(sites, power)
        gain, swallowing = _corrections(sites, owner, power, (LEAD * spacing) ** 2)
        misplaced = swallowing | _stray(diagram.within(outline), owner)
        if not gain.any() and not misplaced.any():
            plain = _dissolved(diagram, owner, outline, anchors)
            polygons = smoothed_coverage(plain, detail)
            fits = np.abs(shapely.area(polygons) / wanted - 1).max() <= MOST_SLACK
            if fits and _is_whole(polygons, anchors):
                return polygons
            # What smoothing takes from one area and gives to another is made up for beforehand.
            kept = shapely.area(polygons) / shapely.area(plain)
            kept *= (wanted / kept).sum() / wanted.sum()
            detail *= FINER
        head_start = (head_start + gain)[~misplaced]
        sites, owner = sites[~misplaced], owner[~misplaced]
    raise InvalidGeometry(f"no map of connected areas after {MOST_ROUNDS} rounds, expected one")


def _sites(anchors: Floats, areas_km2: Floats, settlements: Floats | None, owner: Ints | None) -> tuple[Floats, Ints]:
    """The anchors, then the settlements at places of their own; and whose they are."""
    n = len(areas_km2)
    if n == 0 or anchors.shape != (n, 2):
        raise ShapeMismatch(f"anchors have shape {anchors.shape}, expected {(n, 2)} and at least one")
    if not (areas_km2 > 0).all():
        raise InvalidGeometry(f"the smallest area is {areas_km2.min()} km², expected more than 0")
    settlements = np.empty((0, 2)) if settlements is None else settlements
    owner = np.empty(0, dtype=np.int64) if owner is None else owner
    if settlements.shape != (len(owner), 2):
        raise ShapeMismatch(f"settlements have shape {settlements.shape}, expected {(len(owner), 2)}")
    sites = np.vstack([anchors, settlements])
    _, first = np.unique(np.round(sites), axis=0, return_index=True)
    first.sort()
    if (first[:n] != np.arange(n)).any():
        raise InvalidGeometry("two anchors stand within a metre of each other, expected different places")
    return sites[first], np.concatenate([np.arange(n), owner])[first]


def _stray(diagram: PowerDiagram, owner: Ints) -> Flags:
    """Sites whose land is not connected with that around their owner's anchor."""
    inner = (owner[diagram.pairs[:, 0]] == owner[diagram.pairs[:, 1]]) & (shapely.length(diagram.borders) > GRID_M)
    i, j = diagram.pairs[inner].T
    links = coo_array((np.ones(len(i)), (i, j)), shape=(len(owner), len(owner)))
    _, part = connected_components(links, directed=False)
    return np.asarray(part != part[owner])  # an anchor's index is its owner's


def _corrections(sites: Floats, owner: Ints, power: Floats, lead: float) -> tuple[Floats, Flags]:
    """Gains of power, (n,) square metres, that put anchors on their owners' land; and sites to leave out for it, (n,).

    Where an owner has several sites, its anchor gains on the others; where it has no other, the rival site goes.
    """
    n = int(owner.max()) + 1
    alone = np.bincount(owner) == 1
    cost = ((sites[:n, None] - sites[None]) ** 2).sum(axis=2) - power
    own = owner == np.arange(n)[:, None]
    rival = np.where(own, np.inf, cost)
    ahead = rival.min(axis=1) - np.where(own, cost, np.inf).min(axis=1)
    # Half the lead is enough, or the gains would creep towards it for ever.
    behind = ahead < lead / 2
    leaving = rival[behind & alone].argmin(axis=1)
    if (leaving < n).any():
        raise InvalidGeometry(f"anchor {leaving.min()} is too near to another one for the sizes of their areas")
    gain = np.zeros(len(sites))
    gain[:n] = np.where(behind & ~alone, lead - ahead, 0)
    return gain, np.isin(np.arange(len(sites)), leaving)


def _dissolved(diagram: PowerDiagram, owner: Ints, outline: shapely.Polygon, anchors: Floats) -> Geometries:
    """One polygon per owner, (n_owners,): the faces between the borders of owners and the outline.

    Land that the outline cuts off from its owner's anchor goes to the neighbour with the longest common border.
    """
    parting = owner[diagram.pairs[:, 0]] != owner[diagram.pairs[:, 1]]
    lines = shapely.union_all([outline.exterior, *diagram.borders[parting]], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    faces = faces[shapely.contains(outline, shapely.point_on_surface(faces))]
    anchor, face = shapely.STRtree(faces).query(shapely.points(anchors), predicate="within")
    held = np.full(len(faces), -1)
    held[face] = anchor
    for cut_off in np.flatnonzero(held < 0):
        common = shapely.length(shapely.intersection(shapely.boundary(faces), faces[cut_off].boundary))
        held[cut_off] = held[np.where(held >= 0, common, -1.0).argmax()]
    return np.array([shapely.coverage_union_all(faces[held == one]) for one in range(len(anchors))])


def _is_whole(polygons: Geometries, anchors: Floats) -> bool:
    """Whether the polygons are a coverage, each of one part and around its anchor."""
    single = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON).all()
    inside = shapely.contains_xy(polygons, *anchors.T).all()
    return bool(single and inside and shapely.coverage_is_valid(polygons))
