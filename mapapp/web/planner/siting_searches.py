"""Searches for a proof, in the background: begun by one request, looked at and ended by others.

Each is a small file under ``var``, so that every process of the server sees it; the database is left alone, for what is
written there makes all kept answers be computed anew.
"""

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final, Literal

from mapapp.coverage.siting import NewPlace, Siting

State = Literal["running", "done", "stopped", "failed"]
Tell = Callable[[float, float], bool]
MOST_SECONDS: Final = 60.0
AT_ONCE: Final = 1
KEPT_SECONDS: Final = 3600
SECONDS_BETWEEN: Final = 0.3
# one that has not been heard of for so long died with its process
SILENT_SECONDS: Final = MOST_SECONDS + 30
KEY_LETTERS: Final = 16
_places = BoundedSemaphore(AT_ONCE)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Search:
    """How far a search is. ``value`` and ``bound``: the best so far, and what nothing surpasses; None: not known."""

    key: str
    state: State
    seconds: float
    value: float | None = None
    bound: float | None = None
    siting: Siting | None = None


class Searches:
    """The searches of this installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, work: Callable[[Tell], Siting]) -> str | None:
        """Begin in the background; its key, or None where as many as may run are running."""
        if not _places.acquire(blocking=False):
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        self._forget_old()
        key = secrets.token_hex(KEY_LETTERS // 2)
        self._write(Search(key, "running", 0.0))
        threading.Thread(target=self._run, args=(key, work), name=f"siting {key}", daemon=True).start()
        return key

    def look(self, key: str) -> Search | None:
        """How far it is; None where there is none of that key."""
        path = self._path(key)
        if path is None or not path.exists():
            return None
        try:
            found = _read(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None
        if found.state == "running" and time.time() - path.stat().st_mtime > SILENT_SECONDS:
            return Search(key, "failed", found.seconds)
        return found

    def stop(self, key: str) -> None:
        """Ask it to end with what it has."""
        path = self._path(key)
        if path is not None and path.exists():
            path.with_suffix(".stop").touch()

    def _run(self, key: str, work: Callable[[Tell], Siting]) -> None:
        began = last = time.monotonic()
        is_stopped = False

        def tell(value: float, bound: float) -> bool:
            nonlocal last, is_stopped
            now = time.monotonic()
            if now - last >= SECONDS_BETWEEN:
                last = now
                self._write(Search(key, "running", now - began, _told(value), _told(bound)))
            is_stopped = is_stopped or self.folder.joinpath(f"{key}.stop").exists()
            return not is_stopped

        try:
            found = work(tell)
            state: State = "stopped" if is_stopped and not found.is_optimal else "done"
            seconds = time.monotonic() - began
            self._write(Search(key, state, seconds, _told(found.value), _told(found.bound), found))
        except Exception as error:  # nobody waits for this thread: the page tells that it failed, the log why
            logger.error("the search %s failed: %s", key, type(error).__name__)
            self._write(Search(key, "failed", time.monotonic() - began))
        finally:
            self.folder.joinpath(f"{key}.stop").unlink(missing_ok=True)
            _places.release()

    def _write(self, search: Search) -> None:
        path = self.folder / f"{search.key}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(search)), encoding="utf-8")
        part.replace(path)

    def _path(self, key: str) -> Path | None:
        if len(key) != KEY_LETTERS or not set(key) <= set("0123456789abcdef"):
            return None
        return self.folder / f"{key}.json"

    def _forget_old(self) -> None:
        oldest = time.time() - KEPT_SECONDS
        for path in self.folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _told(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _read(document: dict[str, Any]) -> Search:
    siting = document.pop("siting")
    if siting is not None:
        siting["places"] = tuple(NewPlace(**place) for place in siting["places"])
        siting = Siting(**siting)
    return Search(**document, siting=siting)
