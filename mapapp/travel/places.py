"""Places by their position, to the decimetre: the same place is found again whatever it is called."""

import hashlib

import numpy as np

from geo.roads.network import Floats, Indices

DECIMETRES = 10.0


def place_keys(xy: Floats) -> Indices:
    """(n, 2) whole decimetres."""
    return np.asarray(np.rint(np.asarray(xy, np.float64).reshape(-1, 2) * DECIMETRES), np.int64)


def places_hash(xy: Floats) -> str:
    """A hash of these places in this order."""
    return hashlib.sha256(np.ascontiguousarray(place_keys(xy)).tobytes()).hexdigest()[:16]


def distinct_places(xy: Floats) -> Floats:
    """Each place once, in the order of its position."""
    _, first = np.unique(place_keys(xy), axis=0, return_index=True)
    return np.asarray(xy, np.float64).reshape(-1, 2)[first]


def rows_of(known: Floats, wanted: Floats) -> Indices:
    """(n,) the row of each wanted place among the known ones, −1 where it is none of them."""
    rows = {(east, north): number for number, (east, north) in enumerate(place_keys(known).tolist())}
    return np.array([rows.get((east, north), -1) for east, north in place_keys(wanted).tolist()], dtype=np.int64)
