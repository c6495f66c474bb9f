"""Ours and others, each as two questions with the same answer: nearest site, and E2SFCA scores by a bell of 10 km.

A contestant gives the seconds that it needed and its answer. What each need not do within its time, so that nobody is
wronged: PostGIS its loading and index and sending the result, sedonadb the same, access its table of pairs (it gets
distances for nothing), GeoPandas making its points. Ours sorts its cells within its time unless it says "prepared".
"""

import json
import math
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely

from benchmarks.coverage.country import CUTOFF_M, DECAY, Country
from geo.catchment import Locations, two_step
from geo.engines import Engine
from geo.neighbours import nearest, pairs_within
from geo.sweep import in_buckets, swept, weighing_of
from mapapp.cluster import throwaway_cluster

Answer = tuple[float, np.ndarray]
Contestants = dict[str, Callable[[], Answer]]
FACTOR = 1 / (2 * DECAY.sigma**2)


def timed(work: Callable[[], np.ndarray]) -> Answer:
    started = perf_counter()
    answer = work()
    return perf_counter() - started, answer


def our_nearest(of: Country) -> Contestants:
    def engine(name: Engine) -> Callable[[], Answer]:
        return lambda: timed(lambda: nearest(of.demand, of.supply, engine=name).distance_m)

    return {"ours": engine("compiled"), "ours without numba": engine("scipy")}


def our_catchments(of: Country) -> Contestants:
    prepared = Locations(of.demand, of.supply)
    assert prepared.layout
    weighing = weighing_of(DECAY)
    assert weighing

    def cold(engine: Engine) -> np.ndarray:
        return two_step(of.people, of.capacity, Locations(of.demand, of.supply), DECAY, engine=engine).score

    def scattered() -> np.ndarray:
        return swept(in_buckets(of.demand), of.people, of.supply, of.capacity, weighing)[0]

    return {
        "ours": lambda: timed(lambda: cold("compiled")),
        "ours, prepared": lambda: timed(
            lambda: two_step(of.people, of.capacity, prepared, DECAY, engine="compiled").score
        ),
        "ours, as if points were anywhere": lambda: timed(scattered),
        "ours without numba": lambda: timed(lambda: cold("scipy")),
    }


def geopandas_nearest(of: Country) -> Contestants:
    people, sites = (gpd.GeoDataFrame(geometry=shapely.points(at), crs=2180) for at in (of.demand, of.supply))

    def work() -> np.ndarray:
        found = people.sjoin_nearest(sites, distance_col="metres")
        return found[~found.index.duplicated()]["metres"].to_numpy()  # ties make rows

    return {"geopandas": lambda: timed(work)}


def geopandas_catchments(of: Country) -> Contestants:
    people, sites = (gpd.GeoSeries(shapely.points(at), crs=2180) for at in (of.demand, of.supply))

    def work() -> np.ndarray:
        site, point = people.sindex.query(sites, predicate="dwithin", distance=CUTOFF_M)
        square = ((of.demand[point] - of.supply[site]) ** 2).sum(axis=1)
        weight = np.exp(-square * FACTOR)
        met = np.bincount(site, weight * of.people[point], len(sites))
        ratio = np.divide(of.capacity, met, out=np.zeros(len(met)), where=met > 0)
        return np.bincount(point, weight * ratio[site], len(people))

    return {"geopandas": lambda: timed(work)}


def access_catchments(of: Country) -> Contestants:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import fca  # noqa: PLC0415 - it warns when it is loaded
    costs = pairs_within(of.demand, of.supply, CUTOFF_M, engine="compiled")
    pairs = pd.DataFrame({"origin": costs.demand_of_pairs, "dest": costs.matrix.indices, "cost": costs.matrix.data})
    people = pd.DataFrame({"id": range(len(of.people)), "people": of.people})
    places = pd.DataFrame({"id": range(len(of.capacity)), "places": of.capacity})
    named = {"demand_index": "id", "demand_name": "people", "supply_index": "id", "supply_name": "places"}

    def bell(cost: float) -> float:
        return math.exp(-cost * cost * FACTOR)

    def work() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            score = fca.two_stage_fca(people, places, pairs, max_cost=CUTOFF_M, weight_fn=bell, **named)
        return score.reindex(range(len(people))).fillna(0).to_numpy()

    return {"access, pairs for nothing": lambda: timed(work)}


POSTGIS_NEAREST = """
CREATE TEMP TABLE answer AS SELECT cell.id, near.metres AS value FROM cell
CROSS JOIN LATERAL (SELECT cell.geom <-> site.geom AS metres FROM site ORDER BY cell.geom <-> site.geom LIMIT 1) near
"""
POSTGIS_CATCHMENTS = f"""
CREATE TEMP TABLE answer AS
WITH pair AS MATERIALIZED (
    SELECT cell.id AS i, site.id AS j, people, capacity,
        exp(-((cell.x - site.x) ^ 2 + (cell.y - site.y) ^ 2) * {FACTOR!r}) AS weight
    FROM site JOIN cell ON ST_DWithin(cell.geom, site.geom, {CUTOFF_M!r})
), ratio AS (SELECT j, max(capacity) / sum(weight * people) AS ratio FROM pair GROUP BY j)
SELECT i AS id, sum(weight * ratio) AS value FROM pair JOIN ratio USING (j) GROUP BY i
"""


@contextmanager
def postgis(of: Country) -> Iterator[tuple[Contestants, Contestants]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        with throwaway_cluster(Path(folder) / "cluster") as cluster:
            cluster.ensure_database("bench")
            url = cluster.url("bench").replace("postgresql+psycopg", "postgresql")
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SET work_mem = '512MB'; SET max_parallel_workers_per_gather = 2")
                connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
                _load(connection, "cell", of.demand, "people", of.people)
                _load(connection, "site", of.supply, "capacity", of.capacity)
                ask = partial(_asked, connection, len(of.demand))
                yield (
                    {"PostGIS": lambda: ask(POSTGIS_NEAREST, np.inf)},
                    {"PostGIS": lambda: ask(POSTGIS_CATCHMENTS, 0.0)},
                )


def _load(connection: psycopg.Connection, table: str, points: np.ndarray, name: str, amount: np.ndarray) -> None:
    connection.execute(f"CREATE UNLOGGED TABLE {table} (id int, x float8, y float8, {name} float8)")
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for number, (at, each) in enumerate(zip(points.tolist(), amount.tolist(), strict=True)):
            copy.write_row((number, *at, each))
    connection.execute(f"ALTER TABLE {table} ADD geom geometry(Point, 2180)")
    connection.execute(f"UPDATE {table} SET geom = ST_SetSRID(ST_MakePoint(x, y), 2180)")
    connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    connection.execute(f"VACUUM FULL ANALYZE {table}")


def _asked(connection: psycopg.Connection, count: int, statement: str, without: float) -> Answer:
    seconds, _ = timed(lambda: connection.execute(statement))
    answer = np.full(count, without)
    rows = connection.execute("SELECT id, value FROM answer").fetchall()
    if rows:
        numbers, values = zip(*rows, strict=True)
        answer[np.array(numbers)] = values
    connection.execute("DROP TABLE answer")
    return seconds, answer


@contextmanager
def sedonadb(of: Country, python: str) -> Iterator[tuple[Contestants, Contestants]]:
    """In a process of its own environment, which answers line by line."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("demand", "people", "supply", "capacity"):
            np.save(Path(folder) / f"{name}.npy", getattr(of, name))
        command = [python, str(Path(__file__).with_name("sedona.py")), folder, str(FACTOR), str(CUTOFF_M)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

            def ask(question: str) -> Answer:
                assert process.stdin
                assert process.stdout
                process.stdin.write(question + "\n")
                process.stdin.flush()
                seconds = json.loads(process.stdout.readline())
                return float(seconds), np.load(Path(folder) / "answer.npy")

            yield {"sedonadb": lambda: ask("nearest")}, {"sedonadb": lambda: ask("catchments")}
            assert process.stdin
            process.stdin.close()
