"""Fetches the region's extract of OpenStreetMap: resumable, whole or not at all, with the MD5 of its publisher."""

import hashlib
import re
import tomllib
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Final
from urllib.error import URLError
from urllib.request import urlopen

from pydantic import BaseModel, ConfigDict, Field

from mapapp.settings import ROOT
from mapapp.territory.resuming import TIMEOUT_S, Progress, TooLarge, fetch_resuming, request_of, validator_of
from mapapp.travel.errors import RoutingFailed, TravelError

EXTRACTS: Final = ROOT / "data" / "travel" / "extracts.toml"
MD5: Final = re.compile(rb"^([0-9a-f]{32})\b")


class ExtractFile(BaseModel):
    """Where an extract is, and how large it may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, Field(pattern=r"^https?://[^\s]+\.osm\.pbf$")]
    most_bytes: Annotated[int, Field(gt=0)]

    @property
    def name(self) -> str:
        """Its name, without folders."""
        return self.address.rsplit("/", 1)[1]


def extract_of(region: str, path: Path = EXTRACTS) -> ExtractFile:
    """The extract of a region. Raises TravelError where the file names none."""
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    if region not in known:
        raise TravelError(f"the region {region!r} has no extract in data/travel/extracts.toml, which has {list(known)}")
    return ExtractFile.model_validate(known[region])


def download_extract(file: ExtractFile, folder: Path, progress: Progress) -> Path:
    """The extract in the folder, in the place of an older one. Nothing is fetched where it is there already.

    Raises RoutingFailed; what was fetched so far is kept, and the next attempt goes on from there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    part = target.with_name(target.name + ".part")
    try:
        checksum = _published_checksum(file)
        if target.exists() and _md5(target) == checksum:
            return target
        fetch_resuming(file.address, part, urlopen, progress, file.most_bytes)
    except TooLarge as error:
        _forget(part)
        raise RoutingFailed(f"{file.address} {error}") from error
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise RoutingFailed(
            f"{file.address} could not be fetched: {reason}. Is there a network? Run the command again to go on"
        ) from error
    found = _md5(part)
    if found != checksum:
        _forget(part)
        raise RoutingFailed(f"what came from {file.address} has MD5 {found}, the publisher says {checksum}")
    part.replace(target)
    validator_of(part).unlink(missing_ok=True)
    return target


def _published_checksum(file: ExtractFile) -> str:
    with urlopen(request_of(f"{file.address}.md5"), timeout=TIMEOUT_S) as answer:  # noqa: S310 - of the file in data
        told = MD5.match(answer.read(1000))
    if told is None:
        raise HTTPException(f"{file.address}.md5 has no MD5")
    return told[1].decode()


def _md5(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    validator_of(part).unlink(missing_ok=True)
