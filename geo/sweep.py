"""The fused way to catchments of straight lines: no table of pairs, sites one by one over sorted people.

Worth its compiler from a million pairs on; below, or where numba is not installed, ``geo.neighbours`` and a sparse
matrix give the same within 1e-9. What it gives is the same to the bit each time, however many threads there are: sites
go in bands of at least twice the reach, every other band at once, so that no two threads add to the same people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array

from geo import arranging, kernels, nearing
from geo.decay import Binary, Decay, Exponential, Gaussian, Linear, Stepped
from geo.eligibility import EVERYBODY, Eligibility
from geo.kernels import Buckets, Lattice, Sites
from geo.lanes import LANES
from geo.limits import largest_square
from geo.nearer import TOGETHER
from geo.threads import Chunk, even_chunks, in_threads
from geo.vectors import FEWEST_HALVINGS, MOST_OF_HALVED
from geo.weighing import BELL, EVEN, FADING, STEPS, Weighing

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]

MOST_HALVINGS = 10  # each doubles the relative error, which stays below 1e-12
PADDING = 64  # columns beside a lattice, so that windows of usual widths fit
SAMPLE = 2000
PER_BUCKET = 2.0
TILES_PER_REACH = 2
NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Points in the order in which the kernels want them: on a lattice, or in buckets.

    slot : (n,) where each point is        slots : how many there are
    """

    grid: Lattice | Buckets
    slot: Indices
    slots: int

    def spread(self, values: Floats) -> tuple[Floats, Floats]:
        """(slots,) sums of the values of the points in each slot; and as many zeros to add to."""
        # one block, touched once by one thread: threads that meet new pages together wait for each other
        block = np.empty((2, self.slots))
        block.fill(0.0)
        arranging.spread(values, self.slot, block[0])
        return block[0], block[1]

    def gathered(self, values: Floats) -> Floats:
        """(n,) the value of each point's slot."""
        out = np.empty(len(self.slot))
        in_threads(lambda chunk: arranging.gather(values, self.slot, out, *chunk), even_chunks(len(out), 1 << 16))
        return out


def layout_of(points: Floats) -> Layout:
    """On a lattice where all points lie on one and fill a fair part of it, else in buckets. At least one point."""
    return _on_lattice(points) or in_buckets(points)


def in_buckets(points: Floats, per_bucket: float = PER_BUCKET) -> Layout:
    """Points in square buckets, on average so many in each."""
    west, south, east, north = arranging.bounds(points)
    # a line of points has no area: the buckets then are parts of its length
    area, length = (east - west) * (north - south), max(east - west, north - south)
    step = max(math.sqrt(area * per_bucket / len(points)), length * per_bucket / len(points), length * 1e-5, 1e-3)
    columns, rows = (arranging.count_along(begin, end, step) for begin, end in ((west, east), (south, north)))
    keys = np.empty(len(points), np.int32)
    arranging.keys_of(points, west, south, step, columns, keys)
    slots = len(points) + LANES * rows
    starts, slot = np.zeros(rows * (columns + 1), np.int64), np.empty(len(points), np.int64)
    x, y = np.full(slots, np.inf), np.full(slots, np.inf)
    arranging.fill_buckets(points, keys, columns, rows, starts, slot, x, y)
    return Layout(Buckets(west, south, step, columns, rows, starts, x, y), slot, slots)


def _on_lattice(points: Floats) -> Layout | None:
    west, south, east, north = arranging.bounds(points)
    sample = points[:: max(1, len(points) // SAMPLE)]
    gaps = np.concatenate([np.diff(np.unique(column)) for column in sample.T])
    if not gaps.size:
        return None
    step = float(gaps.min())
    columns, rows = (round((end - begin) / step) + 1 for begin, end in ((west, east), (south, north)))
    stride = -(-columns // LANES) * LANES + PADDING
    if columns * rows > 4 * len(points) + 10_000:
        return None
    slot = np.empty(len(points), np.int64)
    if not arranging.put_on_lattice(points, west, south, step, stride, slot):
        return None
    return Layout(Lattice(west, south, step, columns, rows, stride), slot, rows * stride)


def weighing_of(decay: Decay) -> Weighing | None:
    """The decay as the kernels know it; None where they do not."""
    none = np.empty(0)
    limit = largest_square(decay.cutoff)
    match decay:
        case Binary():
            return Weighing(BELL, limit, 0.0, FEWEST_HALVINGS, none, none)
        case Stepped():
            squares = np.array([largest_square(each) for each in decay.breaks])
            return Weighing(STEPS, limit, 0.0, 0, squares, np.array(decay.weights))
        case Linear():
            return Weighing(EVEN, limit, decay.cutoff, 0, none, none)
        case Gaussian():
            kind, factor, most = BELL, 1 / (2 * decay.sigma**2), limit / (2 * decay.sigma**2)
        case Exponential():
            kind, factor, most = FADING, decay.rate, decay.rate * decay.cutoff
        case _:
            return None
    halvings = max(FEWEST_HALVINGS, math.ceil(math.log2(most / MOST_OF_HALVED)))
    return Weighing(kind, limit, factor, halvings, none, none) if halvings <= MOST_HALVINGS else None


def swept(
    layout: Layout,
    people: Floats,
    supply: Floats,
    capacity: Floats,
    weighing: Weighing,
    eligible: Eligibility | None = None,
) -> tuple[Floats, Floats]:
    """(n_demand,) places per person within reach, and (n_supply,) weighted persons within the reach of each site.

    people : (n_demand,) in the order of the layout's points        supply : (n_supply,) metres
    capacity : (n_supply,) nan where unknown        eligible needs a layout in buckets
    """
    reach = math.sqrt(weighing.limit) * (1 + kernels.SLACK)
    order, chunks = _bands(supply, reach, layout.grid.step)
    sites = _sites(supply, capacity, order, eligible)
    spread, score = layout.spread(people)
    met = np.zeros(len(order))
    grid = layout.grid
    if isinstance(grid, Lattice):
        work = partial(_sweep_lattice, grid, weighing, sites, spread, score, met)
    else:
        areas = _areas_by_slot(layout, eligible)
        work = partial(_sweep_buckets, grid, weighing, sites, areas, spread, score, met)
    for turn in (chunks[::2], chunks[1::2]):
        in_threads(work, turn)
    in_catchment = np.empty(len(order))
    in_catchment[order] = met
    return layout.gathered(score), in_catchment


def _sweep_lattice(
    grid: Lattice, weighing: Weighing, sites: Sites, people: Floats, score: Floats, met: Floats, chunk: Chunk
) -> None:
    kernels.sweep_lattice(grid, weighing, sites, chunk, people, score, met)


def _sweep_buckets(
    grid: Buckets,
    weighing: Weighing,
    sites: Sites,
    areas: Ints,
    people: Floats,
    score: Floats,
    met: Floats,
    chunk: Chunk,
) -> None:
    kernels.sweep_buckets(grid, weighing, sites, areas, chunk, people, score, met)


def fits(layout: Layout, weighing: Weighing) -> bool:
    """Whether a window of this reach fits beside the lattice; buckets always do."""
    grid = layout.grid
    if isinstance(grid, Buckets):
        return True
    return bool(kernels.window_of(grid.step, math.sqrt(weighing.limit) * (1 + kernels.SLACK)) <= grid.stride)


def nearest_of(people: Floats, supply: Floats, cutoff_m: float) -> tuple[Floats, Ints]:
    """(n_demand,) metres to the nearest site and its index; inf and −1 beyond the cutoff. At least one of both."""
    layout = in_buckets(supply)
    assert isinstance(layout.grid, Buckets)  # noqa: S101 - for the type checker
    sites = nearing.SortedSites(layout.grid, np.empty(layout.slots), layout.slot)
    sites.names[layout.slot] = np.arange(len(supply))
    distance, site = np.empty(len(people)), np.empty(len(people), np.int32)
    order, limit = _neighbourly(people), largest_square(cutoff_m)
    in_threads(
        lambda chunk: nearing.nearest_in(people, order, chunk, sites, limit, distance, site),
        even_chunks(len(people)),
    )
    return distance, site


def _neighbourly(points: Floats) -> Ints:
    """An order in which points that follow each other are near each other: by square tiles, row by row."""
    west, south, east, north = arranging.bounds(points)
    spacing = math.sqrt((east - west) * (north - south) / len(points))
    step = max(math.sqrt(TOGETHER) * spacing, (east - west) / 4000, (north - south) / 4000, 1e-3)
    columns, rows = arranging.count_along(west, east, step), arranging.count_along(south, north, step)
    keys = np.empty(len(points), np.int32)
    arranging.keys_of(points, west, south, step, columns, keys)
    return arranging.sorted_by(keys, columns * rows)


def pairs_of(people: Floats, supply: Floats, cutoff_m: float) -> csr_array:
    """(n_demand, n_supply) distances in metres of the pairs within the cutoff. At least one of both."""
    layout = in_buckets(people)
    assert isinstance(layout.grid, Buckets)  # noqa: S101 - for the type checker
    grid, limit, chunks = layout.grid, largest_square(cutoff_m), even_chunks(len(supply), 64)
    point_of = np.full(layout.slots, NOWHERE, np.int32)
    point_of[layout.slot] = np.arange(len(people), dtype=np.int32)
    counts = np.zeros(len(supply), np.int64)
    in_threads(lambda chunk: arranging.count_pairs(grid, supply, chunk, limit, counts), chunks)
    at = np.r_[0, np.cumsum(counts)].astype(np.int64)
    points, distances = np.empty(at[-1], np.int32), np.empty(at[-1])
    in_threads(lambda chunk: arranging.fill_pairs(grid, point_of, supply, chunk, limit, at, points, distances), chunks)
    # turning columns into rows sorts them as well
    return csc_array((distances, points, at), shape=(len(people), len(supply))).tocsr()


def _bands(supply: Floats, reach: float, step: float) -> tuple[Ints, list[Chunk]]:
    """Sites sorted by tile, and chunks of them that are at least twice the reach high.

    Every other chunk is so far from the next that no row of people is touched by both.
    """
    tile = max(reach, step) / TILES_PER_REACH
    west, south, east, north = arranging.bounds(supply)
    tile = max(tile, (east - west) / 4000, (north - south) / 4000)
    columns, rows = arranging.count_along(west, east, tile), arranging.count_along(south, north, tile)
    keys = np.empty(len(supply), np.int32)
    arranging.keys_of(supply, west, south, tile, columns, keys)
    order = arranging.sorted_by(keys, columns * rows)
    high = math.ceil((2 * reach + 4 * step) / tile)
    edges = np.searchsorted(keys[order], np.arange(0, rows, high) * columns)
    ends = np.append(edges[1:], len(supply))
    return order, [(int(low), int(end)) for low, end in zip(edges, ends, strict=True)]


def _sites(supply: Floats, capacity: Floats, order: Ints, eligible: Eligibility | None) -> Sites:
    x, y, places = supply[:, 0][order], supply[:, 1][order], capacity[order]
    if eligible is None:
        none = np.empty(0, np.int32)
        return Sites(x, y, places, np.ones(len(x), np.bool_), np.zeros(len(x) + 1, np.int64), none, none)
    entries = eligible.entries()
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    entries = entries[np.argsort(place[entries[:, 0]], kind="stable")]
    counts = np.bincount(place[entries[:, 0]], minlength=len(order))
    serves = np.r_[0, np.cumsum(counts)].astype(np.int64)
    levels, areas = (np.ascontiguousarray(entries[:, column]) for column in (1, 2))
    return Sites(x, y, places, eligible.supply_level[order] == EVERYBODY, serves, levels, areas)


def _areas_by_slot(layout: Layout, eligible: Eligibility | None) -> Ints:
    if eligible is None:
        return np.empty((0, 0), np.int32)
    areas = np.full((eligible.demand_areas.shape[1], layout.slots), NOWHERE, np.int32)
    areas[:, layout.slot] = eligible.demand_areas.T
    return areas
