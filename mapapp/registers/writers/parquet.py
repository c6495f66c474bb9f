"""GeoParquet 1.1, a row group at a time."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from mapapp.registers.writers.archive import pieces
from mapapp.registers.writers.arrow_batches import GEOMETRY, batches, schema
from mapapp.registers.writers.content import Export, Pieces

ROWS_IN_A_GROUP = 20_000


def geoparquet(export: Export) -> Pieces:
    """The file; what is said about the rows is in its metadata, the dictionary in each column's too."""
    with TemporaryDirectory(prefix="mapapp-") as folder:
        path = Path(folder, "data.parquet")
        fields = schema(export)
        described = {"geo": _geo(export), "about": export.described_as_text()}
        with pq.ParquetWriter(path, fields.with_metadata(described), compression="zstd") as file:
            group: list[pa.RecordBatch] = []
            for batch in batches(export, fields):
                group.append(batch)
                if sum(each.num_rows for each in group) >= ROWS_IN_A_GROUP:
                    file.write_table(pa.Table.from_batches(group, fields))
                    group = []
            if group:
                file.write_table(pa.Table.from_batches(group, fields))
        yield from pieces(path)


def _geo(export: Export) -> str:
    """What GeoParquet says of the geometry; no ``crs`` means longitude and latitude (OGC:CRS84)."""
    column = {"encoding": "WKB", "geometry_types": [export.geometry_type]}
    return json.dumps({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})
