"""Facilities as rows of the template."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mapapp.directory.records import FacilityRecord, LocationRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.registers.template.columns import (
    BRANCH,
    BRANCH_PLACES,
    HEADINGS,
    NUMBER,
    REGISTER_LICENCE,
    REGISTER_PUBLISHER,
    REGISTER_TITLE,
    REGISTER_URL,
    SOURCE,
    Owner,
    of_owner,
)
from mapapp.registers.template.special import SPECIAL_HEADINGS, special_rows

Cells = tuple[str, ...]
# in one table the special days are rows of their own
ALL_HEADINGS: Final = (*HEADINGS, *(heading for heading in SPECIAL_HEADINGS if heading not in HEADINGS))


def table_rows(
    facilities: Iterable[FacilityRecord], registers: Mapping[str, SourceRegister] | None = None
) -> Iterator[Cells]:
    """The rows of each facility under ``ALL_HEADINGS``, those of its special days after them."""
    for facility in facilities:
        for cells in (*facility_cells(facility, registers), *special_rows(facility)):
            yield cells_under(ALL_HEADINGS, cells)


def facility_cells(
    facility: FacilityRecord, registers: Mapping[str, SourceRegister] | None = None
) -> Iterator[dict[str, str]]:
    """A row per service, then one per branch; what is of the facility stands in its first row only.

    ``registers`` describes those that whoever reads the file may not know.
    """
    known = {NUMBER: facility.source_id, SOURCE: facility.source}
    first = known | _written("facility", facility)
    if register := (registers or {}).get(facility.source):
        first |= _of_register(register)
    if facility.location:
        first |= _of_location(facility.location)
    for place, service in enumerate(facility.services):
        yield (first if place == 0 else known) | _of_service(service)
    for branch in facility.branches:
        places = {} if branch.places is None else {BRANCH_PLACES: str(branch.places)}
        yield known | {BRANCH: branch.key} | places | _of_location(branch.location)


def _of_register(register: SourceRegister) -> dict[str, str]:
    cells = {REGISTER_TITLE: register.title, REGISTER_PUBLISHER: register.publisher}
    return cells | {REGISTER_LICENCE: register.licence or "", REGISTER_URL: register.url or ""}


def cells_under(headings: Sequence[str], cells: Mapping[str, str]) -> Cells:
    """A row's cells in the order of ``headings``."""
    return tuple(cells.get(heading, "") for heading in headings)


def _written(owner: Owner, record: Any) -> dict[str, str]:
    return {
        column.heading: column.codec.encode(value)
        for column in of_owner(owner)
        if (value := getattr(record, column.name, None)) is not None and value != ""
    }


def _of_location(location: LocationRecord) -> dict[str, str]:
    cells = _written("location", location)
    if location.position:
        cells |= {"szerokość": repr(location.position.lat), "długość": repr(location.position.lon)}
    return cells | (_written("address", location.address) if location.address else {})


def _of_service(service: ServiceRecord) -> dict[str, str]:
    return _written("service", service)
