"""The list of community self-help homes: types, branches and their places out of free text, nothing counted twice."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.database import transaction
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import KnownPlace, Places
from mapapp.registers import sds
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.loading import ImportReport, import_register
from mapapp.registers.opening import open_register
from mapapp.registers.problems import RowRejectedError
from mapapp.settings import ROOT
from tests.registers.office_files import xlsx

Saved = Callable[[str, bytes], Path]
Loaded = tuple[Session, ImportReport]
Read = Callable[..., list[ReadRow]]
VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
GMINAS = {
    "1205023": KnownGmina("1205023", "Biecz", "urban-rural", "1205", "gorlicki"),
    "1205011": KnownGmina("1205011", "Gorlice", "urban", "1205", "gorlicki"),
    "1209052": KnownGmina("1209052", "Raciechowice", "rural", "1209", "myślenicki"),
}
PLACES = {
    "biecz": [KnownPlace("Biecz", "38-340", "1205023", True, Position(21.26, 49.73))],
    "gorlice": [KnownPlace("Gorlice", "38-300", "1205011", True, Position(21.16, 49.66))],
    "komorniki": [KnownPlace("Komorniki", "32-415", "1209052", False, Position(20.10, 49.86))],
    "zegartowice": [KnownPlace("Zegartowice", "32-415", "1209052", False, Position(20.12, 49.83))],
}
AROUND = Surroundings(VOCABULARIES, Gminas(GMINAS, {}, {}), Places(PLACES))
TITLE = "ŚRODOWISKOWE DOMY SAMOPOMOCY WOJEWÓDZTWA MAŁOPOLSKIEGO - wg stanu na 4 maja 2026 r."
HEADER = (
    *("L.p", "Miasto/Gmina", "Adres środowiskowego domu samopomocy oraz filii"),
    *("Miasto/Gmina - nazwa podmiotu prowadzącego (adres) ", "Publiczne", "Typ Domu (A,B,C,D)"),
    *("Liczba miejsc dotowanych", 'Miejsca z podwyższoną dotacją "Za życiem"', "ePUAP", "eDoręczenia", "Nr telefonu"),
)
BIECZ = {
    "lp": "1.",
    "gmina": "Biecz \n(powiat gorlicki)",
    "adres": "ŚDS w Bieczu \nul. Parkowa 1 38-340 Biecz \nz filią w Gorlicach\nul. Wyszyńskiego 18\n38-300 Gorlice ",
    "prowadzący": 'Burmistrz Biecza zlecił  Stowarzyszeniu "Nadzieja" w Bieczu',
    "publiczne": "",
    "typ": "B,C z 4 miejscami całodobowymi\n(21 osób w Bieczu, w filii 20 osób)",
    "miejsca": 41,
    "za życiem": 31,
    "epuap": "SDSwBieczu/domyslna",
    "edoręczenia": "AE: PL-66073-76945-GHIEH-20",
    "telefon": "tel. 13 440 61 22\nwew. 7\n18 534 61 01 (filia)",
}
RANGE = ("Środowiskowe domy samopomocy o zasięgu gminnym",)


@pytest.fixture
def read(saved: Saved) -> Read:
    """Reads the homes of a list with these rows; a row is BIECZ with other cells in it."""

    def units(*rows: dict[str, Any] | tuple[object, ...]) -> list[ReadRow]:
        lines = [tuple((BIECZ | row).values()) if isinstance(row, dict) else row for row in rows]
        path = saved("sds.xlsx", xlsx([(TITLE,), RANGE, HEADER, *lines]))
        table, layout = open_register(path, (sds.LAYOUT,))
        return [layout.read(row, AROUND) for row in table.rows]

    return units


def test_reads_a_home_with_its_branch(read: Read) -> None:
    (row,) = read({})
    facility = row.facility
    assert facility.organization_name == "Środowiskowy Dom Samopomocy w Bieczu"
    assert (facility.source_id, facility.source_date) == ("gminny 38-340-biecz-ul-parkowa-1", date(2026, 5, 4))
    assert (facility.epuap, facility.edoreczenia) == ("/SDSwBieczu/domyslna", "AE:PL-66073-76945-GHIEH-20")
    assert [(each.display, each.extension, each.description) for each in facility.phones] == [
        ("13 440 61 22", "7", None),
        ("18 534 61 01", None, "filia"),
    ]
    assert facility.sector == "ngo"
    (branch,) = facility.branches
    assert branch.location.address is not None
    assert (branch.location.address.address_1, branch.location.address.city) == ("ul. Wyszyńskiego 18", "Gorlice")
    assert branch.location.declared_gmina_teryt == "1205011"
    assert branch.location.position == Position(21.16, 49.66)


def test_splits_the_places_only_where_the_list_says_how(read: Read) -> None:
    (told,) = read({})
    assert (told.facility.main_places, [each.places for each in told.facility.branches]) == (21, [20])
    assert told.notes == ()
    (untold,) = read({"typ": "B,C"})
    assert (untold.facility.main_places, [each.places for each in untold.facility.branches]) == (None, [None])


def test_says_where_the_split_does_not_give_the_whole(read: Read) -> None:
    (row,) = read({"typ": "B (21 osób w Bieczu, w filii 19 osób)"})
    assert [note.message for note in row.notes] == ["miejsca w domu i filii dają razem 40, a dotowanych jest 41"]
    assert row.facility.services[0].capacities[0].maximum == 41


def test_gives_a_home_its_types_audiences_and_places(read: Read) -> None:
    (row,) = read({"typ": "A, B,C.", "publiczne": 1})
    (service,) = row.facility.services
    assert service.subtypes == ("sds_a", "sds_b", "sds_c")
    assert service.audiences == ("mental_health", "dis_intellectual")
    assert service.service_area == ("1205023",)
    assert row.facility.sector == "gmina"
    assert [(each.kind, each.target, each.maximum) for each in service.capacities] == [
        ("funded", None, 41),
        ("funded", "za_zyciem", 31),
    ]


def test_puts_places_for_the_night_beside_those_of_the_day(read: Read) -> None:
    night = {"lp": "1.", "gmina": "Biecz", "typ": "", "miejsca": 4, "za życiem": ""}
    (row,) = read({}, ("", "Miejsca całodobowe "), night)
    assert [(each.target, each.maximum) for each in row.facility.services[0].capacities] == [
        (None, 41),
        ("za_zyciem", 31),
        ("stationary24h", 4),
    ]


def test_writes_a_village_in_the_nominative(read: Read) -> None:
    address = "ŚDS Zegartowice 114,\n32-415 Raciechowice\nz flilią \nw Komornikach 98,\n32-415 Raciechowice   "
    (row,) = read({"gmina": "Raciechowice\n(powiat myślenicki)", "adres": address, "typ": "A,B"})
    assert row.facility.organization_name == "Środowiskowy Dom Samopomocy – Zegartowice"
    (branch,) = row.facility.branches
    assert branch.location.address is not None
    assert branch.location.address.address_1 == "Komorniki 98"


def test_reads_several_branches_and_lends_them_their_neighbours_postal_code(read: Read) -> None:
    address = (
        "ŚDS Biecz\nul. Parkowa 1,\n38-340 Biecz\nz filiami w Bieczu,\nul. Rynek 16 \n"
        "oraz w Gorlicach\n ul. Krótka 12,\n38-300 Gorlice"
    )
    (row,) = read({"adres": address, "typ": "A"})
    found = [each.location.address for each in row.facility.branches]
    assert [(each.address_1, each.postal_code, each.city) for each in found if each] == [
        ("Rynek 16", "38-340", "Biecz"),
        ("ul. Krótka 12", "38-300", "Gorlice"),
    ]


def test_gives_a_home_of_powiat_range_the_powiat_as_area(read: Read) -> None:
    (row,) = read(("Środowiskowe domy samopomocy o zasięgu powiatowym",), HEADER, {"gmina": "gorlicki"})
    assert row.facility.services[0].service_area == ("1205",)
    assert row.facility.source_id.startswith("powiatowy ")


def test_reads_clubs_below_the_homes(read: Read) -> None:
    club = {
        "gmina": "Gmina Biecz ",
        "adres": 'Klub Samopomocy\n"Cafe"\nRynek 1,\n38-340 Biecz',
        "typ": "",
        "miejsca": 35,
    }
    _, row = read({}, ("Kluby Samopomocy",), club)
    (service,) = row.facility.services
    assert (row.facility.organization_name, service.facility_type) == ("Klub Samopomocy, „Cafe”", "klub_samop")
    assert service.capacities[0].maximum == 35


@pytest.mark.parametrize(
    ("cells", "field", "message"),
    [
        ({"typ": "X"}, "typ", "oczekiwano typów domu: A, B, C, D"),
        ({"adres": "ŚDS"}, "adres", "nie rozpoznano adresu; oczekiwano ulicy i numeru, kodu pocztowego i miejscowości"),
        ({"adres": ""}, "adres", "brakuje wartości"),
        ({"gmina": "Kłodzko (powiat kłodzki)"}, "gmina", ""),
    ],
)
def test_rejects_a_row_with_a_reason(read: Read, cells: dict[str, str], field: str, message: str) -> None:
    with pytest.raises(RowRejectedError) as caught:
        read(cells)
    if message:
        assert (field, message) in [(each.field, each.message) for each in caught.value.problems]
    else:
        assert caught.value.problems[0].message == "takiego powiatu nie ma w regionie tej mapy"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"telefon": "tel. 41 230 30 72 39"}, "telefon"),
        ({"edoręczenia": "AE:PL-45384-30099-TVRJ-21"}, "edoręczenia"),
        ({"epuap": "brak"}, "epuap"),
        ({"miejsca": "czterdzieści"}, "miejsca"),
    ],
)
def test_loads_the_home_and_notes_a_lesser_fault(read: Read, cells: dict[str, str], field: str) -> None:
    (row,) = read({"typ": "B"} | cells)
    assert [note.field for note in row.notes] == [field]


@pytest.fixture(scope="module")
def loaded(malopolska: Engine, shared: Path) -> Iterator[Loaded]:
    """The session that has loaded the list, and what it reported."""
    with transaction(malopolska) as session:
        path = shared / "registers" / "wykaz_sds_malopolska_2026.xlsx"
        yield session, import_register(session, path, VOCABULARIES)
        session.rollback()


class TestTheRealList:
    """The list of 4 May 2026: 58 homes of gmina range, 29 of powiat range, 2 clubs, 1 row of places for the night."""

    def rows(self, loaded: Loaded, query: str) -> list[Any]:
        return list(loaded[0].execute(text(query)))

    def test_loads_whole(self, loaded: Loaded) -> None:
        """58 + 29 = 87 homes and 2 clubs, as numbered in the list; the 90th row belongs to the first home."""
        _, report = loaded
        assert (report.rows, report.saved.created, report.rejected) == (58 + 29 + 2 + 1, 89, ())
        assert report.services_by_type == {"sds": 87, "klub_samop": 2}

    def test_counts_places_as_the_list_does(self, loaded: Loaded) -> None:
        """The list's own sums: 2104 of gmina range + 1198 of powiat range = 3302; clubs 35 + 20 = 55; nights 4;
        raised subsidy 514 + 256 = 770.
        """
        assert loaded[1].places_by_type == {"sds": 2104 + 1198, "klub_samop": 35 + 20}
        found = self.rows(
            loaded,
            """
            SELECT split_part(service.source_id, ' ', 1) AS range, target, sum(maximum) AS places
            FROM service_capacity JOIN service ON service.id = service_id GROUP BY 1, 2
            """,
        )
        assert {(row.range, row.target): row.places for row in found} == {
            ("gminny", None): 2104,
            ("powiatowy", None): 1198,
            ("klub", None): 55,
            ("gminny", "za_zyciem"): 514,
            ("powiatowy", "za_zyciem"): 256,
            ("gminny", "stationary24h"): 4,
        }

    def test_counts_public_homes_as_the_list_does(self, loaded: Loaded) -> None:
        """31 of gmina range and 11 of powiat range have a 1 under "Publiczne"."""
        found = self.rows(loaded, "SELECT sector, count(*) AS homes FROM organization GROUP BY 1")
        assert {row.sector: row.homes for row in found if row.sector in {"gmina", "powiat"}} == {
            "gmina": 31,
            "powiat": 11,
        }

    def test_has_a_location_for_every_branch(self, loaded: Loaded) -> None:
        """12 homes have branches, Vita and Wadowice two: 14. The split is told of Biecz alone."""
        branches = self.rows(
            loaded,
            """
            SELECT service.name, capacity_share AS places, branch FROM service_at_location
            JOIN service ON service.id = service_id WHERE branch IS NOT NULL
            """,
        )
        assert sum(row.branch == "branch" for row in branches) == 14
        assert sum(row.branch == "main" for row in branches) == 12
        told = sorted((row.name, row.branch, row.places) for row in branches if row.places is not None)
        name = "Środowiskowy Dom Samopomocy w Bieczu"
        assert told == [(name, "branch", 19), (name, "main", 21)]

    def test_lists_no_place_twice(self, loaded: Loaded) -> None:
        """How the places of a home with branches are split is told of Biecz alone (21 + 19): the others list none.

        Places of the 12 homes with branches: 41 + 102 + 60 + 58 + 64 + 61 + 65 + 55 + 65 + 43 + 63 + 85 = 762.
        """
        (listed,) = self.rows(
            loaded, "SELECT count(*) AS rows, sum(places) AS places FROM listing WHERE facility_type = 'sds'"
        )
        assert (listed.rows, listed.places) == (87 + 14, 3302 - 762 + 21 + 19)

    def test_reports_what_the_keepers_should_mend(self, loaded: Loaded) -> None:
        assert [(note.line, note.field) for note in loaded[1].notes] == [
            (4, "typ"),  # 21 + 19 is not 41
            (17, "telefon"),  # eleven digits
            (21, "edoręczenia"),  # four letters
            (67, "adres"),  # Łysa Góra is not among the places
            (67, "kod pocztowy"),  # its post office is in the next powiat
        ]

    def test_finds_villages_that_stand_in_another_case(self, loaded: Loaded) -> None:
        lines = {row.address_1 for row in self.rows(loaded, "SELECT address_1 FROM address")}
        assert {"Cerekiew 48", "Radwanowice 1a", "Komorniki 98", "Marchocice 13", "Lubień 475"} <= lines

    def test_places_every_home_in_its_gmina(self, loaded: Loaded) -> None:
        assert self.rows(loaded, "SELECT 1 FROM location WHERE point IS NULL") == []
        assert self.rows(loaded, "SELECT 1 FROM location WHERE declared_gmina_teryt <> computed_gmina_teryt") == []
        vague = self.rows(loaded, "SELECT source_id FROM location WHERE geometry_quality <> 'locality'")
        assert [row.source_id for row in vague] == ["powiatowy 32-853-debno-lysa-gora-251"]

    def test_changes_nothing_the_second_time(self, loaded: Loaded, shared: Path) -> None:
        again = import_register(loaded[0], shared / "registers" / "wykaz_sds_malopolska_2026.xlsx", VOCABULARIES)
        assert (again.saved.created, again.saved.updated, again.saved.unchanged) == (0, 0, 89)
