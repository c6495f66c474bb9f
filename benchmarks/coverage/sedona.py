"""sedonadb's side, run by the Python of an environment that has it: a question per line in, seconds per line out."""

import json
import sys
import warnings
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
import sedonadb  # noqa: E402

folder, factor, cutoff = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
demand, supply = np.load(folder / "demand.npy"), np.load(folder / "supply.npy")
session = sedonadb.connect()
cells = {"i": np.arange(len(demand)), "x": demand[:, 0], "y": demand[:, 1], "people": np.load(folder / "people.npy")}
sites = {
    "j": np.arange(len(supply)),
    "sx": supply[:, 0],
    "sy": supply[:, 1],
    "places": np.load(folder / "capacity.npy"),
}
session.create_data_frame(pd.DataFrame(cells)).to_view("cell_rows")
session.create_data_frame(pd.DataFrame(sites)).to_view("site_rows")
session.sql("SELECT *, ST_Point(x, y) AS home FROM cell_rows").to_memtable().to_view("cells")
session.sql("SELECT *, ST_Point(sx, sy) AS site FROM site_rows").to_memtable().to_view("sites")

QUESTIONS = {
    "nearest": "SELECT i, ST_Distance(home, site) AS v FROM cells JOIN sites ON ST_KNN(home, site, 1, false)",
    "catchments": f"""
        WITH pair AS (
            SELECT i, people, j, places, exp(-((x - sx) * (x - sx) + (y - sy) * (y - sy)) * {factor}) AS w
            FROM cells JOIN sites ON ST_DWithin(home, site, {cutoff})
        ), ratio AS (SELECT j, max(places) / sum(w * people) AS r FROM pair GROUP BY j)
        SELECT i, sum(w * r) AS v FROM pair JOIN ratio USING (j) GROUP BY i
    """,
}
for line in sys.stdin:
    question = line.strip()
    started = perf_counter()
    answer = session.sql(QUESTIONS[question]).to_pandas()
    seconds = perf_counter() - started
    values = np.zeros(len(demand))
    values[answer["i"].to_numpy()] = answer["v"].to_numpy()
    np.save(folder / "answer.npy", values)
    print(json.dumps(seconds), flush=True)
