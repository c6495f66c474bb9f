"""Compiled loops that sort points into buckets and cells, and look for the nearest in them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from geo.compiling import compiled
from geo.kernels import SLACK, Buckets, Floats, Indices, Ints, runs_within
from geo.vectors import LANES

Keys = npt.NDArray[np.int64]


@compiled
def bounds(points: Floats) -> tuple[float, float, float, float]:
    """West, south, east, north of at least one point."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        west, east = min(west, x), max(east, x)
        south, north = min(south, y), max(north, y)
    return west, south, east, north


@compiled
def put_on_lattice(points: Floats, west: float, south: float, step: float, stride: int, slot: Indices) -> bool:
    """The cell of each point; whether every point is exactly where its cell is."""
    for i in range(len(points)):
        column, row = round((points[i, 0] - west) / step), round((points[i, 1] - south) / step)
        if west + column * step != points[i, 0] or south + row * step != points[i, 1]:
            return False
        slot[i] = row * stride + column
    return True


@compiled
def keys_of(points: Floats, west: float, south: float, step: float, columns: int, keys: Keys) -> None:
    """The bucket of each point, row by row."""
    for i in range(len(points)):
        row, column = math.floor((points[i, 1] - south) / step), math.floor((points[i, 0] - west) / step)
        keys[i] = row * columns + column


@compiled
def sorted_by(keys: Keys, n_keys: int) -> Keys:
    """Indices by rising key, equal keys in their order."""
    start = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        start[key + 1] += 1
    for k in range(n_keys):
        start[k + 1] += start[k]
    order = np.empty(len(keys), np.int64)
    for i in range(len(keys)):
        order[start[keys[i]]] = i
        start[keys[i]] += 1
    return order


@compiled
def fill_buckets(
    points: Floats, keys: Keys, columns: int, rows: int, starts: Indices, slot: Indices, x: Floats, y: Floats
) -> None:
    """Where each bucket begins, and the slot of each point; ``x`` and ``y`` are of its slots, infinite elsewhere."""
    for key in keys:
        starts[key + key // columns] += 1
    at = 0
    for row in range(rows):
        for column in range(columns):
            place = row * (columns + 1) + column
            count = starts[place]
            starts[place] = at
            at += count
        starts[row * (columns + 1) + columns] = at
        at += LANES
    filled = starts.copy()
    for i in range(len(points)):
        place = keys[i] + keys[i] // columns
        slot[i] = filled[place]
        x[filled[place]], y[filled[place]] = points[i, 0], points[i, 1]
        filled[place] += 1


@compiled
def spread(values: Floats, slot: Indices, out: Floats) -> None:
    """out[slot] += values."""
    for i in range(len(values)):
        out[slot[i]] += values[i]


@compiled
def gather(values: Floats, slot: Indices, out: Floats, low: int, high: int) -> None:
    """out = values[slot] between ``low`` and ``high``."""
    for i in range(low, high):
        out[i] = values[slot[i]]


@compiled
def nearest_in(
    points: Floats, chunk: tuple[int, int], sites: Buckets, site_of: Ints, limit: float, distance: Floats, nearest: Ints
) -> None:
    """Distance and index of the nearest site of each point of the chunk, of equally near ones the first.

    site_of : (slots,) index of the site in each slot. inf and −1 beyond the limit. The nearest of the point before is
    the first guess: from there rings of buckets are searched outwards until the next is farther than what was found.
    """
    which = -1
    for i in range(chunk[0], chunk[1]):
        at = (points[i, 0], points[i, 1])
        found = (np.inf, which)
        if which >= 0:
            dx, dy = at[0] - sites.x[which], at[1] - sites.y[which]
            found = (dx * dx + dy * dy, which)
        column = min(max(math.floor((at[0] - sites.west) / sites.step), 0), sites.columns - 1)
        row = min(max(math.floor((at[1] - sites.south) / sites.step), 0), sites.rows - 1)
        ring = 0
        while ring == 0 or _beyond(sites, at, row, column, ring) <= found[0]:
            for each in range(max(0, row - ring), min(sites.rows - 1, row + ring) + 1):
                is_whole = abs(each - row) == ring
                found = _search_row(sites, site_of, each, (column - ring, column + ring), is_whole, at, found)
            ring += 1
        which = found[1]
        distance[i], nearest[i] = (math.sqrt(found[0]), site_of[which]) if found[0] <= limit else (np.inf, np.int32(-1))


@compiled
def _search_row(
    sites: Buckets,
    site_of: Ints,
    row: int,
    columns: tuple[int, int],
    is_whole: bool,
    at: tuple[float, float],
    found: tuple[float, int],
) -> tuple[float, int]:
    """The nearer of what was found and the sites in these columns: all of them, or the first and the last."""
    edge = sites.south + row * sites.step
    off = max(0.0, max(edge - at[1], at[1] - edge - sites.step) - SLACK * sites.step)
    if off * off > found[0]:
        return found
    line = row * (sites.columns + 1)
    first, last = columns
    if is_whole:
        begin, end = line + max(0, first), line + min(sites.columns - 1, last) + 1
        return _search(sites, site_of, sites.starts[begin], sites.starts[end], at, found)
    if first >= 0:
        found = _search(sites, site_of, sites.starts[line + first], sites.starts[line + first + 1], at, found)
    if last < sites.columns:
        found = _search(sites, site_of, sites.starts[line + last], sites.starts[line + last + 1], at, found)
    return found


@compiled
def _search(
    sites: Buckets, site_of: Ints, begin: int, end: int, at: tuple[float, float], found: tuple[float, int]
) -> tuple[float, int]:
    best, which = found
    for slot in range(begin, end):
        dx, dy = at[0] - sites.x[slot], at[1] - sites.y[slot]
        square = dx * dx + dy * dy
        if square < best or (square == best and site_of[slot] < site_of[which]):
            best, which = square, slot
    return best, which


@compiled
def _beyond(sites: Buckets, at: tuple[float, float], row: int, column: int, ring: int) -> float:
    """Least squared distance to any bucket of this ring or beyond; inf where there is none."""
    x, y = at
    nearest = np.inf
    if column - ring >= 0:
        nearest = min(nearest, x - (sites.west + (column - ring + 1) * sites.step))
    if column + ring < sites.columns:
        nearest = min(nearest, sites.west + (column + ring) * sites.step - x)
    if row - ring >= 0:
        nearest = min(nearest, y - (sites.south + (row - ring + 1) * sites.step))
    if row + ring < sites.rows:
        nearest = min(nearest, sites.south + (row + ring) * sites.step - y)
    nearest = max(0.0, nearest - SLACK * sites.step)
    return nearest * nearest


@compiled
def count_pairs(people: Buckets, sites: Floats, chunk: tuple[int, int], limit: float, counts: Indices) -> None:
    """How many points each site of the chunk reaches."""
    reach = math.sqrt(limit) * (1 + SLACK)
    starts, widths = _room(people, reach)
    for j in range(chunk[0], chunk[1]):
        runs, _ = runs_within(people, sites[j, 0], sites[j, 1], limit, reach, starts, widths)
        for k in range(runs):
            for slot in range(starts[k], starts[k] + widths[k]):
                dx, dy = people.x[slot] - sites[j, 0], people.y[slot] - sites[j, 1]
                counts[j] += dx * dx + dy * dy <= limit


@compiled
def fill_pairs(
    people: Buckets,
    point_of: Ints,
    sites: Floats,
    chunk: tuple[int, int],
    limit: float,
    at: Indices,
    points: Ints,
    distances: Floats,
) -> None:
    """The points that each site of the chunk reaches, from ``at[j]`` on, and how far they are."""
    reach = math.sqrt(limit) * (1 + SLACK)
    starts, widths = _room(people, reach)
    for j in range(chunk[0], chunk[1]):
        runs, _ = runs_within(people, sites[j, 0], sites[j, 1], limit, reach, starts, widths)
        next_pair = at[j]
        for k in range(runs):
            for slot in range(starts[k], starts[k] + widths[k]):
                dx, dy = people.x[slot] - sites[j, 0], people.y[slot] - sites[j, 1]
                square = dx * dx + dy * dy
                if square <= limit:
                    points[next_pair], distances[next_pair] = point_of[slot], math.sqrt(square)
                    next_pair += 1


@compiled
def _room(people: Buckets, reach: float) -> tuple[Indices, Indices]:
    most_rows = int(2 * reach / people.step) + 4
    return np.empty(most_rows, np.int64), np.empty(most_rows, np.int64)
