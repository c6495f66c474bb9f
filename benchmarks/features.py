"""Features, tiles and the export of 100,000 services, beside the bare SQL, tipg and pygeoapi in the same run.

Every server is one process. Each request is another question: nothing is answered from what a process kept, but where
a figure says so.
"""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from cachetools import LRUCache
from flask import Flask, Response, request
from psycopg_pool import ConnectionPool
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from benchmarks.comparing import Comparison, compare, compare_downloads
from benchmarks.figure import Figure
from benchmarks.peers import COPIED, MOST, Server, free_port, peers_python, pygeoapi, running, tipg
from benchmarks.serving import measure_search
from mapapp.cli.server import ALLOCATOR, server_command
from mapapp.database import driver_sql, make_staff_engine
from mapapp.directory.cells import keep_cells
from mapapp.directory.features import SERVICE_COLUMNS, SERVICES
from mapapp.directory.kept_texts import keep_texts
from mapapp.directory.summary import keep_summary
from mapapp.factory import create_app
from mapapp.settings import Settings
from mapapp.territory import feature_pages as pages
from mapapp.web.api.ogc import ogc
from mapapp.web.api.sent_again import SentAgain
from mapapp.web.api.tiles import Tiles, tiles

SERVICES_WANTED = 100_000
WEST, SOUTH, WIDE, HIGH = 16.9, 51.0, 0.15, 0.1
# some 500 services
TILE = "10/559/346"
QUESTIONS = 200
OURS, TIPG, PYGEOAPI = "/api/ogc/collections/services", f"/collections/public.{COPIED}", "/collections/services"
# ST_AsMVT writes what it does not know as text, and looks up how for every value: told at once it takes two thirds
AS_TEXT = {"uuid", "date", "timestamp", "codes"}
ATTRIBUTES = ", ".join(
    f"CAST({name} AS text) AS {name}" if kind in AS_TEXT or name == "visibility" else name
    for name, kind in SERVICE_COLUMNS.items()
)
SAME_ATTRIBUTES = f"""
SELECT ST_AsMVT(shown, 'services', 4096, 'geom')
FROM (
    SELECT {ATTRIBUTES}, ST_AsMVTGeom(point_mercator, ST_TileEnvelope(:z, :x, :y), 4096, 64) AS geom
    FROM listing WHERE point_mercator && ST_TileEnvelope(:z, :x, :y, margin => 64.0 / 4096) LIMIT 10000
) AS shown
"""


def measure_features(url: str, settings: Settings) -> list[Figure]:
    """Requests per second of a page, an item and a tile, and how they compare. The listing is put back at the end."""
    generated = _generate(url)
    try:
        with ExitStack() as running_servers:
            figures = list(measure_servers(running_servers, url, settings))
        return figures + measure_search(url, settings, f"{SERVICES_WANTED:,} services")
    finally:
        _put_back(url, generated)


def measure_servers(running_servers: ExitStack, url: str, settings: Settings) -> Iterator[Figure]:
    """The same on a listing that is there."""
    python = peers_python(settings.var_folder / "peers")
    servers = {
        name: running_servers.enter_context(start)
        for name, start in (
            ("bare", _our_server("benchmarks.features:bare", url, settings)),
            ("ours", _our_server("benchmarks.features:served", url, settings)),
            ("ours, nothing kept", _our_server("benchmarks.features:forgetful", url, settings)),
            ("tipg", tipg(python, url)),
            ("pygeoapi", pygeoapi(python, url)),
        )
    }
    # before anything else has made the workers grow
    exports = {
        "ours": "/api/export/services.geojson",
        "tipg": f"{TIPG}/items?limit={MOST}&f=geojson",
        "pygeoapi": f"{PYGEOAPI}/items?limit={MOST}&f=json",
    }
    yield from compare_downloads("export of all as GeoJSON", exports, servers, 6.0)
    for asked in _questions(url):
        yield from compare(asked, servers)


def _questions(url: str) -> Iterator[Comparison]:
    chosen = random.Random(3)
    corners = [(WEST + chosen.uniform(-0.02, 0.02), SOUTH + chosen.uniform(-0.02, 0.02)) for _each in range(QUESTIONS)]
    boxes = [f"limit=100&bbox={west:.5f},{south:.5f},{west + WIDE:.5f},{south + HIGH:.5f}" for west, south in corners]
    starts = [f"limit=100&offset={chosen.randrange(1000)}" for _each in range(QUESTIONS)]
    for what, asked, as_many in (
        ("100 features in a bbox", boxes, {"bare": 1 / 1.5, "tipg": 6.0, "pygeoapi": 12.0}),
        ("100 features", starts, {}),
    ):
        yield Comparison(
            what,
            {
                "bare": [f"/items?{each}" for each in asked],
                "ours": [f"{OURS}/items?{each}" for each in asked],
                "tipg": [f"{TIPG}/items?{each}&f=geojson" for each in asked],
                "pygeoapi": [f"{PYGEOAPI}/items?{each}&f=json" for each in asked],
            },
            as_many,
        )
    ids = _some_ids(url)
    yield Comparison(
        "one feature",
        {
            "bare": [f"/items/{each}" for each in ids],
            "ours": [f"{OURS}/items/{each}" for each in ids],
            "tipg": [f"{TIPG}/items/{each}?f=geojson" for each in ids],
            "pygeoapi": [f"{PYGEOAPI}/items/{each}?f=json" for each in ids],
        },
        {"tipg": 2.5},
    )
    of_tipg, of_ours = [f"{TIPG}/tiles/WebMercatorQuad/{TILE}"], [f"/tiles/services/{TILE}.mvt"]
    yield Comparison(
        "z10 tile, same attributes", {"bare": [f"/tiles/{TILE}"], "tipg": of_tipg}, {"tipg": 1.3}, ours="bare"
    )
    forgetful = "ours, nothing kept"
    yield Comparison("z10 tile of the map", {forgetful: of_ours, "tipg": of_tipg}, {"tipg": 6.0}, ours=forgetful)
    yield Comparison("z10 tile of the map, kept", {"ours": of_ours, "tipg": of_tipg}, {"tipg": 20.0})


def _some_ids(url: str) -> list[str]:
    engine = make_staff_engine(url)
    with engine.connect() as connection:
        ids = connection.execute(text("SELECT CAST(id AS text) FROM listing ORDER BY md5(CAST(id AS text)) LIMIT 200"))
        chosen = list(ids.scalars())
    engine.dispose()
    return chosen


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
                INSERT INTO listing ({names})
                SELECT {names}
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
        with Session(connection) as session:
            keep_texts(session)
            keep_cells(session, None)
            keep_summary(session)
            session.commit()
        connection.execute(text("VACUUM ANALYZE listing, listing_feature, listing_export"))
    engine.dispose()
    return before


def _put_back(url: str, listings: int) -> None:
    engine = make_staff_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP VIEW {COPIED}"))
        connection.execute(text(f"DELETE FROM listing WHERE id NOT IN (SELECT id FROM {COPIED}_kept)"))
        connection.execute(text(f"DROP TABLE {COPIED}_kept"))
        with Session(connection) as session:
            keep_cells(session, None)
            keep_summary(session)
            session.commit()
        connection.execute(text("VACUUM ANALYZE listing, listing_feature, listing_export"))
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


def forgetful() -> Flask:
    """The product with caches of tiles that hold none."""
    app = served()
    app.extensions["tiles"] = Tiles(LRUCache(0))
    assert isinstance(app.wsgi_app, SentAgain)
    app.wsgi_app.answers = LRUCache(0)
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
            (pages._OF_KEPT, "true"),
            (pages._ONE, "item.id = CAST(:id AS uuid)"),
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
        offset = int(request.args.get("offset", "0"))
        rows = asked(boxed if sides else every, limit=limit + 1, offset=offset, **corners)
        features = ",".join(row[-1] for row in rows[:limit])
        return Response(f'{{"type":"FeatureCollection","features":[{features}]}}', mimetype="application/geo+json")

    @app.get("/items/<item_id>")
    def item(item_id: str) -> Response:
        return Response(asked(one, id=item_id)[0][0], mimetype="application/geo+json")

    tile_sql = driver_sql(SAME_ATTRIBUTES)

    @app.get("/tiles/<int:z>/<int:x>/<int:y>")
    def tile(z: int, x: int, y: int) -> Response:
        return Response(asked(tile_sql, z=z, x=x, y=y)[0][0], mimetype="application/vnd.mapbox-vector-tile")

    return app


@contextmanager
def _our_server(factory: str, url: str, settings: Settings) -> Iterator[Server]:
    port = free_port()
    command = [*server_command(factory, "127.0.0.1", port, workers=1, threads=settings.threads), "--factory"]
    path = "/items?limit=1" if "bare" in factory else "/readyz"
    with running(command, port, path, MAPAPP_DATABASE_URL=url, **ALLOCATOR) as server:
        yield server
