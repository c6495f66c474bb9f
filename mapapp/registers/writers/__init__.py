"""Writers: an Export becomes the bytes of a file. ``FORMATS`` names every format once.

The same Export gives the same bytes. What can be streamed is; other formats are written into a temporary file first.
A module is loaded when its format is first asked for: some bring libraries of tens of megabytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from mapapp.directory.export_rows import Shape
from mapapp.registers.writers.content import Export, Pieces

__all__ = ["EXCEL", "FORMATS", "Export", "Format"]

Writer = Callable[[Export], Pieces]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format; its code is also the ending of the file's name."""

    code: str
    title: str
    media_type: str
    shape: Shape
    # module and function
    writer: str
    # in the order of the pages rather than by id
    for_people: bool = False
    # whether boundaries can be drawn in it
    is_spatial: bool = False
    # whether its rows come before the last of them is read
    is_streamed: bool = False
    # whether what is said about the rows stands beside them: the file itself has only rows
    is_bare: bool = False
    # tells the file's name from that of the same format written otherwise
    mark: str = ""

    def write(self, export: Export) -> Pieces:
        """The bytes of the file, piece by piece."""
        module, function = self.writer.split(":")
        return cast("Writer", getattr(import_module(f"{__name__}.{module}"), function))(export)


def _formats(*formats: Format) -> Mapping[str, Format]:
    return {each.code: each for each in formats}


ZIP = "application/zip"
FORMATS = _formats(
    Format(
        "geojson", "GeoJSON", "application/geo+json", "feature", "json_text:geojson", is_spatial=True, is_streamed=True
    ),
    Format(
        "jsonl", "JSON Lines", "application/jsonl", "object", "json_text:json_lines", is_streamed=True, is_bare=True
    ),
    Format("jsonl.zip", "JSON Lines + README (ZIP)", ZIP, "object", "json_text:json_lines_with_readme"),
    Format("about.json", "JSON (about)", "application/json", "values", "json_text:about", is_streamed=True),
    Format("csv", "CSV", "text/csv", "values", "delimited:csv_plain", is_streamed=True, is_bare=True),
    Format("csv.zip", "CSV + README (ZIP)", ZIP, "values", "delimited:csv_with_readme"),
    Format(
        "kml", "KML", "application/vnd.google-earth.kml+xml", "kml", "kml:kml", True, is_spatial=True, is_streamed=True
    ),
    Format(
        "xlsx",
        "Excel (XLSX)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "values",
        "xlsx:xlsx",
        True,
    ),
    Format("ods", "OpenDocument (ODS)", "application/vnd.oasis.opendocument.spreadsheet", "values", "ods:ods", True),
    Format("gpkg", "GeoPackage", "application/geopackage+sqlite3", "wkb", "geodata:geopackage", is_spatial=True),
    Format("fgb", "FlatGeobuf", "application/vnd.flatgeobuf", "wkb", "geodata:flatgeobuf", is_spatial=True),
    Format("shp.zip", "Shapefile (ZIP)", ZIP, "wkb", "geodata:shapefile", is_spatial=True),
    Format("parquet", "GeoParquet", "application/vnd.apache.parquet", "wkb", "parquet:geoparquet", is_spatial=True),
)
# the other way to write a CSV: for a Polish spreadsheet that opens it with a click
EXCEL = {
    "csv": replace(FORMATS["csv"], title="CSV (Excel)", writer="delimited:csv_excel", for_people=True, mark="-excel"),
    "csv.zip": replace(
        FORMATS["csv.zip"],
        title="CSV (Excel) + README (ZIP)",
        writer="delimited:csv_excel_with_readme",
        for_people=True,
        mark="-excel",
    ),
}
