"""Workbooks and hostile archives written by hand, part by part, for tests."""

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}"/></Relationships>'
)
_WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Arkusz1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)

_OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"


def column(number: int) -> str:
    """The letters of a column; 0 is A."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell(row: int, number: int, value: object) -> str:
    """A cell of text, of a number, or of a formula: (formula, last value)."""
    reference = f"{column(number)}{row}"
    if isinstance(value, tuple):
        return f'<c r="{reference}" t="str"><f>{escape(value[0])}</f><v>{escape(str(value[1]))}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def sheet_xml(rows: Sequence[Sequence[object]]) -> str:
    """The rows as the XML of a worksheet; empty cells are not written."""
    lines = (
        f'<row r="{number}">{"".join(cell(number, i, value) for i, value in enumerate(row) if value != "")}</row>'
        for number, row in enumerate(rows, start=1)
    )
    return _SHEET.format("".join(lines))


def xlsx(rows: Sequence[Sequence[object]] = (), parts: Mapping[str, bytes | str] | None = None) -> bytes:
    """A workbook of one sheet; ``parts`` replace or add parts of the archive."""
    content: dict[str, bytes | str] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": _WORKBOOK,
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet_xml(rows),
    }
    return zipped(content | dict(parts or {}))


def ods(rows: Sequence[Sequence[object]], more: str = "") -> bytes:
    """An OpenDocument spreadsheet of one sheet; ``more`` is XML after its rows."""
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
            for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    xml = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Arkusz1">{lines}{more}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_OPEN_DOCUMENT}"/></manifest:manifest>'
    )
    return zipped({"mimetype": _OPEN_DOCUMENT, "content.xml": xml, "META-INF/manifest.xml": manifest})


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """An archive of these parts, packed as tightly as can be."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def xls(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of Excel 97 (BIFF8) in its compound file, text cells only."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = b"Arkusz1"
    sheet_at = len(start) + 4 + 8 + len(name) + 4
    globals_ = start + _record(0x0085, struct.pack("<IHBB", sheet_at, 0, len(name), 0) + name) + _record(0x000A, b"")
    labels = b"".join(
        _record(0x0204, struct.pack("<HHHHB", row, number, 0, len(value), 1) + value.encode("utf-16-le"))
        for row, cells in enumerate(rows)
        for number, value in enumerate(cells)
    )
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + labels + _record(0x000A, b"")
    return _compound("Workbook", globals_ + sheet)


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _compound(name: str, stream: bytes) -> bytes:
    """A compound file (MS-CFB): header, one sector of allocation table, one of directory, then the stream."""
    stream = stream.ljust(4096, b"\0")  # shorter streams would live in a table of their own
    sectors = -(-len(stream) // 512)
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chain = [table, end, *range(3, 2 + sectors), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    header += struct.pack("<I", free) * 108

    def entry(label: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = label.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text) + 2, kind, 1, free, free, child)
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, len(stream))
    allocation = b"".join(struct.pack("<I", each) for each in chain).ljust(512, b"\xff")
    return header + allocation + directory.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")
