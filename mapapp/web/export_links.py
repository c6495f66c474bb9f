"""Where a list of results may be taken away, in each format, and about how large that is."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import url_for

from mapapp.registers.open_data import kept_releases
from mapapp.registers.publisher import release_folder
from mapapp.registers.writers import EXCEL, FORMATS
from mapapp.web.filters import Link
from mapapp.web.i18n import gettext as _
from mapapp.web.map_data import OF_THE_LIST
from mapapp.web.parameters import arguments_of
from mapapp.web.questions import PageQuestion
from mapapp.web.site import current_site
from mapapp.web.sizes import about

OFFERED = ("xlsx", "ods", "csv.zip", "geojson", "gpkg", "kml", "shp.zip", "fgb", "parquet", "jsonl.zip")
ENDING = "--ending--"
SECONDS_KEPT: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Bytes of a row by format, as they are in the newest release."""

    by_row: Mapping[str, float]
    asked_at: float


def export_links(question: PageQuestion, total: int) -> list[Link]:
    """The formats that the question's results come in; spreadsheets first."""
    arguments = {name: value for name, value in arguments_of(question).items() if name not in OF_THE_LIST}
    by_row = _bytes_by_row()
    links = []
    # each begins and ends the same
    pattern = url_for("export.services", ending=ENDING, **arguments)  # type: ignore[arg-type] # lists repeat a name
    variant = f"{'&' if '?' in pattern else '?'}variant=excel"
    for ending in OFFERED:
        to = pattern.replace(ENDING, ending, 1) + (variant if ending in EXCEL else "")
        title = (EXCEL if ending in EXCEL else FORMATS)[ending].title
        links.append(Link(f"{title} · {about(by_row[ending] * total)}" if ending in by_row else title, to))
    links.append(Link(_("Form to correct and bring in again (XLSX)"), pattern.replace(ENDING, "template.xlsx", 1)))
    return links


def _bytes_by_row() -> Mapping[str, float]:
    site = current_site()
    kept = site.kept.get("sizes")
    if not isinstance(kept, _Sizes) or time.monotonic() - kept.asked_at > SECONDS_KEPT:
        newest = next(kept_releases(release_folder(site.settings)), None)
        files = newest.files if newest else ()
        by_row = {
            each.name.partition(".")[2]: each.bytes / each.rows
            for each in files
            if each.rows and each.part == "services"
        }
        site.kept["sizes"] = kept = _Sizes(by_row, time.monotonic())
    return kept.by_row
