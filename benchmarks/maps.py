"""How soon a map of many places can be used, in a real Chromium: ``python -m benchmarks.maps``.

The start page, opened by a browser that keeps nothing, in a window tall enough to show its map, from a server that is
warm but has not been asked this question (new), and that has (known). Usable: the signs are drawn and answer. The
weight is that of everything, boundaries too.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.figure import Figure
from benchmarks.serving import running_server
from mapapp.cluster import throwaway_cluster
from mapapp.database import make_staff_engine
from mapapp.directory.cells import keep_cells
from mapapp.directory.summary import keep_summary
from mapapp.preparation import prepare_database
from mapapp.settings import Settings, current_settings

# places -> seconds and MB that they may take
GOALS = {20_000: (0.8, 0.5), 100_000: (0.5, 0.3)}
RUNS = 7
WINDOW = {"width": 1280, "height": 3_200}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# before anything of the page: note when the map says that it can be used
WATCH = """
new MutationObserver((_changes, watch) => {
    if (!document.querySelector('#map[data-usable]')) return;
    window.__usable = performance.now();
    watch.disconnect();
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['data-usable']});
"""
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = 'listing' AND is_generated = 'NEVER'
    AND column_name NOT IN ('id', 'service_id', 'location_id', 'point')
"""


def fill(url: str, wanted: int) -> None:
    """Copies of the listings that have a place, moved by up to 20 km, until there are so many."""
    engine = make_staff_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before = connection.execute(text("SELECT count(*) FROM listing")).scalar_one()
        columns = connection.execute(text(COLUMNS)).scalar_one()
        connection.execute(
            text(f"""
                INSERT INTO listing (id, service_id, location_id, point, {columns})
                SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), ST_SetSRID(ST_MakePoint(
                    ST_X(point) + (random() - 0.5) * 0.4, ST_Y(point) + (random() - 0.5) * 0.3), 4326), {columns}
                FROM listing CROSS JOIN generate_series(1, :copies) WHERE point IS NOT NULL LIMIT :more
            """),
            {"copies": wanted // max(before, 1) + 2, "more": max(0, wanted - before)},
        )
        with Session(connection) as session:
            keep_cells(session, None)
            keep_summary(session)
            session.commit()
        connection.execute(text("VACUUM ANALYZE listing"))
    engine.dispose()


def warm(server: str) -> None:
    """Let the process meet its database, its templates and its dictionaries, by other questions than the measured."""
    for path in ("/?type=dps&q=dom", "/api/services/map?type=dps", "/api/boundaries/powiat", "/"):
        for _attempt in range(20):
            with suppress(OSError):
                urllib.request.urlopen(server + path, timeout=30).close()
                break
            time.sleep(1)


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds until the map is usable, and MB that came over the wire, in a browser that keeps nothing."""
    context = browser.new_context(viewport=WINDOW, locale="pl-PL", reduced_motion="reduce")
    context.add_init_script(WATCH)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector("#map[data-ready]", timeout=60_000)
    if not page.locator("#map .leaflet-marker-icon").count():
        said = page.locator("[data-map-status]").text_content()
        raise RuntimeError(f"no sign on the map of {address}, which says: {said}; failed: {failed}")
    seconds = page.evaluate("window.__usable") / 1000
    context.close()
    return float(seconds), sum(sizes) / 1e6


def measure_maps(url: str, settings: Settings) -> list[Figure]:
    """For each number of places: the first visit after publishing, the median of the next, and what they weigh."""
    figures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for places, (most_seconds, most_mb) in GOALS.items():
            fill(url, places)
            with running_server(url, settings) as port:
                warm(f"http://127.0.0.1:{port}")
                first, _mb = visit(browser, f"http://127.0.0.1:{port}/")
                runs = [visit(browser, f"http://127.0.0.1:{port}/") for _run in range(RUNS)]
            what = f"map of {places:,} places usable"
            seconds, weight = (statistics.median(each) for each in zip(*runs, strict=True))
            figures += [
                Figure(f"{what}, new question", first, "s"),
                Figure(f"{what}, known question, median of {RUNS}", seconds, "s", most_seconds),
                Figure(f"{what}, everything fetched for it", weight, "MB", most_mb),
            ]
        browser.close()
    return figures


def main() -> None:
    """Measure on a throw-away cluster; print a table and write JSON."""
    settings = current_settings()
    with tempfile.TemporaryDirectory(prefix="bench-maps-") as folder:
        Path(folder).chmod(0o755)
        with throwaway_cluster(Path(folder) / "cluster") as cluster:
            cluster.ensure_database("bench")
            url = cluster.url("bench")
            engine = make_staff_engine(url)
            prepare_database(engine, settings, Console(quiet=True))
            engine.dispose()
            figures = measure_maps(url, settings)
    for figure in figures:
        goal = "" if figure.goal is None else f"   goal ≤ {figure.goal:g}  {'met' if figure.is_met else 'MISSED'}"
        print(f"{figure.what:<70}{figure.value:8.3f} {figure.unit}{goal}")
    target = settings.var_folder / "benchmarks-maps.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([figure.as_dict() for figure in figures], indent=2))
    sys.exit(any(not figure.is_met for figure in figures))


if __name__ == "__main__":
    main()
