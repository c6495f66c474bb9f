"""Keeping a copy in step: changes of the published listings in the order in which they became public.

A copy begins at ``beginning`` and follows page by page. What changes meanwhile comes again behind all the rest, so that
who has read to the end has exactly what is published. What was withdrawn, or does not fit the search any more, is named
by its id alone, and only from the moment on at which the copy may have it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, Select, Text, and_, case, cast, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import Session

from mapapp.directory.criteria import LISTING, conditions, prepare
from mapapp.directory.page_hits import SHOWN
from mapapp.directory.published_changes import published_state
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.tables import Listing, ListingChange

Shape = Literal["json", "geojson"]

CHANGE = ListingChange.__table__.c
DECIMALS = 6  # RFC 7946 §11.2: about 10 cm
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Point:
    """How far a copy has come. It may have what changed up to ``has_until``, and is told of each loss after that."""

    changed_at: datetime
    listing_id: UUID
    has_until: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of changes: items as JSON, ids of what the copy shall forget, and how far it has come now."""

    items: tuple[str, ...]
    removed: tuple[UUID, ...]
    point: Point
    is_last: bool


class LostTrackError(LookupError):
    """The history does not reach back to this point: the copy has to begin anew."""


def beginning(session: Session) -> Point:
    """Where a copy begins that has nothing yet."""
    return Point(LONG_AGO, FIRST_ID, published_state(session).changed_at or LONG_AGO)


def at_moment(moment: datetime) -> Point:
    """Where a copy goes on that has everything that changed before ``moment``."""
    return Point(moment - INSTANT, LAST_ID, moment - INSTANT)


def changes_after(session: Session, search: ServiceSearch, point: Point, shape: Shape) -> Page:
    """The next changes of what a search finds, as many as its limit. The search must not depend on other listings.

    Raises LostTrackError where the copy was made of another history, such as that of a database now replaced.
    """
    _refuse_lost(session, point)
    rows = session.execute(_query(session, search, point, shape)).all()
    page = rows[: search.limit]
    reached = replace(point, changed_at=page[-1].changed_at, listing_id=page[-1].id) if page else point
    return Page(
        items=tuple(row.item for row in page if row.item is not None),
        removed=tuple(row.id for row in page if row.item is None),
        point=reached,
        is_last=len(rows) <= search.limit,
    )


def _refuse_lost(session: Session, point: Point) -> None:
    if point.changed_at == LONG_AGO or point.listing_id == LAST_ID:
        return
    # what was withdrawn stays in the history, so that it begins anew only with another database
    oldest = session.scalar(select(func.min(CHANGE.published_at)))
    if oldest is None or oldest > point.changed_at:
        raise LostTrackError(f"the history begins at {oldest}, the copy's last change is of {point.changed_at}")


def _query(session: Session, search: ServiceSearch, point: Point, shape: Shape) -> Select[Any]:
    row = select(*_values(shape)).correlate(Listing.__table__).lateral("row")
    properties = cast(func.row_to_json(row.table_valued()), Text)
    item = properties if shape == "json" else _feature(properties)
    fits = and_(LISTING.id == CHANGE.id, *conditions(prepare(session, search)))
    source = ListingChange.__table__.outerjoin(Listing.__table__, fits).outerjoin(row, true())
    is_behind = tuple_(CHANGE.changed_at, CHANGE.id) > tuple_(literal(point.changed_at), literal(point.listing_id))
    may_be_there = CHANGE.changed_at > point.has_until
    return (
        select(CHANGE.id, CHANGE.changed_at, case((LISTING.id.is_not(None), item)).label("item"))
        .select_from(source)
        .where(is_behind, or_(LISTING.id.is_not(None), may_be_there))
        .order_by(CHANGE.changed_at, CHANGE.id)
        .limit(search.limit + 1)
    )


def _values(shape: Shape) -> list[Any]:
    if shape == "geojson":
        return [column for column in SHOWN if column.name != "id"]
    return [*SHOWN, *(_degrees(of).label(name) for name, of in _COORDINATES.items())]


def _degrees(of: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.round(cast(of, Numeric), DECIMALS)


_COORDINATES: dict[str, ColumnElement[Any]] = {
    "longitude": func.ST_X(LISTING.point),
    "latitude": func.ST_Y(LISTING.point),
}


def _feature(properties: ColumnElement[str]) -> ColumnElement[str]:
    geometry = func.coalesce(func.ST_AsGeoJSON(LISTING.point, DECIMALS), "null")
    head = literal('{"type":"Feature","id":"') + cast(LISTING.id, Text) + '","geometry":' + geometry
    return head + ',"properties":' + properties + "}"
