"""What filters, counts and order ask of every listing, kept in the process as arrays for as long as it holds.

PostgreSQL reads 16,500 pages to count 100,000 wide rows; the same facts are fourteen megabytes here. They come from
``listing``, so that nothing hidden is among them, and hold as long as the row of ``listing_summary`` that they were
read beside: a publication writes another one, and whatever else writes a listing deletes it. Each question looks.
"""

import json
import threading
from array import array
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any
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

Rows = NDArray[np.signedinteger[Any]]
Mask = NDArray[np.bool_]
BATCH = 5_000
# answers of the full-text index, one row number for each listing found
MOST_ANSWERS = 64
TURNS = 16
# who comes while another reads waits so long, then asks PostgreSQL
SECONDS_TO_WAIT = 5.0
BYTES_OF_ID = 16
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
    "audiences": "array_to_string(audiences, ' ')",
    "modes": "array_to_string(modes, ' ')",
    "languages": "array_to_string(languages, ' ')",
    "area": "array_to_string(service_area, ' ')",
    "gmina": "gmina_teryt",
    "powiat": "powiat_teryt",
    "subregion": "nuts3",
    "has_no_place": "location_id IS NULL",
    "is_public": "visibility = 'public'",
    "is_sample": "is_sample",
}
READ = f"""
SELECT uuid_send(id), coalesce(ST_X(point_metric), 'NaN'), coalesce(ST_Y(point_metric), 'NaN'),
    coalesce(ST_X(point), 'NaN'), coalesce(ST_Y(point), 'NaN'),
    {", ".join(COLUMNS.values())}
FROM listing ORDER BY id
"""
# the row beside which they hold, and a position in metres
HOLDS = driver_sql(f"""
SELECT CAST(kept.xmin AS text), CAST(kept.cmin AS text), CAST(kept.ctid AS text), ST_X(place), ST_Y(place)
FROM listing_summary AS kept, ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), {WGS84}), {PUWG_1992}) AS place
""")
# a page waits three seconds at most for PostgreSQL; this is read once for thousands of pages
HAVE_PATIENCE = "SELECT set_config('statement_timeout', %(limit)s, true)"


class UnknownListingError(LookupError):
    """An answer names a listing that was published after the facts had been read."""


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of every listing: each value once, and by row the number of its value."""

    values: tuple[Any, ...]
    codes: NDArray[np.int32]

    def where(self, fits: Callable[[Any], bool]) -> Mask:
        """The rows whose value fits; asked once for each value."""
        fitting = np.fromiter((fits(value) for value in self.values), bool, len(self.values))
        return fitting[self.codes]

    def counts(self, rows: Mask) -> list[tuple[Any, int]]:
        """Each value of these rows, and how many have it."""
        numbers = np.bincount(self.codes[rows], minlength=len(self.values)).tolist()
        return [(value, number) for value, number in zip(self.values, numbers, strict=True) if number]


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
    columns: dict[str, Column]
    answers: LRUCache[Hashable, Rows] = field(default_factory=lambda: LRUCache(MOST_ANSWERS))
    lock: threading.Lock = field(default_factory=threading.Lock)
    # of many who ask the same at once one asks PostgreSQL
    turns: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(TURNS)))

    def ids_of(self, rows: Rows) -> list[UUID]:
        """The ids of some rows."""
        return [UUID(bytes=self.ids[row * BYTES_OF_ID :][:BYTES_OF_ID]) for row in rows.tolist()]

    def answered(self, question: Hashable, ask: Callable[[], bytes | None]) -> Rows:
        """The rows that PostgreSQL names by their ids, one behind the other; asked once, as long as these facts hold.

        Raises UnknownListingError where it names others.
        """
        with self.turns[hash(question) % TURNS]:
            with self.lock:
                known = self.answers.get(question)
            if known is None:
                known = self._rows(_keys(ask() or b""))
                with self.lock:
                    self.answers[question] = known
            return known

    def _rows(self, keys: NDArray[np.uint64]) -> Rows:
        rows = np.searchsorted(self.keys, keys)
        if keys.size and (rows.max() >= self.keys.size or (self.keys[rows] != keys).any()):
            raise UnknownListingError
        return rows.astype(np.int32)


@dataclass(frozen=True, slots=True)
class Around:
    """Facts that hold, and where the question's position is in metres."""

    facts: ListingFacts
    x: float
    y: float


_known: WeakKeyDictionary[Engine, tuple[tuple[str, ...], ListingFacts | None]] = WeakKeyDictionary()
_reading = threading.Lock()


def current_facts(session: Session, near: Position) -> Around | None:
    """The facts as they are now; None where they are not kept at this moment, and PostgreSQL has to be asked."""
    holds = ask_driver(session, HOLDS, near._asdict())
    if not holds:
        return None
    *version, x, y = holds[0]
    engine = session.get_bind().engine
    facts = _read_once(session, engine, tuple(version))
    return Around(facts, x, y) if facts else None


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
    columns = {name: Column(distinct[name], np.array(codes[name], np.int32)) for name in COLUMNS}
    x, y, lon, lat = map(np.array, places)
    return ListingFacts(bytes(ids), keys, x, y, lon, lat, columns)


def _keys(ids: bytes) -> NDArray[np.uint64]:
    return np.frombuffer(ids, ">u8")[::2].astype(np.uint64)
