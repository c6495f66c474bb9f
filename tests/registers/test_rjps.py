"""A row of the national register as a facility, and the whole real register on its real boundaries."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_vocabularies
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.loading import ImportReport, import_register
from mapapp.registers.problems import RowRejectedError
from mapapp.registers.readers import RawRow
from mapapp.registers.rjps import read_unit
from mapapp.settings import ROOT
from mapapp.territory.commands import load_territory
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region

VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
KORZENNA = KnownGmina("1210062", "Korzenna", "rural", "1210", "nowosądecki")
SACZ = KnownGmina("1262011", "Nowy Sącz", "urban", "1262", "Nowy Sącz")
Loaded = tuple[Session, ImportReport]
AROUND = Surroundings(VOCABULARIES, Gminas({"1210062": KORZENNA, "1262011": SACZ}, {}, {"1262": "1210"}))


Read = Callable[..., ReadRow]
Problems = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def read(good: dict[str, str]) -> Read:
    """Reads a good row with other cells in it."""
    return lambda **cells: read_unit(RawRow(7, good | cells), AROUND)


@pytest.fixture
def problems(read: Read) -> Problems:
    """What is wrong with a row that is rejected."""

    def found(**cells: str) -> list[tuple[str, str]]:
        with pytest.raises(RowRejectedError) as caught:
            read(**cells)
        return [(each.field, each.message) for each in caught.value.problems]

    return found


def test_leaves_out_units_of_other_regions(problems: Problems) -> None:
    found = problems(wojewodztwo="dolnośląskie", teryt_gminy="0201011")
    assert found == [("wojewodztwo", "jednostka leży poza regionem tej mapy")]


def test_reads_a_unit_as_a_careful_clerk_would(read: Read) -> None:
    row = read()
    facility = row.facility
    assert row.notes == ()
    assert (facility.source, facility.source_id, facility.source_date) == ("rjps", "OPS 100", date(2026, 3, 6))
    assert facility.organization_name == "Gminny Ośrodek Pomocy Społecznej w Korzennej"
    assert (facility.email, facility.website) == ("gops@korzenna.pl", "http://www.korzenna.pl")
    assert [(phone.number, phone.display) for phone in facility.phones] == [("+48184406626", "18 440 66 26")]
    location = facility.location
    assert location is not None and location.address is not None
    assert (location.position, location.geometry_quality) == (Position(20.835, 49.6699), "locality")
    assert location.declared_gmina_teryt == "1210062"
    assert (location.address.address_1, location.address.postal_code) == ("Korzenna 325", "33-322")
    assert (location.address.city, location.address.state_province) == ("Korzenna", "małopolskie")
    assert (location.opening_hours, location.opening_hours_status) == ("Mo-Fr 07:15-15:15", "understood")
    assert location.opening_hours_text == "poniedziałek-piątek 7:15 - 15:15"
    assert facility.is_sample is False
    assert facility.visibility == location.visibility == "public"


def test_gives_an_ops_one_service_for_everybody_of_the_gmina(read: Read) -> None:
    (service,) = read().facility.services
    assert (service.key, service.facility_type, service.audiences) == ("ops", "ops", ("all",))
    assert service.service_area == ("1210062",)
    assert service.assured_date is None


def test_shows_no_more_of_a_unit_than_its_type_allows(good: dict[str, str]) -> None:
    hidden = VOCABULARIES.types["ops"].model_copy(update={"default_visibility": "on_request"})
    around = replace(AROUND, vocabularies=replace(VOCABULARIES, types={**VOCABULARIES.types, "ops": hidden}))
    assert {each.visibility for each in read_unit(RawRow(7, good), around).facility.services} == {"on_request"}


def test_gives_a_county_centre_the_whole_powiat(read: Read) -> None:
    (service,) = read(typ="PCPR", nazwa="Powiatowe Centrum Pomocy Rodzinie").facility.services
    assert (service.key, service.service_area) == ("pcpr", ("1210",))
    assert service.audiences == VOCABULARIES.types["pcpr"].target_audiences


def test_gives_the_county_centre_in_a_city_the_powiat_around_it(read: Read) -> None:
    city = {"gmina": "Nowy Sącz", "powiat": "Nowy Sącz", "miejscowosc": "Nowy Sącz", "teryt_gminy": "1262011"}
    (service,) = read(typ="PCPR", nazwa="Powiatowe Centrum Pomocy Rodzinie", **city).facility.services
    assert service.service_area == ("1210",)


def test_gives_the_centre_of_a_city_both_tasks(read: Read) -> None:
    city = {"gmina": "Nowy Sącz", "powiat": "Nowy Sącz", "miejscowosc": "Nowy Sącz", "teryt_gminy": "1262011"}
    ops, pcpr = read(typ="MOPR", nazwa="Miejski Ośrodek Pomocy Społecznej", **city).facility.services
    assert (ops.facility_type, ops.service_area) == ("ops", ("1262011",))
    assert (pcpr.facility_type, pcpr.service_area) == ("pcpr", ("1262",))
    assert ops.name != pcpr.name


def test_keeps_a_row_to_be_verified_apart_from_the_register(read: Read) -> None:
    row = read(uwagi="Źródło: mir.org.pl - wymaga weryfikacji danych kontaktowych", kod_pocztowy="")
    assert (row.facility.source, row.facility.source_date) == ("mir_org_pl", None)
    assert row.facility.services[0].alert == "Dane kontaktowe wymagają sprawdzenia – przed wizytą zadzwoń."
    assert row.facility.location is not None and row.facility.location.address is not None
    assert row.facility.location.address.postal_code is None


def test_writes_an_abbreviated_name_out_and_keeps_the_other(read: Read) -> None:
    facility = read(nazwa="GOPS Korzenna").facility
    assert facility.organization_name == "Gminny Ośrodek Pomocy Społecznej Korzenna"
    assert facility.alternate_name == "GOPS Korzenna"


def test_takes_the_village_that_stands_as_street_for_no_street(read: Read) -> None:
    location = read(ulica="Korzenna", numer_domu="1").facility.location
    assert location is not None and location.address is not None
    assert location.address.address_1 == "Korzenna 1"


def test_sends_letters_for_a_district_to_the_city(read: Read) -> None:
    city = {"gmina": "Nowy Sącz-Dąbrówka", "powiat": "Nowy Sącz", "miejscowosc": "Nowy Sącz-Dąbrówka"}
    location = read(teryt_gminy="1262011", geo_precyzja="dzielnica", **city).facility.location
    assert location is not None and location.address is not None
    assert (location.address.city, location.address.region) == ("Nowy Sącz", "Dąbrówka")
    assert location.geometry_quality == "locality"


@pytest.mark.parametrize(
    ("cells", "field", "message"),
    [
        ({"telefon": "18 354-xx-xx"}, "telefon", "nie rozpoznano numeru telefonu; oczekiwano na przykład 12 345 67 89"),
        (
            {"telefon": "18 440 66 26, 18 440 66"},
            "telefon",
            "nie w całości rozpoznano numeru telefonu; oczekiwano na przykład 12 345 67 89",
        ),
        ({"kod_pocztowy": "3332"}, "kod_pocztowy", "oczekiwano kodu pocztowego w postaci 33-100"),
        ({"email": "gops(at)korzenna.pl"}, "email", "oczekiwano adresu e-mail w postaci nazwa@domena.pl"),
        ({"email": "a@korzenna.pl, b@korzenna.pl"}, "email", "podano więcej niż jeden adres; przyjęto pierwszy"),
        ({"www": "javascript:alert(1)"}, "www", "oczekiwano adresu strony, na przykład www.ops.pl"),
        ({"uwagi": "eksport 31.02.2026"}, "uwagi", "nie ma takiego dnia: eksport 31.02.2026"),
        ({"uwagi": "eksport 01.01.2999"}, "uwagi", "data eksportu jest w przyszłości"),
        ({"latitude": "", "longitude": ""}, "latitude", "brak współrzędnych; jednostki nie będzie na mapie"),
        (
            {"geo_precyzja": "miejscowość"},
            "geo_precyzja",
            "nieznana dokładność; oczekiwano: miejscowosc, dzielnica, gmina_centrum",
        ),
    ],
)
def test_loads_the_unit_and_notes_a_lesser_fault(read: Read, cells: dict[str, str], field: str, message: str) -> None:
    (note,) = read(**cells).notes
    assert (note.line, note.field, note.message) == (7, field, message)


def test_names_the_nearest_valid_term(read: Read) -> None:
    with pytest.raises(RowRejectedError) as caught:
        read(typ="OSP")
    (problem,) = caught.value.problems
    assert (problem.value, problem.nearest) == ("OSP", "OPS")


def test_reports_everything_that_is_wrong_with_a_row_at_once(problems: Problems) -> None:
    assert problems(typ="", id_jednostki="#!", nazwa="X", teryt_gminy="99", latitude="20.8", longitude="49.7") == [
        ("typ", "brakuje wartości"),
        ("id_jednostki", "oczekiwano numeru jednostki w rejestrze"),
        ("nazwa", "liczba znaków nazwy: 1; oczekiwano od 3 do 300"),
        ("teryt_gminy", "oczekiwano kodu TERYT gminy: siedmiu cyfr, na przykład 1206072"),
        ("latitude", "szerokość i długość geograficzna są zamienione miejscami"),
    ]


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, shared: Path) -> Iterator[Loaded]:
    """The session that has loaded the register, and what it reported."""
    name = f"malopolskie_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        load_territory(session, read_pack(shared / "data" / "malopolskie", region("malopolskie")))
        save_vocabularies(session, VOCABULARIES)
        yield session, import_register(session, shared / "registers" / "ops_malopolska_geo.csv", VOCABULARIES)
        session.rollback()
    engine.dispose()


class TestTheRealRegister:
    """195 units of Małopolska on the boundaries of Małopolska."""

    def rows(self, loaded: Loaded, query: str) -> list[Any]:
        return list(loaded[0].execute(text(query)))

    def test_loads_whole(self, loaded: Loaded) -> None:
        _, report = loaded
        assert (report.rows, report.rejected, report.saved.created) == (195, (), 195)
        assert report.services_by_type == {"ops": 163 + 2, "cus": 14, "pcpr": 16 + 2}
        assert sum(report.hours.values()) == 195
        assert report.hours["none_given"] == 71

    def test_is_published_whole(self, loaded: Loaded) -> None:
        published = Counter(row.facility_type for row in self.rows(loaded, "SELECT facility_type FROM listing"))
        assert published == loaded[1].services_by_type
        assert self.rows(
            loaded, "SELECT count(DISTINCT location_id), count(DISTINCT organization_id) FROM listing"
        ) == [(195, 195)]
        assert self.rows(loaded, "SELECT 1 FROM listing WHERE point IS NULL OR city IS NULL OR is_sample") == []
        assert self.rows(loaded, "SELECT 1 FROM listing WHERE verified_on IS NOT NULL") == []

    def test_has_a_phone_that_can_be_dialled_for_every_unit_but_three(self, loaded: Loaded) -> None:
        """Two units give no phone, one gives 18 354-xx-xx."""
        numbers = self.rows(loaded, "SELECT organization_id, number FROM phone")
        assert len({row.organization_id for row in numbers}) == 192
        assert all(phonenumbers.is_valid_number(phonenumbers.parse(row.number, None)) for row in numbers)
        assert [note.value for note in loaded[1].notes if note.field == "telefon"] == ["18 354-xx-xx"]

    def test_has_fair_addresses(self, loaded: Loaded) -> None:
        addresses = self.rows(loaded, "SELECT address_1, postal_code, city FROM address")
        assert len(addresses) == 195
        assert sum(row.postal_code is not None for row in addresses) == 126
        assert not [row.address_1 for row in addresses if "  " in row.address_1 or row.address_1.startswith("rynek")]
        assert ("Rynek 2", "32-031", "Mogilany") in addresses
        assert ("ul. Józefińska 14", "30-529", "Kraków") in addresses

    def test_knows_the_gmina_of_all_units_but_one(self, loaded: Loaded) -> None:
        """Niegowić is a village, and in another powiat than the register says."""
        unknown = self.rows(
            loaded,
            """
            SELECT organization.name FROM location JOIN organization USING (source, source_id)
            WHERE declared_gmina_teryt IS NULL OR declared_gmina_teryt NOT IN (SELECT teryt FROM gmina)
            """,
        )
        assert [row.name for row in unknown] == ["Gminny Ośrodek Pomocy Społecznej Niegowić"]

    def test_serves_each_gmina_that_has_a_unit_of_its_own(self, loaded: Loaded) -> None:
        """The register's codes would send a resident of Myślenice elsewhere; its names do not.

        179 units serve a gmina, four of them are there twice, and one gmina could not be told.
        """
        (area,) = self.rows(
            loaded,
            """
            SELECT teryt FROM service_area JOIN service ON service.id = service_id
            WHERE service.name = 'Centrum Usług Społecznych w Myślenicach'
            """,
        )
        assert area.teryt == ["1209033"]
        served = self.rows(loaded, "SELECT DISTINCT unnest(teryt) AS code FROM service_area")
        assert len([row for row in served if len(row.code) == 7]) == 174
        assert len([row for row in served if len(row.code) == 4]) == 18

    def test_reports_points_outside_their_gmina_and_moves_none(self, loaded: Loaded) -> None:
        session, report = loaded
        assert report.outside_gmina == 87
        far = next(note for note in report.notes if note.line == 78 and note.field == "latitude, longitude")
        assert far.message == "punkt leży 91,0 km poza gminą 1204012; nie przesunięto"
        assert (
            session.scalar(text("SELECT ST_AsText(point) FROM location WHERE source_id = 'OPS 2814'"))
            == "POINT(19.5506 50.2781)"
        )

    def test_changes_nothing_the_second_time(self, loaded: Loaded, shared: Path) -> None:
        session, _ = loaded
        history = " UNION ALL ".join(
            f"SELECT id, version, last_modified FROM {table}"
            for table in ("organization", "location", "service", "phone")
        )
        before = self.rows(loaded, history)
        report = import_register(session, shared / "registers" / "ops_malopolska_geo.csv", VOCABULARIES)
        assert (report.saved.created, report.saved.updated, report.saved.unchanged) == (0, 0, 195)
        assert self.rows(loaded, history) == before

    def test_keeps_the_whole_text_of_opening_hours(self, loaded: Loaded) -> None:
        (longest,) = self.rows(loaded, "SELECT max(length(opening_hours_text)) AS characters FROM location")
        assert longest.characters > 3_800
