"""Everybody on the same synthetic country in one run, taking turns; answers must be equal to 1e-9.

Absolute times depend on the machine and on what else it does: compare the ratios of one run only.
``BENCH_SEDONADB`` names the Python of an environment with sedonadb; otherwise ``var/peers-coverage`` is tried.
"""

import argparse
import os
import statistics
from contextlib import ExitStack

import numpy as np

from benchmarks.coverage import contestants as by
from benchmarks.coverage.continent import measure_continent
from benchmarks.coverage.country import SCALES, country
from benchmarks.coverage.siting import measure_siting
from geo.warm import compile_all
from mapapp.settings import ROOT

EQUAL = 1e-9
SLOW_S = 3.0
SLOW_ROUNDS = 3
PEERS = ("geopandas", "access", "postgis", "sedonadb")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="B")
    parser.add_argument("--rounds", type=int, default=5, help="of each; those that take over 3 s have at most 3")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--siting", action="store_true", help="most people covered, beside spopt: minutes of its time")
    options = parser.parse_args()
    compile_all()
    if options.siting:
        measure_siting(options.rounds)
        return
    if options.scale == "C":
        measure_continent(options.rounds)
        return
    of = country(options.scale)
    print(f"{options.scale}: {len(of.demand):,} cells, {len(of.supply):,} sites, 10 km")
    near, catchments = by.our_nearest(of), by.our_catchments(of)
    with ExitStack() as running:
        if "geopandas" in options.peers:
            near |= by.geopandas_nearest(of)
            catchments |= by.geopandas_catchments(of)
        if "access" in options.peers:
            catchments |= by.access_catchments(of)
        if "postgis" in options.peers:
            more = running.enter_context(by.postgis(of))
            near, catchments = near | more[0], catchments | more[1]
        python = os.environ.get("BENCH_SEDONADB") or str(ROOT / "var" / "peers-coverage" / "bin" / "python")
        if "sedonadb" in options.peers and os.access(python, os.X_OK):
            more = running.enter_context(by.sedonadb(of, python))
            near, catchments = near | more[0], catchments | more[1]
        compare("nearest site", near, options.rounds)
        compare("E2SFCA, distances included", catchments, options.rounds)


def compare(what: str, contestants: by.Contestants, rounds: int) -> dict[str, float]:
    """Medians of rounds in which all take turns, in seconds; prints them, and how many times as long as ours."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    expected: np.ndarray | None = None
    for _round in range(rounds):
        for name, ask in contestants.items():
            if len(seconds[name]) >= SLOW_ROUNDS and seconds[name][0] > SLOW_S:
                continue
            taken, answer = ask()
            seconds[name].append(taken)
            expected = answer if expected is None else expected
            if not np.allclose(answer, expected, rtol=EQUAL, atol=EQUAL * float(expected.max())):
                worst = float(np.abs(answer - expected).max())
                raise RuntimeError(f"{name} differs from ours by {worst} at most, expected {EQUAL}")
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"\n{what}")
    for name, median in medians.items():
        times = f"{median / medians['ours']:10,.0f} ×" if name != "ours" else ""
        print(f"  {name:<36} {median * 1000:12,.1f} ms  (n = {len(seconds[name])}) {times}")
    return medians


main()
