"""Numbers of places and people, without what clerks write where they know none."""

import re
from typing import Final

from mapapp.registers.problems import FieldError

# 99 is no filler here: a nursing home with 99 places exists
_FILLERS: Final = frozenset({"", "x", "-", "–", "brak", "b/d", "n/d", "nd.", "999", "9999", "99999"})
_MOST: Final = 5_000


def count(text: str) -> int | None:
    """How many; None for a filler. Raises FieldError."""
    plain = re.sub(r"\.0+$", "", text.strip().replace("\u00a0", "").replace(" ", ""))
    if plain.casefold() in _FILLERS:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", plain) or int(plain) > _MOST:
        raise FieldError(f"oczekiwano liczby od 0 do {_MOST}")
    return int(plain)


def waiting_days(text: str) -> int | None:
    """Expected days of waiting; None for a filler, and for 0, which stands wherever nobody counted."""
    return count(text) or None
