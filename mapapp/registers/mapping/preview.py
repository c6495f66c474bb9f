"""What a mapping would make of a file, before anything is imported."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.crs import Position
from mapapp.registers.layouts import Surroundings
from mapapp.registers.mapping.described import ColumnMapping
from mapapp.registers.mapping.opening import open_mapped
from mapapp.registers.problems import RowProblem, RowRejectedError


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A facility as it would be."""

    line: int
    name: str
    type: str
    address: str
    phone: str
    places: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Preview:
    """The good rows, why others would be rejected, and what was found about the whole file."""

    rows: tuple[PreviewRow, ...]
    rejected: tuple[RowProblem, ...]
    notes: tuple[RowProblem, ...]


def preview(path: Path, mapping: ColumnMapping, around: Surroundings) -> Preview:
    """Read ``path`` under ``mapping``. Raises UnreadableFileError."""
    table, layout = open_mapped(path, mapping, around)
    rows: list[PreviewRow] = []
    rejected = list(table.rejected)
    for raw in table.rows:
        try:
            facility = layout.read(raw, around).facility
        except RowRejectedError as error:
            rejected += error.problems
            continue
        place, service = facility.location, facility.services[0]
        address = place.address if place else None
        known = [each.maximum for each in service.capacities if each.maximum is not None]
        rows.append(
            PreviewRow(
                line=raw.line,
                name=facility.organization_name,
                type=service.facility_type,
                address=f"{address.address_1}, {address.postal_code or ''} {address.city}" if address else "",
                phone=facility.phones[0].display if facility.phones else "",
                places=str(known[0]) if known else "",
                position=place.position if place else None,
            )
        )
    return Preview(tuple(rows), tuple(rejected), tuple(table.notes))


def points(rows: Sequence[PreviewRow]) -> str:
    """The rows that have a position as GeoJSON (RFC 7946), to be looked at on any map."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(row.position)},
            "properties": {"wiersz": row.line, "nazwa": row.name, "rodzaj": row.type, "adres": row.address},
        }
        for row in rows
        if row.position
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"
