"""Run every measurement on a throw-away cluster with the embedded region; print a table and write JSON.

Absolute times depend on the machine and on what else it does: compare figures of one run only.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.features import measure_features
from benchmarks.loading import measure_loading
from benchmarks.serving import measure_serving
from mapapp.cluster import throwaway_cluster
from mapapp.settings import current_settings


def main() -> None:
    """Measure loading, then serving, then 100,000 services beside other servers, on the same database."""
    settings = current_settings()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        with throwaway_cluster(Path(folder) / "cluster") as cluster:
            cluster.ensure_database("bench")
            url = cluster.url("bench")
            figures = [*measure_loading(url, settings), *measure_serving(url, settings)]
            figures += measure_features(url, settings)
    width = max(len(figure.what) for figure in figures)
    for figure in figures:
        verdict = "" if figure.goal is None else f"   goal ≤ {figure.goal:g}  {'met' if figure.is_met else 'MISSED'}"
        faster = f" ({1 / figure.value:.1f}× as fast)" if figure.unit == "times" else ""
        print(f"{figure.what:<{width}}  {figure.value:10.2f} {figure.unit}{faster}{verdict}")
    missed = [figure.what for figure in figures if not figure.is_met]
    print(f"\n{len(missed)} goals missed" + "".join(f"\nMISSED  {what}" for what in missed))
    target = settings.var_folder / "benchmarks.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([figure.as_dict() for figure in figures], indent=2))
    sys.exit(any(not figure.is_met for figure in figures))


main()
