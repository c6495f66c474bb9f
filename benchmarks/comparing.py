"""Servers asked in turns, so that what else the machine does hurts all alike; medians of several rounds."""

import http.client
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.peers import Server, get

ROUNDS = 5
SECONDS = 0.8
CLIENTS = 2
BETWEEN_ROUNDS = 0.2
AT_REST = 2.0
PIECE = 64 * 1024

Servers = Mapping[str, Server]
# server -> paths that it is asked one after the other
Paths = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question, as each server is asked; ``as_many`` is how many times a peer's requests per second are wanted."""

    what: str
    paths: Paths
    as_many: Mapping[str, float] = field(default_factory=dict)
    # the server that the goals are of
    ours: str = "ours"


def compare(asked: Comparison, servers: Servers) -> Iterator[Figure]:
    """Requests per second of each server, and the time that ours takes for one of another's."""
    rates = _rates(asked.paths, servers)
    for server, rate in rates.items():
        yield Figure(f"{asked.what}: {server}", rate, "requests/s")
    for other, rate in rates.items():
        if other != asked.ours:
            goal = 1 / asked.as_many[other] if other in asked.as_many else None
            yield Figure(f"{asked.what}: our time for one of {other}", rate / rates[asked.ours], "times", goal)


def _rates(paths: Paths, servers: Servers) -> dict[str, float]:
    per_second: dict[str, list[float]] = {}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        for _round in range(ROUNDS + 1):
            for name, server in servers.items():
                if name in paths:
                    measured = process.submit(rate, server.port, paths[name]).result()
                    per_second.setdefault(name, []).append(measured)
    # the first round warms
    return {name: statistics.median(measured[1:]) for name, measured in per_second.items()}


def rate(port: int, paths: Sequence[str]) -> float:
    """Requests per second of two clients."""
    started = time.perf_counter()

    def client(number: int) -> int:
        connection, answered = http.client.HTTPConnection("127.0.0.1", port), 0
        for path in cycle([*paths[number::CLIENTS], *paths[:number]]):
            if time.perf_counter() - started > SECONDS:
                break
            get(connection, path)
            answered += 1
        return answered

    with ThreadPoolExecutor(CLIENTS) as clients:
        answered = sum(clients.map(client, range(CLIENTS)))
    return answered / (time.perf_counter() - started)


def compare_downloads(what: str, paths: Mapping[str, str], servers: Servers, as_fast: float) -> Iterator[Figure]:
    """Seconds of a whole download, milliseconds until its first byte, and what the worker's memory grew by at most.

    In turns ours comes after what a peer leaves to be cleared away: its first byte is also timed when all are at rest.
    """
    runs: dict[str, list[tuple[float, float]]] = {}
    before = {name: _memory(servers[name].pid, "VmRSS") for name in paths}
    for _round in range(3):
        for name, path in paths.items():
            runs.setdefault(name, []).append(_download(servers[name].port, path))
            time.sleep(BETWEEN_ROUNDS)
    whole = {name: statistics.median(seconds for seconds, _first in each) for name, each in runs.items()}
    for name, each in runs.items():
        is_ours = name == "ours"
        first = statistics.median(first for _seconds, first in each) * 1000
        grown = _memory(servers[name].pid, "VmHWM") - before[name]
        yield Figure(f"{what}: {name}", whole[name], "s")
        yield Figure(f"{what}, first byte: {name}", first, "ms")
        yield Figure(f"{what}, memory of the worker: {name}", grown, "MB more", 20 if is_ours else None)
        if not is_ours:
            yield Figure(f"{what}: our time for one of {name}", whole["ours"] / whole[name], "times", 1 / as_fast)

    time.sleep(AT_REST)
    firsts = [_download(servers["ours"].port, paths["ours"])[1] for _run in range(ROUNDS)]
    yield Figure(f"{what}, first byte of ours alone", statistics.median(firsts) * 1000, "ms", 50)


def _download(port: int, path: str) -> tuple[float, float]:
    """Seconds until the last byte, and until the first."""
    connection, started = http.client.HTTPConnection("127.0.0.1", port), time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read(1)
    first = time.perf_counter() - started
    while answer.read(PIECE):
        pass
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return time.perf_counter() - started, first


def _memory(pid: int, line: str) -> float:
    """MB of the largest of the process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max(_value(each, line) for each in [str(pid), *children])


def _value(pid: str, line: str) -> float:
    for each in Path(f"/proc/{pid}/status").read_text().splitlines():
        if each.startswith(f"{line}:"):
            return int(each.split()[1]) / 1000
    raise RuntimeError(f"process {pid} has no {line}")
