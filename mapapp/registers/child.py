"""The limited process that opens workbooks and geographic files. Whatever they do, they do it here.

``python -m mapapp.registers.child FILE`` writes JSON lines: {"sheet": name}, then a list of texts per row, at the end
{"done": true}; or {"refused": sentence}. Without "done" the process did not survive the file.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from zipfile import BadZipFile, ZipFile

from mapapp.registers import archives, geofiles, spreadsheets
from mapapp.registers.problems import UnreadableFileError

CPU_SECONDS = 20
WORKBOOK_MEMORY_MB = 512
# GDAL's libraries alone reserve 440 MB of addresses
GEO_MEMORY_MB = 1_024
LARGEST_OUTPUT_MB = 30
LONGEST_TEXT = 20_000


def _limit(name: int, amount: int) -> None:
    resource.setrlimit(name, (amount, amount))


def _tables(path: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    with open(path, "rb") as file:  # noqa: PTH123 - the name is given by the parent
        start = file.read(16)
    if start.startswith(b"PK\x03\x04"):
        archives.refuse_dangerous(path)
        return _zip_tables(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        _limit(resource.RLIMIT_AS, WORKBOOK_MEMORY_MB << 20)
        return spreadsheets.sheets(path)
    return geofiles.geopackage_tables(path) if start.startswith(b"SQLite format 3") else geofiles.json_tables(path)


def _zip_tables(path: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    with ZipFile(path) as archive:
        names = [name.lower() for name in archive.namelist()]
    if any(name.endswith(".shp") for name in names):
        return geofiles.shapefile_tables(path)
    if "content.xml" in names or any(name.startswith("xl/") for name in names):
        _limit(resource.RLIMIT_AS, WORKBOOK_MEMORY_MB << 20)
        return spreadsheets.sheets(path)
    raise UnreadableFileError("archiwum nie jest ani skoroszytem (XLSX, ODS), ani spakowanym plikiem Shapefile")


def _write(line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")


def main(path: str) -> None:
    """Write what ``path`` holds, or why it is refused."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    # Python ignores it; the parent is to see why the output ends
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    _limit(resource.RLIMIT_FSIZE, LARGEST_OUTPUT_MB << 20)
    _limit(resource.RLIMIT_AS, GEO_MEMORY_MB << 20)
    try:
        for name, rows in _tables(path):
            _write({"sheet": name})
            for row in rows:
                _write([cell[:LONGEST_TEXT] for cell in row])
        _write({"done": True})
    except UnreadableFileError as error:
        _write({"refused": str(error)})
    except BadZipFile:
        _write({"refused": "archiwum pliku jest uszkodzone; zapisz plik ponownie"})
    except MemoryError:
        _write({"refused": "plik potrzebuje za dużo pamięci; podziel go na części"})


if __name__ == "__main__":
    main(sys.argv[1])
