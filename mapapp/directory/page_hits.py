"""The hits of a page, from the rows that the kept facts found: what ``search`` makes by SQL for those it finds itself.

Of the asker's own (distance, area, access, hours) no statement is put together: that took longer than all the rest.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isnan
from typing import Any

from sqlalchemy import ARRAY
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.database import ask_driver
from mapapp.directory.access import IS_THERE, NOT_SURVEYED
from mapapp.directory.answers import SearchHit
from mapapp.directory.criteria import LISTING, Criteria
from mapapp.directory.entitlement import BLOCKS
from mapapp.directory.fact_search import Found, block_numbers, metres
from mapapp.directory.listing_facts import Part, Rows, has_area
from mapapp.directory.open_when import CLOSED_FOR_A_TIME

# of the read model: everything but what only queries need
SHOWN = [
    each
    for each in LISTING
    if each.name not in {"organization_id", "agreed_area", "point", "point_metric", "point_mercator", "search", "words"}
]
NAMES = tuple(each.name for each in SHOWN)
LISTS = tuple(each.name for each in SHOWN if isinstance(each.type, ARRAY))
BY_ID = f"""
SELECT {", ".join(f"listing.{name}" for name in NAMES)}, ST_X(point), ST_Y(point)
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS each (id, place) JOIN listing ON listing.id = each.id
ORDER BY place
"""
TENTH = Decimal("0.1")


def page_hits(session: Session, found: Found, rows: Rows) -> tuple[SearchHit, ...]:
    """The listings of these rows as they are now, in this order; one that is gone by now is left out."""
    if not rows.size:
        return ()
    ids = found.facts.ids_of(rows)
    of_asker = dict(zip(ids, _of_asker(found, rows), strict=True))
    hits = []
    for *values, lon, lat in ask_driver(session, BY_ID, {"ids": ids}):
        row: dict[str, Any] = dict(zip(NAMES, values, strict=True))
        row |= {name: tuple(row[name]) for name in LISTS}
        position = None if lon is None else Position(lon, lat)
        hits.append(SearchHit(**row, position=position, **of_asker[row["id"]], **_told(found.criteria, row)))
    return tuple(hits)


def _of_asker(found: Found, rows: Rows) -> Iterator[dict[str, Any]]:
    """What facts tell of each row: how far it is, and for whom, by where the asker is; whether it was meant."""
    criteria, part = found.criteria, Part(found.facts, rows)
    far = metres(found.around, part).tolist() if criteria.search.near else [None] * rows.size
    covers = part.overlap("area", criteria.around)
    is_told = (covers | part.where("area", has_area)).tolist()
    blocks = block_numbers(part, criteria.around).tolist()
    meant = found.meant.take(rows).tolist() if found.meant is not None else [True] * rows.size
    for number in range(rows.size):
        yield {
            "distance_km": _kilometres(far[number]),
            "serves_position": bool(covers[number]) if criteria.around and is_told[number] else None,
            "entitlement": BLOCKS[blocks[number]] if criteria.around else None,
            "is_meant": meant[number],
        }


def _kilometres(metres: float | None) -> float | None:
    """To one decimal, rounded as PostgreSQL does: from 15 digits, halves away from zero."""
    if metres is None or isnan(metres):
        return None
    return float(Decimal(f"{metres / 1000:.15g}").quantize(TENTH, ROUND_HALF_UP))


def _told(criteria: Criteria, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same as ``told``."""
    search = criteria.search
    told: dict[str, Any] = {}
    if search.profile:
        surveyed = {each: row["accessibility"].get(each, NOT_SURVEYED) for each in criteria.required}
        told["access"] = row["profiles"].get(search.profile, NOT_SURVEYED)
        told["access_missing"] = tuple(
            each for each, value in surveyed.items() if value not in {IS_THERE, NOT_SURVEYED}
        )
        told["access_unknown"] = tuple(each for each, value in surveyed.items() if value == NOT_SURVEYED)
    if search.open_when:
        told["open"] = _openness(criteria, row["status"], row["opening_hours"])
    return told


def _openness(criteria: Criteria, status: str, hours: str | None) -> str:
    if status == CLOSED_FOR_A_TIME or hours in criteria.closed_hours:
        return "closed"
    return "open" if hours in criteria.open_hours else "unknown"
