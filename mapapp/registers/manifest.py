"""The manifest of a release of open data: what is in it, with checksums, as JSON beside the files."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mapapp.registers.writers.content import Origin, Words

FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a release. ``rows`` is None where it has none to count."""

    name: str
    part: str
    title: Words
    format_title: str
    media_type: str
    bytes: int
    sha256: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A release. ``as_of`` is the newest change that is in it: a restriction after that takes it back.

    ``oldest`` and ``time`` are of the oldest and the newest change of a record, None where there is none.
    """

    name: str
    release: str
    region: str
    time: datetime
    oldest: datetime | None
    as_of: datetime | None
    bbox: tuple[float, float, float, float] | None
    has_samples: bool
    is_schematic: bool | None
    origins: tuple[Origin, ...]
    files: tuple[FileFacts, ...]

    @property
    def data_files(self) -> tuple[FileFacts, ...]:
        """The files that hold data, not words about it."""
        return tuple(each for each in self.files if each.part not in {"dictionary", "sources", "description"})

    def file(self, name: str) -> FileFacts:
        """The file of this name. Raises LookupError."""
        for each in self.files:
            if each.name == name:
                return each
        raise LookupError(f"the release {self.name} has no file {name[:80]!r}")


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Put the manifest into the folder."""
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, default=_in_words)
    (folder / FILE).write_text(content + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release's folder. Raises OSError where there is none."""
    found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return Manifest(
        **found
        | {
            "time": datetime.fromisoformat(found["time"]),
            "oldest": _moment(found["oldest"]),
            "as_of": _moment(found["as_of"]),
            "bbox": tuple(found["bbox"]) if found["bbox"] else None,
            "origins": tuple(Origin(**each) for each in found["origins"]),
            "files": tuple(FileFacts(**each | {"title": Words(**each["title"])}) for each in found["files"]),
        }
    )


def _in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
