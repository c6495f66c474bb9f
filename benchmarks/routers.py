"""Our times beside those of a router on the same extract: ``python -m benchmarks.routers FILE.osm.pbf valhalla http://…``.

The router must have been started on the same file. Places are drawn at random on the network of cars.
"""

import argparse
from pathlib import Path

import numpy as np

from geo.roads.joining import join
from geo.roads.matrix import TravelMatrix
from geo.roads.network import Floats
from geo.roads.search import travel_rows
from mapapp.settings import Settings
from mapapp.travel.choosing import chosen_engine
from mapapp.travel.profiles import profile
from mapapp.travel.reading import read_roads

LIMIT = 240.0
SHORTEST_MINUTES = 2.0


def main() -> None:
    """Tell how many times as long the router's ways take, by mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("engine", choices=("valhalla", "osrm"))
    parser.add_argument("address")
    parser.add_argument("--places", type=int, default=60)
    chosen = parser.parse_args()
    modes = [profile(mode) for mode in ("car", "bike", "walk")]
    roads = read_roads(chosen.file, modes, lambda *_: None)
    car = roads.network(modes[0])
    largest = car.is_entry & (car.component_points == car.component_points.max())
    drawn = np.random.default_rng(3).choice(np.flatnonzero(largest), chosen.places, replace=False)
    places = np.array(car.xy[drawn])
    settings = Settings(routing_engine=chosen.engine, routing_url=chosen.address)
    for mode in modes:
        network = roads.network(mode)
        joins = join(network, places, within_m=mode.join_within_m, leg_kmh=mode.leg_kmh)
        ours = _table(travel_rows(network, joins, joins, LIMIT, mode.leg_kmh))
        theirs = _table(chosen_engine(settings, mode.code).times(places, places, LIMIT))
        _tell(mode.code, ours, theirs)


def _table(matrix: TravelMatrix) -> Floats:
    table = np.full((matrix.cells, matrix.sites), np.inf)
    table[matrix.cell, np.repeat(np.arange(matrix.sites), np.diff(matrix.starts))] = matrix.minutes
    return table


def _tell(mode: str, ours: Floats, theirs: Floats) -> None:
    both = np.isfinite(ours) & np.isfinite(theirs)
    only = int((np.isfinite(ours) & ~both).sum()), int((np.isfinite(theirs) & ~both).sum())
    far = both & (ours > SHORTEST_MINUTES) & (theirs > SHORTEST_MINUTES)
    ratio = theirs[far] / ours[far]
    print(f"{mode}: {far.sum():,} pairs of {both.sum():,}; a way only for us {only[0]}, only for them {only[1]}")
    print("  theirs to ours at 5, 25, 50, 75, 95 %:", np.quantile(ratio, [0.05, 0.25, 0.5, 0.75, 0.95]).round(3))


if __name__ == "__main__":
    main()
