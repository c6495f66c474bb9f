"""A road network: points on the plane, and arcs that take minutes one way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.checks import positions
from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SHORTEST_MINUTES = 1e-6  # of an arc: SciPy's graphs take a weight of nothing for no arc at all
TILE_BITS = 16


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """The network of one way to travel.

    xy : (n, 2) metres        arrivals : (n, n) CSR; row v has the points from which an arc leads to v, and its minutes
    is_entry : (n,) whether a journey may begin or end here (not on a motorway or a ferry)
    """

    xy: Floats
    arrivals: csr_array
    is_entry: Flags

    def __post_init__(self) -> None:
        """Raises ShapeMismatch."""
        count = len(self.xy)
        if self.arrivals.shape != (count, count) or self.is_entry.shape != (count,):
            shapes = f"{self.xy.shape}, {self.arrivals.shape}, {self.is_entry.shape}"
            raise ShapeMismatch(f"xy, arrivals, is_entry have shapes {shapes}, expected (n, 2), (n, n), (n,)")

    @property
    def points(self) -> int:
        """How many points it has."""
        return len(self.xy)

    @property
    def arcs(self) -> int:
        """How many arcs it has."""
        return int(self.arrivals.nnz)

    @cached_property
    def component(self) -> Ints:
        """(n,) number of the strongly connected part: between points of one, every way there has a way back."""
        _, labels = connected_components(self.arrivals, directed=True, connection="strong")
        return np.asarray(labels, np.int32)

    @cached_property
    def mainland(self) -> Ints:
        """(n,) number of the part within which points hang together at all: from one to another no way leads ever."""
        _, labels = connected_components(self.arrivals, directed=True, connection="weak")
        return np.asarray(labels, np.int32)

    @cached_property
    def component_points(self) -> Indices:
        """(n,) how many points the part of each point has."""
        counts = np.bincount(self.component, minlength=1)
        return np.asarray(counts[self.component], np.int64)

    @cached_property
    def entries(self) -> Indices:
        """Indices of the points where a journey may begin or end."""
        return np.flatnonzero(self.is_entry)

    @cached_property
    def entry_tree(self) -> cKDTree:
        """The same, to be searched by place."""
        return cKDTree(self.xy[self.entries])

    def closed_islands(self, smallest_part: int) -> RoadNetwork:
        """The same network, where no journey begins or ends in a part of fewer than ``smallest_part`` points.

        Such parts are errors of the map, or yards behind gates: nobody should be stranded there.
        """
        return RoadNetwork(self.xy, self.arrivals, self.is_entry & (self.component_points >= smallest_part))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the points and arcs: the same network gives the same."""
        digest = hashlib.sha256()
        parts = (self.xy, self.arrivals.indptr, self.arrivals.indices, self.arrivals.data, self.is_entry)
        for part in parts:
            digest.update(np.ascontiguousarray(part).view(np.uint8).data)
        return digest.hexdigest()[:16]


def network_of(
    xy: npt.ArrayLike, start: npt.ArrayLike, end: npt.ArrayLike, minutes: npt.ArrayLike, is_entry: npt.ArrayLike
) -> RoadNetwork:
    """The network of arcs; points without any are left out, the others ordered so that near ones are near in memory.

    xy : (n, 2) metres        start, end : (arcs,) indices of points        minutes : (arcs,), at least 0
    is_entry : (n,) flags        Of arcs between the same points the fastest stays, of arcs from a point to itself none.
    Raises ShapeMismatch, OutsideExtent, InvalidAmount.
    """
    points, tail, head = positions("xy", xy), np.asarray(start, np.int64), np.asarray(end, np.int64)
    cost, entry = np.asarray(minutes, np.float64), np.asarray(is_entry, np.bool_)
    if not tail.shape == head.shape == cost.shape or entry.shape != (len(points),):
        shapes = f"{tail.shape}, {head.shape}, {cost.shape}, {entry.shape}"
        raise ShapeMismatch(f"start, end, minutes, is_entry have shapes {shapes}, expected (arcs,) thrice and (n,)")
    if cost.size and not (cost.min() >= 0 and np.isfinite(cost.max())):
        raise InvalidAmount(f"an arc takes {cost[~((cost >= 0) & np.isfinite(cost))][0]} minutes, expected at least 0")
    is_used = np.zeros(len(points), np.bool_)
    is_used[tail], is_used[head] = True, True
    used = np.flatnonzero(is_used)
    used = used[np.argsort(_along_a_curve(points[used]), kind="stable")]
    place = np.full(len(points), -1, np.int64)
    place[used] = np.arange(len(used))
    arrivals = _fastest(place[head], place[tail], np.maximum(cost, SHORTEST_MINUTES), len(used))
    return RoadNetwork(points[used], arrivals, entry[used])


def _fastest(row: Indices, column: Indices, cost: Floats, count: int) -> csr_array:
    """CSR of the least cost of each pair; a COO's own way to CSR would add them up."""
    real = row != column
    row, column, cost = row[real], column[real], cost[real]
    order = np.lexsort((cost, column, row))
    row, column, cost = row[order], column[order], cost[order]
    first = np.ones(len(row), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(row[first], minlength=count), out=starts[1:])
    return csr_array((cost[first], column[first].astype(np.int32), starts), shape=(count, count))


def _along_a_curve(xy: Floats) -> Indices:
    """(n,) places on Morton's curve, which passes through near points one after another."""
    if not len(xy):
        return np.empty(0, np.int64)
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = max(float((high - low).max()), 1.0)
    cells = ((xy - low) / side * ((1 << TILE_BITS) - 1)).astype(np.uint64)
    return np.asarray(_spread(cells[:, 0]) | (_spread(cells[:, 1]) << np.uint64(1)), np.int64)


def _spread(number: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The bits of 16-bit numbers with a gap after each."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        number = (number | (number << np.uint64(shift))) & np.uint64(mask)
    return number
