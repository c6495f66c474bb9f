"""What enters the directory, checked once: a facility is an organization at a location with its services.

Registers, the sample generator and (later) forms all build these; ``commands.save_facilities`` stores them.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

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
LONGEST_REASON: Final = 120
LONGEST_STRETCH: Final = timedelta(days=366)
_TIMES: Final = re.compile(r"\d{1,2}:\d\d-\d{1,2}:\d\d(\s*,\s*\d{1,2}:\d\d-\d{1,2}:\d\d)*")


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


class WrongSpecialDaysError(ValueError):
    """Special days that cannot be; the message has the value and what was expected."""


@dataclass(frozen=True, slots=True)
class SpecialDaysRecord:
    """The days from ``first`` to ``last``, both included: closed, or open at ``opening_hours`` of each of them.

    Reasons are for visitors: ``reason`` in Polish, the others where somebody wrote them.
    """

    first: date
    last: date
    opening_hours: str | None = None
    reason: str | None = None
    reason_en: str | None = None
    reason_uk: str | None = None

    def __post_init__(self) -> None:
        """Raises WrongSpecialDaysError."""
        if not self.first <= self.last <= self.first + LONGEST_STRETCH:
            raise WrongSpecialDaysError(
                f"the days are {self.first} to {self.last}, expected an end not before the beginning, "
                "and a year at most; what is closed for longer has the status 'temporarily closed'"
            )
        for reason in filter(None, (self.reason, self.reason_en, self.reason_uk)):
            if len(reason) > LONGEST_REASON or '"' in reason or not reason.isprintable():
                raise WrongSpecialDaysError(
                    f'the reason is {reason!r}, expected one line of {LONGEST_REASON} characters at most without "'
                )
        if self.opening_hours is not None and not _TIMES.fullmatch(self.opening_hours):
            raise WrongSpecialDaysError(
                f"the hours are {self.opening_hours!r}, expected times of the day such as 10:00-14:00,16:00-18:00"
            )


class SpecialDaysOf(Checked):
    """Special days of all that a facility is, of a place of it, of a service, or of a service at a place.

    An empty ``branch`` is the facility's main place; ``service`` is the key of one.
    """

    owner: Literal["organization", "location", "service", "service_at_location"] = "organization"
    branch: Code | Literal[""] = ""
    service: Code | Literal[""] = ""
    days: SpecialDaysRecord


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
    special_days: tuple[SpecialDaysOf, ...] | None = None  # None: the register says nothing of them

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        nowhere = [s.key for s in self.services if self.location is None and not s.service_area]
        if nowhere:
            raise ValueError(f"services {nowhere} have neither a location nor a service_area")
        if self.branches and self.location is None:
            raise ValueError(f"branches {[each.key for each in self.branches]} stand without a main location")
        return self

    @model_validator(mode="after")
    def _has_whose_days_are_special(self) -> Self:
        places = {each.key for each in self.branches} | ({""} if self.location else set())
        services = {each.key for each in self.services}
        for each in self.special_days or ():
            if each.owner in {"location", "service_at_location"} and each.branch not in places:
                raise ValueError(f"special days of the place {each.branch!r}, expected one of {sorted(places)}")
            if each.owner in {"service", "service_at_location"} and each.service not in services:
                raise ValueError(f"special days of the service {each.service!r}, expected one of {sorted(services)}")
        return self
