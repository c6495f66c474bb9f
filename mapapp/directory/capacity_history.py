"""Numbers of places over time: every day that a register told is kept."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_AT_MOST: Final = 10_000  # a home with five types, six numbers a month: over twenty years


@dataclass(frozen=True, slots=True)
class CapacityOnDay:
    """One number of one service on a day; ``target`` is a part of it, such as women."""

    service: UUID
    service_name: str
    as_of: date
    kind: str
    target: str | None
    maximum: int | None
    available: int | None
    waiting_days: int | None
    unit: str


def capacity_history(session: Session, record: UUID, since: date | None = None) -> tuple[CapacityOnDay, ...]:
    """The numbers of a service, or of all services of an organization or a location: the newest day first."""
    query = text("""
        SELECT service.id AS service, service.name AS service_name, told.as_of, told.kind, told.target, told.maximum,
            told.available, told.waiting_days, unit.name AS unit
        FROM service_capacity AS told
        JOIN service ON service.id = told.service_id
        JOIN unit ON unit.id = told.unit_id
        WHERE (service.id = :record OR service.organization_id = :record OR EXISTS (
            SELECT FROM service_at_location WHERE service_id = service.id AND location_id = :record
        )) AND told.as_of >= coalesce(CAST(:since AS date), told.as_of)
        ORDER BY told.as_of DESC, service.name, service.id, told.kind, told.target NULLS FIRST, told.id
        LIMIT :at_most
    """)
    rows = session.execute(query, {"record": record, "since": since, "at_most": _AT_MOST})
    return tuple(CapacityOnDay(**row) for row in rows.mappings())
