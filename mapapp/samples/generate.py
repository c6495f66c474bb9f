"""Facilities that do not exist: the same for the same territory, plan and vocabularies."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import cos, radians

from geo.crs import Position
from mapapp.directory.records import (
    AccessibilityRecord,
    AddressRecord,
    CapacityRecord,
    CostRecord,
    FacilityRecord,
    LocationRecord,
    PhoneRecord,
    ServiceRecord,
)
from mapapp.directory.sources import SourceRegister
from mapapp.directory.vocabulary import ServiceType, Vocabularies
from mapapp.samples.ground import Ground, SampleGmina, Settlement
from mapapp.samples.plan import PlannedType, draw, sites

REGISTER = SourceRegister(
    code="sample",
    title="Dane przykładowe",
    publisher="generator danych przykładowych tej mapy",
    is_sample=True,
)
AS_OF = date(2026, 1, 1)
DEGREE_KM = 111.2
STREETS = ("Przykładowa", "Pokazowa", "Zmyślona", "Wzorcowa", "Próbna")
PATRONS = (
    "Pod Lipami",
    "Słoneczny",
    "Przystań",
    "Zacisze",
    "Promyk",
    "Razem",
    "Nadzieja",
    "Jutrzenka",
    "Dobry Dom",
)
OFFICES = {"ops", "cus", "cs_model", "pcpr", "pup", "pzon", "rops", "owes", "ppp", "npp", "adopc"}


def generate_facilities(
    ground: Ground, plan: Sequence[PlannedType], vocabularies: Vocabularies
) -> Iterator[FacilityRecord]:
    """Every sample facility, in the plan's order."""
    hosted = [planned for planned in plan if planned.spread == "hosted"]
    for planned in plan:
        guests = [guest for guest in hosted if guest.host == planned.type or _replaces(planned, guest)]
        for number, gmina in enumerate(sites(planned, plan, ground)):
            yield _facility(planned, guests, number, gmina, ground, vocabularies)


def _replaces(planned: PlannedType, guest: PlannedType) -> bool:
    return planned.spread == "gmina_instead" and planned.host == guest.host


def _facility(
    planned: PlannedType,
    guests: Sequence[PlannedType],
    number: int,
    gmina: SampleGmina | None,
    ground: Ground,
    vocabularies: Vocabularies,
) -> FacilityRecord:
    identity = f"{planned.type}-{gmina.teryt if gmina else ground.voivodeship_teryt}-{number}"
    site = _settlement(planned, identity, gmina) if gmina else None
    present = [guest for guest in guests if draw(identity, guest.type).random() < guest.share]
    label = vocabularies.types[planned.type].label_pl.split(" (")[0]
    name = _name(planned, label, identity, site.name if site else ground.voivodeship)
    services = [
        _service(
            offered, identity, gmina, ground, vocabularies.types[offered.type], name if offered is planned else None
        )
        for offered in (planned, *present)
    ]
    return FacilityRecord(
        source=REGISTER.code,
        source_id=identity,
        source_date=AS_OF,
        is_sample=True,
        organization_name=name,
        sector=draw(identity, "sector").choice(planned.sectors),
        phones=(_phone(identity),),
        location=_location(planned, identity, gmina, site, ground, vocabularies) if gmina and site else None,
        services=tuple(services),
    )


def _name(planned: PlannedType, label: str, identity: str, place: str) -> str:
    if planned.type in OFFICES or planned.spread in {"subregion", "gmina_instead"}:
        return f"{label} – {place}"
    return f"{label} „{draw(identity, 'patron').choice(PATRONS)}” – {place}"


def _phone(identity: str) -> PhoneRecord:
    # no Polish number begins with 00: it can be read, and dialled by nobody
    digits = f"00{draw(identity, 'phone').randrange(10**7):07d}"
    return PhoneRecord(number=f"+48{digits}", display=f"{digits[:2]} {digits[2:5]} {digits[5:7]} {digits[7:]}")


def _settlement(planned: PlannedType, identity: str, gmina: SampleGmina) -> Settlement:
    """Offices stand at the seat; the rest mostly there, else in another settlement of the gmina."""
    random = draw(identity, "place")
    if planned.type in OFFICES or random.random() < 0.7:
        return gmina.settlements[0]
    return random.choice(gmina.settlements)


def _near(identity: str, gmina: SampleGmina, settlement: Settlement) -> Position:
    """Some hundred metres from the settlement's point, always inside the gmina."""
    random = draw(identity, "position")
    reach_km = 0.3 + min(gmina.population, 400_000) ** 0.5 / 200
    lon, lat = settlement.position
    for _ in range(20):
        east, north = random.gauss(0, reach_km / 2), random.gauss(0, reach_km / 2)
        moved = Position(round(lon + east / (DEGREE_KM * cos(radians(lat))), 5), round(lat + north / DEGREE_KM, 5))
        if gmina.contains(moved):
            return moved
    return settlement.position


def _location(
    planned: PlannedType,
    identity: str,
    gmina: SampleGmina,
    site: Settlement,
    ground: Ground,
    vocabularies: Vocabularies,
) -> LocationRecord:
    return LocationRecord(
        position=_near(identity, gmina, site),
        geometry_quality="locality",
        declared_gmina_teryt=gmina.teryt,
        address=AddressRecord(
            address_1=f"ul. {draw(identity, 'street').choice(STREETS)} 0",
            postal_code="00-000",
            city=site.name,
            region=gmina.powiat,
            state_province=ground.voivodeship,
        ),
        opening_hours=_hours(planned, identity),
        accessibility=_accessibility(identity, vocabularies),
    )


def _hours(planned: PlannedType, identity: str) -> str | None:
    return draw(identity, "hours").choice(planned.opening_hours) if planned.opening_hours else None


def _accessibility(identity: str, vocabularies: Vocabularies) -> tuple[AccessibilityRecord, ...]:
    """A third of the places never surveyed; elsewhere most required features are there."""
    random = draw(identity, "access")
    if random.random() < 1 / 3:
        return ()
    needed = dict.fromkeys(code for profile in vocabularies.profiles.values() for code in profile.required_features)
    kept = random.uniform(0.5, 1.0)
    return tuple(
        AccessibilityRecord(feature=code, value=random.choices(("yes", "partial", "no"), (8, 1, 1))[0])
        for code in needed
        if random.random() < kept
    )


def _service(
    planned: PlannedType,
    identity: str,
    gmina: SampleGmina | None,
    ground: Ground,
    kind: ServiceType,
    facility_name: str | None,
) -> ServiceRecord:
    """A facility's own service bears its name; what it offers besides is named after its type."""
    return ServiceRecord(
        key=planned.type,
        facility_type=planned.type,
        name=facility_name or kind.label_pl.split(" (")[0],
        description=kind.plain_pl,
        audiences=kind.target_audiences,
        minimum_age=kind.age_min,
        maximum_age=kind.age_max,
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        # without a place the hours are the service's own
        opening_hours=None if gmina else _hours(planned, identity),
        service_area=(_entitled(kind, gmina, ground),),
        costs=(CostRecord(cost_kind=planned.cost),),
        capacities=_capacity(planned, identity, kind),
        visibility=kind.default_visibility,
    )


def _entitled(kind: ServiceType, gmina: SampleGmina | None, ground: Ground) -> str:
    """Whom the service is for by residence, as the duty's level tells."""
    if gmina is None or not kind.duty:
        return ground.voivodeship_teryt
    by_level = {"G": gmina.teryt, "P": gmina.powiat_teryt}
    return by_level.get(kind.duty[0][0], ground.voivodeship_teryt)


def _capacity(planned: PlannedType, identity: str, kind: ServiceType) -> tuple[CapacityRecord, ...]:
    if planned.capacity_min is None or planned.capacity_max is None:
        return ()
    random = draw(identity, planned.type, "capacity")
    places = random.randint(planned.capacity_min, planned.capacity_max)
    free = max(0, round(places * random.uniform(-0.1, 0.15)))
    return (CapacityRecord(kind="approved", maximum=places, available=free, unit=kind.unit, as_of=AS_OF),)
