"""Facts read from the published listings: once by each process for each publication."""

import json
import threading
from array import array
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.crs import PUWG_1992, WGS84, Position
from mapapp.database import ask_driver, driver_of, driver_sql
from mapapp.directory.listing_facts import UNTOLD, Around, Column, ListingFacts, keys_of
from mapapp.directory.open_when import CLOSED_FOR_A_TIME
from mapapp.directory.wording import LONGEST_PHRASE
from mapapp.territory.queries import gmina_code_at

BATCH = 5_000
# who comes while another reads waits so long, then asks PostgreSQL
SECONDS_TO_WAIT = 5.0
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
    keys = keys_of(bytes(ids))
    if (keys[1:] == keys[:-1]).any():
        return None
    distinct = {name: tuple(numbers[name]) for name in COLUMNS}
    distinct["profiles"] = tuple(json.loads(each) for each in distinct["profiles"])
    sets = {name: tuple(frozenset(each.split()) for each in distinct[name]) for name in LISTS}
    columns = {name: Column(distinct[name], np.array(codes[name], np.int32), sets.get(name, ())) for name in COLUMNS}
    x, y, lon, lat = map(np.array, places)
    return ListingFacts(bytes(ids), keys, x, y, lon, lat, np.arange(keys.size), columns)
