"""A unit as matching sees it: what registers tell of it, whichever register it is."""

from collections.abc import Hashable
from dataclasses import dataclass

from geo.crs import Position
from mapapp.directory.records import FacilityRecord, LocationRecord

# how well a point is known; others stand for a village, or a whole gmina
PRECISE = frozenset({"rooftop", "street", "manual"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One facility. Empty text and empty sets mean that it is not known."""

    key: Hashable
    name: str
    registers: frozenset[str] = frozenset()  # that list it; each lists a unit once
    alternate_names: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    address: str = ""  # street and house, or village and house
    postal_code: str = ""
    town: str = ""
    gmina_teryt: str = ""
    position: Position | None = None
    is_precise: bool = False
    phones: frozenset[str] = frozenset()
    email: str = ""
    identifiers: frozenset[tuple[str, str]] = frozenset()  # scheme and number


def unit_of(facility: FacilityRecord) -> Unit:
    """The unit that a register's record describes, known by its source and its number there."""
    where = facility.location or LocationRecord()
    address = where.address
    return Unit(
        key=(facility.source, facility.source_id),
        name=facility.organization_name,
        registers=frozenset({facility.source}),
        alternate_names=(facility.alternate_name,) if facility.alternate_name else (),
        types=frozenset(each.facility_type for each in facility.services),
        address=address.address_1 if address else "",
        postal_code=(address.postal_code or "") if address else "",
        town=address.city if address else "",
        gmina_teryt=where.declared_gmina_teryt or "",
        position=where.position,
        is_precise=where.geometry_quality in PRECISE,
        phones=frozenset(each.number for each in facility.phones),
        email=facility.email or "",
        identifiers=frozenset((each.scheme, each.identifier) for each in facility.identifiers),
    )
