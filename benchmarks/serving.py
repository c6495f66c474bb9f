"""Latency and weight of pages: a warm server, eight clients in a process of their own.

Of one server process, and of as many as the product starts by itself on this machine.
"""

import gzip
import http.client
import os
import re
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from multiprocessing import get_context
from urllib.parse import urlencode

from benchmarks.figure import Figure
from mapapp.cli.server import ALLOCATOR, APPLICATION, processes, server_command
from mapapp.settings import ROOT, Settings

CLIENTS = 8
# a process that has just started still reads facts and dictionaries
SECONDS_TO_WARM = 10
REQUESTS = 30  # of each client; not more in all than there are different questions
PAGES = {
    "search page, words and place": "/?" + urlencode({"q": "opieka nad babcią", "place": "Jelenia Góra"}),
    "search page, filtered": "/?" + urlencode({"q": "dom", "audience": "older", "place": "Wrocław"}),
    "start page": "/",
    "API, 100 services as GeoJSON in a bbox": "/api/services?"
    + urlencode({"format": "geojson", "bbox": "16.7,50.9,17.4,51.3", "limit": 100}),
    "GeoJSON of a map view, all places": "/api/services?" + urlencode({"format": "geojson", "limit": 5000}),
    "boundaries of the gminas": "/api/boundaries/gmina",
}
# many different questions: nothing is answered from what was kept
DIFFERENT = "search page, each time another question"
WORDS = ("dom", "opieka", "psycholog", "prawnik", "obiad", "schronisko", "klub seniora", "świetlica", "dps", "wtz")
TOWNS = [
    "Wrocław",
    "Legnica",
    "Wałbrzych",
    "Lubin",
    "Głogów",
    "Świdnica",
    "Bolesławiec",
    "Oleśnica",
    "Oława",
    "Kłodzko",
    "Zgorzelec",
    "Bielawa",
    "Dzierżoniów",
    "Świebodzice",
    "Polkowice",
    "Jawor",
    "Lubań",
    "Złotoryja",
    "Strzelin",
    "Milicz",
    "Trzebnica",
    "Wołów",
    "Chojnów",
    "Kowary",
    "Karpacz",
]
# of the pages, those that search
SEARCHES = {DIFFERENT, "search page, filtered"}
GOAL_MS = {
    DIFFERENT,
    "search page, words and place",
    "search page, filtered",
    "start page",
    "GeoJSON of a map view, all places",
}


def measure_serving(url: str, settings: Settings) -> list[Figure]:
    """p50 and p95 of each page at eight clients, and what a first visit transfers."""
    figures = []
    for number, port in _servers(url, settings):
        for what, paths in _questions().items():
            figures += _latency(port, f"{what}, {number}", paths, 100 if what in GOAL_MS else None)
        weight = _first_visit(port)
    figures.append(Figure("first visit of / without the map's data, compressed", weight, "kB", 200))
    return figures


def measure_search(url: str, settings: Settings, where: str) -> list[Figure]:
    """p50 and p95 of searches at eight clients, where there are many listings."""
    questions = {what: paths for what, paths in _questions().items() if what in SEARCHES}
    return [
        figure
        for number, port in _servers(url, settings)
        for what, paths in questions.items()
        for figure in _latency(port, f"{what}, {where}, {number}", paths, 150)
    ]


def _servers(url: str, settings: Settings) -> Iterator[tuple[str, int]]:
    """The number of processes in words, and the port."""
    for workers in sorted({1, processes(settings)}):
        with running_server(url, settings, workers) as port:
            time.sleep(SECONDS_TO_WARM)
            yield "one process" if workers == 1 else f"{workers} processes", port


def _latency(port: int, what: str, paths: list[str], goal_ms: float | None) -> list[Figure]:
    _clients(port, paths[:1], 5)  # warm
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        times, statuses = process.submit(_clients, port, paths, REQUESTS).result()
    failed = sum(status != 200 for status in statuses)
    p95 = statistics.quantiles(times, n=20)[-1] * 1000
    return [
        Figure(f"{what}, median at {CLIENTS} clients", statistics.median(times) * 1000, "ms"),
        Figure(f"{what}, p95 at {CLIENTS} clients", p95, "ms", goal_ms),
        Figure(f"{what}, answers that failed", failed, f"of {len(statuses)}", 0),
    ]


def _questions() -> dict[str, list[str]]:
    different = ["/?" + urlencode({"q": word, "place": town}) for word in WORDS for town in TOWNS]
    return {what: [path] for what, path in PAGES.items()} | {DIFFERENT: different}


@contextmanager
def running_server(url: str, settings: Settings, workers: int = 1) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = server_command(APPLICATION, "127.0.0.1", port, workers, settings.threads)
    environment = os.environ | ALLOCATOR | {"MAPAPP_DATABASE_URL": url}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        while _get(http.client.HTTPConnection("127.0.0.1", port), "/readyz")[1] != 200:
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[float, int, bytes]:
    started = time.perf_counter()
    try:
        # what browsers say without TLS; files are sent in pieces, for which Flask-Compress knows deflate and not gzip
        connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate"})
        answer = connection.getresponse()
        body = answer.read()
    except OSError:
        return 0.0, 0, b""
    return time.perf_counter() - started, answer.status, body


def _client(port: int, paths: list[str]) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    return [_get(connection, path)[:2] for path in paths]


def _clients(port: int, paths: list[str], requests: int) -> tuple[list[float], list[int]]:
    """Each client asks its own part of the paths, over and over where there are few."""
    asked = list(islice(cycle(paths), CLIENTS * requests))
    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = [clients.submit(_client, port, asked[client::CLIENTS]) for client in range(CLIENTS)]
        results = [result for run in runs for result in run.result()]
    return [seconds for seconds, _ in results], [status for _, status in results]


def _first_visit(port: int) -> float:
    """kB of the page and what its HTML names; the browser test measures what a real browser fetches."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    page = _get(connection, "/")[2]
    linked = re.findall(r'(?:src|href)="(/static/[^"#]+)', gzip.decompress(page).decode())
    return (len(page) + sum(len(_get(connection, path)[2]) for path in set(linked))) / 1000
