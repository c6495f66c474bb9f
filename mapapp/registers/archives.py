"""What a zip archive holds, looked at before any reader opens it: entries, sizes, ratios, and what really inflates."""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from mapapp.registers.problems import UnreadableFileError

MOST_ENTRIES: Final = 2_000
LARGEST_INFLATED_MB: Final = 100
# ordinary sheets of an office are packed 5 to 30 times; a small entry may repeat itself more
HIGHEST_RATIO: Final = 150
_SMALL: Final = 1_000_000
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 1_000
_CHUNK: Final = 1 << 18
_END: Final = b"PK\x05\x06"
_CELL: Final = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\br=["\']([A-Z]{1,9})([0-9]{1,12})["\']')
_ROW: Final = re.compile(rb'<(?:\w+:)?row\s[^>]{0,200}?\br=["\']([0-9]{1,12})["\']')
# declarations stand at the start; entities are how XML bombs are made, and office programs write none
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def refuse_dangerous(path: str) -> None:
    """Raise UnreadableFileError where the archive is not what an office program or GIS writes."""
    size = _refuse_long_directory(path)
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_by_declaration(entries, size)
            for entry in entries:
                _refuse_by_content(path, entry)
    except (BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError("archiwum pliku jest uszkodzone; zapisz plik ponownie") from error


def _refuse_long_directory(path: str) -> int:
    """The list of entries is bounded before it is read; the file's size."""
    with open(path, "rb") as file:  # noqa: PTH123 - the child is given a plain name
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    found = tail.rfind(_END)
    if found < 0 or len(tail) < found + 22:
        raise UnreadableFileError("archiwum pliku jest ucięte; pobierz lub zapisz plik ponownie")
    count, directory = struct.unpack_from("<HI", tail, found + 10)
    if count > MOST_ENTRIES or directory > MOST_ENTRIES * 300:
        raise UnreadableFileError(f"archiwum ma ponad {MOST_ENTRIES} części; to nie jest zwykły skoroszyt")
    return size


def _refuse_by_declaration(entries: list[ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise UnreadableFileError(f"archiwum ma ponad {MOST_ENTRIES} części; to nie jest zwykły skoroszyt")
    if sum(entry.compress_size for entry in entries) > size:
        raise UnreadableFileError("części archiwum nachodzą na siebie; plik jest uszkodzony albo złośliwie zbudowany")
    if sum(entry.file_size for entry in entries) > LARGEST_INFLATED_MB * 1_000_000:
        raise UnreadableFileError(f"po rozpakowaniu plik miałby ponad {LARGEST_INFLATED_MB} MB; podziel go na części")
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableFileError("plik jest zabezpieczony hasłem; zapisz go bez hasła")
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise UnreadableFileError("plik jest spakowany w nieznany sposób; zapisz go ponownie")
        if entry.file_size > max(_SMALL, HIGHEST_RATIO * entry.compress_size):
            raise UnreadableFileError(f"część „{entry.filename[:60]}” jest spakowana ponad {HIGHEST_RATIO} razy")


def _refuse_by_content(path: str, entry: ZipInfo) -> None:
    """Inflate the entry piece by piece, as a reader would that does not believe the declared size."""
    inflated, rest = 0, b""
    is_xml, is_sheet = entry.filename.endswith(".xml"), "/worksheets/" in entry.filename
    for chunk in _inflated(path, entry):
        inflated += len(chunk)
        if inflated > entry.file_size:
            raise UnreadableFileError("część archiwum jest większa, niż podaje; plik jest złośliwie zbudowany")
        seen = rest + chunk
        if is_xml and _DECLARATION.search(seen):
            raise UnreadableFileError("plik zawiera deklaracje XML, których programy biurowe nie zapisują")
        if is_sheet:
            _refuse_far_cells(seen)
        rest = seen[-300:]


def _inflated(path: str, entry: ZipInfo) -> Iterator[bytes]:
    with open(path, "rb") as file:  # noqa: PTH123
        file.seek(entry.header_offset)
        header = file.read(30)
        name, extra = struct.unpack_from("<HH", header, 26)
        file.seek(entry.header_offset + 30 + name + extra)
        left = entry.compress_size
        inflater = zlib.decompressobj(-15) if entry.compress_type == ZIP_DEFLATED else None
        while left > 0 and (piece := file.read(min(left, _CHUNK))):
            left -= len(piece)
            if inflater is None:
                yield piece
                continue
            yield inflater.decompress(piece, _CHUNK)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _CHUNK)


def _refuse_far_cells(xml: bytes) -> None:
    # readers make room for every cell between the first and the last one
    rows = [int(number) for number in _ROW.findall(xml)]
    cells = _CELL.findall(xml)
    last_row = max([*rows, *(int(row) for _, row in cells)], default=0)
    last_column = max((column_number(letters) for letters, _ in cells), default=0)
    if last_row > MOST_ROWS or last_column > MOST_COLUMNS:
        raise UnreadableFileError(
            f"arkusz sięga wiersza {last_row} i kolumny {last_column}; dozwolone są {MOST_ROWS} wierszy "
            f"i {MOST_COLUMNS} kolumn. Usuń puste wiersze i kolumny"
        )


def column_number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
