"""The location of an address that a list gives without a point: as exact as the places of the territory know it."""

from mapapp.directory.records import AddressRecord, LocationRecord
from mapapp.geocoding.places import Found
from mapapp.registers.addresses import SplitAddress
from mapapp.registers.voivodeships import NAMES


def location_of(
    address: SplitAddress, found: Found | None, voivodeship: str, gmina: str | None = None
) -> LocationRecord:
    """The location of ``address``; ``voivodeship`` is a code, ``gmina`` what is known where nothing was found."""
    return LocationRecord(
        position=found.position if found else None,
        geometry_quality=found.quality if found else None,
        declared_gmina_teryt=found.gmina if found else gmina,
        address=AddressRecord(
            address_1=address.line,
            postal_code=address.postal_code,
            city=address.town or address.village,
            state_province=NAMES[voivodeship],
        ),
    )
