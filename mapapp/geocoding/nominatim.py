"""Nominatim's search of OpenStreetMap (/search, format jsonv2), one's own or the public one by its usage policy."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from geo.crs import Position
from mapapp.directory.precision import PRECISION
from mapapp.geocoding.protocol import Address, Candidate, GeocoderFailedError
from mapapp.geocoding.service import Service
from mapapp.territory.names import folded

# usage policy of the public server: "an absolute maximum of 1 request per second"
PER_SECOND: Final = 1.0
_STREETS: Final = range(26, 28)
_LOCALITIES: Final = range(13, 22)


class NominatimAddress(BaseModel):
    """The parts that tell how exact a place is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    house_number: str = ""


class NominatimPlace(BaseModel):
    """One place found; numbers come as text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lon: Annotated[float, Field(ge=14.0, le=24.2)]
    lat: Annotated[float, Field(ge=49.0, le=54.9)]
    place_rank: Annotated[int, Field(ge=0, le=30)]
    display_name: str
    address: NominatimAddress = NominatimAddress()


_ANSWER: Final = TypeAdapter(list[NominatimPlace])


@dataclass(frozen=True, slots=True)
class Nominatim:
    """Knows what OpenStreetMap knows."""

    service: Service
    code: str = "nominatim"
    is_remote: bool = True

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        """The most exact of the places found. Raises GeocoderFailedError."""
        if not address.localities:
            return ()
        document = self.service.ask(asked(address))
        try:
            places = _ANSWER.validate_python(document)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "answer"
            raise GeocoderFailedError(f"{self.service.title} answered otherwise than documented: {where}") from error
        found = tuple(_candidates(places, address.house))
        best = max((PRECISION.index(each.quality) for each in found), default=0)
        return tuple(each for each in found if PRECISION.index(each.quality) == best)


def asked(address: Address) -> dict[str, str]:
    """The address as a structured question."""
    # a village without streets has house numbers all the same
    street = address.street.removeprefix("ul. ") or address.localities[0]
    question = {
        "street": f"{address.house} {street}" if address.house else address.street,
        "city": address.localities[0],
        "postalcode": address.postal_code or "",
    }
    fixed = {"countrycodes": "pl", "format": "jsonv2", "addressdetails": "1", "limit": "5", "layer": "address"}
    return {name: value for name, value in question.items() if value} | fixed


def _candidates(places: list[NominatimPlace], house: str) -> Iterator[Candidate]:
    for place in places:
        if quality := _quality(place, house):
            yield Candidate(Position(place.lon, place.lat), quality, place.display_name)


def _quality(place: NominatimPlace, house: str) -> str | None:
    number = place.address.house_number
    if number:  # another house of the street is no better than the street
        return "rooftop" if _same(number, house) else "street"
    if place.place_rank in _STREETS:
        return "street"
    return "locality" if place.place_rank in _LOCALITIES else None


def _same(one: str, other: str) -> bool:
    return bool(other) and folded(one).replace(" ", "") == folded(other).replace(" ", "")
