"""What planners may count of the directory: published services, their places over time, and never a hidden address.

Like everything public this starts from ``listing``. What is shown ``on_request`` has no gmina there; it is counted for
the region as a whole only, and its places only where so many services are summed that none can be told apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from mapapp.directory.agreements import RECORD
from mapapp.directory.publication import COUNTED_AS_PLACES, SUPPLY
from mapapp.directory.visibility import is_shown, shows_area

# Fewer hidden services than this are counted, but their places are not summed.
FEWEST_SUMMED = 3

AREA_SHOWN = shows_area("listing.visibility")
OFFERS = text(f"""
    SELECT listing.id, listing.service_id, listing.location_id, listing.facility_type, listing.name, listing.is_sample,
        listing.gmina_teryt, ST_X(listing.point_metric) AS x, ST_Y(listing.point_metric) AS y,
        listing.service_area, listing.agreed_area, listing.audiences, listing.minimum_age, listing.maximum_age,
        listing.modes,
        listing.care_setting, listing.profiles, listing.verified_on, listing.status, listing.source,
        listing.source_date, listing.opening_hours, branch.capacity_share,
        {RECORD} AS record,
        greatest(1, (SELECT count(*) FROM service_at_location AS every WHERE every.service_id = listing.service_id))
            AS branches
    FROM listing LEFT JOIN service_at_location AS branch ON branch.id = listing.id
    LEFT JOIN service ON service.id = listing.service_id
    WHERE {AREA_SHOWN}
    ORDER BY listing.service_id, listing.id
""")
# With a target (women, men) a row is a part of the row without one.
COUNTED = f"capacity.target IS NULL AND {is_shown('capacity')}"
COUNTS = text(f"""
    SELECT capacity.service_id, capacity.kind, capacity.maximum, capacity.available, capacity.waiting_days,
        capacity.as_of
    FROM service_capacity AS capacity
    JOIN unit ON unit.id = capacity.unit_id
    WHERE {COUNTED} AND (capacity.kind NOT IN ({SUPPLY}) OR unit.name IN ({COUNTED_AS_PLACES}))
        AND EXISTS (SELECT FROM listing WHERE listing.service_id = capacity.service_id AND {AREA_SHOWN})
    ORDER BY capacity.service_id, capacity.as_of, capacity.kind DESC, capacity.id
""")
HIDDEN = text(f"""
    SELECT hidden.facility_type, hidden.is_sample, count(*) AS services,
        CASE WHEN count(*) >= {FEWEST_SUMMED} AND bool_and(newest.maximum IS NOT NULL)
            THEN sum(newest.maximum) END AS places
    FROM (SELECT DISTINCT service_id, facility_type, is_sample FROM listing WHERE NOT {AREA_SHOWN}) AS hidden
    LEFT JOIN LATERAL (
        SELECT capacity.maximum
        FROM service_capacity AS capacity
        JOIN unit ON unit.id = capacity.unit_id AND unit.name IN ({COUNTED_AS_PLACES})
        WHERE capacity.service_id = hidden.service_id AND capacity.kind IN ({SUPPLY}) AND {COUNTED}
            AND capacity.maximum IS NOT NULL
        ORDER BY capacity.as_of DESC, capacity.kind LIMIT 1
    ) AS newest ON true
    WHERE NOT EXISTS (SELECT FROM listing WHERE listing.service_id = hidden.service_id AND {AREA_SHOWN})
    GROUP BY hidden.facility_type, hidden.is_sample ORDER BY hidden.facility_type, hidden.is_sample
""")


@dataclass(frozen=True, slots=True)
class Offer:
    """A published service at one of its places. ``x``, ``y``: metres of EPSG:2180, None where no place is shown."""

    id: UUID
    service_id: UUID
    location_id: UUID | None
    facility_type: str
    name: str
    is_sample: bool
    gmina_teryt: str | None
    x: float | None
    y: float | None
    service_area: Sequence[str]
    audiences: Sequence[str]
    minimum_age: int | None
    maximum_age: int | None
    modes: Sequence[str]
    care_setting: str | None
    # profile -> yes, partial, no, unknown
    profiles: Mapping[str, str]
    verified_on: date | None
    status: str
    source: str
    source_date: date | None
    # this place's part of the service's places; None where the split is not known
    capacity_share: int | None
    # how many places the service has, shown or not
    branches: int
    # as OSM writes them; None where nobody knows
    opening_hours: str | None = None
    # the number of its facility in its register
    record: str | None = None
    # whose people may use it besides, by agreements
    agreed_area: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CapacityCount:
    """What a register said on a day: approved or funded places (with the free ones), or people."""

    service_id: UUID
    kind: str
    maximum: int | None
    available: int | None
    waiting_days: int | None
    as_of: date


@dataclass(frozen=True, slots=True)
class HiddenSupply:
    """Services of a type whose gmina is not shown, counted together; ``places`` None where few or unknown."""

    facility_type: str
    is_sample: bool
    services: int
    places: int | None


@dataclass(frozen=True, slots=True)
class PublishedSupply:
    """All that may be counted."""

    offers: tuple[Offer, ...]
    counts: tuple[CapacityCount, ...]
    hidden: tuple[HiddenSupply, ...]


def published_supply(session: Session) -> PublishedSupply:
    """What may be counted, with the history of places by date."""
    return PublishedSupply(
        tuple(Offer(**row) for row in session.execute(OFFERS).mappings()),
        tuple(CapacityCount(**row) for row in session.execute(COUNTS).mappings()),
        tuple(_hidden(row) for row in session.execute(HIDDEN).mappings()),
    )


def _hidden(row: RowMapping) -> HiddenSupply:
    places = row["places"]
    return HiddenSupply(
        row["facility_type"], row["is_sample"], row["services"], int(places) if places is not None else None
    )
