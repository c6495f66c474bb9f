"""Whether someone can get in and be understood: yes, partial, no or unknown, and what is missing or nobody surveyed.

The state is published with each listing (``publication.PROFILES``) and read here by filter, order, card, API and files.
What was not surveyed is unknown, never fine.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, case, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from mapapp.directory.tables import Listing, Taxonomy, TaxonomyTerm

LISTING = Listing.__table__.c
IS_THERE = "yes"
NOT_SURVEYED = "unknown"


def required_features(session: Session, profile: str) -> tuple[str, ...]:
    """What a person of this profile cannot do without; empty where there is no such profile."""
    query = select(TaxonomyTerm.details["required_features"]).join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
    found = session.scalar(query.where(Taxonomy.code == "profiles", TaxonomyTerm.code == profile))
    return tuple(found or ())


def access(profile: str) -> ColumnElement[str]:
    """Whether the place is accessible to a profile: yes, partial, no or unknown."""
    return func.coalesce(LISTING.profiles.op("->>", return_type=Text())(profile), NOT_SURVEYED)


def access_order(profile: str) -> ColumnElement[int]:
    """The confirmed first, then those in part, then those nobody surveyed."""
    return case({"yes": 0, "partial": 1}, value=access(profile), else_=2)


def missing(required: Sequence[str]) -> ColumnElement[Any]:
    """Of the required features those that are not there, or only in part."""
    return _features(required, lambda value: value.not_in((IS_THERE, NOT_SURVEYED)))


def not_surveyed(required: Sequence[str]) -> ColumnElement[Any]:
    """Of the required features those that nobody surveyed."""
    return _features(required, lambda value: value == NOT_SURVEYED)


def _features(required: Sequence[str], chosen: Any) -> ColumnElement[Any]:
    parts: list[ColumnElement[Any]] = [
        case((chosen(func.coalesce(LISTING.accessibility.op("->>", return_type=Text())(each), NOT_SURVEYED)), each))
        for each in required
    ]
    return func.array_remove(array[Any](parts, type_=Text()), None)
