"""Which sites are near: all within a cutoff, the nearest, the nearest few. Straight lines on the plane.

Points are (n, 2) metres of one plane (EPSG:2180: easting, northing). A site at exactly the cutoff is within it, which
is decided by √(dx² + dy²) ≤ cutoff, or the same said with squares, in every path: all give the same pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.checks import at_least_zero, positions
from geo.costs import Costs
from geo.eligibility import Eligibility
from geo.engines import Engine, compiles_pairs, compiles_points
from geo.errors import InvalidAmount
from geo.limits import largest_square

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]

NONE = -1
SLIGHTLY_MORE = 1 + 1e-9  # so that no pair is lost by rounding before the exact comparison


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest site of each demand point.

    distance_m : (n_demand,) metres, inf where there is none        supply : (n_demand,) index of the site, −1 for none
    """

    distance_m: Floats
    supply: Ints


def pairs_within(
    demand: npt.ArrayLike,
    supply: npt.ArrayLike,
    cutoff_m: float,
    *,
    eligible: Eligibility | None = None,
    engine: Engine = "auto",
) -> Costs:
    """Distances of all pairs within ``cutoff_m`` whose site serves the point.

    demand : (n_demand, 2) metres        supply : (n_supply, 2) metres        cutoff_m : finite, at least 0
    No pairs where there is nothing. Raises ShapeMismatch, OutsideExtent, InvalidAmount.
    """
    people, sites, cutoff = positions("demand", demand), positions("supply", supply), _finite(cutoff_m)
    if eligible is not None:
        eligible.expect(len(people), len(sites))
    if compiles_pairs(engine, people, sites, cutoff):
        from geo.sweep import pairs_of  # noqa: PLC0415 - numba is optional, and slow to load

        costs = Costs(pairs_of(people, sites, cutoff))
        return costs if eligible is None else costs.allowed_by(eligible)
    if len(sites) == 1 and eligible is None:
        square = squared_distances(people, sites)
        near = np.flatnonzero(square <= largest_square(cutoff))
        return Costs.of(near, np.zeros(len(near), np.int64), np.sqrt(square[near]), (len(people), 1))
    found = cKDTree(people).sparse_distance_matrix(
        cKDTree(sites), np.nextafter(cutoff * SLIGHTLY_MORE, np.inf), output_type="ndarray"
    )
    rows, columns = found["i"].astype(np.int64), found["j"].astype(np.int64)
    square = squared_distances(people[rows], sites[columns])
    keep = square <= largest_square(cutoff)
    if eligible is not None:
        keep &= eligible.allows(rows, columns)
    return Costs.of(rows[keep], columns[keep], np.sqrt(square[keep]), (len(people), len(sites)))


def nearest(
    demand: npt.ArrayLike,
    supply: npt.ArrayLike,
    *,
    cutoff_m: float = np.inf,
    eligible: Eligibility | None = None,
    engine: Engine = "auto",
) -> Nearest:
    """The nearest site that serves each point, of equally near ones the first.

    demand : (n_demand, 2) metres        supply : (n_supply, 2) metres
    inf and −1 where no site is within the cutoff. Raises ShapeMismatch, OutsideExtent, InvalidAmount.
    """
    people, sites = positions("demand", demand), positions("supply", supply)
    if eligible is None and compiles_points(engine, people, sites):
        from geo.sweep import nearest_of  # noqa: PLC0415 - numba is optional, and slow to load

        return Nearest(*nearest_of(people, sites, at_least_zero("cutoff_m", cutoff_m)))
    square, site = _nearest_few(people, sites, 1, cutoff_m, eligible)
    return Nearest(np.sqrt(square[:, 0]), site[:, 0])


def mean_of_nearest(
    demand: npt.ArrayLike,
    supply: npt.ArrayLike,
    k: int,
    *,
    cutoff_m: float = np.inf,
    eligible: Eligibility | None = None,
) -> Floats:
    """(n_demand,) mean distance in metres to the ``k`` nearest sites that serve each point, as Eurostat's GISCO uses.

    inf where fewer than ``k`` are within the cutoff. Raises ShapeMismatch, OutsideExtent, InvalidAmount.
    """
    if k < 1:
        raise InvalidAmount(f"k is {k}, expected at least 1")
    square, _ = _nearest_few(positions("demand", demand), positions("supply", supply), k, cutoff_m, eligible)
    return np.asarray(np.sqrt(square).mean(axis=1))


def squared_distances(people: Floats, sites: Floats) -> Floats:
    """(pairs,) square metres between points beside each other."""
    east, north = people[:, 0] - sites[:, 0], people[:, 1] - sites[:, 1]
    return np.asarray(east * east + north * north)


def _nearest_few(
    people: Floats, sites: Floats, k: int, cutoff_m: float, eligible: Eligibility | None
) -> tuple[Floats, Ints]:
    """(n_demand, k) squared distances and sites, rising by distance, then by site; inf and −1 where there are fewer."""
    cutoff = at_least_zero("cutoff_m", cutoff_m)
    if len(sites) == k == 1 and eligible is None:
        square = squared_distances(people, sites).reshape(-1, 1)
        near = np.isfinite(square) & (square <= largest_square(cutoff))
        return np.where(near, square, np.inf), np.where(near, np.int32(0), np.int32(NONE))
    if eligible is None:
        groups = [(np.arange(len(people)), np.arange(len(sites)))]
    else:
        eligible.expect(len(people), len(sites))
        groups = list(eligible.groups())
    candidates = [_candidates(people, sites, of, among, k) for of, among in groups if len(of) and len(among)]
    square = np.full((len(people), k), np.inf)
    site = np.full((len(people), k), NONE, np.int32)
    if candidates:
        pairs = np.unique(np.concatenate(candidates))
        point, supply = np.divmod(pairs, len(sites))
        distance = squared_distances(people[point], sites[supply])
        order = np.lexsort((supply, distance, point))
        point, supply, distance = point[order], supply[order], distance[order]
        starts = np.searchsorted(point, np.arange(len(people)))
        rank = np.arange(len(point)) - starts[point]
        keep = (rank < k) & (distance <= largest_square(cutoff))
        square[point[keep], rank[keep]], site[point[keep], rank[keep]] = distance[keep], supply[keep]
    return square, site


def _candidates(people: Floats, sites: Floats, of: Indices, among: Indices, k: int) -> Indices:
    """(pairs,) point · n_supply + site of all that can be among the ``k`` nearest: none nearer is left out."""
    among = among[_first_at_each_place(sites[among], k)]
    tree = cKDTree(sites[among])
    distance, found = tree.query(people[of], k=range(1, k + 2))
    rows, ranks = np.nonzero(np.isfinite(distance[:, :k]))
    pairs = of[rows] * len(sites) + among[found[rows, ranks]]
    # equally near sites come in any order: the exact comparison needs them all
    tied = np.isfinite(distance[:, k]) & (distance[:, k] <= distance[:, k - 1] * SLIGHTLY_MORE)
    if not tied.any():
        return np.asarray(pairs)
    balls = tree.query_ball_point(people[of[tied]], np.nextafter(distance[tied, k - 1] * SLIGHTLY_MORE, np.inf))
    of_balls = np.repeat(of[tied], [len(ball) for ball in balls])
    return np.concatenate([pairs, of_balls * len(sites) + among[np.concatenate(balls).astype(np.int64)]])


def _first_at_each_place(sites: Floats, k: int) -> npt.NDArray[np.bool_]:
    """Which sites are among the first ``k`` at their place: the others can never be among the nearest."""
    order = np.lexsort((sites[:, 1], sites[:, 0]))
    same = np.r_[False, (np.diff(sites[order], axis=0) == 0).all(axis=1)]
    rank = np.arange(len(sites)) - np.maximum.accumulate(np.where(same, 0, np.arange(len(sites))))
    first = np.zeros(len(sites), np.bool_)
    first[order[rank < k]] = True
    return first


def _finite(cutoff_m: float) -> float:
    if not np.isfinite(at_least_zero("cutoff_m", cutoff_m)):
        raise InvalidAmount(f"cutoff_m is {cutoff_m}, expected a finite number of metres")
    return float(cutoff_m)
