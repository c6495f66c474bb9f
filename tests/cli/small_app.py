"""An application for trying the server: slow, long and broken answers."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

PIECE = 64 * 1024
PIECES = 4_000


def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/broken":
        raise RuntimeError("broken")
    start("200 OK", [("Content-Type", "application/octet-stream")])
    match path:
        case "/slow":
            Path(query).touch()
            time.sleep(2)
            return [b"late"]
        case "/long":
            return long_answer(Path(query))
        case "/body":
            return [str(len(environ["wsgi.input"].read())).encode()]
        case "/worker":
            return [str(os.getpid()).encode()]
    return [f"{path} {query}".encode("latin-1")]


def long_answer(told: Path) -> Iterator[bytes]:
    """260 MB; when it ends, however it ends, the file says after how many pieces."""
    sent = 0
    try:
        while sent < PIECES:
            sent += 1
            yield bytes(PIECE)
    finally:
        told.write_text(str(sent))
