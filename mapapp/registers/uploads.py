"""Checking a stranger's file: within bounds of size, rows and time, and without leaving anything behind."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy.orm import Session

from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.checking import CheckedFile, check_register
from mapapp.registers.problems import UnreadableFileError

LARGEST_UPLOAD_MB: Final = 5
MOST_ROWS: Final = 10_000
# below what a public session may wait inside a transaction
SECONDS: Final = 8.0
_LONGEST_NAME: Final = 100


def check_upload(session: Session, save: Callable[[Path], None], name: str, words: Vocabularies) -> CheckedFile:
    """What the file holds that ``save`` writes to a path; it is gone before this returns, whatever happens.

    ``name`` may tell the day of the data. Raises UnreadableFileError, UnknownLayoutError.
    """
    with TemporaryDirectory(prefix="mapapp-check-") as folder:
        path = Path(folder) / _safe(name)
        save(path)
        if path.stat().st_size > LARGEST_UPLOAD_MB * 1_000_000:
            raise UnreadableFileError(f"plik jest większy niż {LARGEST_UPLOAD_MB} MB; podziel go na części")
        return check_register(session, path, words, _Bounds().progress)


def _safe(name: str) -> str:
    """The last part of a file's name, of letters, digits, points and hyphens only."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w.-]", "_", last)[-_LONGEST_NAME:].lstrip(".") or "plik"


class _Bounds:
    """Ends a check that has too many rows or takes too long."""

    def __init__(self) -> None:
        self.until: float | None = None

    def progress(self, step: str, _done: int, total: int) -> None:
        if step != "check":
            return
        if total > MOST_ROWS:
            raise UnreadableFileError(f"plik ma ponad {MOST_ROWS} wierszy; podziel go na części")
        self.until = self.until or time.monotonic() + SECONDS
        if time.monotonic() > self.until:
            raise UnreadableFileError("sprawdzanie pliku trwało zbyt długo; podziel go na części")
