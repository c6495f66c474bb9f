"""Several places in brief, by their ids: what somebody saved, or was sent as a list. From the published rows alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp.directory.hours_published import hours_of_places
from mapapp.directory.tables import Listing, Location, RecordAlias

MOST_PLACES: Final = 50


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """As much of a place as one carries along."""

    id: UUID
    name: str
    services: tuple[str, ...]
    types: tuple[str, ...]
    phone: str | None
    phone_display: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    opening_hours: str | None
    status: str
    alert: str | None
    verified_on: date | None
    is_sample: bool


def ids_of_today(session: Session, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The same ids, those of merged places replaced by the place into which they went; each once."""
    query = select(RecordAlias.id, RecordAlias.survivor_id).where(RecordAlias.id.in_(ids))
    survivors = {old: new for old, new in session.execute(query)}  # noqa: C416 - rows are no pairs for dict's type
    return tuple(dict.fromkeys(survivors.get(each, each) for each in ids))


def saved_places(session: Session, ids: Sequence[UUID]) -> tuple[SavedPlace, ...]:
    """The places that anybody may see, in the order of ``ids``; the others are left out.

    Raises ValueError where there are more than ``MOST_PLACES`` ids.
    """
    if len(ids) > MOST_PLACES:
        raise ValueError(f"{len(ids)} ids were given, expected at most {MOST_PLACES}")
    query = (
        select(Listing, Location.name)
        .join(Location, Location.id == Listing.location_id)
        .where(Listing.location_id.in_(ids))
        .order_by(Listing.visibility, Listing.name, Listing.id)
    )
    found: dict[UUID | None, list[tuple[Listing, str | None]]] = {}
    for listing, name in session.execute(query):
        found.setdefault(listing.location_id, []).append((listing, name))
    hours = hours_of_places(session, [each for each in found if each])
    return tuple(_place(found[each], hours[each]) for each in dict.fromkeys(ids) if each in found)


def _place(rows: Sequence[tuple[Listing, str | None]], hours: str | None) -> SavedPlace:
    main, name = rows[0]
    listings = [listing for listing, _name in rows]
    phoned = next((each for each in listings if each.phone), main)
    assert main.location_id is not None  # noqa: S101 - tells mypy what the question asks for
    return SavedPlace(
        id=main.location_id,
        name=name or main.organization_name or main.name,
        services=tuple(dict.fromkeys(each.name for each in listings)),
        types=tuple(dict.fromkeys(each.facility_type for each in listings)),
        phone=phoned.phone,
        phone_display=phoned.phone_display or phoned.phone,
        street=main.street,
        postal_code=main.postal_code,
        city=main.city,
        opening_hours=hours,
        # closed for a time where each of its services is
        status=main.status if all(each.status == main.status for each in listings) else "active",
        alert=next((each.alert for each in listings if each.alert), None),
        # of the service that was checked longest ago: the others are at least as fresh
        verified_on=min((each.verified_on for each in listings if each.verified_on), default=None)
        if all(each.verified_on for each in listings)
        else None,
        is_sample=any(each.is_sample for each in listings),
    )
