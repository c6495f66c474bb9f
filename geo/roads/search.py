"""Minutes from cells to sites: from each site backwards along the arcs, as far as the limit reaches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.errors import InvalidAmount
from geo.roads.joining import METRES_PER_MINUTE, Joins
from geo.roads.matrix import TravelMatrix
from geo.roads.network import RoadNetwork

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]

BYTES_AT_ONCE = 64 << 20  # of distances to all points of the network, while a batch is searched


def travel_rows(network: RoadNetwork, sites: Joins, cells: Joins, limit_minutes: float, leg_kmh: float) -> TravelMatrix:
    """Minutes from every cell to every site that are at most ``limit_minutes``, the legs to and from the road included.

    A cell and a site at the same point of the network are as far apart as the straight line between them says.
    Raises InvalidAmount.
    """
    if not 0 < limit_minutes < np.inf:
        raise InvalidAmount(f"limit_minutes is {limit_minutes}, expected a finite number above 0")
    on_road = np.flatnonzero(cells.is_joined)
    rows: list[tuple[Indices, Floats]] = [(np.empty(0, np.int64), np.empty(0))] * len(sites)
    for site, network_minutes in _each(network, sites, cells.point[on_road], limit_minutes):
        minutes = network_minutes + cells.leg_minutes[on_road] + sites.leg_minutes[site]
        same = np.flatnonzero(cells.point[on_road] == sites.point[site])
        minutes[same] = _straight(cells.xy[on_road[same]], sites.xy[site]) / (leg_kmh * METRES_PER_MINUTE)
        near = np.flatnonzero(minutes <= limit_minutes)
        near = near[np.argsort(minutes[near], kind="stable")]
        rows[site] = on_road[near], minutes[near]
    return TravelMatrix.of_rows(rows, len(cells), limit_minutes)


def nearest_minutes(network: RoadNetwork, sites: Joins, cells: Joins) -> Floats:
    """(n_cell,) minutes to the nearest of these sites, however far; inf where no way leads to any of them.

    One search for all sites, from a point outside the network that is as far from each as its leg is long.
    """
    found = np.full(len(cells), np.inf)
    on_road, targets = np.flatnonzero(cells.is_joined), np.flatnonzero(sites.is_joined)
    if not len(on_road) or not len(targets):
        return found
    minutes = dijkstra(_with_a_start(network.arrivals, sites.part(targets)), indices=network.points)
    found[on_road] = minutes[cells.point[on_road]] + cells.leg_minutes[on_road]
    return found


def _each(network: RoadNetwork, sites: Joins, targets: Ints, limit: float) -> Iterator[tuple[int, Floats]]:
    """Each site that is on the network, and (targets,) minutes from the targets; sites at one point share a search."""
    points, which = np.unique(sites.point, return_inverse=True)
    searched = np.flatnonzero(points >= 0)
    at_once = max(1, BYTES_AT_ONCE // max(1, 8 * network.points))
    for first in range(0, len(searched), at_once):
        batch = searched[first : first + at_once]
        minutes = dijkstra(network.arrivals, indices=points[batch], limit=limit)[:, targets]
        for number, own in enumerate(minutes):
            for site in np.flatnonzero(which == batch[number]):
                yield int(site), own.copy()


def _with_a_start(arrivals: csr_array, sites: Joins) -> csr_array:
    """The graph with one more point, from which an arc as long as its leg leads to every site."""
    count = arrivals.shape[0]
    # the shortest leg of each point; an arc must not weigh nothing
    order = np.lexsort((sites.leg_minutes, sites.point))
    point, leg = sites.point[order], np.maximum(sites.leg_minutes[order], np.finfo(np.float64).tiny)
    first = np.r_[True, point[1:] != point[:-1]]
    data = np.concatenate([arrivals.data, leg[first]])
    indices = np.concatenate([arrivals.indices, point[first]])
    starts = np.append(arrivals.indptr, len(data))
    return csr_array((data, indices, starts), shape=(count + 1, count + 1))


def _straight(xy: Floats, to: Floats) -> Floats:
    return np.asarray(np.hypot(*(xy - to).T))
