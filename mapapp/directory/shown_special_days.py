"""The special days that are to come of what is published, with their reasons in words of each language."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, or_, select
from sqlalchemy.orm import Session

from mapapp.directory.answers import SpecialDays
from mapapp.directory.tables import ScheduleException as Special

OWNERS = ("organization_id", "location_id", "service_id", "service_at_location_id")


def special_days_shown(session: Session, listings: Sequence[RowMapping]) -> Mapping[UUID, Sequence[SpecialDays]]:
    """By owner (organization, location, service, listing) what is to come; only where the place may be known."""
    public = [each for each in listings if each["visibility"] == "public"]
    owners: dict[str, list[UUID]] = {
        owner: [key for each in public if (key := each["id" if owner == "service_at_location_id" else owner])]
        for owner in OWNERS
    }
    query = select(Special).where(
        or_(*(getattr(Special, owner).in_(ids) for owner, ids in owners.items())),
        Special.last_day >= func.current_date(),
        Special.visibility == "public",
    )
    found: dict[UUID, list[SpecialDays]] = defaultdict(list)
    for row in session.scalars(query.order_by(Special.day, Special.last_day, Special.id)) if public else ():
        owner = next(key for name in OWNERS if (key := getattr(row, name)))
        found[owner].append(SpecialDays(row.day, row.last_day, row.opening_hours, _reasons(row)))
    return found


def reasons_in_words(session: Session) -> Mapping[str, Mapping[str, str]]:
    """By reason in Polish the same in other languages: hours are published with the Polish one only."""
    query = select(Special).where(or_(Special.reason_en.is_not(None), Special.reason_uk.is_not(None)))
    rows = session.scalars(query.where(Special.last_day >= func.current_date()).order_by(Special.created_at))
    return {row.reason: _reasons(row) for row in rows if row.reason}


def _reasons(row: Any) -> dict[str, str]:
    given = {"pl": row.reason, "en": row.reason_en, "uk": row.reason_uk}
    return {language: reason for language, reason in given.items() if reason}
