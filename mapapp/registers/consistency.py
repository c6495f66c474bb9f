"""Whether the values of one row fit each other: rules that hold for every layout. What they find is a warning."""

from collections.abc import Callable, Iterator
from typing import Final

from mapapp import polish_time
from mapapp.directory.hours import OpeningHoursError, validate
from mapapp.directory.records import CapacityRecord, LocationRecord, ServiceRecord
from mapapp.geocoding.places import Places
from mapapp.registers.dates import OLDEST_DAY
from mapapp.registers.layouts import ReadRow
from mapapp.registers.problems import RowProblem, shortened

LONGEST_GOOD_NAME: Final = 150


def inconsistencies(row: ReadRow, places: Places) -> Iterator[RowProblem]:
    """What in a row contradicts itself or the loaded territory."""
    facility = row.facility

    def found(column: str, value: object, message: str) -> RowProblem:
        return RowProblem(row.line, column, shortened(str(value)), message)

    if len(facility.organization_name) > LONGEST_GOOD_NAME:
        message = f"nazwa jest dłuższa niż {LONGEST_GOOD_NAME} znaków; czy nie ma w niej opisu?"
        yield found("nazwa", facility.organization_name, message)
    if facility.source_date and not OLDEST_DAY <= facility.source_date <= polish_time.today():
        yield found("data", facility.source_date, "oczekiwano dnia od 1 stycznia 2000 r. do dziś")
    for location in (facility.location, *(branch.location for branch in facility.branches)):
        yield from _of_location(location, places, found) if location else ()
    for service in facility.services:
        yield from _of_service(service, found)


_Found = Callable[[str, object, str], RowProblem]


def _of_location(location: LocationRecord, places: Places, found: _Found) -> Iterator[RowProblem]:
    code = location.address.postal_code if location.address else None
    powiat = (location.declared_gmina_teryt or "")[:4]
    known = {place.gmina[:4] for place in places.by_code.get(code or "", ())}
    # a post office often serves villages of the next gmina, hardly ever those of another powiat
    if code and powiat and known and powiat not in known:
        yield found("kod pocztowy", code, "kod pocztowy należy do innego powiatu niż podana gmina; sprawdź adres")
    yield from _of_hours(location.opening_hours, found)


def _of_hours(hours: str | None, found: _Found) -> Iterator[RowProblem]:
    if hours:
        try:
            validate(hours)
        except OpeningHoursError:
            yield found("godziny", hours, "godziny otwarcia nie są poprawnym zapisem opening_hours")


def _of_service(service: ServiceRecord, found: _Found) -> Iterator[RowProblem]:
    yield from _of_hours(service.opening_hours, found)
    if service.assured_date and not OLDEST_DAY <= service.assured_date <= polish_time.today():
        yield found("data sprawdzenia", service.assured_date, "oczekiwano dnia od 1 stycznia 2000 r. do dziś")
    for capacity in service.capacities:
        if _has_too_many_free(capacity):
            message = f"wolnych miejsc jest więcej niż wszystkich ({capacity.maximum})"
            yield found("liczba miejsc", capacity.available, message)
        if not OLDEST_DAY <= capacity.as_of <= polish_time.today():
            yield found("stan na dzień", capacity.as_of, "oczekiwano dnia od 1 stycznia 2000 r. do dziś")


def _has_too_many_free(capacity: CapacityRecord) -> bool:
    known = capacity.available is not None and capacity.maximum is not None
    return known and (capacity.available or 0) > (capacity.maximum or 0)
