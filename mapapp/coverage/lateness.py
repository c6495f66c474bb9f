"""Whether people who work until four can still get there."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from mapapp.directory.hours import OpeningHoursError, Openness, state_at
from mapapp.polish_time import WARSAW

# half an hour past four, from Monday to Friday of an ordinary week
MONDAY: Final = datetime(2026, 3, 9, 16, 30, tzinfo=WARSAW)
WORKING_DAYS: Final = 5


@lru_cache(maxsize=4096)
def open_late(opening_hours: str | None) -> bool | None:
    """Whether it is open past 16:00 on at least one working day; None where nobody can tell."""
    try:
        states = [state_at(opening_hours, MONDAY + timedelta(days=day)).openness for day in range(WORKING_DAYS)]
    except OpeningHoursError:
        return None
    if Openness.OPEN in states:
        return True
    return None if Openness.UNKNOWN in states else False
