"""Where a list of results may be taken away, in each format."""

from flask import url_for

from mapapp.registers.writers import EXCEL, FORMATS
from mapapp.web.map_data import OF_THE_LIST
from mapapp.web.parameters import PageQuestion, arguments_of
from mapapp.web.search_page import Link

OFFERED = ("xlsx", "ods", "csv.zip", "geojson", "gpkg", "kml", "shp.zip", "fgb", "parquet", "jsonl.zip")


def export_links(question: PageQuestion) -> list[Link]:
    """The formats that the question's results come in; spreadsheets first."""
    arguments = {name: value for name, value in arguments_of(question).items() if name not in OF_THE_LIST}
    links = []
    for ending in OFFERED:
        variant = {"variant": "excel"} if ending in EXCEL else {}
        to = url_for("export.services", ending=ending, **arguments, **variant)  # type: ignore[arg-type] # lists repeat
        links.append(Link((EXCEL if ending in EXCEL else FORMATS)[ending].title, to))
    return links
