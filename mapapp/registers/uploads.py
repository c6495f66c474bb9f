"""Checking a stranger's file: within bounds of size, rows and time, and without leaving anything behind."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy.orm import Session

from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.checking import CheckedFile, check_register
from mapapp.registers.gminas import Gminas
from mapapp.registers.mapping.contents import Contents
from mapapp.registers.mapping.described import ColumnMapping, Correction, refuse_wrong_columns
from mapapp.registers.mapping.guessing import guess_mapping
from mapapp.registers.problems import UnreadableFileError

LARGEST_UPLOAD_MB: Final = 5
MOST_ROWS: Final = 10_000
# below what a public session may wait inside a transaction
SECONDS: Final = 8.0
_LONGEST_NAME: Final = 100


class TooMuchError(UnreadableFileError):
    """The file is beyond the bounds of a public check."""


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """What was found of a file.

    ``mapping`` is what its columns were taken for, None where the layout is known; ``problem`` says why a file cannot
    be checked under it: then ``checked`` is None.
    """

    checked: CheckedFile | None
    mapping: ColumnMapping | None = None
    problem: str = ""


def check_upload(
    session: Session,
    save: Callable[[Path], None],
    name: str,
    words: Vocabularies,
    correction: Correction | None = None,
) -> CheckedUpload:
    """What the file holds that ``save`` writes to a path; it is gone before this returns, whatever happens.

    ``name`` may tell the day of the data. A file of an unknown layout is read as its columns seem to mean, or as
    ``correction`` says. Raises UnreadableFileError.
    """
    with TemporaryDirectory(prefix="mapapp-check-") as folder:
        path = Path(folder) / _safe(name)
        save(path)
        if path.stat().st_size > LARGEST_UPLOAD_MB * 1_000_000:
            raise TooMuchError(f"plik jest większy niż {LARGEST_UPLOAD_MB} MB; podziel go na części")
        if correction:
            return _check_mapped(session, path, words, correction.applied(_guessed(session, path, words)))
        try:
            return CheckedUpload(check_register(session, path, words, _Bounds().progress))
        except TooMuchError:
            raise
        except UnreadableFileError as refusal:
            try:
                mapping = _guessed(session, path, words)
            except UnreadableFileError:
                raise refusal from None
            if not mapping.used:  # nothing to correct: say what would be known
                raise
        return _check_mapped(session, path, words, mapping)


def _guessed(session: Session, path: Path, words: Vocabularies) -> ColumnMapping:
    return guess_mapping(path, Contents.of(words, Gminas.of(session)))


def _check_mapped(session: Session, path: Path, words: Vocabularies, mapping: ColumnMapping) -> CheckedUpload:
    try:
        refuse_wrong_columns(mapping)
        return CheckedUpload(check_register(session, path, words, _Bounds().progress, mapping=mapping), mapping)
    except TooMuchError:
        raise
    except UnreadableFileError as error:
        return CheckedUpload(None, mapping, str(error))


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
            raise TooMuchError(f"plik ma ponad {MOST_ROWS} wierszy; podziel go na części")
        self.until = self.until or time.monotonic() + SECONDS
        if time.monotonic() > self.until:
            raise TooMuchError("sprawdzanie pliku trwało zbyt długo; podziel go na części")
