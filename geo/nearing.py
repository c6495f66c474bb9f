"""Compiled search for the nearest site, of many neighbouring points at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from geo.compiling import compiled
from geo.kernels import SLACK, Buckets, Indices, Ints
from geo.nearer import TOGETHER, box_of, keep_nearer, tighten
from geo.weighing import Floats

FARTHEST_TOGETHER = 4.0  # in buckets of sites: points that are searched for together
FIRST_REACH = 4.0  # in buckets of sites: how far is searched at once
Box = tuple[float, float, float, float]


class SortedSites(NamedTuple):
    """Sites in buckets; the index of the site in each slot, as a number like the coordinates; the slot of each site."""

    buckets: Buckets
    names: Floats
    slot: Indices


@compiled
def nearest_in(
    points: Floats,
    order: Ints,
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
    sites, names, slot = sorted_sites
    lanes = np.empty(TOGETHER), np.empty(TOGETHER)
    best, which = np.empty(TOGETHER), np.zeros(TOGETHER)
    away, site = np.empty(TOGETHER), np.empty(TOGETHER, np.int32)
    runs = np.empty(sites.rows + 1, np.int64), np.empty(sites.rows + 1, np.int64)
    guess, at = 0, chunk[0]
    while at < chunk[1]:
        count = together(points, order[at : min(at + TOGETHER, chunk[1])], FARTHEST_TOGETHER * sites.step, lanes)
        box = box_of(lanes)
        begin_anew(best, count)
        n_runs = runs_around(sites, box, bound(sites, box, lanes, best, runs, slot[guess]), runs)
        begin_anew(best, count)
        keep_nearer((best, which), lanes, (sites.x, sites.y, names), runs, n_runs)
        for lane in range(TOGETHER):
            is_near = (0 <= best[lane] <= limit) & (best[lane] < np.inf)
            away[lane] = math.sqrt(best[lane]) if is_near else np.inf
            site[lane] = np.int32(which[lane]) if is_near else np.int32(-1)
        for lane in range(count):
            i = order[at + lane]
            distance[i], nearest[i] = away[lane], site[lane]
        guess = int(which[count - 1])
        at += count


@compiled
def begin_anew(best: Floats, count: int) -> None:
    """Nothing is known of ``count`` points; and nothing will be nearer than −1 to the others."""
    for lane in range(TOGETHER):
        best[lane] = np.inf if lane < count else -1.0


@compiled
def together(points: Floats, order: Ints, most: float, lanes: tuple[Floats, Floats]) -> int:
    """How many points at the beginning of ``order`` are near the first; they, and the last again, go to ``lanes``."""
    x0, y0 = points[order[0], 0], points[order[0], 1]
    count = 0
    for i in order:
        x, y = points[i, 0], points[i, 1]
        if max(abs(x - x0), abs(y - y0)) > most:
            break
        lanes[0][count], lanes[1][count] = x, y
        count += 1
    lanes[0][count:], lanes[1][count:] = lanes[0][count - 1], lanes[1][count - 1]
    return count


@compiled
def bound(
    sites: Buckets,
    box: Box,
    lanes: tuple[Floats, Floats],
    best: Floats,
    runs: tuple[Indices, Indices],
    guess: int,
) -> float:
    """A square within which each of the points has a site; ``best`` is lost.

    From the buckets of the box and the guess; where that is far, from buckets around, by steps: nearer ones are found.
    """
    places = (sites.x, sites.y)
    n_runs = runs_around(sites, box, 0.0, runs)
    runs[0][n_runs], runs[1][n_runs] = guess, guess + 1
    farthest: float = tighten(best, lanes, places, runs, n_runs + 1)
    searched = (FIRST_REACH * sites.step) ** 2
    while searched < farthest:
        farthest = tighten(best, lanes, places, runs, runs_around(sites, box, searched, runs))
        searched *= 4
    return farthest


@compiled
def runs_around(sites: Buckets, box: Box, square: float, runs: tuple[Indices, Indices]) -> int:
    """Begins and ends of the slots that hold all sites whose squared distance from the box is at most ``square``.

    As one run per row of buckets; how many. The bounds of all are known before the first is searched, so that no
    search has to wait for another.
    """
    west, south, east, north = box
    slack, per_step = SLACK * sites.step, 1.0 / sites.step
    half = math.sqrt(square) + slack
    bottom = cell((south - half - sites.south) * per_step, sites.rows)
    top = cell((north + half - sites.south) * per_step, sites.rows)
    for row in range(bottom, top + 1):
        edge = sites.south + row * sites.step
        off = max(0.0, max(edge - north, south - edge - sites.step) - slack)
        half = math.sqrt(max(0.0, square - off * off)) + slack
        first = cell((west - half - sites.west) * per_step, sites.columns)
        last = cell((east + half - sites.west) * per_step, sites.columns)
        line = row * (sites.columns + 1)
        runs[0][row - bottom] = sites.starts[line + first]
        runs[1][row - bottom] = sites.starts[line + last + 1]
    return top + 1 - bottom


@compiled
def cell(at: float, count: int) -> int:
    """The row or column of buckets, the nearest one for what lies outside, the first for what is not a number."""
    inside, last = at if at > 0.0 else 0.0, count - 1.0
    return int(inside if inside < last else last)
