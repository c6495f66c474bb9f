"""Compiled loops that sort points into buckets and cells, and find the pairs within a distance."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from geo.compiling import compiled
from geo.kernels import SLACK, Buckets, Indices, Ints, runs_within
from geo.lanes import LANES
from geo.weighing import Floats

Keys = npt.NDArray[np.int32]


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
    per_step = 1.0 / step
    for i in range(len(points)):
        column, row = int((points[i, 0] - west) * per_step + 0.5), int((points[i, 1] - south) * per_step + 0.5)
        if west + column * step != points[i, 0] or south + row * step != points[i, 1]:
            return False
        slot[i] = row * stride + column
    return True


@compiled
def count_along(begin: float, end: float, step: float) -> int:
    """How many buckets there are, rounded as ``keys_of`` rounds: no key is beyond them."""
    return int((end - begin) * (1.0 / step)) + 1


@compiled
def keys_of(points: Floats, west: float, south: float, step: float, columns: int, keys: Keys) -> None:
    """The bucket of each point, row by row."""
    per_step = 1.0 / step
    for i in range(len(points)):
        keys[i] = int((points[i, 1] - south) * per_step) * columns + int((points[i, 0] - west) * per_step)


@compiled
def sorted_by(keys: Keys, n_keys: int) -> Keys:
    """Indices by rising key, equal keys in their order."""
    start = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        start[key + 1] += 1
    for k in range(n_keys):
        start[k + 1] += start[k]
    order = np.empty(len(keys), np.int32)
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
