"""The Polish dictionary folded to ASCII, where PostgreSQL reads it (docs/decisions/0002-folded-dictionary.md)."""

import os
import re
import shutil
import sys
import unicodedata
from pathlib import Path

from mapapp.postgres import FOLDED_DICTIONARY, OWN_SERVER, POLISH_DICTIONARY, ServerBinaries

PARTS = ("affix", "dict")
NOT_DECOMPOSED = str.maketrans("łŁ", "lL")


def fold(server: ServerBinaries) -> None:
    """Add the folded dictionary to the server; to a copy of the system's where its folders are not ours to write.

    The server must have the Polish dictionary.
    """
    folder = server.share / "tsearch_data"
    if not os.access(folder, os.W_OK):
        folder = _copy_of(server) / "tsearch_data"
    _add_folded(folder)


def install(hunspell: Path, folder: Path) -> None:
    """Put Debian's hunspell-pl into a ``tsearch_data`` folder, as it is and folded."""
    # a hunspell dictionary names its own encoding
    named = re.search(rb"^SET\s+(\S+)", (hunspell / "pl_PL.aff").read_bytes(), re.MULTILINE)
    encoding = named[1].decode("ascii") if named else "utf-8"
    for name, part in zip(("pl_PL.aff", "pl_PL.dic"), PARTS, strict=True):
        text = (hunspell / name).read_text(encoding=encoding)
        (folder / f"{POLISH_DICTIONARY}.{part}").write_text(text, encoding="utf-8")
    _add_folded(folder)


def _add_folded(folder: Path) -> None:
    for part in PARTS:
        text = (folder / f"{POLISH_DICTIONARY}.{part}").read_text(encoding="utf-8")
        target = folder / f"{FOLDED_DICTIONARY}.{part}"
        unfinished = target.with_suffix(".new")
        unfinished.write_text(folded(text), encoding="ascii", errors="ignore")
        unfinished.replace(target)


def folded(text: str) -> str:
    """The text without diacritics."""
    decomposed = unicodedata.normalize("NFD", text.translate(NOT_DECOMPOSED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _copy_of(server: ServerBinaries) -> Path:
    """The share folder of a server of our own: the programs copied, all else linked to the system's.

    A PostgreSQL program finds its data from where it lies itself, so its links must be copies.
    """
    shutil.rmtree(OWN_SERVER, ignore_errors=True)
    programs, share = (OWN_SERVER / str(path).lstrip("/") for path in (server.programs, server.share))
    shutil.copytree(server.programs, programs)
    programs.with_name("lib").symlink_to(server.programs.with_name("lib"))
    (share / "tsearch_data").mkdir(parents=True)
    for folder in (server.share, server.share / "tsearch_data"):
        for path in folder.iterdir():
            if path.name != "tsearch_data":
                (share / path.relative_to(server.share)).symlink_to(path)
    return share


if __name__ == "__main__":  # the image of the database is built with it
    install(Path(sys.argv[1]), Path(sys.argv[2]))
