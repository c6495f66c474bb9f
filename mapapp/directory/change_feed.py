"""The newest changes of the published directory, for people and programs that follow it.

What is still published is told from ``listing``; of what was withdrawn nothing is left to tell but the id.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from mapapp.directory.criteria import LISTING, conditions, prepare
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.tables import Listing, ListingChange

Kind = Literal["added", "changed", "withdrawn"]

CHANGE = ListingChange.__table__.c


@dataclass(frozen=True, slots=True)
class PublishedListing:
    """A listing in brief, as far as it may be seen."""

    service_id: UUID
    location_id: UUID | None
    name: str
    facility_type: str
    city: str | None
    gmina_name: str | None
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one listing last. A withdrawn one has no ``listing``."""

    id: UUID
    kind: Kind
    changed_at: datetime
    listing: PublishedListing | None


def newest_changes(session: Session, search: ServiceSearch, *, with_withdrawn: bool) -> tuple[Change, ...]:
    """The changes of what a search finds, the newest first, as many as its limit.

    ``with_withdrawn`` gives those of all searches: nobody knows any more what was in them.
    """
    found = or_(CHANGE.is_withdrawn if with_withdrawn else False, LISTING.id.is_not(None))
    kind = case(
        (CHANGE.is_withdrawn, "withdrawn"), (CHANGE.published_at == CHANGE.changed_at, "added"), else_="changed"
    )
    fits = (LISTING.id == CHANGE.id) & ~CHANGE.is_withdrawn
    for condition in conditions(prepare(session, search)):
        fits &= condition
    brief = [LISTING[name] for name in PublishedListing.__dataclass_fields__]
    query = (
        select(CHANGE.id, kind.label("kind"), CHANGE.changed_at, LISTING.id.is_not(None).label("is_there"), *brief)
        .select_from(ListingChange.__table__.outerjoin(Listing.__table__, fits))
        .where(found)
        .order_by(CHANGE.changed_at.desc(), CHANGE.id)
        .limit(search.limit)
    )
    return tuple(
        Change(row.id, row.kind, row.changed_at, PublishedListing(*row[4:]) if row.is_there else None)
        for row in session.execute(query)
    )
