"""What a listing tells depending on who asks: the same columns on the card, in the APIs and in the files."""

from typing import Any

from sqlalchemy import ColumnElement

from mapapp.directory.access import access, missing, not_surveyed
from mapapp.directory.criteria import Criteria
from mapapp.directory.open_hours import is_open
from mapapp.directory.service_search import ServiceSearch


def told(criteria: Criteria) -> dict[str, ColumnElement[Any]]:
    """The columns by name, in the order of ``told_names``."""
    search = criteria.search
    found: dict[str, ColumnElement[Any]] = {}
    if search.profile:
        found["access"] = access(search.profile)
        found["access_missing"] = missing(criteria.required)
        found["access_unknown"] = not_surveyed(criteria.required)
    if search.open_when:
        found["open"] = is_open(criteria.open_hours, criteria.closed_hours)
    return found


def told_names(search: ServiceSearch) -> tuple[str, ...]:
    """Which columns a search makes."""
    of_profile = ("access", "access_missing", "access_unknown") if search.profile else ()
    return (*of_profile, *(("open",) if search.open_when else ()))
