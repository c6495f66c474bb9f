"""What the directory is asked (``service_search``) and what it answers: frozen values, free of tables and of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from geo.crs import Position
from mapapp.territory.queries import Place


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One service at one place, or one service without a place, as far as it may be seen."""

    id: UUID
    service_id: UUID
    location_id: UUID | None
    visibility: str
    is_sample: bool
    facility_type: str
    type_group: str
    centre_kind: str | None
    name: str
    # None where it would tell the place
    organization_name: str | None
    sector: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    phone: str | None
    phone_display: str | None
    email: str | None
    website: str | None
    opening_hours: str | None
    position: Position | None
    geometry_quality: str | None
    gmina_teryt: str | None
    gmina_name: str | None
    powiat_teryt: str | None
    powiat_name: str | None
    nuts3: str | None
    service_area: tuple[str, ...]
    audiences: tuple[str, ...]
    minimum_age: int | None
    maximum_age: int | None
    modes: tuple[str, ...]
    care_setting: str | None
    cost_kind: str
    languages: tuple[str, ...]
    accessibility: Mapping[str, str]
    profiles: Mapping[str, str]
    places: int | None
    places_free: int | None
    places_as_of: date | None
    status: str
    alert: str | None
    verified_on: date | None
    source: str
    source_date: date | None
    last_modified: datetime
    # None without a position to measure from, or where the place is not shown or there is none
    distance_km: float | None = None
    # whether the area it serves covers the position; None where that is not known
    serves_position: bool | None = None
    # for_you, not_known, comes_to_you or for_others; None without a position in a known gmina
    entitlement: str | None = None
    # False where only the words of the question are in it, and other services are what it names
    is_meant: bool = True
    # of the profile asked for: yes, partial, no, unknown, and which required features are missing or not surveyed
    access: str | None = None
    access_missing: tuple[str, ...] = ()
    access_unknown: tuple[str, ...] = ()
    # on the occasion asked for: open, closed, unknown
    open: str | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits, and what to say about the whole."""

    hits: tuple[SearchHit, ...]
    total: int
    has_samples: bool
    # typed word -> word that was looked for instead
    corrected: tuple[tuple[str, str], ...] = ()
    # words that nothing has, left aside
    ignored: tuple[str, ...] = ()
    # no listing has all the words: these have as many as any
    is_relaxed: bool = False


@dataclass(frozen=True, slots=True)
class UnderstoodQuery:
    """A question split into what is needed and where."""

    what: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number to dial and the same to read."""

    number: str
    display: str
    extension: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class AccessibilityFact:
    """One surveyed feature of a place; what is not listed nobody surveyed."""

    feature: str
    value: str
    measure: float | None
    description: str | None
    surveyed_on: date | None


@dataclass(frozen=True, slots=True)
class CapacityFact:
    """Places of a kind on a day."""

    kind: str
    maximum: int | None
    available: int | None
    unit: str
    as_of: date
    waiting_days: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The register a record came from."""

    code: str
    title: str
    publisher: str
    url: str | None
    licence: str | None
    is_sample: bool
    last_content_date: date | None


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days, both ends included, that are closed or have times of their own; ``reasons`` by language."""

    first: date
    last: date
    opening_hours: str | None
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ServiceDetails:
    """Everything about a service that may be seen."""

    id: UUID
    visibility: str
    name: str
    organization_name: str | None
    facility_type: str
    type_group: str
    centre_kind: str | None
    description: str | None
    audiences: tuple[str, ...]
    minimum_age: int | None
    maximum_age: int | None
    modes: tuple[str, ...]
    care_setting: str | None
    cost_kind: str
    cost_description: str | None
    languages: tuple[str, ...]
    service_area: tuple[str, ...]
    # by agreements
    agreed_area: tuple[str, ...]
    application_process: str | None
    eligibility_description: str | None
    legal_basis: str | None
    capacity: tuple[CapacityFact, ...]
    places: int | None
    places_free: int | None
    places_as_of: date | None
    phones: tuple[PhoneNumber, ...]
    email: str | None
    website: str | None
    gmina_name: str | None
    powiat_name: str | None
    status: str
    alert: str | None
    # with its special days; of one with several places those of the most open
    opening_hours: str | None
    # its own, not those of its place or organization
    special_days: tuple[SpecialDays, ...]
    verified_on: date | None
    is_sample: bool
    # the places that may be seen
    location_ids: tuple[UUID, ...]
    source_code: str
    source_title: str
    source_publisher: str
    source_url: str | None
    source_date: date | None
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class PlaceDetails:
    """A place and its services. Only places that anyone may know have one."""

    id: UUID
    visibility: str
    name: str
    organization_name: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    gmina_teryt: str | None
    gmina_name: str | None
    powiat_teryt: str | None
    powiat_name: str | None
    position: Position | None
    geometry_quality: str | None
    phones: tuple[PhoneNumber, ...]
    email: str | None
    website: str | None
    opening_hours: str | None
    opening_hours_text: str | None
    opening_hours_status: str | None
    opening_hours_notes: tuple[str, ...]
    # of the place and of who gives services there
    special_days: tuple[SpecialDays, ...]
    transportation: str | None
    floor: str | None
    accessibility: tuple[AccessibilityFact, ...]
    profiles: Mapping[str, str]
    services: tuple[ServiceDetails, ...]
    is_sample: bool
    source_code: str
    source_title: str
    source_publisher: str
    source_url: str | None
    source_date: date | None
    last_modified: datetime

    @property
    def status(self) -> str:
        """Closed for a time where each of its services is."""
        statuses = {service.status for service in self.services}
        return statuses.pop() if len(statuses) == 1 else "active"


@dataclass(frozen=True, slots=True)
class DirectoryFacts:
    """The directory as a whole. ``release`` changes with every publication: good for an ETag.

    ``reasons`` has what special days say in Polish in the other languages.
    """

    listings: int
    has_samples: bool
    sources: tuple[Source, ...]
    release: str
    reasons: Mapping[str, Mapping[str, str]]
