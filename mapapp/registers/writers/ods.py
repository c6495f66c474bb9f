"""OpenDocument spreadsheet (ODF 1.2), written as a stream: no living library does without the whole in memory.

GDAL's writer would take a text that begins with "of:=" for a formula; here every text is a cell of text.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mapapp.registers.writers.archive import zipped
from mapapp.registers.writers.content import Batch, Export, Pieces, clean
from mapapp.registers.writers.xlsx import DICTIONARY, SHEETS, described

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"'
)
MANIFEST_SPACE = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"'
DAY = (
    '<number:year number:style="long"/>-<number:month number:style="long"/>-<number:day number:style="long"/>'.replace(
        ">-<", "><number:text>-</number:text><"
    )
)
CLOCK = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/>'
)
STYLES = (
    "<office:automatic-styles>"
    f'<number:date-style style:name="day">{DAY}</number:date-style>'
    f'<number:date-style style:name="moment">{DAY}{CLOCK}</number:date-style>'
    '<style:style style:name="d" style:family="table-cell" style:data-style-name="day"/>'
    '<style:style style:name="t" style:family="table-cell" style:data-style-name="moment"/>'
    "</office:automatic-styles>"
)
# of several spaces XML keeps one
FOLDED_SPACE = re.compile("(?<= ) |^ | $", re.MULTILINE)


def ods(export: Export) -> Pieces:
    """The data, the dictionary and what has to be said, a sheet each."""
    members = {
        "content.xml": _content(export),
        "meta.xml": [_meta(export).encode()],
    }
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>' for name in members
    )
    manifest = (
        f"{XML}<manifest:manifest {MANIFEST_SPACE}>"
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{MEDIA_TYPE}"/>'
        f"{entries}</manifest:manifest>"
    )
    first = ("mimetype", [MEDIA_TYPE.encode()])  # uncompressed and at the start: ODF 1.2 part 3 §3.3
    return zipped(
        first, *members.items(), ("META-INF/manifest.xml", [manifest.encode()]), stored=frozenset({"mimetype"})
    )


def _meta(export: Export) -> str:
    return (
        f"{XML}<office:document-meta {SPACES}><office:meta><dc:title>{_escaped(export.about.title.pl)}</dc:title>"
        f"<meta:creation-date>{export.about.time_text}</meta:creation-date></office:meta></office:document-meta>"
    )


def _content(export: Export) -> Pieces:
    data, dictionary, about = SHEETS
    yield f"{XML}<office:document-content {SPACES}>{STYLES}<office:body><office:spreadsheet>".encode()
    head = [column.name for column in export.columns]
    yield from _table(data, [[head]], export.batches)
    yield from _table(dictionary, [[DICTIONARY, *map(described, export.columns)]])
    yield from _table(about, [list(export.lines())])
    yield b"</office:spreadsheet></office:body></office:document-content>"


def _table(name: str, *parts: Iterable[Batch]) -> Pieces:
    yield f"<table:table table:name={quoteattr(name)}>".encode()
    for batches in parts:
        for batch in batches:
            yield "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>\n" for row in batch).encode()
    yield b"</table:table>"


def _cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string">{_paragraphs(value)}</table:table-cell>'
    return f"<table:table-cell {_typed(value)}/>"


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    if isinstance(value, datetime):
        return f'table:style-name="t" office:value-type="date" office:date-value="{value.isoformat()}"'
    if isinstance(value, date):
        return f'table:style-name="d" office:value-type="date" office:date-value="{value.isoformat()}"'
    return f'office:value-type="float" office:value="{value!r}"'


def _paragraphs(text: str) -> str:
    lines = FOLDED_SPACE.sub("<text:s/>", _escaped(text)).replace("\t", "<text:tab/>").replace("\r\n", "\n")
    return "".join(f"<text:p>{line}</text:p>" for line in re.split("[\r\n]", lines))


def _escaped(text: str) -> str:
    return escape(clean(text))
