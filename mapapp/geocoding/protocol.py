"""What is asked of a geocoder, and what it answers; everything else works with these alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from geo.crs import Position
from mapapp.territory.names import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address in Poland, taken apart; parts that are not known are empty."""

    street: str = ""
    house: str = ""
    village: str = ""  # where the door is
    postal_code: str | None = None
    town: str = ""  # where letters go, often elsewhere
    is_inflected: bool = False  # "w Cerekwi 48": the village stands in the locative

    @property
    def localities(self) -> tuple[str, ...]:
        """Where it may be, the nearest first."""
        return tuple(dict.fromkeys(name for name in (self.village, self.town) if name))

    @property
    def question(self) -> str:
        """The same for every way of writing the same address: what answers are remembered by."""
        parts = (self.postal_code or "", *self.localities, self.street, self.house)
        return "|".join(" ".join(re.findall(r"[\w/]+", folded(part))) for part in parts)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A point that an address may be at.

    ``quality`` is one of ``directory.precision.PRECISION``, ``label`` how the geocoder calls the place.
    """

    position: Position
    quality: str
    label: str


class Geocoder(Protocol):
    """Something that knows where addresses are."""

    @property
    def code(self) -> str:
        """How settings and remembered answers name it."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether what it is asked leaves this machine."""
        ...

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        """The points that fit ``address`` best, none where nothing does. Raises GeocoderFailedError.

        ``gminas`` are the codes that the address may be in, for a geocoder that knows them.
        """
        ...


class GeocoderFailedError(ConnectionError):
    """A geocoder did not answer, or answered otherwise than documented."""
