"""A small region and directory for tests of pages: two towns that share a name, hostile records, every visibility."""

import os
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.coverage.commands import release_figures
from mapapp.coverage.data import coverage_data
from mapapp.coverage.question import ask
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_facilities
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
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.directory.vocabulary_tables import save_vocabularies
from mapapp.settings import ROOT
from mapapp.text_search import configure_text_search

REGISTER = SourceRegister("register", "Rejestr próbny", "Urząd", "CC0-1.0", "https://example.org/")
SAMPLES = SourceRegister("sample", "Dane przykładowe", "Mapa wsparcia", "CC0-1.0", is_sample=True)
TOWN = Position(16.65, 50.44)
OTHER_TOWN = Position(17.03, 51.11)

# every way that record text has been known to run in a map, a list or a page
HOSTILE = (
    "<script>window.__x=1</script>",
    "</script><script>window.__x=1</script>",
    "<img src=x onerror=window.__x=1>",
    "<svg onload=window.__x=1>",
    "<svg><animate onbegin=window.__x=1 attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.__x=1</script>'>",
    "<body onload=window.__x=1>",
    "<details open ontoggle=window.__x=1>",
    "<input autofocus onfocus=window.__x=1>",
    "<a href=javascript:window.__x=1>Dom</a>",
    "<math href=javascript:window.__x=1>Dom</math>",
    "<style>@import'javascript:window.__x=1'</style>",
    "<link rel=stylesheet href=//evil.invalid/x.css>",
    "<base href=//evil.invalid/>",
    "<meta http-equiv=refresh content='0;url=//evil.invalid/'>",
    "<object data=javascript:window.__x=1>",
    "<marquee onstart=window.__x=1>Dom</marquee>",
    "${window.__x=1}",
    "`${window.__x=1}`",
    "`;window.__x=1;//",
    "';window.__x=1;//",
    '";window.__x=1;//',
    '" onmouseover="window.__x=1',
    "' onfocus='window.__x=1' autofocus='",
    "{{ 7*7 }}{% raw %}{{ config }}",
    "{{constructor.constructor('window.__x=1')()}}",
    "-->\u2028<script>window.__x=1</script>",
    "&lt;script&gt;window.__x=1&lt;/script&gt;",
)

TERRITORY = """
INSERT INTO territory_release (region, is_schematic, attribution, content_hash)
VALUES ('dolnoslaskie', true, 'Opracowanie własne na podstawie danych GUS', repeat('a', 64));
INSERT INTO voivodeship (teryt, name, valid_from, area_km2, geom, outline)
SELECT '02', 'dolnośląskie', DATE '2024-01-01', 20000, {south_and_north};
INSERT INTO subregion (nuts3, voivodeship_teryt, name, valid_from, area_km2, geom, outline)
SELECT 'PL517', '02', 'wałbrzyski', DATE '2024-01-01', 10000, {south} UNION ALL
SELECT 'PL514', '02', 'wrocławski', DATE '2024-01-01', 10000, {north};
INSERT INTO powiat (teryt, nuts3, is_city, voivodeship_teryt, name, valid_from, area_km2, geom, outline)
SELECT '0208', 'PL517', false, '02', 'kłodzki', DATE '2024-01-01', 10000, {south} UNION ALL
SELECT '0264', 'PL514', true, '02', 'Wrocław', DATE '2024-01-01', 10000, {north};
INSERT INTO gmina (teryt, kind, powiat_teryt, nuts3, voivodeship_teryt, name, valid_from, area_km2, geom, outline)
SELECT '0208021', 'urban', '0208', 'PL517', '02', 'Kłodzko', DATE '2024-01-01', 10000, {south} UNION ALL
SELECT '0264011', 'urban', '0264', 'PL514', '02', 'Wrocław', DATE '2024-01-01', 10000, {north};
INSERT INTO place (name, postal_code, gmina_teryt, is_seat, position, source) VALUES
('Kłodzko', '57-300', '0208021', true, ST_SetSRID(ST_MakePoint(16.65, 50.44), 4326), 'test'),
('Wrocław', '50-001', '0264011', true, ST_SetSRID(ST_MakePoint(17.03, 51.11), 4326), 'test'),
('Nowa Wieś', '57-320', '0208021', false, ST_SetSRID(ST_MakePoint(16.60, 50.50), 4326), 'test'),
('Nowa Wieś', '51-200', '0264011', false, ST_SetSRID(ST_MakePoint(17.10, 51.20), 4326), 'test');
INSERT INTO population (gmina_teryt, year, age_from, age_to, scenario, persons, source) VALUES
('0208021', 2024, 0, 120, 'recorded', 20000, 'GUS'), ('0264011', 2024, 0, 120, 'recorded', 60000, 'GUS'),
('0208021', 2024, 0, 59, 'estimate', 15000, 'GUS'), ('0264011', 2024, 0, 59, 'estimate', 45000, 'GUS'),
('0208021', 2024, 60, 79, 'estimate', 4000, 'GUS'), ('0264011', 2024, 60, 79, 'estimate', 12000, 'GUS'),
('0208021', 2024, 80, 120, 'estimate', 1000, 'GUS'), ('0264011', 2024, 80, 120, 'estimate', 3000, 'GUS');
"""


def _shapes(west: float, south: float, east: float, north: float) -> str:
    box = f"ST_Multi(ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326))"
    return f"ST_Transform({box}, 2180), {box}"


def database(cluster: Cluster) -> str:
    """The URL of a database of this process with the example in it; other test runs share the cluster."""
    name = f"site_{os.getpid()}"
    if cluster.ensure_database(name):
        fill(cluster.url(name))
    return cluster.url(name)


def fill(url: str) -> None:
    """Migrate the database and put the example in it."""
    engine = make_staff_engine(url)
    migrate.upgrade(engine)
    shapes = {
        "south": _shapes(15.5, 50.0, 17.5, 50.8),
        "north": _shapes(15.5, 50.8, 17.5, 51.8),
        "south_and_north": _shapes(15.5, 50.0, 17.5, 51.8),
    }
    with transaction(engine) as session:
        configure_text_search(session.connection())
        for statement in TERRITORY.format(**shapes).split(";\n"):
            if statement.strip():
                session.execute(text(statement))
        save_vocabularies(session, load_vocabularies(ROOT / "data" / "vocabularies"))
        save_facilities(session, facilities(), registers=(REGISTER, SAMPLES), retire_samples=False)
        _release_coverage(session)
    engine.dispose()


def _release_coverage(session: Session) -> None:
    """Released questions: one as of two days, and one about each of two levels of areas."""
    past, data = coverage_data(session, date(2026, 4, 1)), coverage_data(session)
    asked = (
        (past, "places_per_1k", "ddp", "gmina"),
        (data, "places_per_1k", "ddp", "gmina"),
        (data, "sites", "dps", "powiat"),
        (data, "sites", "dmdz", "gmina"),
    )
    for of_day, code, kind, by in asked:
        release_figures(session, of_day, ask(data.vocabularies, code, [kind], by=by))


def facilities() -> list[FacilityRecord]:
    """Real and sample places, places that are hidden, help without a place, and hostile ones."""
    hidden = LocationRecord(position=TOWN, address=_address("ul. Tajna 7"), visibility="area_only")
    return [
        facility("ops", "Ośrodek Pomocy Społecznej w Kłodzku", "ops", services=2),
        facility("far", "Dom Pomocy Społecznej „Jutrzenka”", "dps", at=OTHER_TOWN, hours="24/7"),
        facility("silent", "Klub Seniora „Zacisze”", "klub_sen", hours=None, phone=None),
        facility("sample", "Dzienny dom pomocy „Przykład”", "ddp", is_sample=True),
        facility("long", "Specjalistyczna opieka „Przykład”", "suo_psy", is_sample=True),
        facility("hidden", "Schronienie dla kobiet", "dmdz", location=hidden),
        facility("home", "Teleopieka", "teleopieka", location=None),
        *(facility(f"h{number}", f"Dom {payload}", "klub_mieszk") for number, payload in enumerate(HOSTILE)),
        *(facility(f"m{number}", f"Świetlica numer {number}", "pwd") for number in range(25)),
    ]


def _address(street: str) -> AddressRecord:
    return AddressRecord(address_1=street, postal_code="57-300", city="Kłodzko", state_province="dolnośląskie")


def _location(at: Position, hours: str | None) -> LocationRecord:
    return LocationRecord(
        position=at,
        geometry_quality="street",
        address=_address("ul. Długa 1"),
        opening_hours=hours,
        accessibility=(
            AccessibilityRecord(feature="entrance_level", value="yes", surveyed_on=date(2026, 2, 1)),
            AccessibilityRecord(feature="toilet", value="partial", description="wąskie drzwi"),
            AccessibilityRecord(feature="lift", value="no"),
        ),
    )


def facility(
    number: str,
    name: str,
    kind: str,
    *,
    at: Position = TOWN,
    hours: str | None = "Mo-Fr 08:00-15:00",
    phone: str | None = "74 865 12 34",
    is_sample: bool = False,
    services: int = 1,
    **location: LocationRecord | None,
) -> FacilityRecord:
    """A facility whose services are all of one kind."""
    return FacilityRecord(
        source=SAMPLES.code if is_sample else REGISTER.code,
        source_id=number,
        source_date=date(2026, 3, 6),
        is_sample=is_sample,
        organization_name=name,
        email="kontakt@example.org",
        website="https://www.example.org/pomoc",
        phones=(PhoneRecord.parse(phone),) if phone else (),
        location=location.get("location", _location(at, hours)),
        services=tuple(
            ServiceRecord(
                key=f"{kind}{index or ''}",
                facility_type=kind,
                name=name if index == 0 else f"{name}, usługa {index + 1}",
                service_area=("0208",),
                modes=("onsite",),
                costs=(CostRecord(cost_kind="free"),),
                capacities=(CapacityRecord(maximum=24, available=3, as_of=date(2026, 3, 1)),),
                assured_date=None if is_sample else date(2026, 3, 1),
            )
            for index in range(services)
        ),
    )
