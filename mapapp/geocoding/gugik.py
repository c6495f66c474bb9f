"""GUGiK's address service (Usługa uniwersalnego geokodowania, UUG): https://services.gugik.gov.pl/uug/."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from geo.crs import WGS84, Position
from mapapp.geocoding.protocol import Address, Candidate, GeocoderFailedError
from mapapp.geocoding.service import Service

_QUALITIES: Final = {"address": "rooftop", "street": "street", "city": "locality"}
Text = Annotated[str, BeforeValidator(lambda given: given or "")]


class GugikPlace(BaseModel):
    """One object found. Degrees: an axis swap is seen at once, as it would not be in metres of EPSG:2180."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    x: Annotated[float, Field(ge=14.0, le=24.2)]
    y: Annotated[float, Field(ge=49.0, le=54.9)]
    city: Text = ""
    street: Text = ""
    number: Text = ""
    code: Text = ""
    # 1 where everything fits; less where the service took something for something alike
    accuracy: Annotated[float, Field(ge=0, le=1)] = 1.0


class GugikAnswer(BaseModel):
    """What GetAddress answers; ``results`` are numbered from "1"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["address", "street", "city", ""] | None = None
    results: dict[str, GugikPlace] | None = None


@dataclass(frozen=True, slots=True)
class Gugik:
    """Knows every address point of the state's register."""

    service: Service
    code: str = "gugik"
    is_remote: bool = True

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        """The address points, streets or localities that fit exactly. Raises GeocoderFailedError."""
        if not address.localities:
            return ()
        document = self.service.ask({"request": "GetAddress", "address": asked(address), "srid": str(WGS84)})
        try:
            answer = GugikAnswer.model_validate(document)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise GeocoderFailedError(f"{self.service.title} answered otherwise than documented: {where}") from error
        quality = _QUALITIES.get(answer.type or "")
        found = [each for _, each in sorted((answer.results or {}).items())]
        # a likeness is not an answer
        exact = [each for each in found if each.accuracy >= 1.0]
        return tuple(Candidate(Position(each.x, each.y), quality, _label(each)) for each in exact if quality)


def asked(address: Address) -> str:
    """The address as the service expects it: "Miasto, Ulica Numer"; a village without streets: "Wieś Numer".

    Without the comma after the town nothing is found.
    """
    locality = address.localities[0]
    code = f"{address.postal_code} " if address.postal_code else ""
    if address.street:
        street = address.street.removeprefix("ul. ").removeprefix("ulica ")
        return f"{code}{locality}, {street} {address.house}".strip()
    return f"{code}{locality} {address.house}".strip()


def _label(place: GugikPlace) -> str:
    return ", ".join(filter(None, (f"{place.street} {place.number}".strip(), f"{place.code} {place.city}".strip())))
