"""The geocoder that the product carries: the places and postal codes of the loaded territory."""

from collections.abc import Collection
from dataclasses import dataclass

from mapapp.geocoding.places import Places
from mapapp.geocoding.protocol import Address, Candidate


@dataclass(frozen=True, slots=True)
class Embedded:
    """Knows localities and, by a postal code of one gmina, the middle of the gmina; never a street."""

    places: Places
    code: str = "embedded"
    is_remote: bool = False

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        """The locality or the gmina; none where several gminas have such a place."""
        found = self.places.locate(address, gminas)
        return (Candidate(found.position, found.quality, found.name or found.gmina),) if found else ()
