"""Moments in query strings: ISO 8601; without an offset they are meant as clocks in Poland show them."""

import re
from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

WARSAW: Final = ZoneInfo("Europe/Warsaw")
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
        return (moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)).astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        raise PydanticCustomError("pattern", "pattern", {"example": "2026-05-31T12:00:00Z"}) from None


Moment = Annotated[datetime, BeforeValidator(_moment)]
