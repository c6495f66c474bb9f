"""Compiled search for the nearest site, of eight neighbouring points at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from geo.compiling import compiled
from geo.kernels import SLACK, Buckets, Indices, Ints
from geo.vectors import LANES, keep_nearer
from geo.weighing import Floats

FARTHEST_TOGETHER = 3.0  # in buckets of sites: points that are searched for together
Box = tuple[float, float, float, float]


class SortedSites(NamedTuple):
    """Sites and their buckets; the index of the site in each slot, as a number like the coordinates."""

    supply: Floats
    buckets: Buckets
    names: Floats


@compiled
def mean_half_perimeter(points: Floats) -> float:
    """Of the boxes around each eight points in their order."""
    total, boxes = 0.0, 0
    for begin in range(0, len(points) - LANES, LANES):
        west, south, east, north = points[begin, 0], points[begin, 1], points[begin, 0], points[begin, 1]
        for i in range(begin + 1, begin + LANES):
            west, east = min(west, points[i, 0]), max(east, points[i, 0])
            south, north = min(south, points[i, 1]), max(north, points[i, 1])
        total += east - west + north - south
        boxes += 1
    return total / max(1, boxes)


@compiled
def nearest_in(
    points: Floats,
    order: Indices,
    chunk: tuple[int, int],
    sorted_sites: SortedSites,
    limit: float,
    distance: Floats,
    nearest: Ints,
) -> None:
    """Distance and index of the nearest site of each point of the chunk of ``order``; inf and −1 beyond the limit.

    At least one site; of equally near ones the first. Neighbours in ``order`` should be neighbours on the ground: what
    is nearest to one is the first guess for the next.
    """
    supply, sites, names = sorted_sites
    x, y = np.empty(LANES), np.empty(LANES)
    best, which = np.empty(LANES), np.empty(LANES)
    most = FARTHEST_TOGETHER * sites.step
    guess = 0
    begin = chunk[0]
    while begin < chunk[1]:
        count, box = together(points, order, begin, chunk[1], most, x, y)
        for lane in range(LANES):
            dx, dy = x[lane] - supply[guess, 0], y[lane] - supply[guess, 1]
            best[lane], which[lane] = dx * dx + dy * dy, guess
        farthest = search_close(sites, names, box, x, y, best, which)
        search_all(sites, names, box, farthest, (x, y), best, which)
        for lane in range(count):
            i = order[begin + lane]
            is_near = best[lane] <= limit
            distance[i] = math.sqrt(best[lane]) if is_near else np.inf
            nearest[i] = np.int32(which[lane]) if is_near else -1
        guess = int(which[count - 1])
        begin += count


@compiled
def together(
    points: Floats, order: Indices, begin: int, end: int, most: float, x: Floats, y: Floats
) -> tuple[int, Box]:
    """Up to eight points that are not far from the first, and their box; the last again where they are fewer."""
    x0, y0 = points[order[begin], 0], points[order[begin], 1]
    west, south, east, north = x0, y0, x0, y0
    count = 0
    while count < LANES and begin + count < end:
        i = order[begin + count]
        if abs(points[i, 0] - x0) > most or abs(points[i, 1] - y0) > most:
            break
        x[count], y[count] = points[i, 0], points[i, 1]
        west, east = min(west, x[count]), max(east, x[count])
        south, north = min(south, y[count]), max(north, y[count])
        count += 1
    for lane in range(count, LANES):
        x[lane], y[lane] = x[count - 1], y[count - 1]
    return count, (west, south, east, north)


@compiled
def row_at(sites: Buckets, y: float) -> int:
    """The row of buckets, the nearest one for what lies outside."""
    return min(max(math.floor((y - sites.south) / sites.step), 0), sites.rows - 1)


@compiled
def column_at(sites: Buckets, x: float) -> int:
    """The column of buckets, the nearest one for what lies outside."""
    return min(max(math.floor((x - sites.west) / sites.step), 0), sites.columns - 1)


@compiled
def search_close(sites: Buckets, names: Floats, box: Box, x: Floats, y: Floats, best: Floats, which: Floats) -> float:
    """The buckets of the box: what is found here makes the search of the others short. The largest square left."""
    first, last, farthest = column_at(sites, box[0]), column_at(sites, box[2]), np.inf
    for row in range(row_at(sites, box[1]), row_at(sites, box[3]) + 1):
        line = row * (sites.columns + 1)
        run = (sites.starts[line + first], sites.starts[line + last + 1])
        farthest = keep_nearer(best, which, x, y, sites.x, sites.y, names, run)
    return farthest


@compiled
def search_all(
    sites: Buckets,
    names: Floats,
    box: Box,
    farthest: float,
    lanes: tuple[Floats, Floats],
    best: Floats,
    which: Floats,
) -> None:
    """All buckets that may have something as near as the farthest, rows from the middle outwards until none can."""
    slack = SLACK * sites.step
    middle = row_at(sites, 0.5 * (box[1] + box[3]))
    for away in range(sites.rows):
        is_over = True
        for row in (middle - away, middle + away) if away else (middle, -1):
            edge = sites.south + row * sites.step
            off = max(0.0, edge - box[3] - slack, box[1] - edge - sites.step - slack)
            if row < 0 or row >= sites.rows or off * off > farthest:
                continue
            is_over = False
            half = math.sqrt(farthest - off * off) + slack
            line = row * (sites.columns + 1)
            first, last = column_at(sites, box[0] - half), column_at(sites, box[2] + half)
            run = (sites.starts[line + first], sites.starts[line + last + 1])
            farthest = keep_nearer(best, which, lanes[0], lanes[1], sites.x, sites.y, names, run)
        if is_over:
            return
