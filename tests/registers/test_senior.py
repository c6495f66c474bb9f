"""The list of Senior+ homes and clubs: one row each, those of other voivodeships left out."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.database import transaction
from mapapp.directory.records import CapacityRecord
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import KnownPlace, Places
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.loading import ImportReport, import_register
from mapapp.registers.problems import RowRejectedError
from mapapp.registers.readers import RawRow
from mapapp.registers.senior import read_club
from mapapp.settings import ROOT

Loaded = tuple[Session, ImportReport]
Read = Callable[..., ReadRow]
VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
GMINAS = {
    "1205011": KnownGmina("1205011", "Gorlice", "urban", "1205", "gorlicki"),
    "1205042": KnownGmina("1205042", "Gorlice", "rural", "1205", "gorlicki"),
    "1205033": KnownGmina("1205033", "Bobowa", "urban-rural", "1205", "gorlicki"),
}
PLACES = {
    "gorlice": [KnownPlace("Gorlice", "38-300", "1205011", True, Position(21.16, 49.66))],
    "bystra": [KnownPlace("Bystra", "38-300", "1205042", False, Position(21.10, 49.64))],
    "wilczyska": [KnownPlace("Wilczyska", "38-350", "1205033", False, Position(20.93, 49.67))],
    "siedliska": [KnownPlace("Siedliska", "38-350", "1205033", False, Position(20.95, 49.73))],
    "bobowa": [KnownPlace("Bobowa", "38-350", "1205033", True, Position(20.95, 49.71))],
}
AROUND = Surroundings(VOCABULARIES, Gminas(GMINAS, {}, {}), Places(PLACES, {}, {"1205042": Position(21.2, 49.6)}))
GOOD = {
    "lp.": "28",
    "rodzaj ośrodka wsparcia": "Klub Senior+",
    "liczba miejsc": "15",
    "nazwa jednostki samorządu terytorialnego": "Gmina Gorlice",
    "województwo": "małopolskie",
    "adres": "Bystra 155",
    "kod": "38-300 ",
    "miejscowość": "Gorlice",
    "telefon": "18 353 75 74, 18 353 75 74",
    "email": "gops.gorlice@post.pl; klub@post.pl",
    "rok powstania": "2019",
    "dzień": "2026-06-02",
}


@pytest.fixture
def read() -> Read:
    """Reads a good row with other cells in it."""
    return lambda **cells: read_club(RawRow(29, GOOD | cells), AROUND)


def test_reads_a_club(read: Read) -> None:
    row = read()
    facility = row.facility
    assert (facility.organization_name, facility.source_id) == (
        "Klub „Senior+” – Bystra",
        "ksp 38-300-gorlice-bystra-155",
    )
    assert (facility.sector, facility.email) == ("gmina", "gops.gorlice@post.pl")
    assert [each.display for each in facility.phones] == ["18 353 75 74"]
    assert facility.location is not None
    assert facility.location.declared_gmina_teryt == "1205042"
    assert (facility.location.position, facility.location.geometry_quality) == (Position(21.10, 49.64), "locality")
    (service,) = facility.services
    assert (service.facility_type, service.minimum_age, service.audiences) == ("ksp", 60, ("older_60",))
    assert service.description == "Ośrodek wsparcia programu „Senior+”. Samorząd: Gmina Gorlice. Działa od 2019 r."
    assert service.capacities == (CapacityRecord(kind="funded", maximum=15, as_of=date(2026, 6, 2)),)
    assert row.notes == ()


def test_tells_a_town_from_the_rural_gmina_of_its_name(read: Read) -> None:
    row = read(**{"nazwa jednostki samorządu terytorialnego": "Gorlice (miasto)", "adres": "ul. 3 Maja 20"})
    assert row.facility.location is not None
    assert row.facility.location.declared_gmina_teryt == "1205011"
    assert row.facility.organization_name == "Klub „Senior+” – Gorlice"


def test_gives_a_branch_a_place_of_its_own_and_no_share(read: Read) -> None:
    cells = {"nazwa jednostki samorządu terytorialnego": "Gmina Bobowa", "miejscowość": "Bobowa", "kod": "38-350"}
    (branch,) = read(**cells, adres="Wilczyska 29, filia Siedliska 298").facility.branches
    assert branch.location.position == Position(20.95, 49.73)
    assert branch.places is None


def test_says_that_a_point_only_marks_the_gmina(read: Read) -> None:
    row = read(adres="Nieznana 3", miejscowość="Nieznana", kod="38-999")
    assert row.facility.location is not None
    assert (row.facility.location.position, row.facility.location.geometry_quality) == (Position(21.2, 49.6), "gmina")
    assert "punkt jest przybliżony" in row.notes[0].message


def test_leaves_out_other_voivodeships(read: Read) -> None:
    with pytest.raises(RowRejectedError, match="leży poza regionem tej mapy"):
        read(województwo="dolnośląskie")


def test_tells_the_voivodeship_from_the_gmina_where_its_cell_has_something_else(read: Read) -> None:
    (note,) = read(województwo="Al. Tysiąclecia 42").notes
    assert note.field == "województwo"
    other = {"nazwa jednostki samorządu terytorialnego": "Gmina Kłodzko"}
    with pytest.raises(RowRejectedError, match="gminy o tej nazwie nie ma w regionie"):
        read(województwo="Al. Tysiąclecia 42", **other)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"telefon": "32 642 84 67, 723 25 81"}, "telefon"),
        ({"email": "klub(at)post.pl"}, "email"),
        ({"kod": "38-3"}, "kod"),
        ({"rok powstania": "1019"}, "rok powstania"),
        ({"liczba miejsc": "piętnaście"}, "liczba miejsc"),
    ],
)
def test_loads_the_club_and_notes_a_lesser_fault(read: Read, cells: dict[str, str], field: str) -> None:
    assert [note.field for note in read(**cells).notes] == [field]


def test_rejects_an_unknown_kind(read: Read) -> None:
    with pytest.raises(RowRejectedError) as caught:
        read(**{"rodzaj ośrodka wsparcia": "Klub Seniora+"})
    (problem,) = caught.value.problems
    assert (problem.field, problem.nearest) == ("rodzaj ośrodka wsparcia", "klub senior+")


@pytest.fixture(scope="module")
def loaded(malopolska: Engine, shared: Path) -> Iterator[Loaded]:
    """The session that has loaded the list, and what it reported."""
    with transaction(malopolska) as session:
        path = shared / "registers" / "senior_plus_2026-06-02.xlsx"
        yield session, import_register(session, path, VOCABULARIES)
        session.rollback()


class TestTheRealList:
    """The list of 2 June 2026: 107 rows of Małopolska."""

    def rows(self, loaded: Loaded, query: str) -> list[Any]:
        return list(loaded[0].execute(text(query)))

    def test_loads_whole(self, loaded: Loaded) -> None:
        """108 lines, one the header. The column of kinds, counted: 79 clubs and 28 day homes; their places added:
        2004 and 567.
        """
        _, report = loaded
        assert (report.rows, report.saved.created, report.rejected) == (107, 107, ())
        assert report.services_by_type == {"ksp": 79, "ddsp": 28}
        assert report.places_by_type == {"ksp": 2004, "ddsp": 567}

    def test_reports_what_the_keepers_should_mend(self, loaded: Loaded) -> None:
        assert [(note.line, note.field) for note in loaded[1].notes if note.field != "adres"] == [
            (35, "telefon"),  # 19 is no area code
            (35, "latitude, longitude"),  # the seat of the rural gmina Grybów is in the town
            (45, "telefon"),  # seven digits
            (60, "email"),  # makow.kolping@pl
            (75, "województwo"),  # an address in its place
        ]
        # Grybów 431 in the rural gmina, two streets without "ul.", a hamlet
        assert [note.line for note in loaded[1].notes if note.field == "adres"] == [35, 50, 67, 102]

    def test_places_every_one_in_its_gmina(self, loaded: Loaded) -> None:
        """107 and two branches (Siedliska, Poskwitów)."""
        found = self.rows(loaded, "SELECT declared_gmina_teryt = computed_gmina_teryt AS agrees, point FROM location")
        assert (len(found), sum(row.agrees is True for row in found)) == (109, 108)
        assert all(row.point is not None for row in found)

    def test_is_published_whole(self, loaded: Loaded) -> None:
        (listed,) = self.rows(loaded, "SELECT count(*) AS rows, sum(places) AS places FROM listing")
        # the 70 places of Wilczyska and Siedliska and the 50 of Władysław and Poskwitów are not split
        assert (listed.rows, listed.places) == (109, 2004 + 567 - 70 - 50)

    def test_changes_nothing_the_second_time(self, loaded: Loaded, shared: Path) -> None:
        again = import_register(loaded[0], shared / "registers" / "senior_plus_2026-06-02.xlsx", VOCABULARIES)
        assert (again.saved.created, again.saved.updated, again.saved.unchanged) == (0, 0, 107)
