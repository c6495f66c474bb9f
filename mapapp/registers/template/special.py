"""The sheet of special days: closures and other hours on some days, a row each; in CSV rows like all others."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from mapapp import polish_time
from mapapp.directory.hours import LONGEST_PUBLISHED
from mapapp.directory.hours_published import DAYS_KEPT, NOT_KNOWN
from mapapp.directory.records import (
    LONGEST_REASON,
    LONGEST_STRETCH,
    FacilityRecord,
    SpecialDaysOf,
    SpecialDaysRecord,
    WrongSpecialDaysError,
)
from mapapp.directory.setting_special_days import times_of_a_day
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.dates import any_day
from mapapp.registers.problems import FieldError, RowProblem, RowRejectedError, nearest_of
from mapapp.registers.readers import RawRow
from mapapp.registers.row_reader import RowReader
from mapapp.registers.template.cells import TEXT, Codec
from mapapp.registers.template.columns import BRANCH, NUMBER, SERVICE, SOURCE, TemplateColumn

SHEET: Final = "Dni szczególne"
FIRST: Final = "pierwszy dzień"
LAST: Final = "ostatni dzień"
HOURS: Final = "godziny w te dni"
WHOSE: Final = "czego dotyczy"
CLOSED: Final = "zamknięte"
Owner = Literal["organization", "location", "service", "service_at_location"]
OWNERS: Final[Mapping[Owner, str]] = {
    "organization": "cała placówka",
    "location": "miejsce",
    "service": "usługa",
    "service_at_location": "usługa w jednym miejscu",
}
_CLOSED_TOO: Final = frozenset({CLOSED, "zamknięta", "nieczynne", "nieczynna", "closed", "off"})
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.](\d\d))?")
# of each day in the published text, beside its hours and reason: two dates, spaces, quotation marks
_AROUND: Final = len('; 2026 Dec 24-2027 Jan 12  ""')


def _day(text: str, _: Vocabularies) -> date:
    return any_day(text)


def _hours(text: str, _: Vocabularies) -> str | None:
    """Times as the directory keeps them; clerks write 8–12, too."""
    parts = [re.split(r"\s*[-–—]\s*", part.strip()) for part in text.split(",")]
    spans = [[_TIME.fullmatch(end) for end in part] for part in parts]
    if not all(len(span) == 2 and all(span) for span in spans):
        raise FieldError(
            "oczekiwano słowa „zamknięte” albo godzin, na przykład 10:00-14:00 albo 8:00-12:00,14:00-18:00"
        )
    told = ",".join("-".join(f"{int(end[1]):02}:{end[2] or '00'}" for end in span if end) for span in spans)
    try:
        return times_of_a_day(told)
    except WrongSpecialDaysError as error:
        raise FieldError("nie ma takich godzin; oczekiwano na przykład 10:00-14:00") from error


def _reason(text: str, _: Vocabularies) -> str:
    line = re.sub(r"\s*\n\s*", " ", text)
    if len(line) > LONGEST_REASON or '"' in line or not line.isprintable():
        raise FieldError(f'oczekiwano najwyżej {LONGEST_REASON} znaków w jednym wierszu, bez znaku "')
    return line


_T: Final = TemplateColumn
_REASON: Final = Codec(str, _reason)
SPECIAL_COLUMNS: Final = (
    _T(NUMBER, "row", "number", TEXT, "Numer placówki z arkusza „Dane”.", "PRZYKŁAD", True),
    _T(FIRST, "special", "first", Codec(date.isoformat, _day), "Od kiedy.", "2026-12-24", True),
    _T(LAST, "special", "last", Codec(date.isoformat, _day), "Do kiedy, włącznie. Puste: tylko ten jeden dzień.",
       "2027-01-02"),
    _T(HOURS, "special", "opening_hours", Codec(str, _hours),
       "„zamknięte” albo godziny w każdy z tych dni, na przykład 10:00-14:00.", CLOSED, True),
    _T("powód zmiany", "special", "reason", _REASON, "Czytają go odwiedzający. Po polsku.", "remont"),
    _T("powód po angielsku", "special", "reason_en", _REASON, "To samo po angielsku.", "renovation"),
    _T("powód po ukraińsku", "special", "reason_uk", _REASON, "To samo po ukraińsku.", "ремонт"),
    _T(WHOSE, "row", "owner", TEXT, f"Jedno z: {', '.join(OWNERS.values())}. Puste: wynika z kluczy obok, "
       "a bez nich cała placówka."),
    _T(BRANCH, "row", "branch", TEXT, "Klucz filii z arkusza „Dane”. Puste: siedziba."),
    _T(SERVICE, "row", "service", TEXT, "Klucz usługi z arkusza „Dane”, jeśli dni dotyczą tylko jej."),
    _T(SOURCE, "row", "source", TEXT, "Kod rejestru, jeśli w arkuszu „Dane” jest wypełniony."),
)  # fmt: skip
SPECIAL_HEADINGS: Final = tuple(column.heading for column in SPECIAL_COLUMNS)
_DAYS: Final = tuple(column for column in SPECIAL_COLUMNS if column.owner == "special")
# a row that has one of these tells of special days, in whatever sheet
ONLY_HERE: Final = (*(column.heading for column in _DAYS), WHOSE)


@dataclass(frozen=True, slots=True)
class Keys:
    """What of a facility can have special days: the keys of its places (empty: the main one) and of its services."""

    places: Sequence[str]
    services: Sequence[str]


def is_special(row: RawRow) -> bool:
    """Whether a row among those of facilities tells of special days."""
    return any(row.cells.get(heading, "").strip() for heading in ONLY_HERE)


def special_rows(facility: FacilityRecord) -> Iterator[dict[str, str]]:
    """The special days of a facility, each as cells by heading."""
    for each in facility.special_days or ():
        cells = {NUMBER: facility.source_id, SOURCE: facility.source, WHOSE: OWNERS[each.owner]}
        told = {column.heading: getattr(each.days, column.name) for column in _DAYS}
        encoded = {
            column.heading: column.codec.encode(told[column.heading]) for column in _DAYS if told[column.heading]
        }
        yield cells | {BRANCH: each.branch, SERVICE: each.service, HOURS: CLOSED} | encoded


def read_special_days(
    rows: Iterable[RawRow] | None, keys: Keys, words: Vocabularies
) -> tuple[tuple[SpecialDaysOf, ...] | None, list[RowProblem]]:
    """What ``rows`` tell, and what is wrong with them; None where the file has no place for special days."""
    if rows is None:
        return None, []
    found: dict[tuple[str, str, str, date, date], int] = {}
    days: list[SpecialDaysOf] = []
    problems: list[RowProblem] = []
    for row in rows:
        reader = RowReader(row)
        each = _read(reader, keys, words)
        if each:
            same = (each.owner, each.branch, each.service, each.days.first, each.days.last)
            if same in found:
                reader.reject(FIRST, f"te same dni są już w wierszu {found[same]}")
            found.setdefault(same, row.line)
            days.append(each)
        problems += reader.problems
    return tuple(days), problems


def _read(reader: RowReader, keys: Keys, words: Vocabularies) -> SpecialDaysOf | None:
    values = {column.name: _value(reader, column, words) for column in _DAYS}
    first, last = values["first"], values["last"] or values["first"]
    owner = _owner(reader)
    branch = _key(reader, BRANCH, keys.places) if owner in {"location", "service_at_location"} else ""
    service = _key(reader, SERVICE, keys.services) if owner in {"service", "service_at_location"} else ""
    if first and last < first:
        reader.reject(LAST, f"ostatni dzień jest przed pierwszym ({first.isoformat()})")
    elif first and last > first + LONGEST_STRETCH:
        reader.reject(LAST, "najwyżej rok; przy dłuższym zamknięciu wpisz w kolumnie „działa”: temporarily closed")
    if reader.problems or owner is None:
        return None
    days = SpecialDaysRecord(**values | {"last": last})
    return SpecialDaysOf(owner=owner, branch=branch, service=service, days=days)


def _value(reader: RowReader, column: TemplateColumn, words: Vocabularies) -> Any:
    text = reader.text(column.heading)
    if not text and not column.required:
        return None
    if column.heading == HOURS and not text:
        # who forgets the hours must not close the place
        reader.reject(HOURS, "brakuje wartości; wpisz „zamknięte” albo godziny, na przykład 10:00-14:00")
        return None
    if column.heading == HOURS and text.casefold() in _CLOSED_TOO:
        return None
    return reader.required(column.heading, lambda told: column.codec.decode(told, words))


def _owner(reader: RowReader) -> Owner | None:
    """Whose days they are: as the row says, else as its keys tell."""
    told = reader.text(WHOSE).casefold()
    has_branch, has_service = bool(reader.text(BRANCH)), bool(reader.text(SERVICE))
    if not told:
        if has_service:
            return "service_at_location" if has_branch else "service"
        return "location" if has_branch else "organization"
    owner = next((owner for owner, label in OWNERS.items() if label == told), None)
    if owner is None:
        reader.reject(WHOSE, f"oczekiwano: {', '.join(OWNERS.values())}", nearest_of(told, OWNERS.values()))
    elif (has_service and owner in {"organization", "location"}) or (
        has_branch and owner in {"organization", "service"}
    ):
        reader.reject(
            WHOSE, f"„{told}” nie pasuje do wypełnionego klucza filii albo usługi; usuń klucz albo zmień tę wartość"
        )
    return owner


def _key(reader: RowReader, column: str, keys: Sequence[str]) -> str:
    told = reader.text(column)
    if not told and column == SERVICE and len(keys) == 1:
        return keys[0]
    if told in keys:
        return told
    if not told:
        message = (
            "brakuje klucza usługi, bo placówka ma ich kilka"
            if keys and column == SERVICE
            else "placówka nie ma miejsca"
        )
    else:
        message = f"placówka nie ma takiego klucza; oczekiwano: {', '.join(filter(None, keys)) or 'pustej komórki'}"
    reader.reject(column, message, nearest_of(told, filter(None, keys)) if told else "")
    return ""


def refuse_too_many(facility: FacilityRecord, rows: Sequence[RawRow]) -> None:
    """Raise RowRejectedError where the hours with all special days could not be published."""
    kept = polish_time.today() - timedelta(days=DAYS_KEPT)
    current = [each for each in facility.special_days or () if each.days.last >= kept]
    places = {"": facility.location, **{each.key: each.location for each in facility.branches}}
    for service in facility.services:
        for key, place in places.items():
            own = service.opening_hours or (place.opening_hours if place else None) or NOT_KNOWN
            its = [each for each in current if _holds(each, key, service.key)]
            size = len(own.encode()) + sum(map(_size, its))
            if its and size > LONGEST_PUBLISHED:
                message = (
                    f"godziny z dniami szczególnymi mają {size} znaków, najwyżej {LONGEST_PUBLISHED}; "
                    "usuń dni, które minęły, albo skróć powody"
                )
                last = rows[-1]
                raise RowRejectedError(
                    [RowProblem(last.line, FIRST, last.cells.get(FIRST, ""), message, "", last.sheet)]
                )


def _holds(each: SpecialDaysOf, place: str, service: str) -> bool:
    if each.owner in {"location", "service_at_location"}:
        return each.branch == place and each.service in {"", service}
    return each.service in {"", service}


def _size(each: SpecialDaysOf) -> int:
    return _AROUND + len((each.days.opening_hours or "off").encode()) + len((each.days.reason or "").encode())
