"""For whom a service is, by where they live: what the residents' gmina is served by, though it be far, comes first.

Four blocks, in this order: on the spot and for this gmina; on the spot, and nobody told for whom; what comes to people
or is had by telephone; what is for other gminas.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, ColumnElement, Text, and_, case, func, literal, null, or_

from mapapp.directory.tables import Listing

FOR_YOU: Final = "for_you"
NOT_KNOWN: Final = "not_known"
COMES_TO_YOU: Final = "comes_to_you"
FOR_OTHERS: Final = "for_others"
BLOCKS: Final = (FOR_YOU, NOT_KNOWN, COMES_TO_YOU, FOR_OTHERS)
# ways of helping that ask nobody to travel
WITHOUT_TRAVEL: Final = ("home", "remote", "mobile")

LISTING = Listing.__table__.c
Condition = ColumnElement[bool]


def entitlement(around: Sequence[str]) -> ColumnElement[Any]:
    """The block of a listing for the people of ``around`` (gmina, powiat, voivodeship); NULL without these."""
    return case(*_cases(around), else_=NOT_KNOWN) if around else null()


def block(around: Sequence[str]) -> ColumnElement[int]:
    """The number of the block, to order by."""
    numbers = [(condition, BLOCKS.index(name)) for condition, name in _cases(around)]
    return case(*numbers, else_=BLOCKS.index(NOT_KNOWN))


def _cases(around: Sequence[str]) -> list[tuple[Condition, str]]:
    is_for_others = and_(has_area(), ~covers(around))
    return [(is_for_others, FOR_OTHERS), (comes_to_people(), COMES_TO_YOU), (covers(around), FOR_YOU)]


def has_area() -> Condition:
    """Whether somebody told for whom it is; an agreement alone does not say that it is for nobody else."""
    return func.cardinality(LISTING.service_area) > 0


def covers(codes: Iterable[str]) -> Condition:
    """Whether it is for people of these areas, by itself or by an agreement."""
    codes = tuple(codes)
    return or_(overlap(LISTING.service_area, codes), overlap(LISTING.agreed_area, codes))


def comes_to_people() -> Condition:
    """Whether nobody has to go anywhere; of what has its place hidden nobody may tell."""
    only_so = and_(func.cardinality(LISTING.modes) > 0, LISTING.modes.bool_op("<@")(_codes(WITHOUT_TRAVEL)))
    return or_(only_so, and_(LISTING.location_id.is_(None), LISTING.visibility == "public"))


def overlap(column: Any, codes: Iterable[str]) -> Condition:
    """Whether a list has any of the codes."""
    overlaps: Condition = column.bool_op("&&")(_codes(codes))
    return overlaps


def _codes(codes: Iterable[str]) -> ColumnElement[Any]:
    return literal(list(codes), ARRAY(Text))
