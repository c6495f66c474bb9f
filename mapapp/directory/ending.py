"""Ending units that their register names no longer: kept for their history, but no longer shown as given."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.orm import Session

from mapapp.directory import tables
from mapapp.directory.changes import Changes, FieldChange
from mapapp.directory.commands import write_changes
from mapapp.directory.listing import refresh_listings
from mapapp.directory.rows import Row

UNIT_NO_LONGER_NAMED = "rejestr już nie wymienia tej jednostki"


def end_units(session: Session, organizations: Sequence[UUID], *, changed_by: str) -> int:
    """End every service of ``organizations`` that is still given, and publish that; how many units had one."""
    service = tables.Service
    given = select(service.id, service.organization_id, service.status).where(
        service.organization_id == any_(literal(list(organizations), ARRAY(Uuid))), service.status != "defunct"
    )
    changes = Changes()
    ended: set[UUID] = set()
    for row in session.execute(given.order_by(service.id)):
        ended.add(row.organization_id)
        values = {"status": "defunct", "status_reason": UNIT_NO_LONGER_NAMED}
        changes.updates.append(Row("service", row.id, values))
        changes.log.append(FieldChange("service", row.id, "status", row.status, "defunct"))
        changes.services.add(row.id)
    write_changes(session, changes, changed_by)
    if changes.services:
        refresh_listings(session, sorted(changes.services))
    return len(ended)
