"""From the ways of a map to a network: every stretch between two vertices becomes an arc for each open direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import ShapeMismatch
from geo.roads.network import RoadNetwork, network_of

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

METRES_PER_MINUTE = 1000 / 60  # at 1 km/h
LONGEST_STRETCH_M = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways that one kind of traveller may use.

    starts : (w + 1,) where each way begins in ``vertex``        vertex : (v,) index of the point, way after way
    forward_kmh, backward_kmh : (w,) speed along and against the way, 0 where closed
    minutes : (w,) of the whole way where that is known (ferries), else nan        is_entry : (w,) may be joined
    """

    starts: Indices
    vertex: Indices
    forward_kmh: Floats
    backward_kmh: Floats
    minutes: Floats
    is_entry: Flags

    def __post_init__(self) -> None:
        """Raises ShapeMismatch."""
        count = len(self.starts) - 1
        rows = (self.forward_kmh, self.backward_kmh, self.minutes, self.is_entry)
        if count < 0 or any(each.shape != (count,) for each in rows) or self.starts[-1] != len(self.vertex):
            shapes = ", ".join(str(each.shape) for each in (self.starts, self.vertex, *rows))
            raise ShapeMismatch(f"ways have shapes {shapes}, expected (w + 1,), (v,) and four times (w,)")


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """Between neighbouring vertices: points, the way, and what part of the whole way each is."""

    tail: Indices
    head: Indices
    way: Indices
    length_m: Floats
    share: Floats


def network_of_ways(xy: Floats, ways: Ways, is_blocked: Flags, *, longest_m: float = LONGEST_STRETCH_M) -> RoadNetwork:
    """The network of these ways.

    xy : (n, 2) metres of the points        is_blocked : (n,) points that let nobody through, such as a locked gate
    Long stretches get points in between, at most ``longest_m`` apart, so that who lives along one joins it nearby.
    Raises ShapeMismatch, OutsideExtent, InvalidAmount.
    """
    stretches = _stretches(xy, ways)
    points, stretches = _opened_at_barriers(xy, stretches, is_blocked)
    points, stretches = _shortened(points, stretches, longest_m)
    forward = _minutes(stretches, ways.forward_kmh, ways.minutes)
    backward = _minutes(stretches, ways.backward_kmh, ways.minutes)
    there, back = np.isfinite(forward), np.isfinite(backward)
    is_entry, joined = np.zeros(len(points), np.bool_), ways.is_entry[stretches.way]
    is_entry[stretches.tail[joined]], is_entry[stretches.head[joined]] = True, True
    return network_of(
        points,
        np.concatenate([stretches.tail[there], stretches.head[back]]),
        np.concatenate([stretches.head[there], stretches.tail[back]]),
        np.concatenate([forward[there], backward[back]]),
        is_entry,
    )


def _stretches(xy: Floats, ways: Ways) -> _Stretches:
    sizes = np.diff(ways.starts)
    way_of_vertex = np.repeat(np.arange(len(sizes)), sizes)
    within = way_of_vertex[1:] == way_of_vertex[:-1]
    tail, head, way = ways.vertex[:-1][within], ways.vertex[1:][within], way_of_vertex[1:][within]
    length = np.hypot(*(xy[head] - xy[tail]).T) if len(way) else np.empty(0)
    whole = np.bincount(way, length, minlength=len(sizes))[way]
    share = np.divide(length, whole, out=np.zeros_like(length), where=whole > 0)
    return _Stretches(tail, head, way, length, share)


def _opened_at_barriers(xy: Floats, stretches: _Stretches, is_blocked: Flags) -> tuple[Floats, _Stretches]:
    """Each stretch that touches a barrier gets an end of its own there: one comes up to it, but not through."""
    ends = np.concatenate([stretches.tail, stretches.head])
    stopped = is_blocked[ends]
    own = np.arange(int(stopped.sum())) + len(xy)
    points = np.concatenate([xy, xy[ends[stopped]]])
    ends = ends.copy()
    ends[stopped] = own
    tail, head = np.split(ends, 2)
    return points, _Stretches(tail, head, stretches.way, stretches.length_m, stretches.share)


def _shortened(xy: Floats, stretches: _Stretches, longest_m: float) -> tuple[Floats, _Stretches]:
    pieces = np.maximum(1, np.ceil(stretches.length_m / longest_m)).astype(np.int64)
    first = np.cumsum(pieces) - pieces
    of = np.repeat(np.arange(len(pieces)), pieces)
    rank = np.arange(len(of)) - first[of]
    inner = rank > 0
    part = (rank[inner] / pieces[of[inner]])[:, None]
    between = xy[stretches.tail[of[inner]]] * (1 - part) + xy[stretches.head[of[inner]]] * part
    new = np.arange(len(between)) + len(xy)
    tail = stretches.tail[of]
    tail[inner] = new
    head = stretches.head[of]
    goes_on = np.zeros(len(of), np.bool_)
    goes_on[:-1] = inner[1:]
    head[goes_on] = tail[np.flatnonzero(goes_on) + 1]
    split = pieces[of]
    points = np.concatenate([xy, between])
    length, share = stretches.length_m[of] / split, stretches.share[of] / split
    return points, _Stretches(tail, head, stretches.way[of], length, share)


def _minutes(stretches: _Stretches, speed_kmh: Floats, of_way: Floats) -> Floats:
    """(stretches,) minutes one way, inf where it is closed."""
    speed, whole = speed_kmh[stretches.way], of_way[stretches.way]
    by_speed = np.full(len(speed), np.inf)
    is_open = speed > 0
    by_speed[is_open] = stretches.length_m[is_open] / (speed[is_open] * METRES_PER_MINUTE)
    timed = is_open & np.isfinite(whole)
    by_speed[timed] = whole[timed] * stretches.share[timed]
    return by_speed
