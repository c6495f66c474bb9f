"""What filters, counts and order ask of every listing, kept in the process as arrays for as long as it holds.

PostgreSQL reads 16,500 pages to count 100,000 wide rows; the same facts are sixteen megabytes here. They come from
``listing``, so that nothing hidden is among them, and hold as long as the row of ``listing_summary`` that they were
read beside: a publication writes another one, and whatever else writes a listing deletes it. Each question looks.
"""

import json
import threading
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.crs import PUWG_1992, WGS84, Position
from mapapp.database import ask_driver, driver_of, driver_sql
from mapapp.directory.open_when import CLOSED_FOR_A_TIME
from mapapp.directory.wording import LONGEST_PHRASE
from mapapp.territory.queries import gmina_code_at

Rows = NDArray[np.signedinteger[Any]]
Mask = NDArray[np.bool_]
Known = TypeVar("Known")
BATCH = 5_000
# answers of the full-text index: eight bytes for each listing found
MOST_BYTES_OF_ANSWERS = 32 * 2**20
# what was looked up of words and vocabularies
MOST_LOOKED_UP = 1_000
TURNS = 16
# who comes while another reads waits so long, then asks PostgreSQL
SECONDS_TO_WAIT = 5.0
BYTES_OF_ID = 16
UNTOLD = "?"
LISTS = {
    **{name: name for name in ("audiences", "modes", "languages")},
    # what it serves by itself, and by agreements; an agreement alone does not say that it is for nobody else
    "area": f"""CASE WHEN service_area = '{{}}' AND agreed_area <> '{{}}' THEN '{{{UNTOLD}}}' ELSE service_area END
        || agreed_area""",
}
COLUMNS = {
    "type": "facility_type",
    "group": "type_group",
    "cost": "cost_kind",
    "sector": "sector",
    "setting": "care_setting",
    "hours": f"CASE WHEN status <> '{CLOSED_FOR_A_TIME}' THEN opening_hours END",
    "is_closed": f"status = '{CLOSED_FOR_A_TIME}'",
    "verified": "CAST(verified_on AS text)",
    "profiles": "CAST(profiles AS text)",
    **{name: f"array_to_string({column}, ' ')" for name, column in LISTS.items()},
    "gmina": "gmina_teryt",
    "powiat": "powiat_teryt",
    "subregion": "nuts3",
    "has_no_place": "location_id IS NULL",
    "is_public": "visibility = 'public'",
    "is_sample": "is_sample",
    # PostgreSQL may see more words in a name, never fewer
    "name_words": f"least(regexp_count(name, '[[:alnum:]]+'), {LONGEST_PHRASE + 1})",
}
READ = f"""
SELECT uuid_send(id), coalesce(ST_X(point_metric), 'NaN'), coalesce(ST_Y(point_metric), 'NaN'),
    coalesce(ST_X(point), 'NaN'), coalesce(ST_Y(point), 'NaN'),
    {", ".join(COLUMNS.values())}
FROM listing ORDER BY id
"""
# the row beside which they hold; a position in metres, and the gmina that it is in
HOLDS = driver_sql(f"""
SELECT CAST(kept.xmin AS text), CAST(kept.cmin AS text), CAST(kept.ctid AS text),
    ST_X(place), ST_Y(place), {gmina_code_at("place")}
FROM listing_summary AS kept,
    ST_Transform(ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), :lat), {WGS84}), {PUWG_1992}) AS place
""")
NOWHERE = {"lon": None, "lat": None}
# a page waits three seconds at most for PostgreSQL; this is read once for thousands of pages
HAVE_PATIENCE = "SELECT set_config('statement_timeout', %(limit)s, true)"


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
        keys = _keys(ids)
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


_known: WeakKeyDictionary[Engine, tuple[tuple[str, ...], ListingFacts | None]] = WeakKeyDictionary()
_reading = threading.Lock()


def current_facts(session: Session, near: Position | None) -> Around | None:
    """The facts as they are now; None where they are not kept at this moment, and PostgreSQL has to be asked."""
    holds = ask_driver(session, HOLDS, near._asdict() if near else NOWHERE)
    if not holds:
        return None
    *version, x, y, gmina = holds[0]
    engine = session.get_bind().engine
    facts = _read_once(session, engine, tuple(version))
    return Around(facts, x, y, gmina) if facts else None


def _read_once(session: Session, engine: Engine, version: tuple[str, ...]) -> ListingFacts | None:
    known = _known.get(engine)
    if known is not None and known[0] == version:
        return known[1]
    if not _reading.acquire(timeout=SECONDS_TO_WAIT):
        return None
    try:
        known = _known.get(engine)
        if known is None or known[0] != version:
            known = (version, _read(session))
            _known[engine] = known
        return known[1]
    finally:
        _reading.release()


def _read(session: Session) -> ListingFacts | None:
    """All listings; None where half of an id does not tell them apart."""
    ids, places = bytearray(), [array("d") for _coordinate in range(4)]
    numbers: dict[str, dict[Any, int]] = {name: {} for name in COLUMNS}
    codes = {name: array("i") for name in COLUMNS}
    ((limit,),) = ask_driver(session, "SELECT current_setting('statement_timeout')")
    ask_driver(session, HAVE_PATIENCE, {"limit": "30s"})
    cursor = driver_of(session).execute(READ)
    while batch := cursor.fetchmany(BATCH):
        each_id, *values = zip(*batch, strict=True)
        ids += b"".join(each_id)
        for numbers_of, coordinates in zip(places, values[: len(places)], strict=True):
            numbers_of.extend(coordinates)
        for name, column in zip(COLUMNS, values[len(places) :], strict=True):
            known = numbers[name]
            codes[name].extend([known.setdefault(value, len(known)) for value in column])
    ask_driver(session, HAVE_PATIENCE, {"limit": limit})
    keys = _keys(bytes(ids))
    if (keys[1:] == keys[:-1]).any():
        return None
    distinct = {name: tuple(numbers[name]) for name in COLUMNS}
    distinct["profiles"] = tuple(json.loads(each) for each in distinct["profiles"])
    sets = {name: tuple(frozenset(each.split()) for each in distinct[name]) for name in LISTS}
    columns = {name: Column(distinct[name], np.array(codes[name], np.int32), sets.get(name, ())) for name in COLUMNS}
    x, y, lon, lat = map(np.array, places)
    return ListingFacts(bytes(ids), keys, x, y, lon, lat, np.arange(keys.size), columns)


def _answer(rows: Rows) -> Answer:
    places = np.argsort(rows)
    return Answer(rows.take(places).astype(np.int32), places.astype(np.int32))


def _keys(ids: bytes) -> NDArray[np.uint64]:
    return np.frombuffer(ids, ">u8")[::2].astype(np.uint64)
