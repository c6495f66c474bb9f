"""What filters, counts and order ask of every listing, kept in the process as arrays for as long as it holds.

PostgreSQL reads 16,500 pages to count 100,000 wide rows; the same facts are sixteen megabytes here. They come from
``listing``, so that nothing hidden is among them, and hold as long as the row of ``listing_summary`` that they were
read beside: a publication writes another one, and whatever else writes a listing deletes it. Each question looks.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

Rows = NDArray[np.signedinteger[Any]]
Mask = NDArray[np.bool_]
Known = TypeVar("Known")
# answers of the full-text index: eight bytes for each listing found
MOST_BYTES_OF_ANSWERS = 32 * 2**20
# what was looked up of words and vocabularies
MOST_LOOKED_UP = 1_000
TURNS = 16
BYTES_OF_ID = 16
UNTOLD = "?"


class UnknownListingError(LookupError):
    """An answer names a listing that was published after the facts had been read."""


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of every listing: each value once, and by row the number of its value."""

    values: tuple[Any, ...]
    codes: NDArray[np.int32]
    # of lists of codes, written with a space between: the codes of each value
    sets: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The listings that PostgreSQL named: their rows, ascending, and where in its order each of them stood."""

    rows: NDArray[np.int32]
    places: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """The facts of all listings, in the order of their ids.

    ``x`` and ``y`` are metres, ``lon`` and ``lat`` degrees; nan without a place.
    """

    ids: bytes
    # the first half of each id, which tells them apart
    keys: NDArray[np.uint64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    # of all listings: their numbers from 0 on
    rows: Rows
    columns: dict[str, Column]
    answers: LRUCache[Hashable, Answer] = field(
        default_factory=lambda: LRUCache(
            MOST_BYTES_OF_ANSWERS, getsizeof=lambda answer: answer.rows.nbytes + answer.places.nbytes
        )
    )
    looked_up: LRUCache[Hashable, Any] = field(default_factory=lambda: LRUCache(MOST_LOOKED_UP))
    lock: threading.Lock = field(default_factory=threading.Lock)
    # of many who ask the same at once one asks PostgreSQL
    turns: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(TURNS)))

    @property
    def whole(self) -> "Part":
        """All listings."""
        return Part(self, self.rows, {name: column.codes for name, column in self.columns.items()})

    @property
    def hours(self) -> list[str]:
        """Every way in which hours are written."""
        return [each for each in self.columns["hours"].values if each]

    def ids_of(self, rows: Rows) -> list[UUID]:
        """The ids of some rows."""
        starts = (rows * BYTES_OF_ID).tolist()
        return [UUID(bytes=self.ids[start : start + BYTES_OF_ID]) for start in starts]

    def bytes_of(self, rows: Rows) -> bytes:
        """The ids of some rows, one behind the other."""
        return np.frombuffer(self.ids, f"V{BYTES_OF_ID}")[rows].tobytes()

    def answered(self, question: Hashable, ask: Callable[[], bytes | None]) -> Answer:
        """The rows that PostgreSQL names by their ids, one behind the other; asked once, as long as these facts hold.

        Raises UnknownListingError where it names others.
        """
        return self._once(self.answers, question, lambda: _answer(self.rows_of(ask() or b"")))

    def known(self, question: Hashable, look_up: Callable[[], Known]) -> Known:
        """What no publication since these facts can have changed; looked up once, as long as they hold."""
        return self._once(self.looked_up, question, look_up)

    def _once(self, cache: LRUCache[Hashable, Any], question: Hashable, ask: Callable[[], Known]) -> Known:
        with self.lock:
            known: Known | None = cache.get(question)
        if known is None:
            with self.turns[hash(question) % TURNS]:
                with self.lock:
                    known = cache.get(question)
                if known is None:
                    known = ask()
                    with self.lock:
                        cache[question] = known
        return known

    def rows_of(self, ids: bytes) -> Rows:
        """The rows of ids that stand one behind the other. Raises UnknownListingError."""
        keys = keys_of(ids)
        rows = np.searchsorted(self.keys, keys)
        if keys.size and (rows.max() >= self.keys.size or (self.keys[rows] != keys).any()):
            raise UnknownListingError
        return rows


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the listings: their rows, ascending. What is asked of them takes as long as there are rows."""

    facts: ListingFacts
    rows: Rows
    taken: dict[str, NDArray[np.int32]] = field(default_factory=dict)

    def codes(self, name: str) -> NDArray[np.int32]:
        """By row the number of its value in a column."""
        known = self.taken.get(name)
        if known is None:
            known = self.taken[name] = self.facts.columns[name].codes.take(self.rows)
        return known

    def where(self, name: str, fits: Callable[[Any], bool]) -> Mask:
        """The rows whose value fits; asked once for each value."""
        values = self.facts.columns[name].values
        return np.fromiter(map(fits, values), bool, len(values)).take(self.codes(name))

    def overlap(self, name: str, codes: Iterable[str]) -> Mask:
        """The rows of a column of lists that have any of these codes."""
        sets, wanted = self.facts.columns[name].sets, frozenset(codes)
        return ~np.fromiter(map(wanted.isdisjoint, sets), bool, len(sets)).take(self.codes(name))

    def counts(self, name: str) -> Iterator[tuple[Any, int]]:
        """Each value of these rows, and how many have it."""
        numbers = np.bincount(self.codes(name)).tolist()
        return ((value, number) for value, number in zip(self.facts.columns[name].values, numbers) if number)  # noqa: B905 - the last values may have none

    def that(self, fit: Mask) -> "Part":
        """Those that fit."""
        return self if fit.all() else Part(self.facts, self.rows.take(np.flatnonzero(fit)))


def has_area(area: str) -> bool:
    """Whether an area of the facts says for whom a service is."""
    return bool(area) and area[0] != UNTOLD


@dataclass(frozen=True, slots=True)
class Around:
    """Facts that hold, where the question's position is in metres, and the gmina that it is in."""

    facts: ListingFacts
    x: float
    y: float
    gmina: str | None


def _answer(rows: Rows) -> Answer:
    places = np.argsort(rows)
    return Answer(rows.take(places).astype(np.int32), places.astype(np.int32))


def keys_of(ids: bytes) -> NDArray[np.uint64]:
    """The first half of each id, which tells them apart."""
    return np.frombuffer(ids, ">u8")[::2].astype(np.uint64)
