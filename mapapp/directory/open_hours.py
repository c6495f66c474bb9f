"""Which listings are open on an occasion, in SQL, by the states that ``open_when`` found for their hours."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, any_, case, literal, text
from sqlalchemy.orm import Session

from mapapp.directory.open_when import CLOSED_FOR_A_TIME
from mapapp.directory.tables import Listing

LISTING = Listing.__table__.c
# each once, from the index: not by reading the whole table
PUBLISHED_HOURS = text("""
WITH RECURSIVE each AS (
    (SELECT opening_hours FROM listing WHERE opening_hours IS NOT NULL ORDER BY opening_hours LIMIT 1)
    UNION ALL
    SELECT (SELECT opening_hours FROM listing WHERE listing.opening_hours > each.opening_hours
        ORDER BY opening_hours LIMIT 1)
    FROM each WHERE each.opening_hours IS NOT NULL
)
SELECT opening_hours FROM each WHERE opening_hours IS NOT NULL
""")


def published_hours(session: Session) -> list[str]:
    """Every way in which hours are written."""
    return list(session.scalars(PUBLISHED_HOURS))


def is_open(open_hours: Sequence[str], closed_hours: Sequence[str]) -> ColumnElement[str]:
    """Open, closed or unknown, where these hours are open and these closed, and of all others nobody can tell."""
    return case(
        (LISTING.status == CLOSED_FOR_A_TIME, "closed"),
        (LISTING.opening_hours == _any_of(open_hours), "open"),
        (LISTING.opening_hours == _any_of(closed_hours), "closed"),
        else_="unknown",
    )


def _any_of(hours: Sequence[str]) -> Any:
    return any_(literal(list(hours), ARRAY(Text)))
