"""Tiles that are asked for again, answered before Flask: its routing, contexts and headers take ten times as long."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from cachetools import LRUCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 32 * 1024 * 1024
PREFIX, ENDING = "/tiles/", ".mvt"
STATUSES: Final = {"200 OK", "204 NO CONTENT"}
# what else a request says makes no other answer
TOLD_BY: Final = ("PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_ACCEPT_ENCODING", "SCRIPT_NAME", "wsgi.url_scheme")
# these do: Flask answers them
ASKED_OTHERWISE: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as it was sent, and the release that it is of."""

    release: str
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return len(self.body) + 3_000


class SentAgain:
    """Sends a tile again as it was sent, as long as the release is known to be the same.

    ``release`` tells the tag of a release that was looked up just now, or None: then Flask is asked, which looks.
    """

    def __init__(self, app: "WSGIApplication", release: Callable[[], str | None]) -> None:
        self.app = app
        self.release = release
        self.answers: LRUCache[Key, Answer] = LRUCache(MOST_BYTES, getsizeof=lambda answer: answer.size)
        self.lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The answer, kept or new."""
        path = environ.get("PATH_INFO", "")
        is_tile = path.startswith(PREFIX) and path.endswith(ENDING) and environ["REQUEST_METHOD"] == "GET"
        if not is_tile or any(name in environ for name in ASKED_OTHERWISE):
            return self.app(environ, start_response)
        key = tuple(environ.get(name, "") for name in TOLD_BY)
        release = self.release()
        with self.lock:
            kept: Answer | None = self.answers.get(key)
        if kept is not None and kept.release == release:
            start_response(kept.status, list(kept.headers))
            return [kept.body]
        return self._new(key, environ, start_response)

    def _new(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started: list[tuple[str, tuple[tuple[str, str], ...]]] = []

        def start(status: str, headers: list[tuple[str, str]], *error: object) -> Callable[[bytes], object]:
            started.append((status, tuple(headers)))
            return start_response(status, headers, *error)  # type: ignore[arg-type] # the server's own argument, passed on

        before = self.release()
        parts = self.app(environ, start)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        release = self.release()
        status, headers = started[-1]
        # an answer made while the release changed may be of either
        if status in STATUSES and release is not None and before in {None, release}:
            with self.lock, suppress(ValueError):  # one larger than the whole cache is simply not kept
                self.answers[key] = Answer(release, status, headers, body)
        return [body]
