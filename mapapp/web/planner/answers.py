"""What a planner's request is answered from: one moment of the data, and figures kept until it changes."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cachetools import LRUCache
from flask import g

from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.figures import Figures
from mapapp.coverage.measures import measure
from mapapp.coverage.question import Question
from mapapp.directory.export_rows import read_one_snapshot
from mapapp.travel.store import travel_root
from mapapp.web.site import current_site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

T = TypeVar("T")
# a page of an area needs some twenty, and each has a figure for every area
MOST_COMPUTED: Final = 200
# a bench keeps the ways of all people to all sites
MOST_BENCHES: Final = 12
BENCHES: Final = "bench"
MOMENT: Final = "planner_moment"


@dataclass(frozen=True, slots=True)
class Computed:
    """What one process keeps of what it computed; what was least recently asked goes first."""

    values: LRUCache[Hashable, Any] = field(default_factory=lambda: LRUCache(MOST_COMPUTED))
    lock: Lock = field(default_factory=Lock)


@contextmanager
def one_moment() -> "Iterator[Session]":
    """A session that sees one moment; what it was asked before is remembered as long as nothing changes.

    Within the block every other call gets the same session.
    """
    if MOMENT in g:
        yield g.get(MOMENT)
        return
    with current_site().open_session() as session:
        read_one_snapshot(session)
        setattr(g, MOMENT, session)
        try:
            yield session
        finally:
            g.pop(MOMENT)


def planner_data() -> CoverageData | None:
    """What coverage is computed from; None where no territory is loaded."""
    with one_moment() as session:
        try:
            return coverage_data(session, roads=travel_root(current_site().settings))
        except NotAnswerable:
            return None


def figures(data: CoverageData, question: Question) -> Figures:
    """The answer to a question, computed once for each state of the data. Raises CoverageError."""
    return of_data(data, "figures", question, lambda: measure(data, question))


def of_data(data: CoverageData, kind: str, question: Hashable, ask: Callable[[], T]) -> T:
    """Anything that follows from the data, kept as long as they are the same."""
    store, most = ("planner benches", MOST_BENCHES) if kind == BENCHES else ("planner", MOST_COMPUTED)
    kept = current_site().kept.setdefault(store, Computed(LRUCache(most)))
    assert isinstance(kept, Computed)  # noqa: S101 - tells mypy what was put there
    key = (kind, data.release, data.today, question)
    with kept.lock:
        if key in kept.values:
            found: T = kept.values[key]
            return found
    value = ask()  # not under the lock: two who ask at once both compute
    with kept.lock:
        kept.values[key] = value
    return value
