"""What enters the directory, checked once: a facility is an organization at a location with its services.

Registers, the sample generator and (later) forms all build these; ``commands.save_facilities`` stores them.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from geo.crs import Position

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=r"^[^\x00]*$")
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_+-]*$")]
Teryt = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{3})?)?$")]
GminaTeryt = Annotated[str, StringConstraints(pattern=r"^\d{6}[123]$")]
Postcode = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{3}$")]
Visibility = Literal["public", "area_only", "on_request", "internal"]
ThreeValued = Literal["yes", "partial", "no", "unknown"]


def _is_web_address(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("expected an address that starts with https:// or http://")
    return value


WebAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_is_web_address)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$")
]


class Checked(BaseModel):
    """Frozen, and nothing unexpected is let through."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PhoneRecord(Checked):
    """A number to dial (E.164) and the same to read."""

    number: Annotated[str, StringConstraints(pattern=r"^\+\d{6,15}$|^\d{3,9}$")]  # short numbers: 112, 116123
    display: Text
    extension: str | None = None
    description: Text | None = None

    @classmethod
    def parse(cls, text: str, description: str | None = None) -> Self:
        """The phone in ``text``; a ValueError says what was expected. Library: phonenumbers (libphonenumber)."""
        try:
            number = phonenumbers.parse(text, "PL")
        except phonenumbers.NumberParseException as error:
            raise ValueError(f"{text!r} is not a telephone number; expected for example 71 123 45 67") from error
        if not phonenumbers.is_possible_number(number):
            raise ValueError(f"{text!r} has a wrong number of digits; expected nine, for example 71 123 45 67")
        plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        return cls(
            number=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
            display=plain,
            extension=number.extension,
            description=description,
        )


class AddressRecord(Checked):
    """Where the door is, in words."""

    address_1: Text
    postal_code: Postcode | None = None
    city: Text
    region: Text | None = None
    state_province: Text
    country: Literal["PL"] = "PL"


class IdentifierRecord(Checked):
    """A number of an official register."""

    scheme: Literal["NIP", "REGON", "KRS", "TERYT-JST", "register"]
    identifier: Text


class AccessibilityRecord(Checked):
    """One feature of a place as surveyed; codes of accessibility_features.csv."""

    feature: Code
    value: ThreeValued
    measure: Decimal | None = None
    description: Text | None = None
    surveyed_on: date | None = None
    source: Text | None = None


class CapacityRecord(Checked):
    """Places on a day. Absent means unknown; nobody writes zero for unknown.

    ``target`` is a part that the row without one includes ("women"): never to be added to it.
    """

    kind: Code = "approved"
    target: Code | None = None
    maximum: Annotated[int, Field(ge=0, le=100_000)] | None = None
    available: Annotated[int, Field(ge=0, le=100_000)] | None = None
    waiting_days: Annotated[int, Field(ge=0, le=10_000)] | None = None
    description: Text | None = None
    unit: Code = "places"
    as_of: date


class CostRecord(Checked):
    """What a person pays; codes of cost_kinds.csv."""

    cost_kind: Code
    amount_description: Text | None = None


class LocationRecord(Checked):
    """A place with its address, hours and access."""

    name: Name | None = None
    location_type: Literal["physical", "postal", "virtual"] = "physical"
    position: Position | None = None
    geometry_quality: Code | None = None
    declared_gmina_teryt: GminaTeryt | None = None
    address: AddressRecord | None = None
    transportation: Text | None = None
    floor: Text | None = None
    opening_hours: Text | None = None
    opening_hours_text: LongText | None = None
    opening_hours_status: Literal["understood", "partly", "not_hours", "not_understood"] | None = None
    opening_hours_notes: tuple[Text, ...] = ()
    accessibility: tuple[AccessibilityRecord, ...] = ()
    visibility: Visibility = "public"


class BranchRecord(Checked):
    """A further place of the same facility; ``places`` are its share of the facility's, None where unknown."""

    key: Code
    location: LocationRecord
    places: Annotated[int, Field(ge=0, le=100_000)] | None = None


class ServiceRecord(Checked):
    """One service; ``key`` tells the services of one facility apart and stays the same between loads."""

    key: Code
    facility_type: Code
    name: Name
    alternate_name: Text | None = None
    description: Text | None = None
    subtypes: tuple[Code, ...] = ()
    audiences: tuple[Code, ...] = ("all",)
    minimum_age: Annotated[int, Field(ge=0, le=120)] | None = None
    maximum_age: Annotated[int, Field(ge=0, le=120)] | None = None
    modes: tuple[Code, ...] = ()
    care_setting: Code | None = None
    law_fields: tuple[Code, ...] = ()
    opening_hours: Text | None = None  # its own; those of the place are the place's
    languages: tuple[Code, ...] = ()
    service_area: tuple[Teryt, ...] = ()
    costs: tuple[CostRecord, ...] = ()
    capacities: tuple[CapacityRecord, ...] = ()
    application_process: Text | None = None
    eligibility_description: Text | None = None
    legal_basis: Text | None = None
    alert: Text | None = None
    assured_date: date | None = None
    status: Literal["active", "inactive", "defunct", "temporarily closed"] = "active"
    status_reason: Text | None = None
    visibility: Visibility = "public"

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.minimum_age is not None and self.maximum_age is not None and self.minimum_age > self.maximum_age:
            raise ValueError(f"minimum_age {self.minimum_age} is above maximum_age {self.maximum_age}")
        if "all" in self.audiences and len(self.audiences) > 1:
            raise ValueError(f"audience 'all' stands beside {self.audiences}; it includes everybody")
        return self


class OrganizationRecord(Checked):
    """Who gives the services."""

    organization_name: Name
    alternate_name: Text | None = None
    sector: Code | None = None
    email: Email | None = None
    website: WebAddress | None = None
    phones: tuple[PhoneRecord, ...] = ()
    epuap: Text | None = None
    edoreczenia: Text | None = None
    visibility: Visibility = "public"


class FacilityRecord(OrganizationRecord):
    """An organization with (usually) one location and the services given there.

    Where it has ``branches``, every service is given at each of them too; ``main_places`` is the share of the location.
    """

    source: Code
    source_id: Text
    source_date: date | None = None
    is_sample: bool = False
    identifiers: tuple[IdentifierRecord, ...] = ()
    location: LocationRecord | None = None
    main_places: Annotated[int, Field(ge=0, le=100_000)] | None = None
    branches: tuple[BranchRecord, ...] = ()
    services: Annotated[tuple[ServiceRecord, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        nowhere = [s.key for s in self.services if self.location is None and not s.service_area]
        if nowhere:
            raise ValueError(f"services {nowhere} have neither a location nor a service_area")
        if self.branches and self.location is None:
            raise ValueError(f"branches {[each.key for each in self.branches]} stand without a main location")
        return self
