"""Fetches the official files of the catalogue: resumable, whole or not at all, each with its checksum."""

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener

from mapapp.territory.catalog import OF_TERRITORY, Catalog, OfficialFile, Role
from mapapp.territory.download_pages import bdl_answers, terc_form
from mapapp.territory.resuming import TIMEOUT_S, fetch_resuming, request_of, validator_of

RECORD = "downloaded.json"
ZIP_START = b"PK"
Progress = Callable[[OfficialFile, int, int | None], None]
"""Told of a file, the bytes that are there, and those expected, if known."""


class DownloadError(ConnectionError):
    """A file could not be fetched; nothing half is left in its place."""


def download_official(
    catalog: Catalog, region_code: str, folder: Path, progress: Progress, roles: Collection[Role] = OF_TERRITORY
) -> dict[Role, Path]:
    """Fetch what is missing of ``roles`` into the folder, which gets a record of address, date and checksum of each.

    A file that is there with its recorded checksum is kept; delete it to fetch it anew. Raises DownloadError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record_file = folder / RECORD
    record: dict[str, dict[str, str]] = json.loads(record_file.read_text()) if record_file.exists() else {}
    wanted = {role: file for role, file in catalog.files.items() if role in roles}
    for role, file in wanted.items():
        target = folder / file.file
        if target.exists() and record.get(role, {}).get("sha256") == _sha256(target):
            continue
        part = target.with_name(target.name + ".part")
        try:
            _fetch(file, catalog.bdl_units.get(region_code), part, progress)
        except DownloadError:
            raise
        except (KeyError, ValueError) as error:
            raise DownloadError(f"{file.title}: {file.address} answered otherwise than expected: {error!r}") from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise DownloadError(
                f"{file.title} ({file.publisher}) could not be fetched from {file.address}: {reason}. "
                "Is there a network? What was fetched so far is kept; run the command again to go on"
            ) from error
        record[role] = _checked(file, part)
        part.replace(target)
        validator_of(part).unlink(missing_ok=True)
        _write_whole(record_file, json.dumps(record, indent=2, ensure_ascii=False))
    return {role: folder / file.file for role, file in wanted.items()}


def _fetch(file: OfficialFile, bdl_unit: str | None, part: Path, progress: Progress) -> None:
    opener = build_opener(HTTPCookieProcessor())

    def read(request: Request) -> bytes:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            content: bytes = answer.read()
        return content

    if file.format == "bdl":
        if bdl_unit is None:
            raise DownloadError("data/catalog.toml, bdl_units: the region is not in it; add its unit of BDL")
        answers = bdl_answers(file, bdl_unit, read, lambda done, total: progress(file, done, total))
        _write_whole(part, json.dumps(answers, ensure_ascii=False))
    elif file.button is not None:
        request = terc_form(file.address, file.button, read(request_of(file.address)))
        part.write_bytes(read(request))
    else:
        fetch_resuming(file.address, part, opener.open, lambda done, total: progress(file, done, total))


def _checked(file: OfficialFile, part: Path) -> dict[str, str]:
    """The record of a fetched file. Raises DownloadError, and removes it, where it is not what was asked for."""
    checksum = _sha256(part)
    with part.open("rb") as content:
        start = content.read(len(ZIP_START))
    wrong = None
    if file.format != "bdl" and start != ZIP_START:
        wrong = f"begins with {start!r}, expected a ZIP; the publisher may have changed the page"
    elif file.sha256 and checksum != file.sha256:
        wrong = f"has SHA-256 {checksum}, data/catalog.toml expects {file.sha256}"
    if wrong:
        part.unlink()
        raise DownloadError(f"{file.title}: what came from {file.address} {wrong}")
    fetched_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"address": file.address, "licence": file.licence, "fetched_at": fetched_at, "sha256": checksum}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_whole(path: Path, content: str) -> None:
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(content, encoding="utf-8")
    unfinished.replace(path)
