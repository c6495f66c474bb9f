"""Where an address is, from the places of the loaded territory: no network, and no more exact than a locality."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.geocoding.protocol import Address
from mapapp.territory.names import folded, names_meant

_PLACES: Final = text(
    "SELECT name, postal_code, gmina_teryt, is_seat, ST_X(position) AS lon, ST_Y(position) AS lat "
    "FROM place ORDER BY id"
)
_SEATS: Final = text(
    "SELECT teryt, ST_X(at) AS lon, ST_Y(at) AS lat FROM gmina "
    "CROSS JOIN LATERAL (SELECT coalesce(seat, ST_PointOnSurface(outline)) AS at) AS middle WHERE valid_to IS NULL"
)
_REGION: Final = text("SELECT ST_AsBinary(ST_Union(outline)) FROM voivodeship WHERE valid_to IS NULL")
# "Cerekwi" is a case of "Cerekiew": no ending tells, the first letters do
_SAME_STEM: Final = 5


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of the territory under one of its postal codes."""

    name: str
    postal_code: str | None
    gmina: str
    is_seat: bool
    position: Position


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address is: ``quality`` is locality, or gmina where not even the locality is known."""

    gmina: str
    position: Position
    quality: str
    name: str = ""


def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", folded(name)))


@dataclass(frozen=True, slots=True)
class Places:
    """The places that are loaded; none where no territory is."""

    by_name: Mapping[str, Sequence[KnownPlace]] = field(default_factory=dict, repr=False)
    by_code: Mapping[str, Sequence[KnownPlace]] = field(default_factory=dict, repr=False)
    middles: Mapping[str, Position] = field(default_factory=dict, repr=False)
    region: Any = None  # shapely polygon, prepared

    @classmethod
    def of(cls, session: Session) -> Self:
        """The places of the loaded territory."""
        by_name: dict[str, list[KnownPlace]] = {}
        by_code: dict[str, list[KnownPlace]] = {}
        for row in session.execute(_PLACES):
            place = KnownPlace(row.name, row.postal_code, row.gmina_teryt, row.is_seat, Position(row.lon, row.lat))
            by_name.setdefault(_key(row.name), []).append(place)
            by_code.setdefault(row.postal_code or "", []).append(place)
        middles = {row.teryt: Position(row.lon, row.lat) for row in session.execute(_SEATS)}
        outline = session.scalar(_REGION)
        region = shapely.from_wkb(bytes(outline)) if outline else None
        shapely.prepare(region)
        return cls(by_name, by_code, middles, region)

    def holds(self, position: Position) -> bool:
        """Whether the point is in the loaded region; yes where none is."""
        return self.region is None or bool(shapely.contains_xy(self.region, position.lon, position.lat))

    def locate(self, address: Address, gminas: Collection[str]) -> Found | None:
        """The place of ``address`` in one of ``gminas``; None where nothing there has its name or postal code."""
        for name in address.localities:
            is_inflected = address.is_inflected and name == address.village
            if place := self._named(name, address.postal_code, gminas, is_inflected):
                # the post office of a village that is not listed is somewhere else in the gmina
                quality = "locality" if name == address.localities[0] or address.street else "gmina"
                return Found(place.gmina, place.position, quality, place.name)
        nearby = [each for each in self.by_code.get(address.postal_code or "", ()) if each.gmina in gminas]
        if len({each.gmina for each in nearby}) == 1:
            return self.middle(nearby[0].gmina)
        return None

    def knows(self, name: str) -> bool:
        """Whether any place is called ``name``."""
        return _key(name) in self.by_name

    def middle(self, gmina: str) -> Found | None:
        """The seat of a gmina, for what is known to be in it and nothing more."""
        return Found(gmina, self.middles[gmina], "gmina") if gmina in self.middles else None

    def _named(
        self, name: str, postal_code: str | None, gminas: Collection[str], is_inflected: bool
    ) -> KnownPlace | None:
        key = _key(name)
        keys = names_meant(tuple(key.split())) if is_inflected else (key,)
        found = [place for each in keys for place in self.by_name.get(each, ()) if place.gmina in gminas]
        if not found and is_inflected:
            nearby = self.by_code.get(postal_code or "", ())
            found = [
                each for each in nearby if each.gmina in gminas and _key(each.name)[:_SAME_STEM] == key[:_SAME_STEM]
            ]
        for likeness in (postal_code, (postal_code or "")[:4], (postal_code or "")[:3]):
            alike = [each for each in found if likeness and (each.postal_code or "").startswith(likeness)]
            if len({each.gmina for each in alike}) == 1:
                return alike[0]
        return found[0] if len({each.gmina for each in found}) == 1 else None
