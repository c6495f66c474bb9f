"""Rows as a stream of Arrow batches: what GDAL and Parquet are given, a thousand rows at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from mapapp.registers.dictionary import Column
from mapapp.registers.writers.content import Export

GEOMETRY = "geometry"
TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "list": pa.string(),
    "object": pa.string(),
    "integer": pa.int32(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
}
WKB = {"ARROW:extension:name": "geoarrow.wkb"}


def schema(export: Export, name: Callable[[Column], str] = lambda column: column.name) -> pa.Schema:
    """The columns after the geometry, each with what it means (GDAL's names for title and comment)."""
    fields = [
        pa.field(
            name(column),
            TYPES[column.kind],
            metadata={"GDAL:OGR:alternative_name": column.pl, "GDAL:OGR:comment": column.en},
        )
        for column in export.columns
    ]
    return pa.schema([pa.field(GEOMETRY, pa.binary(), metadata=WKB), *fields])


def batches(export: Export, of: pa.Schema, cell: Callable[[Any], Any] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows by columns; every value goes through ``cell`` where it is given."""
    for batch in export.batches:
        columns = zip(*batch, strict=True)
        arrays = [
            pa.array(map(cell, values) if cell and field.name != GEOMETRY else values, field.type)
            for field, values in zip(of, columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=of)
