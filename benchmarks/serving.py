"""Latency and weight of pages: one warm server process, eight clients in a process of their own."""

import gzip
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from urllib.parse import urlencode

from benchmarks.figure import Figure
from mapapp.settings import ROOT, Settings

CLIENTS = 8
REQUESTS = 40  # of each client
PAGES = {
    "search page, words and place": "/?" + urlencode({"q": "opieka nad babcią", "place": "Jelenia Góra"}),
    "search page, filtered": "/?" + urlencode({"q": "dom", "audience": "older", "place": "Wrocław"}),
    "start page": "/",
    "API, 100 services as GeoJSON in a bbox": "/api/services?"
    + urlencode({"format": "geojson", "bbox": "16.7,50.9,17.4,51.3", "limit": 100}),
    "GeoJSON of a map view, all places": "/api/services?" + urlencode({"format": "geojson", "limit": 5000}),
    "boundaries of the gminas": "/api/boundaries/gmina",
}
GOAL_MS = {
    "search page, words and place",
    "search page, filtered",
    "start page",
    "GeoJSON of a map view, all places",
}


def measure_serving(url: str, settings: Settings) -> list[Figure]:
    """p50 and p95 of each page at eight clients, and what a first visit transfers."""
    figures = []
    with _server(url, settings) as port:
        for what, path in PAGES.items():
            _clients(port, path, 5)  # warm
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                times, status = process.submit(_clients, port, path, REQUESTS).result()
            if status != {200}:
                raise RuntimeError(f"{path} answered {sorted(status)}")
            p95 = statistics.quantiles(times, n=20)[-1] * 1000
            figures += [
                Figure(f"{what}, median at {CLIENTS} clients", statistics.median(times) * 1000, "ms"),
                Figure(f"{what}, p95 at {CLIENTS} clients", p95, "ms", 100 if what in GOAL_MS else None),
            ]
        figures.append(Figure("first visit of / without the map's data, compressed", _first_visit(port), "kB", 250))
    return figures


@contextmanager
def _server(url: str, settings: Settings) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "mapapp.wsgi:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(settings.threads)]
    environment = os.environ | {"MAPAPP_DATABASE_URL": url}
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
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
    except OSError:
        return 0.0, 0, b""
    return time.perf_counter() - started, answer.status, body


def _client(port: int, path: str, requests: int) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    return [_get(connection, path)[:2] for _ in range(requests)]


def _clients(port: int, path: str, requests: int) -> tuple[list[float], set[int]]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = [clients.submit(_client, port, path, requests) for _ in range(CLIENTS)]
        results = [result for run in runs for result in run.result()]
    return [seconds for seconds, _ in results], {status for _, status in results}


def _first_visit(port: int) -> float:
    """kB of the page and what its HTML names; the browser test measures what a real browser fetches."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    page = _get(connection, "/")[2]
    linked = re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(page).decode())
    return (len(page) + sum(len(_get(connection, path)[2]) for path in set(linked))) / 1000
