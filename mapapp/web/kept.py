"""Answers that hold until something is loaded, kept for the next who asks the same.

A key begins with the releases of territory and directory, so that nothing old is given out for longer than these are
believed (``facts.SECONDS_KEPT``). What depends on the time, such as whether a place is open, is never kept.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import Request, g

from mapapp.web.facts import current_facts
from mapapp.web.site import current_site

MOST_ANSWERS = 1_000
MOST_BODY_BYTES = 32 * 2**20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Body:
    """A document's text and what it is recognised by."""

    text: str
    digest: str

    @property
    def size(self) -> int:
        """Its weight in the cache."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one process keeps: values by number, texts by size; the least recently asked go first."""

    values: LRUCache[Hashable, Any] = field(default_factory=lambda: LRUCache(MOST_ANSWERS))
    bodies: LRUCache[Hashable, Body] = field(
        default_factory=lambda: LRUCache(MOST_BODY_BYTES, getsizeof=lambda body: body.size)
    )
    lock: Lock = field(default_factory=Lock)


def kept(kind: str, question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question, asked once for each release."""
    answers = _answers()
    value: T = _recalled(answers, answers.values, kind, question, ask)
    return value


def kept_body(kind: str, question: Hashable, ask: Callable[[], str]) -> Body:
    """The same for a document."""

    def make() -> Body:
        text = ask()
        return Body(text, blake2b(text.encode(), digest_size=16).hexdigest())

    answers = _answers()
    body: Body = _recalled(answers, answers.bodies, kind, question, make)
    return body


def _recalled(
    answers: Answers, cache: LRUCache[Hashable, Any], kind: str, question: Hashable, ask: Callable[[], Any]
) -> Any:
    facts = current_facts()
    key = (kind, facts.directory.release, facts.territory and facts.territory.release, question)
    with answers.lock:
        value = cache.get(key)
    if value is None:
        value = ask()  # not under the lock: two who ask at once both ask the database
        with answers.lock, suppress(ValueError):  # one larger than the whole cache is simply not kept
            cache[key] = value
    return value


def _answers() -> Answers:
    kept_here = current_site().kept
    answers = kept_here.setdefault("answers", Answers())
    assert isinstance(answers, Answers)  # noqa: S101 - tells mypy what was put there
    return answers


class CompressedBodies:
    """Flask-Compress's cache: the compressed form of documents that are recognised by their digest."""

    def __init__(self) -> None:
        self._bodies: LRUCache[str, bytes] = LRUCache(MOST_BODY_BYTES, getsizeof=len)
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """The compressed body, or None."""
        with self._lock:
            return self._bodies.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep it; a page, which differs each time, has no digest and is not kept."""
        if not key.endswith(";") and len(value) <= MOST_BODY_BYTES:
            with self._lock:
                self._bodies[key] = value


def body_key(_request: Request) -> str:
    """By what Flask-Compress knows the body of this answer; empty where it is not to be kept."""
    return str(g.get("body_digest", ""))
