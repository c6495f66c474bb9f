"""What the page of a checked file shows: nothing but what is in the file itself, never what the directory knows."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from mapapp.directory.records import FacilityRecord
from mapapp.registers.checking import CheckedFile
from mapapp.registers.findings import Finding, findings
from mapapp.registers.layouts import ReadRow
from mapapp.web.i18n import label
from mapapp.web.site import current_site

FIRST_ROWS: Final = 20
MOST_POINTS: Final = 2_000
MOST_FINDINGS: Final = 1_000
ORDERS: Final[Mapping[str, Callable[[Finding], Any]]] = {
    "severity": lambda each: (each.severity, each.problem.line),
    "line": lambda each: (each.problem.line, each.severity),
    "field": lambda each: (each.problem.field, each.problem.line),
}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as the map would show it."""

    line: int
    name: str
    kinds: str
    address: str
    phones: str
    hours: str
    position: str


@dataclass(frozen=True, slots=True)
class ValidatorPage:
    """Everything that the template of ``/sprawdz-plik`` needs of a file."""

    checked: CheckedFile
    findings: tuple[Finding, ...]
    findings_in_all: int
    rows: tuple[PreviewRow, ...]
    points: dict[str, Any]
    order: str


def validator_page(checked: CheckedFile, order: str) -> ValidatorPage:
    """The page of a file, its findings in one of ``ORDERS``."""
    order = order if order in ORDERS else "severity"
    found = sorted(findings(checked.rejected, checked.notes), key=ORDERS[order])
    return ValidatorPage(
        checked=checked,
        findings=tuple(found[:MOST_FINDINGS]),
        findings_in_all=len(found),
        rows=tuple(map(_preview, checked.rows[:FIRST_ROWS])),
        points=_points(checked),
        order=order,
    )


def checked_document(checked: CheckedFile) -> dict[str, Any]:
    """The same for programs."""
    return {
        "file": checked.file,
        "layout": {"code": checked.layout.code, "title": checked.layout.title},
        "encoding": checked.encoding,
        "separator": checked.separator,
        "rows": checked.rows_read,
        "accepted": len(checked.rows),
        "rejected": checked.rejected_rows,
        "findings": [
            {"severity": each.severity, **asdict(each.problem)} for each in findings(checked.rejected, checked.notes)
        ],
        "points": _points(checked),
    }


def _preview(row: ReadRow) -> PreviewRow:
    facility, place = row.facility, row.facility.location
    address, at = (place.address, place.position) if place else (None, None)
    town = " ".join(filter(None, (address.postal_code, address.city))) if address else ""
    return PreviewRow(
        line=row.line,
        name=facility.organization_name,
        kinds=", ".join(dict.fromkeys(_kind(each.facility_type) for each in facility.services)),
        address=f"{address.address_1}, {town}" if address else "",
        phones=", ".join(each.display for each in facility.phones),
        hours=(place.opening_hours or place.opening_hours_text or "") if place else "",
        position=f"{at.lat:.5f}, {at.lon:.5f}" if at else "",
    )


def _kind(code: str) -> str:
    kind = current_site().vocabularies.types.get(code)
    return label(kind) if kind else code


def _points(checked: CheckedFile) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [place.position.lon, place.position.lat]},
                "properties": {"line": row.line, "name": row.facility.organization_name, **_sign(row.facility)},
            }
            for row in checked.rows[:MOST_POINTS]
            if (place := row.facility.location) and place.position
        ],
    }


def _sign(facility: FacilityRecord) -> dict[str, str]:
    words = current_site().vocabularies
    kind = words.types.get(facility.services[0].facility_type)
    if kind is None:
        return {"group": "day", "shape": "circle"}
    return {"group": kind.marker_group, "shape": words.marker_groups[kind.marker_group].shape}
