"""What turns would add: ``python -m benchmarks.turns FILE.osm.pbf``.

The network of cars is searched as it is, and again arc by arc with the turn penalties of OSRM (a sigmoid of the angle
up to 7.5 s, 20 s to turn back), between places drawn at random. Small extracts only: every pair of arcs is looked at.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.roads.network import RoadNetwork
from mapapp.travel.profiles import profile
from mapapp.travel.reading import read_roads

TURN_S, BIAS, BACK_S = 7.5, 1.075, 20.0
PLACES = 80


def with_turns(network: RoadNetwork) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """Arcs as points: minutes from an arc to the next, the turn included; and the ends of each arc."""
    arcs = network.arrivals.tocoo()
    head, tail, minutes = arcs.row, arcs.col, arcs.data
    leaving: dict[int, list[int]] = {}
    for arc, point in enumerate(tail):
        leaving.setdefault(int(point), []).append(arc)
    course = np.degrees(np.arctan2(*(network.xy[head] - network.xy[tail]).T))
    rows, columns, costs = [], [], []
    for arc, point in enumerate(head):
        following = leaving.get(int(point), [])
        for after in following:
            angle = (course[after] - course[arc] + 180) % 360 - 180
            is_back = head[after] == tail[arc]
            turns = len(following) > 2
            seconds = BACK_S if is_back else (_turn_seconds(angle) if turns else 0.0)
            rows.append(arc)
            columns.append(after)
            costs.append(minutes[after] + seconds / 60)
    return csr_array((costs, (rows, columns)), shape=(len(head), len(head))), tail, head


def _turn_seconds(angle: float) -> float:
    """OSRM's: left turns (negative) cost more than right ones where people drive on the right."""
    if angle >= 0:
        return TURN_S / (1 + np.exp(-((13 / BIAS) * angle / 180 - 6.5 * BIAS)))
    return TURN_S / (1 + np.exp(-((13 * BIAS) * -angle / 180 - 6.5 / BIAS)))


def main() -> None:
    """Tell how much longer ways become."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    car = profile("car")
    network = read_roads(parser.parse_args().file, [car], lambda *_: None).network(car)
    turning, tail, head = with_turns(network)
    largest = network.component == np.bincount(network.component).argmax()
    places = np.random.default_rng(5).choice(np.flatnonzero(largest & network.is_entry), PLACES, replace=False)
    plain = dijkstra(network.arrivals.T.tocsr(), indices=places)[:, places]
    found = np.full((PLACES, PLACES), np.inf)
    arc_minutes = network.arrivals.tocoo().data
    for row, place in enumerate(places):
        starts = np.flatnonzero(tail == place)
        best = (dijkstra(turning, indices=starts) + arc_minutes[starts][:, None]).min(axis=0)
        for column, other in enumerate(places):
            found[row, column] = 0.0 if place == other else best[head == other].min(initial=np.inf)
    pairs = np.isfinite(plain) & np.isfinite(found) & (plain > 1)
    ratio, more = found[pairs] / plain[pairs], (found - plain)[pairs]
    print(f"{network.points:,} points, {pairs.sum():,} pairs, median {np.median(plain[pairs]):.1f} min")
    print("times as long with turns, at 5, 50, 95 %:", np.quantile(ratio, [0.05, 0.5, 0.95]).round(3))
    print("minutes more, at 5, 50, 95 %:", np.quantile(more, [0.05, 0.5, 0.95]).round(2))


if __name__ == "__main__":
    main()
