"""Travel by road at the size of a region, on a network made at random: ``python -m benchmarks.roads``.

A lattice of streets 200 m apart over 200 km by 200 km, a tenth of it missing, every tenth street fast, some one way.
The lattice is written as an extract and read again, so that all steps of ``mapapp travel build`` are timed, in seconds
of processor time: other work on the machine does not count.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from geo.crs import to_wgs84
from geo.roads.joining import join
from geo.roads.network import RoadNetwork
from geo.roads.search import nearest_minutes, travel_rows
from mapapp.travel.profiles import profile
from mapapp.travel.reading import read_roads

CORNER = np.array([250_000.0, 280_000.0])
APART_M = 200.0
FAST, SLOW = ("primary", "secondary"), ("tertiary", "unclassified", "residential", "track")
VERTICES_OF_A_WAY = 10


def write_extract(path: Path, side: int) -> int:
    """A lattice of side × side nodes; the number of its ways."""
    random = np.random.default_rng(7)
    places = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * APART_M
    lonlat = to_wgs84(places + random.normal(0, 30, places.shape) + CORNER)
    ways = 0
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (lon, lat) in enumerate(lonlat.tolist(), start=1):
            writer.add_node(Node(id=number, version=1, location=(lon, lat)))
        for line in range(side):
            names = FAST if line % 10 == 0 else SLOW
            for nodes in (line * side + np.arange(side) + 1, np.arange(side) * side + line + 1):
                for first in range(0, side - 1, VERTICES_OF_A_WAY):
                    if random.random() < 0.1:
                        continue
                    tags = {"highway": str(random.choice(names))} | (
                        {"oneway": "yes"} if random.random() < 0.08 else {}
                    )
                    part = nodes[first : first + VERTICES_OF_A_WAY + 1]
                    if len(part) > 1:
                        ways += 1
                        writer.add_way(Way(id=ways, version=1, nodes=part.tolist(), tags=tags))
    return ways


def main() -> None:
    """Time every step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1000, help="nodes of the lattice's side")
    parser.add_argument("--cells", type=int, default=1700)
    parser.add_argument("--sites", type=int, default=64)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lattice.osm.pbf"
        ways = write_extract(path, chosen.side)
        print(f"extract: {chosen.side**2:,} nodes, {ways:,} ways, {path.stat().st_size / 1e6:.0f} MB")
        modes = [profile(mode) for mode in ("car", "bike", "walk")]
        start = time.process_time()
        roads = read_roads(path, modes, lambda *_: None)
        print(f"read for {len(modes)} modes: {time.process_time() - start:.1f} s, {_peak()}")
    for mode in modes:
        start = time.process_time()
        network = roads.network(mode)
        told = f"{network.points:,} points, {network.arcs:,} arcs"
        print(f"{mode.code}: network of {told}: {time.process_time() - start:.1f} s, {_peak()}")
        _search(network, mode.code, chosen.cells, chosen.sites, chosen.side * APART_M)


def _search(network: RoadNetwork, mode: str, cells: int, sites: int, extent_m: float) -> None:
    random = np.random.default_rng(11)
    how = profile(mode)
    start = time.process_time()
    places = random.uniform(0, extent_m, (cells + sites, 2)) + CORNER
    joins = join(network, places, within_m=how.join_within_m, leg_kmh=how.leg_kmh)
    print(f"  joining {len(joins):,} places: {time.process_time() - start:.2f} s")
    to, of = joins.part(slice(0, sites)), joins.part(slice(sites, None))
    for limit in (15.0, 30.0, 60.0, how.limit_minutes):
        start = time.process_time()
        matrix = travel_rows(network, to, of, limit, how.leg_kmh)
        took = time.process_time() - start
        print(f"  up to {limit:g} min: {took / sites * 1000:.0f} ms a site, {matrix.pairs / sites:.0f} cells each")
    start = time.process_time()
    nearest_minutes(network, to, of)
    print(f"  nearest of all, however far: {time.process_time() - start:.2f} s, {_peak()}")


def _peak() -> str:
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"


if __name__ == "__main__":
    main()
