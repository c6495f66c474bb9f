"""Fetches a file over HTTP from where the last attempt ended, if the server still has the same one."""

from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import Request

TIMEOUT_S = 60
CHUNK = 1 << 16
Progress = Callable[[int, int | None], None]
"""Told of the bytes that are there, and those expected, if known."""


class TooLarge(ValueError):
    """A file that has more bytes than it may."""


def fetch_resuming(
    address: str, part: Path, open_url: Callable[..., Any], progress: Progress, most_bytes: int | None = None
) -> None:
    """Fetch into the part, from its end on where the server still has the same file.

    Raises TooLarge, HTTPException where the connection ends early, and what ``open_url`` raises.
    """
    validator_file = validator_of(part)
    there = part.stat().st_size if part.exists() and validator_file.exists() else 0
    request = request_of(address)
    if there:
        request.add_header("Range", f"bytes={there}-")
        request.add_header("If-Range", validator_file.read_text())
    try:
        answer = open_url(request, timeout=TIMEOUT_S)
    except HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        part.unlink()
        answer = open_url(request_of(address), timeout=TIMEOUT_S)
    with answer, part.open("ab" if answer.status == HTTPStatus.PARTIAL_CONTENT else "wb") as output:
        if validator := answer.headers.get("ETag") or answer.headers.get("Last-Modified"):
            validator_file.write_text(validator)
        _pour(answer, output, progress, most_bytes)


def request_of(address: str) -> Request:
    """A request that says who asks."""
    return Request(address, headers={"User-Agent": "mapapp"})  # noqa: S310 - a catalogue's, which are http(s)


def validator_of(part: Path) -> Path:
    """Where it stands which version of the file the part is of."""
    return part.with_name(part.name + ".validator")


def _pour(answer: Any, output: IO[bytes], progress: Progress, most_bytes: int | None) -> None:
    length = answer.headers.get("Content-Length")
    expected = output.tell() + int(length) if length else None
    _expect_at_most(most_bytes, expected)
    while chunk := answer.read(CHUNK):
        output.write(chunk)
        _expect_at_most(most_bytes, output.tell())
        progress(output.tell(), expected)
    if expected is not None and output.tell() != expected:
        raise HTTPException(f"the connection ended after {output.tell()} of {expected} bytes")


def _expect_at_most(most_bytes: int | None, size: int | None) -> None:
    if most_bytes is not None and size is not None and size > most_bytes:
        raise TooLarge(f"has {size:,} bytes or more, at most {most_bytes:,} are taken")
