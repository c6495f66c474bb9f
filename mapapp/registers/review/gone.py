"""Units that the directory holds of a register and that its file no longer names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.orm import Session

from mapapp.directory.records import FacilityRecord


@dataclass(frozen=True, slots=True)
class GoneUnit:
    """A unit whose services are still given, as the directory says. ``version`` sums those of its records."""

    source: str
    source_id: str
    name: str
    organization: UUID
    version: int
    source_date: date | None


def gone_units(session: Session, facilities: Sequence[FacilityRecord]) -> tuple[GoneUnit, ...]:
    """Units of the same registers in the same powiats that ``facilities`` lack: all of them, by name.

    A file may be a part of its register, so that other powiats are no matter of it.
    """
    query = text("""
        SELECT giver.source, giver.source_id, giver.name, giver.id AS organization, giver.source_date,
            giver.version + given.version AS version
        FROM organization AS giver
        JOIN location AS place ON (place.source, place.source_id) = (giver.source, giver.source_id)
        CROSS JOIN LATERAL (
            SELECT sum(version)::int AS version FROM service WHERE organization_id = giver.id AND status <> 'defunct'
        ) AS given
        WHERE NOT giver.is_sample AND left(place.declared_gmina_teryt, 4) = ANY (:powiats)
            AND giver.source = ANY (:sources) AND giver.source || ' ' || giver.source_id <> ALL (:numbers)
            AND given.version IS NOT NULL
        ORDER BY giver.name, giver.source, giver.source_id
    """).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("powiats", "sources", "numbers")))
    gminas = (each.location.declared_gmina_teryt for each in facilities if each.location)
    named = {
        "powiats": sorted({teryt[:4] for teryt in gminas if teryt}),
        "sources": sorted({each.source for each in facilities}),
        "numbers": sorted(f"{each.source} {each.source_id}" for each in facilities),
    }
    return tuple(GoneUnit(**row) for row in session.execute(query, named).mappings())
