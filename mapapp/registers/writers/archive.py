"""Files made in a temporary folder, and ZIP archives that are the same to the byte each time."""

import json
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from mapapp.registers.writers.content import Export, Pieces

PIECE_BYTES = 256 * 1024
# the earliest that a ZIP can say
NO_TIME = (1980, 1, 1, 0, 0, 0)
Member = tuple[str, Iterable[bytes] | Path]


def zipped(*members: Member, stored: frozenset[str] = frozenset()) -> Pieces:
    """An archive of the members in their order; those ``stored`` are not compressed."""
    with TemporaryDirectory(prefix="mapapp-") as folder:
        path = Path(folder, "archive.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, content in members:
                _add(archive, name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
        yield from pieces(path)


def pieces(path: Path) -> Pieces:
    """The file, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def read_me(export: Export) -> tuple[Member, Member]:
    """What is said about the rows where their own file cannot: for people, and for programs."""
    return (
        ("README.txt", [_read_me_text(export).encode()]),
        ("about.json", [json.dumps(export.described(), ensure_ascii=False, indent=1).encode()]),
    )


def _add(archive: zipfile.ZipFile, name: str, content: Iterable[bytes] | Path, method: int) -> None:
    info = zipfile.ZipInfo(name, NO_TIME)
    info.compress_type = method
    info.create_system = 3  # Unix; else it tells the system that wrote it
    info.external_attr = 0o644 << 16
    with archive.open(info, "w") as member:
        if isinstance(content, Path):
            with content.open("rb") as file:
                shutil.copyfileobj(file, member, PIECE_BYTES)
        else:
            for piece in content:
                member.write(piece)


def _read_me_text(export: Export) -> str:
    lines = [f"{heading}: {text}" for heading, text in export.lines()]
    lines += ["", "Kolumny / Columns", ""]
    for column in export.columns:
        unit = f" [{column.unit}]" if column.unit else ""
        words = f" (słownik / vocabulary: {column.vocabulary})" if column.vocabulary else ""
        lines.append(f"{column.name} ({column.kind}{unit}): {column.pl} / {column.en}{words}")
    return "\r\n".join(lines) + "\r\n"
