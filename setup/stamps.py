"""Whether something made is up to date: beside it lies the fingerprint of what it was made from."""

import hashlib
from pathlib import Path


def fingerprint(*sources: str | Path) -> str:
    """A digest of texts and of the contents of files; a file's name counts, its date does not."""
    digest = hashlib.sha256()
    for source in sources:
        name, content = (source.name, source.read_bytes()) if isinstance(source, Path) else (source, b"")
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def is_current(product: Path, made_from: str, name: str = "made-from") -> bool:
    """Whether the folder was completed from these sources."""
    stamp = product / f".{name}"
    return stamp.is_file() and stamp.read_text() == made_from


def mark(product: Path, made_from: str, name: str = "made-from") -> None:
    """Say that the folder is complete: the last act of making it."""
    (product / f".{name}").write_text(made_from)
