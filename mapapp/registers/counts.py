"""Numbers of places and people, without what clerks write where they know none."""

import re
from typing import Final

from mapapp.registers.problems import FieldError

# 99 is no filler here: a nursing home with 99 places exists
_FILLERS: Final = frozenset({"", "x", "-", "–", "brak", "b/d", "n/d", "nd.", "999", "9999", "99999"})
_MOST: Final = 5_000
_OLDEST: Final = 120


def count(text: str) -> int | None:
    """How many; None for a filler. Raises FieldError."""
    plain = re.sub(r"\.0+$", "", text.strip().replace("\u00a0", "").replace(" ", ""))
    if plain.casefold() in _FILLERS:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", plain) or int(plain) > _MOST:
        raise FieldError(f"oczekiwano liczby od 0 do {_MOST}")
    return int(plain)


def occupied(text: str, places: int | None) -> int | None:
    """How many places are taken, not more than there are."""
    taken = count(text)
    if taken is not None and places is not None and taken > places:
        raise FieldError(f"zajętych miejsc jest więcej niż wszystkich ({places})")
    return taken


def age(text: str) -> int | None:
    """An age in years, from 0 to 120; None for a filler."""
    years = count(text)
    if years is not None and years > _OLDEST:
        raise FieldError(f"oczekiwano wieku od 0 do {_OLDEST} lat")
    return years


def oldest_age(text: str, youngest: int | None) -> int | None:
    """The upper age, not below the lower one."""
    years = age(text)
    if years is not None and youngest is not None and years < youngest:
        raise FieldError(f"wiek najwyższy jest niższy niż najniższy ({youngest})")
    return years


def waiting_days(text: str) -> int | None:
    """Expected days of waiting; None for a filler, and for 0, which stands wherever nobody counted."""
    return count(text) or None
