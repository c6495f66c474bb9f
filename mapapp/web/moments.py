"""Moments in query strings: ISO 8601; without an offset they are meant as clocks in Poland show them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mapapp.polish_time import WARSAW
from mapapp.web.declared import declared_whole

EXAMPLE: Final = "2026-05-31T12:00:00Z"
MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|z|[+ -][0-9]{2}:?[0-9]{2})?)?"
)


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if not MOMENT.fullmatch(value):
            raise ValueError(value)
        # a plus sign that was not encoded arrives as a space
        plain = re.sub(r" (?=[0-9]{2}:?[0-9]{2}$)", "+", value) if len(value) > len("2026-05-31 12:00") else value
        moment = datetime.fromisoformat(plain)
    except ValueError:
        raise PydanticCustomError("pattern", "pattern", {"example": EXAMPLE}) from None
    return _in_utc(moment if moment.tzinfo else moment.replace(tzinfo=WARSAW))


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC; one that leaves the calendar by it becomes the calendar's first or last."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return (datetime.min if moment.year == 1 else datetime.max).replace(tzinfo=UTC)


Moment = Annotated[
    datetime,
    declared_whole(
        BeforeValidator(_moment),
        type="string",
        anyOf=[{"format": "date-time"}, {"format": "date"}],
        examples=[EXAMPLE],
    ),
]
