"""OGC API – Features and tiles on 100,000 services, beside the bare SQL and, where installed, tipg and pygeoapi.

``BENCH_TIPG`` and ``BENCH_PYGEOAPI`` name the Python of an environment with tipg and uvicorn, or pygeoapi, gunicorn and
psycopg2. Every server is one process; requests take turns between the servers, so that what else the machine does
hurts all alike.
"""

import http.client
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import Any

from flask import Flask, Response, request
from psycopg_pool import ConnectionPool
from sqlalchemy import make_url, text

from benchmarks.figure import Figure
from benchmarks.peers import COPIED, free_port, get, pygeoapi, running, tipg
from mapapp.database import make_staff_engine
from mapapp.directory.features import SERVICE_COLUMNS, SERVICES
from mapapp.factory import create_app
from mapapp.settings import Settings
from mapapp.territory import feature_pages as pages
from mapapp.territory.feature_pages import feature_sql
from mapapp.web.api.ogc import ogc
from mapapp.web.api.tiles import tiles

SERVICES_WANTED = 100_000
BOX = "16.9,51.0,17.05,51.1"
TILE = "12/2241/1369"
ROUNDS = 5
REQUESTS = 24
# against the peer, in the same run: how many times as many requests per second
AS_MANY = {"tipg": 6.0, "pygeoapi": 12.0}

Paths = dict[str, str]


def measure_features(url: str, settings: Settings) -> list[Figure]:
    """Requests per second of a page, an item and a tile, and how they compare. The listing is put back at the end."""
    generated = _generate(url)
    try:
        with ExitStack() as servers:
            ports = {"bare": servers.enter_context(_gunicorn("benchmarks.features:bare()", url, settings))}
            ports["ours"] = servers.enter_context(_gunicorn("benchmarks.features:served()", url, settings))
            for peer, start in (("tipg", tipg), ("pygeoapi", pygeoapi)):
                python = os.environ.get(f"BENCH_{peer.upper()}")
                if python:
                    ports[peer] = servers.enter_context(start(python, url))
            return [
                figure for what, paths in _questions(ports["ours"]).items() for figure in _compare(what, paths, ports)
            ]
    finally:
        _put_back(url, generated)


def _questions(port: int) -> dict[str, Paths]:
    ours, theirs, peers = "/api/ogc/collections/services", f"/collections/public.{COPIED}", "/collections/services"
    first = json.loads(get(http.client.HTTPConnection("127.0.0.1", port), f"{ours}/items?limit=1"))["features"][0]["id"]
    page, tile = f"limit=100&bbox={BOX}", f"/tiles/services/{TILE}.mvt"
    return {
        "100 features in a bbox": {
            "bare": f"/items?{page}",
            "ours": f"{ours}/items?{page}",
            "tipg": f"{theirs}/items?{page}&f=geojson",
            "pygeoapi": f"{peers}/items?{page}&f=json",
        },
        "100 features": {
            "bare": "/items?limit=100",
            "ours": f"{ours}/items?limit=100",
            "tipg": f"{theirs}/items?limit=100&f=geojson",
            "pygeoapi": f"{peers}/items?limit=100&f=json",
        },
        "one feature": {
            "bare": f"/items/{first}",
            "ours": f"{ours}/items/{first}",
            "tipg": f"{theirs}/items/{first}?f=geojson",
            "pygeoapi": f"{peers}/items/{first}?f=json",
        },
        "a tile, kept": {"ours": tile, "tipg": f"{theirs}/tiles/WebMercatorQuad/{TILE}"},
    }


def _compare(what: str, paths: Paths, ports: dict[str, int]) -> Iterator[Figure]:
    per_second: dict[str, list[float]] = {}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        for _round in range(ROUNDS + 1):
            for server, port in ports.items():
                if server in paths:
                    measured = process.submit(_rate, port, paths[server]).result()
                    per_second.setdefault(server, []).append(measured)
    rates = {server: statistics.median(measured[1:]) for server, measured in per_second.items()}
    for server, rate in rates.items():
        yield Figure(f"{what}: {server}", rate, "requests/s")
    if "bare" in rates:
        yield Figure(f"{what}: time against the bare SQL", rates["bare"] / rates["ours"], "times", 1.5)
    for peer, times in AS_MANY.items():
        if peer in rates:
            goal = 1 / times if "bbox" in what else None
            yield Figure(f"{what}: time against {peer}", rates[peer] / rates["ours"], "times", goal)


def _rate(port: int, path: str) -> float:
    """Requests per second of two clients."""

    def client(_number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _request in range(REQUESTS // 2):
            get(connection, path)

    started = time.perf_counter()
    with ThreadPoolExecutor(2) as clients:
        list(clients.map(client, range(2)))
    return REQUESTS / (time.perf_counter() - started)


def _generate(url: str) -> int:
    """Copies of the listing, moved by up to 20 km, until there are enough, in the order that publishing writes them."""
    columns = [
        column
        for column in ("id", *SERVICE_COLUMNS, "point", "search", "words")
        if column not in {"id", "service_id", "location_id", "point"}
    ]
    names = ", ".join(("id", "service_id", "location_id", "point", *columns))
    moved = "ST_MakePoint(ST_X(point) + (random() - 0.5) * 0.4, ST_Y(point) + (random() - 0.5) * 0.3)"
    engine = make_staff_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before = int(connection.execute(text("SELECT count(*) FROM listing")).scalar_one())
        connection.execute(text(f"CREATE TABLE {COPIED}_kept AS SELECT id FROM listing"))
        connection.execute(
            text(f"""
                INSERT INTO listing ({names}, geojson)
                SELECT {names}, {feature_sql(SERVICES)}
                FROM (
                    SELECT gen_random_uuid() AS id, gen_random_uuid() AS service_id,
                        CASE WHEN point IS NOT NULL THEN gen_random_uuid() END AS location_id,
                        ST_SetSRID({moved}, 4326) AS point, {", ".join(columns)}
                    FROM listing CROSS JOIN generate_series(1, :copies) LIMIT :wanted
                ) AS item
                ORDER BY item.point, item.id
            """),
            {"copies": SERVICES_WANTED // max(before, 1) + 1, "wanted": max(0, SERVICES_WANTED - before)},
        )
        view = f"SELECT id, {', '.join(SERVICE_COLUMNS)}, point AS geom FROM listing"
        connection.execute(text(f"CREATE VIEW {COPIED} AS {view}"))
        connection.execute(text("VACUUM ANALYZE listing"))
    engine.dispose()
    return before


def _put_back(url: str, listings: int) -> None:
    engine = make_staff_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP VIEW {COPIED}"))
        connection.execute(text(f"DELETE FROM listing WHERE id NOT IN (SELECT id FROM {COPIED}_kept)"))
        connection.execute(text(f"DROP TABLE {COPIED}_kept"))
        connection.execute(text("VACUUM ANALYZE listing"))
        left = connection.execute(text("SELECT count(*) FROM listing")).scalar_one()
    engine.dispose()
    if left != listings:
        raise RuntimeError(f"{left} listings are left, expected {listings}")


def served() -> Flask:
    """The product."""
    app = create_app(Settings(environment="test"))
    for blueprint in (ogc, tiles):
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    return app


def bare() -> Flask:
    """The same bytes by the same SQL through the thinnest view: what no server of this kind can undercut."""
    url = make_url(os.environ["MAPAPP_DATABASE_URL"]).set(drivername="postgresql").render_as_string(hide_password=False)
    pool = ConnectionPool(url, min_size=8, max_size=8, kwargs={"autocommit": True, "options": "-c jit=off"}, open=True)
    box = pages.FeatureQuery(limit=1, boxes=(pages.DEGREES,))
    where = " AND ".join(each.sql for each in pages._conditions(SERVICES, box))
    boxed, every, one = (
        pages._statement(template, SERVICES, where, pages.CRS84)
        for template, where in (
            (pages._COUNTED, where),
            (pages._IN_ORDER, "true"),
            (pages._IN_ORDER, "item.id = CAST(:id AS uuid)"),
        )
    )
    app = Flask("bare")

    def asked(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with pool.connection() as connection:
            return connection.execute(statement, parameters).fetchall()

    @app.get("/items")
    def items() -> Response:
        limit, sides = int(request.args["limit"]), request.args.get("bbox", "")
        names = [f"box0_{side}" for side in ("west", "south", "east", "north")]
        corners = dict(zip(names, map(float, sides.split(",")), strict=True)) if sides else {}
        rows = asked(boxed if sides else every, limit=limit + 1, offset=0, **corners)
        features = ",".join(row[-1] for row in rows[:limit])
        return Response(f'{{"type":"FeatureCollection","features":[{features}]}}', mimetype="application/geo+json")

    @app.get("/items/<item_id>")
    def item(item_id: str) -> Response:
        return Response(asked(one, id=item_id, limit=1, offset=0)[0][0], mimetype="application/geo+json")

    return app


@contextmanager
def _gunicorn(app: str, url: str, settings: Settings) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    command += ["--workers", "1", "--threads", str(settings.threads)]
    path = "/items?limit=1" if "bare" in app else "/readyz"
    with running(command, port, path, MAPAPP_DATABASE_URL=url) as port:
        yield port
