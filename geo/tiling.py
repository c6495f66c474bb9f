"""Large countries in tiles, each with what lies around it: a tile's scores are exactly those of the whole.

A score depends on the sites within the reach of its point, and each of those on the people within its own reach: a tile
needs the sites within one reach of it and the people within two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.catchment import Access, Locations, shared_out, two_step
from geo.checks import amounts
from geo.decay import Decay
from geo.errors import InvalidAmount

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
SLIGHTLY_MORE = 1 + 1e-9
REACHES_PER_TILE = 8  # a tile of eight reaches has about as many people in it as around it


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What is computed for one tile, and which points of the whole it is about.

    demand_of, supply_of   : (n,), (m,) indices in the whole, of the tile and of what lies around it
    own_demand, own_supply : indices in the piece of what lies in the tile itself
    """

    demand: Floats
    capacity: Floats
    locations: Locations
    decay: Decay
    demand_of: Indices
    supply_of: Indices
    own_demand: Indices
    own_supply: Indices


@dataclass(frozen=True, slots=True, eq=False)
class PieceOfAccess:
    """Scores of the points of a tile and persons within the reach of its sites, with their indices in the whole."""

    demand_of: Indices
    score: Floats
    supply_of: Indices
    demand_in_catchment: Floats


def pieces(
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    locations: Locations,
    decay: Decay,
    tile_m: float | None = None,
) -> Iterator[Piece]:
    """One piece per tile that has people or sites; every point and every site is the own one of exactly one.

    Arrays as in ``geo.catchment.two_step``        tile_m : side of a tile, eight times the cutoff where not given
    Raises ShapeMismatch, InvalidAmount.
    """
    side = REACHES_PER_TILE * decay.cutoff if tile_m is None else float(tile_m)
    if not (np.isfinite(side) and side > 0):
        raise InvalidAmount(f"tile_m is {tile_m}, expected a finite number of metres above 0")
    people = amounts("demand", demand, locations.shape[0])
    places = amounts("capacity", capacity, locations.shape[1], or_unknown=True)
    points = np.vstack([locations.demand, locations.supply])
    if not len(points):
        return
    corner = points.min(axis=0)
    of_demand, of_supply = (
        np.floor((at - corner) / side).astype(np.int64) for at in (locations.demand, locations.supply)
    )
    for tile in np.unique(np.vstack([of_demand, of_supply]), axis=0):
        west_south = corner + tile * side
        around = _Around(west_south, west_south + side)
        demand_of = around.within(locations.demand, 2 * decay.cutoff)
        supply_of = around.within(locations.supply, decay.cutoff)
        eligible = None if locations.eligible is None else locations.eligible.part(demand_of, supply_of)
        yield Piece(
            people[demand_of],
            places[supply_of],
            Locations(locations.demand[demand_of], locations.supply[supply_of], eligible),
            decay,
            demand_of,
            supply_of,
            np.flatnonzero((of_demand[demand_of] == tile).all(axis=1)),
            np.flatnonzero((of_supply[supply_of] == tile).all(axis=1)),
        )


def access_of_piece(piece: Piece) -> PieceOfAccess:
    """Two-step catchment of one tile."""
    access = two_step(piece.demand, piece.capacity, piece.locations, piece.decay)
    return PieceOfAccess(
        piece.demand_of[piece.own_demand],
        access.score[piece.own_demand],
        piece.supply_of[piece.own_supply],
        access.demand_in_catchment[piece.own_supply],
    )


def put_together(parts: Iterator[PieceOfAccess], capacity: npt.ArrayLike, n_demand: int) -> Access:
    """The access of the whole from that of all its tiles, in any order."""
    places = amounts("capacity", capacity, or_unknown=True)
    score, in_catchment = np.zeros(n_demand), np.zeros(len(places))
    for part in parts:
        score[part.demand_of] = part.score
        in_catchment[part.supply_of] = part.demand_in_catchment
    return Access(score, in_catchment, *shared_out(places, in_catchment))


@dataclass(frozen=True, slots=True)
class _Around:
    """A tile, for finding what is within a margin of it."""

    south_west: Floats
    north_east: Floats

    def within(self, points: Floats, margin: float) -> Indices:
        reach = margin * SLIGHTLY_MORE
        near = (points >= self.south_west - reach) & (points <= self.north_east + reach)
        return np.flatnonzero(near.all(axis=1))
