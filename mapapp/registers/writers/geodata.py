"""Files that GDAL writes from a stream of Arrow batches: GeoPackage, FlatGeobuf, Shapefile."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyogrio
from pyogrio.raw import write_arrow

from mapapp.registers.dictionary import Column
from mapapp.registers.writers.archive import Member, pieces, read_me, zipped
from mapapp.registers.writers.arrow_batches import GEOMETRY, batches, schema
from mapapp.registers.writers.content import Export, Pieces

# What depends on the moment: GDAL's notes of when (ours are written over them; unlike them they do not make SQLite
# count a change more when a millisecond passed), and a spatial index made by a thread of its own.
pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1970-01-01T00:00:00.000Z", "OGR_GPKG_ALLOW_THREADED_RTREE": "NO"})

CRS = "EPSG:4326"
LONGEST_DBASE_TEXT = 254  # bytes
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
TABLES = """
CREATE TABLE dictionary (
    fid INTEGER PRIMARY KEY, name TEXT NOT NULL, pl TEXT NOT NULL, en TEXT NOT NULL, kind TEXT NOT NULL,
    unit TEXT, vocabulary TEXT
);
CREATE TABLE about (fid INTEGER PRIMARY KEY, heading TEXT NOT NULL, content TEXT NOT NULL);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
    ('dictionary', 'attributes', 'dictionary', 'Słownik kolumn / Data dictionary'),
    ('about', 'attributes', 'about', 'O danych / About the data');
"""


def geopackage(export: Export) -> Pieces:
    """A layer, and the tables ``dictionary`` and ``about``."""
    with TemporaryDirectory(prefix="mapapp-") as folder:
        path = Path(folder, f"{export.layer}.gpkg")
        _write(
            export,
            path,
            "GPKG",
            layer_options={"IDENTIFIER": export.about.title.pl, "DESCRIPTION": export.about.title.en},
        )
        _complete(path, export)
        yield from pieces(path)


def flatgeobuf(export: Export) -> Pieces:
    """A layer whose description is all about it as JSON."""
    with TemporaryDirectory(prefix="mapapp-") as folder:
        path = Path(folder, f"{export.layer}.fgb")
        options = {
            "TITLE": export.about.title.pl,
            "DESCRIPTION": export.described_as_text(),
            # the index of this format knows no feature without geometry
            "SPATIAL_INDEX": "YES" if export.is_located else "NO",
            "TEMPORARY_DIR": folder,
        }
        _write(export, path, "FlatGeobuf", layer_options=options)
        yield from pieces(path)


def shapefile(export: Export) -> Pieces:
    """The parts of a Shapefile in UTF-8, with a description of its short names and of what it cuts off."""
    with TemporaryDirectory(prefix="mapapp-") as folder:
        path = Path(folder, f"{export.layer}.shp")
        changed = export.about.time.date().isoformat()
        options = {"ENCODING": "UTF-8", "RESIZE": "YES", "DBF_DATE_LAST_UPDATE": changed}
        _write(export, path, "ESRI Shapefile", lambda column: column.short, _for_dbase, layer_options=options)
        parts = [path.with_suffix(ending) for ending in PARTS]
        members: list[Member] = [(part.name, part) for part in parts]
        yield from zipped(*members, ("COLUMNS.txt", [_short_names(export).encode()]), *read_me(export))


def _write(
    export: Export,
    path: Path,
    driver: str,
    name: Callable[[Column], str] = lambda column: column.name,
    cell: Callable[[Any], Any] | None = None,
    **options: Any,
) -> None:
    fields = schema(export, name)
    if cell is _for_dbase:
        fields = pa.schema([_as_text(field) if pa.types.is_timestamp(field.type) else field for field in fields])
    stream = pa.RecordBatchReader.from_batches(fields, batches(export, fields, cell))
    write_arrow(
        stream,
        path,
        layer=export.layer,
        driver=driver,
        geometry_name=GEOMETRY,
        geometry_type=export.geometry_type,
        crs=CRS,
        **options,
    )


def _as_text(field: pa.Field) -> pa.Field:
    return pa.field(field.name, pa.string())


def _for_dbase(value: Any) -> Any:
    """dBASE has no time of day, and texts of 254 bytes."""
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, str):
        return value.encode()[:LONGEST_DBASE_TEXT].decode(errors="ignore")
    return value


def _short_names(export: Export) -> str:
    head = [
        f"Nazwy pól mają do 10 znaków, teksty do {LONGEST_DBASE_TEXT} bajtów.",
        f"Names have up to 10 characters, texts up to {LONGEST_DBASE_TEXT} bytes.",
    ]
    lines = [f"{column.short} = {column.name}: {column.pl} / {column.en}" for column in export.columns]
    return "\r\n".join([*head, "", *lines, ""])


def _complete(path: Path, export: Export) -> None:
    """Add the tables without geometry, and let every date be the release's."""
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(TABLES)
        file.executemany(
            "INSERT INTO dictionary (name, pl, en, kind, unit, vocabulary) VALUES (?, ?, ?, ?, ?, ?)",
            [(each.name, each.pl, each.en, each.kind, each.unit, each.vocabulary) for each in export.columns],
        )
        file.executemany("INSERT INTO about (heading, content) VALUES (?, ?)", list(export.lines()))
        file.execute("INSERT INTO about (heading, content) VALUES ('JSON', ?)", [export.described_as_text()])
        file.execute("UPDATE gpkg_contents SET last_change = ?", [export.about.time_text.replace("Z", ".000Z")])
