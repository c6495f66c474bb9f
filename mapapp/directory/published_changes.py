"""Which listings a publication added, changed and withdrew: noted in its own transaction, in the order of commits.

Publications note their changes one after the other, each under a lock that it holds until it is committed. So a change
that becomes visible later also has a later time, and whoever has read everything up to a time has missed nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, DateTime, Uuid, bindparam, func, select, text
from sqlalchemy.orm import Session

from mapapp.directory.publication import COLUMNS
from mapapp.directory.tables import ListingChange
from mapapp.directory.visibility import is_listed, strictest

SCOPE: tuple[BindParameter[Any], ...] = (
    bindparam("everything"),
    bindparam("service_ids", type_=ARRAY(Uuid)),
    bindparam("moment", type_=DateTime(timezone=True)),
)
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('listing_change', 0))")
MOMENT = text("SELECT greatest(clock_timestamp(), max(changed_at) + interval '1 microsecond') FROM listing_change")
NOTE_PUBLISHED = text(f"""
INSERT INTO listing_change AS known (id, published_at, changed_at, is_withdrawn, visibility, fingerprint)
SELECT id, :moment, :moment, false, visibility, CAST(md5(CAST(ROW({COLUMNS}) AS text)) AS uuid)
FROM listing
WHERE :everything OR service_id = ANY (:service_ids)
    OR NOT EXISTS (SELECT FROM listing_change AS known WHERE known.id = listing.id AND NOT known.is_withdrawn)
ON CONFLICT (id) DO UPDATE SET
    published_at = CASE WHEN known.is_withdrawn THEN excluded.published_at ELSE known.published_at END,
    changed_at = excluded.changed_at, is_withdrawn = false,
    visibility = excluded.visibility, fingerprint = excluded.fingerprint,
    restricted_at = CASE
        WHEN excluded.visibility > known.visibility THEN excluded.changed_at ELSE known.restricted_at END
WHERE known.is_withdrawn OR known.fingerprint IS DISTINCT FROM excluded.fingerprint
""").bindparams(*SCOPE)

# A service that is given no longer, and was not made less public, may stay in what was released before.
LEVEL = strictest("s.visibility", "o.visibility", "l.visibility", "a.visibility")
HAS_ENDED = f"""
EXISTS (
    SELECT FROM service AS s
    JOIN organization AS o ON o.id = s.organization_id
    LEFT JOIN service_at_location AS a ON a.id = known.id
    LEFT JOIN location AS l ON l.id = a.location_id
    WHERE s.id = coalesce(a.service_id, known.id) AND s.status NOT IN ('active', 'temporarily closed')
        AND {is_listed(LEVEL)} AND {LEVEL} <= known.visibility
)"""
NOTE_WITHDRAWN = text(f"""
UPDATE listing_change AS known SET
    changed_at = :moment, is_withdrawn = true, fingerprint = NULL, visibility = NULL,
    restricted_at = CASE WHEN {HAS_ENDED} THEN known.restricted_at ELSE :moment END
WHERE NOT known.is_withdrawn AND NOT EXISTS (SELECT FROM listing WHERE listing.id = known.id)
""").bindparams(SCOPE[2])


@dataclass(frozen=True, slots=True)
class PublishedState:
    """How far the published directory has come, and when something in it was last made less public."""

    changed_at: datetime | None
    restricted_at: datetime | None


def note_changes(session: Session, service_ids: Sequence[UUID] | None) -> None:
    """Compare the listings of these services, or all, with what is known of them; to be called after publishing."""
    session.execute(TAKE_TURNS)
    moment = session.execute(MOMENT).scalar_one()
    scope = {"everything": service_ids is None, "service_ids": list(service_ids or ()), "moment": moment}
    session.execute(NOTE_PUBLISHED, scope)
    session.execute(NOTE_WITHDRAWN, {"moment": moment})


def published_state(session: Session) -> PublishedState:
    """The newest change of the listings; None where there has never been one."""
    changed_at, restricted_at = session.execute(
        select(func.max(ListingChange.changed_at), func.max(ListingChange.restricted_at))
    ).one()
    return PublishedState(changed_at, restricted_at)
