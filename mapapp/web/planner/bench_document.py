"""A scenario's result as JSON for the map's script."""

from typing import Any

from flask import url_for

from mapapp.coverage.data import CoverageData
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.bench_page import BenchPage, Row, bench_result, change_rows
from mapapp.web.planner.bench_questions import BenchAsked
from mapapp.web.planner.bench_tried import tried
from mapapp.web.planner.choropleth import ABOVE, bounds_of
from mapapp.web.planner.questions import arguments


def bench_document(data: CoverageData, asked: BenchAsked) -> dict[str, Any]:
    """What the map's script repaints from after a change: the result, the changes in words, and the new addresses."""
    found = tried(data, asked)
    result = bench_result(found, asked)
    return {
        "address": url_for("planner.scenario", **arguments(asked)),
        "sentences": result.sentences,
        "region": _listed(result.region),
        "rows": [_listed(row) for row in result.rows],
        "more": result.more_rows,
        "colours": result.colours,
        "titles": result.titles,
        "steps": [[step.colour, step.text, step.areas] for step in result.steps],
        "changes": [[row.written, row.text, row.remove_url] for row in change_rows(found, asked)],
    }


def _listed(row: Row) -> dict[str, Any]:
    cells = [[cell.after, cell.before, cell.difference] for cell in row.cells]
    return {"code": row.code, "name": row.name, "kind": row.kind, "url": row.url,
            "gained": row.gained, "lost": row.lost, "cells": cells}  # fmt: skip


def bench_data(page: BenchPage) -> dict[str, Any]:
    """What the map's script begins with."""
    asked = page.asked
    assert page.bench is not None  # noqa: S101 - the map stands only where there is a result
    assert page.result is not None  # noqa: S101
    return {
        "result": url_for("planner.scenario_result", **arguments(asked, zmiana=(), site=None)),
        "boundaries": url_for("boundaries.layer", layer=asked.by),
        "lines": url_for("boundaries.layer", layer=ABOVE.get(asked.by, asked.by)),
        "bounds": bounds_of(page.bench.data),
        "codes": [ref.code for ref in page.bench.areas.refs],
        "colours": page.result.colours,
        "titles": page.result.titles,
        "changes": [[row.written, row.text, row.remove_url] for row in page.changes],
        "sites": [
            [site.key, site.name, site.lon, site.lat, site.places] for site in (*page.sites, *page.sites_not_listed)
        ],
        "types": [[choice.value, choice.text] for choice in page.types],
    }


def bench_map_words() -> dict[str, str]:
    """The words that the script shows; {…} is filled there."""
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "before": _("before: %(figure)s", figure="{figure}"),
        "difference": _("difference: %(figure)s", figure="{figure}"),
        "takeBack": _("Take back"),
        "failed": _("The figures could not be computed anew. Try again, or use the forms on this page."),
        "picked": _("Chosen: {name}. Move it with the arrow keys, end with Enter."),
        "left": _("The site stands here now: {name}"),
        "new": _("new site"),
        "more": _("Further areas that change: %(count)s. All are in the files to download.", count="{count}"),
        "full": _("No more changes fit into one scenario."),
    }
