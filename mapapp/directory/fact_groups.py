"""The groups of a map, counted on the facts that the process keeps: as ``map_signs`` counts them in SQL."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from mapapp.directory.criteria import Criteria
from mapapp.directory.fact_search import find
from mapapp.directory.listing_facts import Around, ListingFacts, Rows
from mapapp.territory.feature_pages import MERCATOR_EDGE


@dataclass(frozen=True, slots=True)
class InView:
    """What fits and has a place (``everywhere``), and what of it is in the view."""

    facts: ListingFacts
    everywhere: Rows
    here: Rows


@dataclass(frozen=True, slots=True)
class Group:
    """Services in a cell: how many, the least of their ids, the mean of their places and the box around these."""

    services: int
    id: UUID
    middle: tuple[float, float]
    box: tuple[float, float, float, float]


def in_view(
    session: Session, criteria: Criteria, around: Around | None, bbox: tuple[float, float, float, float] | None
) -> InView | None:
    """What fits in a box in degrees, edges included; None where PostgreSQL has to be asked."""
    found = find(session, criteria, around, is_ordered=False)
    if found is None:
        return None
    facts = found.facts
    rows = found.fitting.rows
    lon, lat = facts.lon.take(rows), facts.lat.take(rows)
    is_there = ~np.isnan(lon)
    everywhere = rows[is_there]
    if bbox is None:
        return InView(facts, everywhere, everywhere)
    west, south, east, north = bbox
    here = rows[is_there & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]
    return InView(facts, everywhere, here)


def groups(view: InView, side: float, most: int) -> list[Group]:
    """The fullest cells of a square grid (``side`` in metres of web Mercator), in the order of count and id."""
    rows = view.here
    if not rows.size:
        return []
    lon, lat = view.facts.lon[rows], view.facts.lat[rows]
    column = np.floor(lon / 180 * MERCATOR_EDGE / side).astype(np.int64)
    northing = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) * MERCATOR_EDGE / np.pi
    line = np.floor(northing / side).astype(np.int64)
    cells = column << 32 | line & 0xFFFFFFFF
    _, first, cell, counts = np.unique(cells, return_index=True, return_inverse=True, return_counts=True)
    by_cell = np.argsort(cell, kind="stable")
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    west, south = (np.minimum.reduceat(each[by_cell], starts) for each in (lon, lat))
    east, north = (np.maximum.reduceat(each[by_cell], starts) for each in (lon, lat))
    mean_lon, mean_lat = (np.bincount(cell, weights=each) / counts for each in (lon, lat))
    fullest = np.lexsort((line[first], column[first], -counts))[:most]
    # rows are in the order of ids, so that a cell's first row has the least
    in_order = fullest[np.lexsort((first[fullest], -counts[fullest]))]
    ids = view.facts.ids_of(rows[first[in_order]])
    numbers = np.stack((mean_lon, mean_lat, west, south, east, north), axis=1)[in_order].tolist()
    return [
        Group(services, its, (x, y), (w, s, e, n))
        for services, its, (x, y, w, s, e, n) in zip(counts[in_order].tolist(), ids, numbers, strict=True)
    ]
