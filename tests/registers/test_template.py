"""Our own template: what is written into it is read from it, field by field."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from geo.crs import Position
from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_facilities, save_vocabularies
from mapapp.directory.records import (
    AccessibilityRecord,
    AddressRecord,
    BranchRecord,
    CapacityRecord,
    CostRecord,
    FacilityRecord,
    IdentifierRecord,
    LocationRecord,
    PhoneRecord,
    ServiceRecord,
    SpecialDaysOf,
    SpecialDaysRecord,
)
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.gminas import Gminas
from mapapp.registers.layouts import Surroundings
from mapapp.registers.loading import import_register
from mapapp.registers.opening import open_register
from mapapp.registers.problems import RowRejectedError
from mapapp.registers.template.book import facilities_csv, facilities_workbook, template_workbook
from mapapp.registers.template.columns import COLUMNS, HEADINGS
from mapapp.registers.template.reading import LAYOUT, REGISTERS
from mapapp.settings import ROOT
from tests.registers.office_files import xlsx

Save = Callable[[str, bytes], Path]
WORDS = load_vocabularies(ROOT / "data" / "vocabularies")
AROUND = Surroundings(WORDS, Gminas({}, {}, {}))
GMINAS = [("0264011", "Wrocław", "Wrocław")]

# what a person may type; a cell holds neither control characters nor halves of characters
_letters = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff\u00a0\u2028\u2029\x85")
_texts = st.text(_letters | st.sampled_from("|~\\;=+-@'\"\n"), min_size=1, max_size=30).map(str.strip).filter(bool)
_names = st.text(_letters, min_size=3, max_size=30).map(str.strip).filter(lambda name: len(name) >= 3)
_days = st.dates(date(2000, 1, 1), date(2026, 6, 30))
_small = st.integers(0, 500)
_levels = st.sampled_from(["public", "area_only", "on_request", "internal"])
_keys = st.from_regex(r"[a-z0-9][a-z0-9_+-]{0,8}", fullmatch=True)


def _code(vocabulary: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(getattr(WORDS, vocabulary)))


def _codes(vocabulary: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(_code(vocabulary), max_size=3, unique=True).map(tuple)


def _maybe(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | of


def _some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=2).map(tuple)


_phones = st.builds(
    PhoneRecord,
    number=st.from_regex(r"\+48[1-9]\d{8}", fullmatch=True),
    display=_texts,
    extension=_maybe(st.from_regex(r"\d{1,4}", fullmatch=True)),
    description=_maybe(_texts),
)
_access = st.builds(
    AccessibilityRecord,
    feature=_code("features"),
    value=st.sampled_from(["yes", "partial", "no", "unknown"]),
    measure=_maybe(st.decimals(0, 500, places=2)),
    description=_maybe(_texts),
    surveyed_on=_maybe(_days),
    source=_maybe(_texts),
)
_capacities = st.builds(
    CapacityRecord,
    kind=_code("capacity_kinds"),
    target=_maybe(st.sampled_from(["women", "men"])),
    maximum=_maybe(_small),
    available=_maybe(_small),
    waiting_days=_maybe(_small),
    description=_maybe(_texts),
    as_of=_days,
)
_addresses = st.builds(
    AddressRecord,
    address_1=_texts,
    postal_code=_maybe(st.from_regex(r"[0-9]{2}-[0-9]{3}", fullmatch=True)),
    city=_texts,
    region=_maybe(_texts),
    state_province=st.just("dolnośląskie"),
)
_locations = st.builds(
    LocationRecord,
    name=_maybe(_names),
    location_type=st.sampled_from(["physical", "postal", "virtual"]),
    position=_maybe(st.builds(Position, st.floats(14.1, 24), st.floats(49, 54.8))),
    geometry_quality=_maybe(_code("geometry_quality")),
    declared_gmina_teryt=_maybe(st.from_regex(r"[0-9]{6}[123]", fullmatch=True)),
    address=_maybe(_addresses),
    transportation=_maybe(_texts),
    floor=_maybe(_texts),
    opening_hours=_maybe(_texts),
    opening_hours_text=_maybe(_texts),
    opening_hours_status=_maybe(st.sampled_from(["understood", "partly", "not_hours", "not_understood"])),
    opening_hours_notes=_some(_texts),
    accessibility=_some(_access),
    visibility=_levels,
)
_services = st.builds(
    ServiceRecord,
    key=_keys,
    facility_type=_code("types"),
    name=_names,
    alternate_name=_maybe(_texts),
    description=_maybe(_texts),
    subtypes=_codes("subtypes"),
    audiences=st.just(("all",)) | _codes("audiences").filter(lambda codes: "all" not in codes),
    minimum_age=_maybe(st.integers(0, 60)),
    maximum_age=_maybe(st.integers(60, 120)),
    modes=_codes("place_modes"),
    care_setting=_maybe(_code("care_settings")),
    law_fields=_codes("law_fields"),
    opening_hours=_maybe(_texts),
    languages=_codes("languages"),
    service_area=st.lists(st.sampled_from(["02", "0264", "0264011"]), min_size=1, max_size=3, unique=True).map(tuple),
    costs=_some(st.builds(CostRecord, cost_kind=_code("cost_kinds"), amount_description=_maybe(_texts))),
    capacities=_some(_capacities),
    application_process=_maybe(_texts),
    eligibility_description=_maybe(_texts),
    legal_basis=_maybe(_texts),
    alert=_maybe(_texts),
    assured_date=_maybe(_days),
    status=st.sampled_from(["active", "inactive", "defunct", "temporarily closed"]),
    visibility=_levels,
)
_reasons = _texts.filter(lambda text: text.isprintable() and '"' not in text)


@st.composite
def _special_days(draw: st.DrawFn, places: list[str], services: list[str]) -> SpecialDaysOf:
    owner = draw(st.sampled_from(["organization", "service", *(["location", "service_at_location"] if places else [])]))
    first = draw(st.dates(date(2020, 1, 1), date(2020, 12, 31)))
    return SpecialDaysOf(
        owner=owner,
        branch=draw(st.sampled_from(places)) if "location" in owner else "",
        service=draw(st.sampled_from(services)) if "service" in owner else "",
        days=SpecialDaysRecord(
            first,
            first + timedelta(days=draw(st.integers(0, 366))),
            draw(_maybe(st.sampled_from(["08:00-12:00", "00:00-24:00", "08:00-12:00,14:00-26:00"]))),
            *(draw(_maybe(_reasons)) for _ in range(3)),
        ),
    )


_identifiers = st.builds(IdentifierRecord, scheme=st.sampled_from(["NIP", "REGON", "KRS"]), identifier=_texts)


@st.composite
def facilities(draw: st.DrawFn) -> FacilityRecord:
    location = draw(_maybe(_locations))
    branch = st.builds(BranchRecord, key=_keys, location=_locations, places=_maybe(_small))
    branches = draw(_some(branch)) if location else ()
    services = tuple(draw(st.lists(_services, min_size=1, max_size=3)))
    places = ["", *(each.key for each in branches)] if location else []
    days = _special_days(places, [each.key for each in services])
    of_one = lambda each: (each.owner, each.branch, each.service, each.days.first, each.days.last)  # noqa: E731
    return FacilityRecord(
        source=draw(st.sampled_from(sorted(REGISTERS))),
        source_id=draw(_texts.filter(lambda number: number.upper() != "PRZYKŁAD")),
        source_date=draw(_maybe(_days)),
        is_sample=draw(st.booleans()),
        organization_name=draw(_names),
        alternate_name=draw(_maybe(_texts)),
        sector=draw(_maybe(_code("sectors"))),
        email=draw(_maybe(st.just("dom@przyklad.pl"))),
        website=draw(_maybe(st.just("https://przyklad.pl/a?b=c"))),
        phones=draw(_some(_phones)),
        identifiers=draw(_some(_identifiers)),
        epuap=draw(_maybe(_texts)),
        edoreczenia=draw(_maybe(_texts)),
        location=location,
        main_places=draw(_maybe(_small)),
        branches=branches,
        services=services,
        special_days=tuple(draw(st.lists(days, max_size=3, unique_by=of_one))),
        visibility=draw(_levels),
    )


def read(content: bytes) -> list[FacilityRecord]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "dane")
        path.write_bytes(content)
        table, layout = open_register(path, [LAYOUT])
        assert layout is LAYOUT
        rows = [layout.read(row, AROUND) for row in table.rows]
    assert [str(note) for row in rows for note in row.notes] == []
    return [row.facility for row in rows]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(facilities())
def test_reads_from_csv_what_was_written(facility: FacilityRecord) -> None:
    assert read(facilities_csv([facility])) == [facility]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(facilities(), min_size=1, max_size=8, unique_by=lambda each: (each.source, each.source_id)))
def test_reads_from_a_workbook_what_was_written(given_facilities: list[FacilityRecord]) -> None:
    assert read(facilities_workbook(given_facilities, WORDS, GMINAS)) == given_facilities


def test_skips_the_row_of_example(saved: Save) -> None:
    path = saved("szablon.xlsx", template_workbook(WORDS, GMINAS))
    table, layout = open_register(path, [LAYOUT])
    assert layout is LAYOUT
    assert table.rows == []


def test_gives_an_example_that_could_be_read() -> None:
    row = ["Z-1" if column.heading == "numer placówki" else column.example for column in COLUMNS]
    (facility,) = read(xlsx([HEADINGS, row]))
    service = facility.services[0]
    assert (facility.sector, service.facility_type, service.key) == ("gmina", "dps", "dps")
    assert [phone.number for phone in facility.phones] == ["+48711234567", "+48711234568"]
    assert service.capacities == (CapacityRecord(maximum=40, available=2, as_of=date(2026, 1, 31)),)
    assert facility.location
    assert facility.location.position == Position(17.0385, 51.1079)


def test_has_drop_downs_and_explains_every_column(tmp_path: Path) -> None:
    path = tmp_path / "szablon.xlsx"
    path.write_bytes(template_workbook(WORDS, GMINAS))
    with ZipFile(path) as archive:
        data = archive.read("xl/worksheets/sheet1.xml").decode()
    rules = re.findall(r"<dataValidation .*?</dataValidation>", data, re.DOTALL)
    assert len(rules) == sum(bool(each.codec.terms) and not each.codec.is_list for each in COLUMNS)
    assert all("'Słowniki'!$" in rule for rule in rules)
    assert all(column.explained for column in COLUMNS)
    assert template_workbook(WORDS, GMINAS) == path.read_bytes()


@pytest.mark.parametrize(
    ("heading", "value", "said"),
    [
        ("rodzaj usługi", "Dom pomocy spolecznej", "najbliższa poprawna wartość: dom pomocy społecznej"),
        ("numer placówki", "", "brakuje wartości"),
        ("nazwa organizacji", "", "brakuje wartości"),
        ("długość", "51,1", "poza Polską"),
    ],
)
def test_says_what_is_wrong(heading: str, value: str, said: str, saved: Save) -> None:
    cells = {column.heading: column.example for column in COLUMNS} | {"numer placówki": "Z-1", heading: value}
    table, _ = open_register(saved("a.xlsx", xlsx([HEADINGS, [cells[each] for each in HEADINGS]])), [LAYOUT])
    with pytest.raises(RowRejectedError, match=said):
        LAYOUT.read(table.rows[0], AROUND)


@pytest.fixture
def databases(cluster: Cluster) -> Iterator[tuple[Engine, Engine]]:
    """Two empty databases."""
    engines = []
    for number in (1, 2):
        name = f"template_{number}_{os.getpid()}"
        cluster.ensure_database(name)
        engine = make_staff_engine(cluster.url(name))
        migrate.upgrade(engine)
        with transaction(engine) as session:
            save_vocabularies(session, WORDS)
        engines.append(engine)
    yield engines[0], engines[1]
    for engine in engines:
        engine.dispose()


# ids and times are of the database
LISTED = text(
    "SELECT to_jsonb(listing) - ARRAY['id', 'service_id', 'location_id', 'organization_id', 'last_modified', "
    "'published_at', 'geojson'] FROM listing ORDER BY name, facility_type, city, source"
)


def test_makes_the_same_directory_of_what_was_written(databases: tuple[Engine, Engine], saved: Save) -> None:
    first, second = databases
    home = FacilityRecord(
        source="rjps",
        source_id="DPS 1",
        organization_name="Dom Pomocy „Jutrzenka”",
        phones=(PhoneRecord.parse("71 123 45 67", "sekretariat | ~"),),
        location=LocationRecord(
            position=Position(17.0385, 51.1079),
            address=AddressRecord(address_1="ul. Długa 5", city="Wrocław", state_province="dolnośląskie"),
            accessibility=(
                AccessibilityRecord(feature=next(iter(WORDS.features)), value="yes", measure=Decimal("90.5")),
            ),
        ),
        services=(
            ServiceRecord(key="dps", facility_type="dps", name="Dom stałego pobytu"),
            ServiceRecord(key="krotko", facility_type="dps_krotko", name="Krótki pobyt", audiences=("older",)),
        ),
    )
    hidden = FacilityRecord(
        source="template",
        source_id="=1+1",
        organization_name="Ośrodek wsparcia",
        location=home.location and home.location.model_copy(update={"visibility": "on_request"}),
        services=(ServiceRecord(key="sow", facility_type="sow", name="Pomoc", visibility="on_request"),),
        visibility="on_request",
    )
    with transaction(first) as session:
        save_facilities(session, [home, hidden], registers=REGISTERS.values())
        wanted = session.scalars(LISTED).all()
    with transaction(second) as session:
        report = import_register(session, saved("dane.csv", facilities_csv([home, hidden])), WORDS)
        assert [str(each) for each in report.rejected] == []
        assert session.scalars(LISTED).all() == wanted
        again = import_register(session, saved("b.xlsx", facilities_workbook([home, hidden], WORDS, GMINAS)), WORDS)
        assert again.saved.unchanged == 2
    assert len(wanted) == 3
