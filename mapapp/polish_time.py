"""The clock that everything here means: Poland's, wherever the server stands. The database is set to it too."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

WARSAW: Final = ZoneInfo("Europe/Warsaw")


def today() -> date:
    """The day that it is in Poland: a server in UTC has yesterday until one or two in the morning."""
    return datetime.now(WARSAW).date()
