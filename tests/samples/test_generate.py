from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapapp.directory.records import FacilityRecord
from mapapp.directory.vocabulary import Vocabularies, load_vocabularies
from mapapp.samples.generate import generate_facilities
from mapapp.samples.ground import Ground, read_ground
from mapapp.samples.plan import PlannedType, read_plan
from mapapp.settings import ROOT, Settings
from mapapp.territory.commands import load_territory
from mapapp.territory.sources import read_territory


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies(ROOT / "data" / "vocabularies")


@pytest.fixture(scope="module")
def plan() -> tuple[PlannedType, ...]:
    return read_plan(ROOT / "data" / "samples")


@pytest.fixture(scope="module")
def ground(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The embedded, schematic territory."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            settings = Settings(environment="test", var_folder=tmp_path_factory.mktemp("var"))
            load_territory(session, read_territory(settings))
            yield read_ground(session)
        outer.rollback()


@pytest.fixture(scope="module")
def facilities(ground: Ground, plan: tuple[PlannedType, ...], vocabularies: Vocabularies) -> list[FacilityRecord]:
    return list(generate_facilities(ground, plan, vocabularies))


def test_gives_about_fifteen_hundred_services(facilities: list[FacilityRecord]) -> None:
    assert 1400 <= sum(len(facility.services) for facility in facilities) <= 1700


def test_is_the_same_every_time(
    facilities: list[FacilityRecord],
    ground: Ground,
    plan: tuple[PlannedType, ...],
    vocabularies: Vocabularies,
) -> None:
    assert list(generate_facilities(ground, plan, vocabularies)) == facilities


def test_marks_every_record_as_a_sample(facilities: list[FacilityRecord]) -> None:
    assert all(facility.is_sample for facility in facilities)
    assert not any(service.assured_date for facility in facilities for service in facility.services)


def test_has_helplines_that_are_open_day_and_night(facilities: list[FacilityRecord]) -> None:
    helplines = [each for facility in facilities if _has(facility, "telefon") for each in facility.services]
    assert helplines and {each.opening_hours for each in helplines} == {"24/7"}


def test_gives_every_gmina_one_ops_or_cus(facilities: list[FacilityRecord], ground: Ground) -> None:
    offices = Counter(
        facility.location.declared_gmina_teryt
        for facility in facilities
        if facility.location and {service.facility_type for service in facility.services} & {"ops", "cus"}
    )
    assert offices == {gmina.teryt: 1 for gmina in ground.gminas}


def test_gives_every_powiat_a_family_centre(facilities: list[FacilityRecord], ground: Ground) -> None:
    centres = Counter(
        facility.location.declared_gmina_teryt[:4]
        for facility in facilities
        if facility.location and facility.location.declared_gmina_teryt and _has(facility, "pcpr")
    )
    assert centres == {gmina.powiat_teryt: 1 for gmina in ground.gminas}


def test_puts_one_model_centre_into_each_subregion(facilities: list[FacilityRecord], ground: Ground) -> None:
    by_teryt = {gmina.teryt: gmina.nuts3 for gmina in ground.gminas}
    centres = [facility for facility in facilities if _has(facility, "cs_model")]
    assert len(centres) == 5
    assert {by_teryt[str(c.location and c.location.declared_gmina_teryt)] for c in centres} == set(by_teryt.values())
    assert not any("CUS" in centre.organization_name for centre in centres)


def test_stands_inside_the_gmina_it_names(facilities: list[FacilityRecord], ground: Ground) -> None:
    by_teryt = {gmina.teryt: gmina for gmina in ground.gminas}
    for facility in facilities:
        if facility.location and facility.location.position:
            assert by_teryt[str(facility.location.declared_gmina_teryt)].contains(facility.location.position)


def test_has_phones_and_addresses_that_cannot_exist(facilities: list[FacilityRecord]) -> None:
    assert all(phone.number.startswith("+4800") for facility in facilities for phone in facility.phones)
    addresses = [facility.location.address for facility in facilities if facility.location]
    assert all(address and address.address_1.endswith(" 0") for address in addresses)
    assert {address.postal_code for address in addresses if address} == {"00-000"}


def test_hides_what_its_type_hides(facilities: list[FacilityRecord], vocabularies: Vocabularies) -> None:
    for facility in facilities:
        for service in facility.services:
            assert service.visibility == vocabularies.types[service.facility_type].default_visibility


def test_plans_only_types_of_the_vocabulary(plan: tuple[PlannedType, ...], vocabularies: Vocabularies) -> None:
    assert {planned.type for planned in plan} <= set(vocabularies.types)
    assert {planned.host for planned in plan if planned.host} <= {planned.type for planned in plan}
    assert {planned.cost for planned in plan} <= set(vocabularies.cost_kinds)
    assert {sector for planned in plan for sector in planned.sectors} <= set(vocabularies.sectors)


def test_names_the_wrong_field_of_a_plan(tmp_path: Path) -> None:
    head = (ROOT / "data" / "samples" / "plan.csv").read_text().splitlines()[0]
    (tmp_path / "plan.csv").write_text(f"{head}\nops,everywhere,1,,1,,,gmina,24/7\n")
    with pytest.raises(ValueError, match="spread"):
        read_plan(tmp_path)


def _has(facility: FacilityRecord, facility_type: str) -> bool:
    return any(service.facility_type == facility_type for service in facility.services)
