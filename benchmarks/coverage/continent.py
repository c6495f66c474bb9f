"""The continent: time with the index, and memory above the input; a window of it against the plain way."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.coverage.contestants import Answer, timed
from benchmarks.coverage.country import CUTOFF_M, DECAY, Country, country
from geo.catchment import Locations, two_step
from geo.neighbours import nearest

EQUAL = 1e-9
GOAL_S, GOAL_GB = 1.5, 0.6


def measure_continent(rounds: int) -> None:
    of = country("C")
    print(f"C: {len(of.demand):,} cells, {len(of.supply):,} sites, 10 km")
    times: dict[str, list[float]] = {}
    answers: dict[str, np.ndarray] = {}
    for _round in range(rounds):
        for name, (seconds, answer) in {"E2SFCA with the index": _scores(of), "nearest": _near(of)}.items():
            times.setdefault(name, []).append(seconds)
            answers[name] = answer
    for name, each in times.items():
        print(f"  {name:<28} {statistics.median(each):8.3f} s  (n = {len(each)})")
    _check_window(of, answers["E2SFCA with the index"])
    command = [sys.executable, "-c", f"from {__name__} import print_memory; print_memory()"]
    memory = float(subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ)).stdout)
    print(f"  memory above the input       {memory:8.3f} GB")
    seconds = statistics.median(times["E2SFCA with the index"])
    kept = "met" if seconds <= GOAL_S and memory <= GOAL_GB else "MISSED"
    print(f"  goal ≤ {GOAL_S} s and ≤ {GOAL_GB} GB: {kept}")


def _scores(of: Country) -> Answer:
    return timed(lambda: two_step(of.people, of.capacity, Locations(of.demand, of.supply), DECAY).score)


def _near(of: Country) -> Answer:
    return timed(lambda: nearest(of.demand, of.supply).distance_m)


def _check_window(of: Country, score: np.ndarray) -> None:
    """The plain way on 150 km and what is within twice the reach around it."""
    low, high = np.array([700_000.0, 800_000.0]), np.array([850_000.0, 950_000.0])

    def within(points: np.ndarray, margin: float) -> np.ndarray:
        return ((points >= low - margin) & (points <= high + margin)).all(axis=1)

    people, sites = within(of.demand, 2 * CUTOFF_M), within(of.supply, CUTOFF_M)
    where = Locations(of.demand[people], of.supply[sites])
    plain = two_step(of.people[people], of.capacity[sites], where, DECAY, engine="scipy").score
    inside = within(of.demand, 0)
    if not np.allclose(score[inside], plain[inside[people]], rtol=EQUAL, atol=0):
        raise RuntimeError("the window's scores differ from the plain way's")
    print(f"  {inside.sum():,} cells of a window are equal to the plain way's to {EQUAL:g}")


def print_memory() -> None:
    """GB that one computation needs at most above its input, in a process of its own."""
    of = country("C")
    two_step(of.people[:10], of.capacity[:10], Locations(of.demand[:10], of.supply[:10]), DECAY, engine="compiled")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _status("VmRSS")
    two_step(of.people, of.capacity, Locations(of.demand, of.supply), DECAY)
    print((_status("VmHWM") - before) / 1e6)


def _status(name: str) -> int:
    """kB of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
