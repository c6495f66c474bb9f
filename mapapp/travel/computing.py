"""Computes the times between sites and cells, keeps what is done as it goes, and reuses what still holds."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from geo.roads.matrix import TravelMatrix
from geo.roads.network import Floats
from mapapp.travel.engines import Engine
from mapapp.travel.places import distinct_places, places_hash, rows_of
from mapapp.travel.store import KeptTimes, TimesFacts, keep_part, keep_times, kept_parts, kept_times

SITES_AT_ONCE = 64
Progress = Callable[[int, int], None]
"""Told how many sites are done, and how many there are."""


def compute_times(
    engine: Engine, mode: str, sites: Floats, cells: Floats, limit_minutes: float, folder: Path, progress: Progress
) -> KeptTimes:
    """The times of a mode, kept in its folder. Raises TravelError.

    Sites that are where they were, of the same network, cells and limit, are not computed again, be they of the last
    result or of a computation that was broken off. Times of sites that are gone are forgotten.
    """
    wanted = distinct_places(sites)
    known_matrix, known_xy = _known(engine, cells, limit_minutes, folder)
    missing = wanted[rows_of(known_xy, wanted) < 0]
    key = _key(engine, cells, limit_minutes)
    matrices, places = [known_matrix], [known_xy]
    # behind all parts that there are, of which some may be of a computation with other sites
    number = len(list((folder / "parts" / key).glob("*.npz")))
    progress(len(wanted) - len(missing), len(wanted))
    for first in range(0, len(missing), SITES_AT_ONCE):
        batch = missing[first : first + SITES_AT_ONCE]
        part = engine.times(batch, cells, limit_minutes)
        keep_part(folder, number, key, part, batch)
        matrices.append(part)
        places.append(batch)
        number += 1
        progress(len(wanted) - len(missing) + first + len(batch), len(wanted))
    every = TravelMatrix.stacked(matrices)
    matrix = every.part(rows_of(np.concatenate(places), wanted))
    facts = _facts(engine, mode, wanted, cells, matrix, key)
    times = KeptTimes(facts, matrix, wanted, np.asarray(cells), engine.is_joined(cells))
    keep_times(folder, times)
    return times


def _known(engine: Engine, cells: Floats, limit_minutes: float, folder: Path) -> tuple[TravelMatrix, Floats]:
    """What was computed before and still holds."""
    nothing = TravelMatrix.of_rows([], len(cells), limit_minutes)
    found = list(kept_parts(folder, _key(engine, cells, limit_minutes), len(cells), limit_minutes))
    old = kept_times(folder)
    if old is not None and holds(old.facts, engine, cells, limit_minutes):
        found.append((old.matrix, old.sites_xy))
    matrices, places = zip((nothing, np.empty((0, 2))), *found, strict=True)
    return TravelMatrix.stacked(matrices), np.concatenate(places)


def holds(facts: TimesFacts, engine: Engine, cells: Floats, limit_minutes: float) -> bool:
    """Whether times were computed from just this."""
    told = (facts.engine, facts.source, facts.limit_minutes, facts.cells)
    return told == (engine.facts.engine, engine.facts.source, limit_minutes, places_hash(cells))


def _key(engine: Engine, cells: Floats, limit_minutes: float) -> str:
    told = f"{engine.facts.engine} {engine.facts.source} {limit_minutes} {places_hash(cells)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _facts(engine: Engine, mode: str, sites: Floats, cells: Floats, matrix: TravelMatrix, key: str) -> TimesFacts:
    made_of = f"{key} {places_hash(sites)}"
    return TimesFacts(
        mode=mode,
        fingerprint=hashlib.sha256(made_of.encode()).hexdigest()[:16],
        engine=engine.facts.engine,
        source=engine.facts.source,
        map_file=engine.facts.map_file,
        map_day=engine.facts.map_day,
        limit_minutes=matrix.limit_minutes,
        cells=places_hash(cells),
        sites=matrix.sites,
        pairs=matrix.pairs,
        sites_off_network=int((~engine.is_joined(sites)).sum()),
        cells_off_network=int((~engine.is_joined(cells)).sum()),
        computed_at=datetime.now(UTC),
    )
