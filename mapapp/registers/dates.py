"""Of what day a list is: its title says so, or its file's name."""

import re
from datetime import date
from typing import Final

from mapapp import polish_time
from mapapp.registers.problems import FieldError, UnreadableFileError

OLDEST_DAY: Final = date(2000, 1, 1)
LATEST_DAY: Final = date(2100, 12, 31)
_MONTHS: Final = (
    *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca"),
    *("lipca", "sierpnia", "września", "października", "listopada", "grudnia"),
)
_IN_WORDS: Final = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d{{4}})\b", re.IGNORECASE)
_IN_NUMBERS: Final = re.compile(r"(?<!\d)(\d{1,2})[._-](\d{1,2})[._-](\d{4})(?!\d)")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})[._-](\d{1,2})[._-](\d{1,2})(?!\d)")


def day_of_list(title: str, file: str) -> date:
    """The day in ``title``, else in the name ``file``. Raises UnreadableFileError where neither has one."""
    found = _day_in(title) or _day_in(file)
    if found is None:
        raise UnreadableFileError(
            "nie wiadomo, z jakiego dnia są dane: nie ma daty ani nad tabelą, ani w nazwie pliku; "
            "dopisz ją do nazwy, na przykład lista_2026-05-09.xlsx"
        )
    if found > polish_time.today():
        raise UnreadableFileError(f"dane są z dnia {found.isoformat()}, który jeszcze nie nadszedł")
    return found


def past_day(text: str) -> date:
    """A day in a cell, written with the year first or last or with the month in words; from 2000 to today."""
    day = _day_of_cell(text)
    if not OLDEST_DAY <= day <= polish_time.today():
        raise FieldError("oczekiwano dnia od 1 stycznia 2000 r. do dziś")
    return day


def any_day(text: str) -> date:
    """A day in a cell, written so too, past or to come; from 2000 to 2100."""
    day = _day_of_cell(text)
    if not OLDEST_DAY <= day <= LATEST_DAY:
        raise FieldError("oczekiwano dnia z lat 2000–2100")
    return day


def _day_of_cell(text: str) -> date:
    try:
        day = _day_in(text)
    except UnreadableFileError as error:
        raise FieldError(str(error)) from error
    if day is None:
        raise FieldError("oczekiwano daty, na przykład 2026-05-09")
    return day


def _day_in(text: str) -> date | None:
    try:
        if found := _IN_WORDS.search(text):
            return date(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]))
        if found := _YEAR_FIRST.search(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _IN_NUMBERS.search(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError as error:
        raise UnreadableFileError(f"nie ma takiego dnia: {found[0] if found else text}") from error
    return None
