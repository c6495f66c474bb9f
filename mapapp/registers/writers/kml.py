"""KML 2.2 (OGC 07-147r2), streamed: typed fields with a title each, the description in the document."""

from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mapapp.registers.dictionary import Column
from mapapp.registers.writers.content import Export, Pieces, Row, clean

TYPES = {"integer": "int", "number": "double", "boolean": "bool"}
SCHEMA = "columns"
# what KML means by these names is something else, and GDAL takes it for that
RENAMED = {"id": "entry_id", "visibility": "visibility_level"}


def kml(export: Export) -> Pieces:
    """A document with a placemark for each row; a row whose place is not shown has no geometry."""
    # with the first placemarks: where they cannot be read, nothing is sent yet
    before = _head(export)
    names = [_name(column) for column in export.columns]
    titled = names.index("name")
    for batch in export.batches:
        yield (before + "".join(_placemark(row, names, titled) for row in batch)).encode()
        before = ""
    yield f"{before}</Folder>\n</Document>\n</kml>\n".encode()


def _head(export: Export) -> str:
    description = "\n".join(f"{heading}: {text}" for heading, text in export.lines())
    fields = "".join(map(_field, export.columns))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
        f"<Document id={quoteattr(export.layer)}>\n<name>{_text(export.about.title.pl)}</name>\n"
        f"<description>{_text(description)}</description>\n"
        f"<Schema id={quoteattr(SCHEMA)} name={quoteattr(export.layer)}>\n{fields}</Schema>\n"
        f'<ExtendedData><Data name="about"><value>{_text(export.described_as_text())}</value></Data></ExtendedData>\n'
        f"<Folder><name>{_text(export.layer)}</name>\n"
    )


def _name(column: Column) -> str:
    return RENAMED.get(column.name, column.name)


def _field(column: Column) -> str:
    title = f"{column.pl} / {column.en}" + (f" [{column.unit}]" if column.unit else "")
    kind = TYPES.get(column.kind, "string")
    return (
        f'<SimpleField type="{kind}" name={quoteattr(_name(column))}>'
        f"<displayName>{_text(title)}</displayName></SimpleField>\n"
    )


def _placemark(row: Row, names: list[str], titled: int) -> str:
    geometry, *values = row
    data = "".join(
        f'<SimpleData name="{name}">{_value(value)}</SimpleData>'
        for name, value in zip(names, values, strict=True)
        if value is not None
    )
    return (
        f"<Placemark><name>{_text(values[titled])}</name>"
        f'<ExtendedData><SchemaData schemaUrl="#{SCHEMA}">{data}</SchemaData></ExtendedData>'
        f"{geometry or ''}</Placemark>\n"
    )


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _text(text: str) -> str:
    return escape(clean(text))
