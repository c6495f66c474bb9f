"""Workbooks and geographic files as sheets of text, read by a child process with limits: it may die, we do not."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired
from tempfile import TemporaryFile
from typing import IO, Final

from mapapp.registers.problems import UnreadableFileError
from mapapp.settings import ROOT

WALL_SECONDS: Final = 60
LARGEST_FILE_MB: Final = 20
_BINARY: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLite format 3\x00")
# one thread; and no format of GDAL's that leads to another file or to the network
_LIBRARIES: Final = {"OPENBLAS_NUM_THREADS": "1", "OGR_SKIP": "OGR_VRT,GDALG,SQLite,MBTiles,CSV,HTTP,WFS,OAPIF,CSW"}
_TOO_LONG: Final = "odczyt pliku trwał zbyt długo i został przerwany; zapisz go ponownie albo podziel na części"
_TOO_MUCH: Final = "plik zawiera za dużo danych; podziel go na części"
_DIED: Final = "pliku nie da się odczytać: jest uszkodzony albo złośliwie zbudowany; zapisz go ponownie"
_REASONS: Final = {-signal.SIGXCPU: _TOO_LONG, -signal.SIGKILL: _TOO_LONG, -signal.SIGXFSZ: _TOO_MUCH}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet or layer; ``rows[0]`` is its first line."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def has_sheets(start: bytes) -> bool:
    """Whether a file that begins with ``start`` is a workbook or geographic file, whatever its name says."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(_BINARY) or text.startswith(b"{")


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """The sheets of ``path``. Raises UnreadableFileError, also where the reader died of the file."""
    if path.stat().st_size > LARGEST_FILE_MB * 1_000_000:
        raise UnreadableFileError(f"plik jest większy niż {LARGEST_FILE_MB} MB; podziel go na części")
    with TemporaryFile() as output:
        code = _run(path, output)
        output.seek(0)
        sheets = tuple(_sheets(output, code))
    if not sheets:
        raise UnreadableFileError("plik nie ma żadnych danych")
    return sheets


def _run(path: Path, output: IO[bytes]) -> int:
    """The child's return code. A file takes its output: a pipe that nobody empties would stop it."""
    # nothing of our environment but where the code is: no settings, no secrets
    environment = {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **_LIBRARIES}
    command = [sys.executable, "-s", "-B", "-m", "mapapp.registers.child", str(path.resolve())]
    # start_new_session: the whole group can be ended
    with Popen(  # noqa: S603 - our own program; the file's name is an argument, not a command
        command, stdin=DEVNULL, stdout=output, stderr=DEVNULL, env=environment, cwd="/", start_new_session=True
    ) as process:
        try:
            return process.wait(WALL_SECONDS)
        except TimeoutExpired:
            return -signal.SIGKILL
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _sheets(output: IO[bytes], code: int) -> Iterator[Sheet]:
    name: str | None = None
    rows: list[tuple[str, ...]] = []
    for line in output:
        if not line.endswith(b"\n"):
            break  # cut where the limit of the output was reached
        said = json.loads(line)
        if isinstance(said, list):
            rows.append(tuple(map(str, said)))
            continue
        if name is not None and rows:
            yield Sheet(name, tuple(rows))
        if "refused" in said:
            raise UnreadableFileError(str(said["refused"]))
        if "done" in said:
            return
        name, rows = str(said["sheet"]), []
    raise UnreadableFileError(_REASONS.get(code, _DIED))
