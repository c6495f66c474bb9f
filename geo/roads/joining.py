"""Where places join the network: at its nearest entry, if that is near enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.checks import at_least_zero, positions
from geo.roads.network import RoadNetwork

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

OFF_THE_NETWORK = -1
METRES_PER_MINUTE = 1000 / 60  # at 1 km/h


@dataclass(frozen=True, slots=True, eq=False)
class Joins:
    """How places join a network.

    xy : (n, 2) metres of the places        point : (n,) index in the network, −1 where none is near enough
    leg_minutes : (n,) between the place and that point, 0 where there is none
    """

    xy: Floats
    point: Ints
    leg_minutes: Floats

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.point)

    @property
    def is_joined(self) -> Flags:
        """(n,) whether each is on the network."""
        return np.asarray(self.point != OFF_THE_NETWORK)

    def part(self, which: npt.NDArray[np.integer] | slice) -> Joins:
        """Some of the places."""
        return Joins(self.xy[which], self.point[which], self.leg_minutes[which])


def join(network: RoadNetwork, places: npt.ArrayLike, *, within_m: float, leg_kmh: float) -> Joins:
    """How ``places`` (n, 2) join the network: in a straight line to the nearest entry, at ``leg_kmh``.

    Raises ShapeMismatch, OutsideExtent, InvalidAmount.
    """
    xy, limit = positions("places", places), at_least_zero("within_m", within_m)
    point = np.full(len(xy), OFF_THE_NETWORK, np.int32)
    leg = np.zeros(len(xy))
    if len(network.entries) and len(xy):
        distance, found = network.entry_tree.query(xy)
        near = distance <= limit
        point[near] = network.entries[found[near]]
        leg[near] = distance[near] / (leg_kmh * METRES_PER_MINUTE)
    return Joins(xy, point, leg)
