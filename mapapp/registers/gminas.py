"""Which gmina a register's row means.

Registers give a TERYT code beside the names of gmina and powiat, and the two disagree surprisingly often: exports have
been seen whose codes number the gminas of a powiat alphabetically. A name within its powiat is what a clerk knew; the
code is what a program filled in. So names decide, the code is checked against them, and every difference is said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.territory.tables import Gmina, Place, Powiat

_RURAL = re.compile(r"(?<!miejsko[ -])\bgmin(?:n\w+|y|a)\b", re.IGNORECASE)
_URBAN = re.compile(r"\bmiejsk\w+\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownGmina:
    """A gmina of the loaded territory."""

    teryt: str
    name: str
    kind: str
    powiat_teryt: str
    powiat_name: str

    @property
    def label(self) -> str:
        """The gmina in words, for staff."""
        return f"{self.name}, pow. {self.powiat_name} ({self.teryt})"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row says of where it is."""

    code: str
    gmina: str
    powiat: str
    town: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The gmina a unit is in and the one it serves; None where that could not be told. ``remark`` says what differs."""

    seat: str | None
    served: str | None
    served_powiat: str | None  # by a powiat centre that sits here
    remark: str = ""

    @property
    def seat_powiat(self) -> str | None:
        """The powiat that the unit is in."""
        return self.seat[:4] if self.seat else None


def _folded(name: str) -> str:
    return " ".join(name.casefold().removeprefix("gmina ").removeprefix("m. ").split())


@dataclass(frozen=True, slots=True)
class Gminas:
    """The gminas that are loaded, with their places."""

    by_code: Mapping[str, KnownGmina]
    by_place: Mapping[str, frozenset[str]] = field(repr=False)
    around_city: Mapping[str, str] = field(repr=False)  # powiat of a city -> the powiat around it

    @classmethod
    def of(cls, session: Session) -> Self:
        """The current gminas, powiats and places of the loaded territory."""
        query = select(Gmina.teryt, Gmina.name, Gmina.kind, Powiat.teryt, Powiat.name).join(
            Powiat, (Powiat.teryt == Gmina.powiat_teryt) & Powiat.valid_to.is_(None)
        )
        gminas = [KnownGmina(*row) for row in session.execute(query.where(Gmina.valid_to.is_(None)))]
        places: dict[str, set[str]] = {}
        for name, teryt in session.execute(select(Place.name, Place.gmina_teryt)):
            places.setdefault(_folded(name), set()).add(teryt)
        return cls(
            {each.teryt: each for each in gminas},
            {name: frozenset(codes) for name, codes in places.items()},
            _powiats_around_cities(session),
        )

    def covers(self, code: str) -> bool:
        """Whether the gmina is in the region that is loaded; yes where none is."""
        return not self.by_code or any(known.startswith(code[:2]) for known in self.by_code)

    def locate(self, claim: Claim) -> Whereabouts:
        """Where the unit of ``claim`` is and whom it serves."""
        if not any(code.startswith(claim.code[:2]) for code in self.by_code):
            return Whereabouts(claim.code, None, None, "granice tego województwa nie są wczytane; kodu nie sprawdzono")
        named = self._named(claim)
        if not named:
            return Whereabouts(None, None, None, f"w powiecie „{claim.powiat}” nie ma gminy „{claim.gmina}”")
        seat = _seat(named, claim)
        served = self._served(named, seat, claim)
        return Whereabouts(seat.teryt, served.teryt, self._served_powiat(seat), self._remark(claim, seat, served))

    def _named(self, claim: Claim) -> Sequence[KnownGmina]:
        name = _folded(claim.gmina)
        in_powiat = [each for each in self.by_code.values() if _folded(each.powiat_name) == _folded(claim.powiat)]
        if found := [each for each in in_powiat if _folded(each.name) == name]:
            return found
        if len(in_powiat) == 1:  # a city: the register names its district
            return in_powiat
        # the register names a village; it counts where only one gmina of the powiat has such a village
        with_place = self.by_place.get(name, frozenset())
        found = [each for each in in_powiat if each.teryt in with_place]
        return found if len(found) == 1 else ()

    def _served(self, named: Sequence[KnownGmina], seat: KnownGmina, claim: Claim) -> KnownGmina:
        """A town and the rural gmina around it may share their name; the unit's own name tells them apart."""
        wanted = "rural" if _RURAL.search(claim.unit_name) else "urban" if _URBAN.search(claim.unit_name) else ""
        if not wanted or seat.kind in {wanted, "urban-rural"}:
            return seat
        namesakes = named if len(named) > 1 else self.by_code.values()
        found = [each for each in namesakes if each.kind == wanted and _folded(each.name) == _folded(seat.name)]
        return found[0] if len(found) == 1 else seat

    def _served_powiat(self, seat: KnownGmina) -> str:
        # in a city of powiat rights the city's own centre does the powiat's tasks (art. 112); any other is the county's
        return self.around_city.get(seat.powiat_teryt, seat.powiat_teryt)

    def _remark(self, claim: Claim, seat: KnownGmina, served: KnownGmina) -> str:
        if claim.code in {seat.teryt, served.teryt}:
            return ""
        meant = self.by_code.get(claim.code)
        wrong = f"kod to {meant.label}" if meant else "kodu nie ma w wykazie gmin"
        return f"{wrong}; wiersz podaje gminę {claim.gmina}, pow. {claim.powiat}: przyjęto {served.label}"


def _seat(named: Sequence[KnownGmina], claim: Claim) -> KnownGmina:
    if len(named) == 1:
        return named[0]
    is_town = any(_folded(each.name) == _folded(claim.town) for each in named)
    return sorted(named, key=lambda each: ((each.kind == "urban") != is_town, each.teryt))[0]


def _powiats_around_cities(session: Session) -> Mapping[str, str]:
    """For each powiat that is a city, the powiat it shares most of its border with."""
    rows = session.execute(
        text(
            """
            SELECT DISTINCT ON (city.teryt) city.teryt, around.teryt
            FROM powiat AS city JOIN powiat AS around
                ON NOT around.is_city AND around.valid_to IS NULL AND ST_Intersects(city.geom, around.geom)
            WHERE city.is_city AND city.valid_to IS NULL
            ORDER BY city.teryt, ST_Length(ST_Intersection(city.geom, around.geom)) DESC, around.teryt
            """
        )
    )
    return {str(city): str(around) for city, around in rows}


def distances_outside(session: Session, claims: Iterable[tuple[Position, str]]) -> list[float]:
    """How far, in kilometres, each point lies outside the gmina named beside it; 0 inside or where it is not known."""
    given = list(claims)
    query = text(
        """
        SELECT coalesce(ST_Distance(gmina.geom, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 2180)), 0)
        FROM unnest(CAST(:lon AS float[]), CAST(:lat AS float[]), CAST(:teryt AS text[]))
            WITH ORDINALITY AS claim (lon, lat, teryt, place)
        LEFT JOIN gmina ON gmina.teryt = claim.teryt AND gmina.valid_to IS NULL
        ORDER BY place
        """
    )
    columns = {
        "lon": [position.lon for position, _ in given],
        "lat": [position.lat for position, _ in given],
        "teryt": [teryt for _, teryt in given],
    }
    return [metres / 1000 for metres in session.scalars(query, columns)]
