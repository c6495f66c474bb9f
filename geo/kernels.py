"""Compiled inner loops of the sweep over sites: weigh who is within reach, sum them, hand the places out.

Every function works on one chunk of sites and lets other threads run meanwhile; what a chunk writes is its own, or kept
apart by ``geo.sweep``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiling import compiled
from geo.lanes import LANES
from geo.vectors import add_scaled, dot, put_row, put_squares
from geo.weighing import BELL, Floats, Weighing, bell_of, weigh

Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]

SLACK = 1e-6  # of a bucket: what rounding may shift its edge by, generously


class Lattice(NamedTuple):
    """Points on a square lattice, kept as a raster: the position of column c is ``west + c · step``, exactly."""

    west: float
    south: float
    step: float
    columns: int
    rows: int
    stride: int


class Buckets(NamedTuple):
    """Points sorted by square buckets, row by row; eight points at infinity end each row.

    starts : (rows · (columns + 1),) where each bucket begins; the last of a row is the row's end
    """

    west: float
    south: float
    step: float
    columns: int
    rows: int
    starts: Indices
    x: Floats
    y: Floats


class Sites(NamedTuple):
    """Sites in the order of the sweep; which areas each serves where it does not serve everybody."""

    x: Floats
    y: Floats
    capacity: Floats
    is_open: npt.NDArray[np.bool_]
    serves: Indices
    levels: Ints
    areas: Ints


@compiled
def sweep_lattice(
    lattice: Lattice,
    weighing: Weighing,
    sites: Sites,
    chunk: tuple[int, int],
    people: Floats,
    score: Floats,
    met: Floats,
) -> None:
    """Sites of the chunk: ``met`` = weighted people within reach; their places per person added to ``score``.

    people, score : (rows · stride,)        met : (n_supply,) in the order of the sweep
    """
    reach = math.sqrt(weighing.limit) * (1 + SLACK)
    width = window_of(lattice.step, reach)
    most_rows = in_vectors(int(2 * reach / lattice.step) + 4)
    across, along = np.empty(width), np.empty(width)
    up, beside = np.empty(most_rows), np.empty(most_rows)
    weight, scratch = np.empty(most_rows * width), np.empty(most_rows * width)
    for j in range(chunk[0], chunk[1]):
        first = math.floor((sites.x[j] - reach - lattice.west) / lattice.step)
        bottom = max(0, math.floor((sites.y[j] - reach - lattice.south) / lattice.step))
        top = min(lattice.rows - 1, math.ceil((sites.y[j] + reach - lattice.south) / lattice.step))
        met[j] = 0.0
        if first >= lattice.columns or first + width <= 0 or top < bottom:
            continue
        first = max(0, min(first, lattice.stride - width))
        count, base = top - bottom + 1, bottom * lattice.stride + first
        put_squares_of_line(lattice.west, lattice.step, first, sites.x[j], across, width)
        put_squares_of_line(lattice.south, lattice.step, bottom, sites.y[j], up, count)
        if weighing.kind == BELL:  # a bell is a product: exp(−dx² − dy²) = exp(−dx²) · exp(−dy²)
            bell_of(across, along, width, weighing)
            bell_of(up, beside, count, weighing)
            for i in range(count):
                row = (beside[i], up[i], weighing.limit)
                met[j] += put_row(weight, i * width, along, across, width, row, people, base + i * lattice.stride)
        else:
            put_sums(across, up, width, count, weight)
            weigh(weight, count * width, weighing, scratch)
            for i in range(count):
                met[j] += dot(weight, i * width, people, base + i * lattice.stride, width)
        if met[j] > 0 and sites.capacity[j] > 0:
            ratio = sites.capacity[j] / met[j]
            for i in range(count):
                add_scaled(score, base + i * lattice.stride, weight, i * width, width, ratio)


@compiled
def put_squares_of_line(begin: float, step: float, first: int, at: float, out: Floats, count: int) -> None:
    """Squared distances along one axis from ``at`` to lattice lines."""
    for i in range(count):
        away = (begin + (first + i) * step) - at
        out[i] = away * away


@compiled
def put_sums(across: Floats, up: Floats, width: int, count: int, out: Floats) -> None:
    """Squared distances of the window's cells, row by row."""
    for i in range(count):
        for k in range(width):
            out[i * width + k] = across[k] + up[i]


@compiled
def window_of(step: float, reach: float) -> int:
    """How many columns the reach of a site can touch, in whole vectors."""
    return in_vectors(int(2 * reach / step) + 2)


@compiled
def in_vectors(count: int) -> int:
    """As many in whole vectors."""
    return (count + LANES - 1) // LANES * LANES


@compiled
def sweep_buckets(
    buckets: Buckets,
    weighing: Weighing,
    sites: Sites,
    point_areas: Ints,
    chunk: tuple[int, int],
    people: Floats,
    score: Floats,
    met: Floats,
) -> None:
    """As ``sweep_lattice`` for points anywhere; ``point_areas`` is (levels, slots)."""
    reach = math.sqrt(weighing.limit) * (1 + SLACK)
    most_rows = int(2 * reach / buckets.step) + 4
    starts, widths = np.empty(most_rows, np.int64), np.empty(most_rows, np.int64)
    weight, scratch = np.empty(1024), np.empty(1024)
    for j in range(chunk[0], chunk[1]):
        runs, total_width = runs_within(buckets, sites.x[j], sites.y[j], weighing.limit, reach, starts, widths)
        if total_width > len(weight):
            weight, scratch = np.empty(2 * total_width), np.empty(2 * total_width)
        at = 0
        for k in range(runs):
            put_squares(weight, at, buckets.x, buckets.y, starts[k], widths[k], sites.x[j], sites.y[j])
            at += widths[k]
        weigh(weight, total_width, weighing, scratch)
        if not sites.is_open[j]:
            leave_out(weight, starts, widths, runs, sites, j, point_areas)
        met[j] = 0.0
        at = 0
        for k in range(runs):
            met[j] += dot(weight, at, people, starts[k], widths[k])
            at += widths[k]
        if met[j] > 0 and sites.capacity[j] > 0:
            ratio, at = sites.capacity[j] / met[j], 0
            for k in range(runs):
                add_scaled(score, starts[k], weight, at, widths[k], ratio)
                at += widths[k]


@compiled
def runs_within(
    buckets: Buckets, x: float, y: float, limit: float, reach: float, starts: Indices, widths: Indices
) -> tuple[int, int]:
    """Slots that hold all points within reach, as one run per bucket row in whole vectors; how many runs, how wide."""
    bottom = max(0, math.floor((y - reach - buckets.south) / buckets.step))
    top = min(buckets.rows - 1, math.floor((y + reach - buckets.south) / buckets.step))
    runs, total = 0, 0
    for row in range(bottom, top + 1):
        edge = buckets.south + row * buckets.step
        off = max(0.0, max(edge - y, y - edge - buckets.step) - SLACK * buckets.step)
        if off > reach:
            continue
        half = math.sqrt(reach * reach - off * off) + SLACK * buckets.step
        first = max(0, math.floor((x - half - buckets.west) / buckets.step))
        last = min(buckets.columns - 1, math.floor((x + half - buckets.west) / buckets.step))
        if last < first:
            continue
        start = buckets.starts[row * (buckets.columns + 1) + first]
        end = buckets.starts[row * (buckets.columns + 1) + last + 1]
        if end > start:
            starts[runs] = start
            widths[runs] = in_vectors(end - start)
            total += widths[runs]
            runs += 1
    return runs, total


@compiled
def leave_out(
    weight: Floats, starts: Indices, widths: Indices, runs: int, sites: Sites, j: int, point_areas: Ints
) -> None:
    """Weight 0 for those whom site ``j`` does not serve."""
    at = 0
    for k in range(runs):
        for i in range(starts[k], starts[k] + widths[k]):
            served = False
            for entry in range(sites.serves[j], sites.serves[j + 1]):
                served = served or point_areas[sites.levels[entry], i] == sites.areas[entry]
            if not served:
                weight[at] = 0.0
            at += 1
