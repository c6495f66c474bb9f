"""Every payload against the schemas of HSDS 3.1: the sample directory, and a real register."""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.orm import Session

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory import tables
from mapapp.directory.commands import save_vocabularies
from mapapp.directory.hsds import hsds_record
from mapapp.directory.hsds_resources import SERVICES, SERVICES_AT_LOCATIONS
from mapapp.directory.hsds_schedules import refresh_schedules
from mapapp.directory.tables.record import VISIBILITY_LEVELS
from mapapp.first_load import load_region, load_samples
from mapapp.registers.loading import import_register
from mapapp.settings import Settings
from mapapp.territory.commands import load_territory
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region
from tests.directory.hand_made import VOCABULARIES, facility, save, service, service_id
from tests.directory.test_visibility import shelter
from tests.hsds_schemas import ALONE, faults, lists, pages, records

SCHEMA_OF_ALONE = {name: name.removesuffix(" with services") for name in ALONE}
MOST = 300


def schema_of_list(name: str) -> str:
    return name.split(" ", maxsplit=1)[0]


@pytest.fixture(scope="module")
def samples(cluster: Cluster) -> Iterator[Engine]:
    """The sample directory on the embedded territory."""
    name = f"hsds_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        load_region(session, Settings())
        load_samples(session)
        refresh_schedules(session)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def register(cluster: Cluster, shared: Path) -> Iterator[Engine]:
    """A real register on real boundaries."""
    name = f"hsds_register_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        load_territory(session, read_pack(shared / "data" / "malopolskie", region("malopolskie")))
        save_vocabularies(session, VOCABULARIES)
        import_register(session, shared / "registers" / "ops_malopolska_geo.csv", VOCABULARIES)
        refresh_schedules(session)
    yield engine
    engine.dispose()


@pytest.fixture(params=["samples", "register"])
def filled(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session on each of them."""
    with Session(request.getfixturevalue(request.param)) as session:
        yield session


def test_gives_valid_lists(filled: Session, shared: Path) -> None:
    for name, wanted in lists(filled).items():
        seen = 0
        for page in pages(filled, wanted, 200):
            for item in page["contents"]:
                assert faults(shared, schema_of_list(name), item) == [], name
            seen += page["size"]
        assert seen == page["total_items"] > 20, name


@pytest.mark.parametrize("name", ALONE)
def test_gives_valid_records(filled: Session, shared: Path, name: str) -> None:
    seen = 0
    for record in islice(records(filled, name), MOST):
        assert faults(shared, SCHEMA_OF_ALONE[name], record) == []
        seen += 1
    assert seen >= (20 if name == "taxonomy" else 100)


def test_says_all_that_the_register_says(register: Engine) -> None:
    with Session(register) as session:
        published = session.scalar(select(func.count(tables.Listing.service_id.distinct())))
        located = session.scalar(select(func.count()).where(tables.Listing.location_id.is_not(None)))
        totals = {name: next(pages(session, wanted))["total_items"] for name, wanted in lists(session).items()}
        assert (totals["service_list"], totals["service_at_location_list"]) == (published, located)
        for record in islice(records(session, "service_at_location"), 50):
            location = session.get_one(tables.Location, record["location_id"])
            assert record["location"].get("x_opening_hours") == location.opening_hours
            assert bool(record["location"]["schedules"]) is bool(location.opening_hours)
            assert record["location"]["addresses"]


@pytest.mark.parametrize("level", VISIBILITY_LEVELS[:3])
def test_is_valid_at_every_level(directory: Session, shared: Path, level: str) -> None:
    save(directory, shelter(service=level))
    for name, wanted in lists(directory).items():
        for page in pages(directory, wanted):
            assert all(faults(shared, schema_of_list(name), item) == [] for item in page["contents"])
    for name in ALONE:
        assert all(faults(shared, SCHEMA_OF_ALONE[name], record) == [] for record in records(directory, name))


def add_every_detail(session: Session, ops: UUID) -> None:
    """All that no register gives yet, some of it wrong."""
    record = session.get_one(tables.Service, ops)
    link = session.scalars(select(tables.ServiceAtLocation)).one()
    program = tables.Program(organization_id=record.organization_id, name="Program", description="Opis")
    unit = tables.Unit(name="miejsca próbne")
    session.add_all([program, unit])
    session.flush()
    session.execute(update(tables.Service).values(program_id=program.id, url="https://example.org/a?b=c#d"))
    session.execute(update(tables.Organization).values(website="https://złe.example/ spacja", logo="nothing"))
    owners = (
        {"service_id": ops},
        {"organization_id": record.organization_id},
        {"location_id": link.location_id},
        {"service_at_location_id": link.id},
    )
    capacity = {"unit_id": unit.id, "kind": "approved", "as_of": "2026-03-01"}
    of_any: list[tuple[type, dict[str, object]]] = [
        (tables.Contact, {"name": "Dyżur", "email": "dyzur@example.org"}),
        (tables.Phone, {"number": "+48740000009", "display": "74", "extension": "wewn. 5"}),
        (tables.Language, {"code": "uk"}),
        (tables.ServiceArea, {"teryt": ["02", "0208", "0208011"]}),
        (tables.Url, {"url": "https://example.org"}),
        (tables.Schedule, {"description": "Zapytaj", "schedule_link": "bad"}),
    ]
    of_service: list[tuple[type, dict[str, object]]] = [
        (tables.Funding, {"source": "EFS+"}),
        (tables.RequiredDocument, {"document": "Wniosek"}),
        (tables.CostOption, {"cost_kind": "free", "amount": 12.5, "currency": "PLN"}),
        (tables.ServiceCapacity, {**capacity, "available": 3}),
        (tables.ServiceCapacity, {**capacity, "maximum": 9}),
    ]
    for table, values in [(table, values | owner) for table, values in of_any for owner in owners] + [
        (table, {**values, "service_id": ops}) for table, values in of_service
    ]:
        session.execute(insert(table).values(**values))


def test_is_valid_with_every_detail(directory: Session, shared: Path) -> None:
    save(directory, facility("1", service("ops")))
    ops = service_id(directory, "1", "ops")
    add_every_detail(directory, ops)
    for name in ALONE:
        assert all(faults(shared, SCHEMA_OF_ALONE[name], record) == [] for record in records(directory, name))
    said = json.loads(hsds_record(directory, SERVICES, ops) or "")
    empty = {name for name, value in said.items() if value == []}
    assert empty <= {"x_subtypes", "x_law_fields", "x_modes"}
    assert len(said["capacities"]) == len(said["x_sizes"]) == 1
    assert "website" not in said["organization"]


def test_gives_the_outline_of_the_area_served_where_a_record_stands_alone(directory: Session) -> None:
    save(directory, facility("1", service("uo_dom", key="care", service_area=("0208", "0264011"))))
    (area,) = json.loads(hsds_record(directory, SERVICES, service_id(directory, "1", "care")) or "")["service_areas"]
    assert area["name"] == "powiat kłodzki, gmina Wrocław"
    assert area["extent_type"] == "geojson"
    assert json.loads(area["extent"])["type"] == "MultiPolygon"
    (listed,) = next(pages(directory, lists(directory)["service full"]))["contents"]
    assert "extent" not in listed["service_areas"][0]


def test_writes_local_times_without_an_offset(directory: Session) -> None:
    hours = facility("1", service("noclegownia"))
    location = hours.location.model_copy(update={"opening_hours": "Mo-Su 18:00-24:00"}) if hours.location else None
    save(directory, hours.model_copy(update={"location": location}))
    refresh_schedules(directory)
    link = directory.scalars(select(tables.ServiceAtLocation.id)).one()
    record = json.loads(hsds_record(directory, SERVICES_AT_LOCATIONS, link) or "")
    (schedule,) = record["location"]["schedules"]
    assert (schedule["opens_at"], schedule["closes_at"], schedule["freq"]) == ("18:00", "24:00", "WEEKLY")
    assert "timezone" not in schedule
    assert schedule["x_timezone"] == "Europe/Warsaw"
