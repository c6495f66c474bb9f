"""The register of free places in nursing homes: homes out of merged rows, sums left out, fillers unknown."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.database import transaction
from mapapp.directory.capacity_history import capacity_history
from mapapp.directory.records import CapacityRecord
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import KnownPlace, Places
from mapapp.registers import dps
from mapapp.registers.batches import undo
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.loading import ImportReport, import_register
from mapapp.registers.opening import open_register
from mapapp.registers.problems import RowProblem, RowRejectedError, UnreadableFileError
from mapapp.settings import ROOT
from tests.registers.office_files import xlsx

Saved = Callable[[str, bytes], Path]
Loaded = tuple[Session, ImportReport]
VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
BOCHNIA = KnownGmina("1201011", "Bochnia", "urban", "1201", "bocheński")
TOWN = KnownPlace("Bochnia", "32-700", "1201011", True, Position(20.43, 49.97))
AROUND = Surroundings(VOCABULARIES, Gminas({"1201011": BOCHNIA}, {}, {}), Places({"bochnia": [TOWN]}))
TITLE = "Rejestr wolnych miejsc w DPS (stan na dzień 30 kwietnia 2026 r.)"
HEADER = (
    *("LP.", "Powiat", "Dom\nPomocy\nSpołecznej\n(nazwa i\nadres)", "Typ DPS (art. 56)"),
    *("Liczba miejsc zgodnie\nz decyzją Wojewody\nMałopolskiego*", "Liczba\nosób\nskierowanych"),
    *("Liczba\nosób\numieszczonych", "Liczba\nosób\nprzyjętych", "Liczba wolnych miejsc", "", "", "", ""),
    *("Liczba osób\noczekujących na\numieszczenie", "Przewidywany czas\noczekiwania na\numieszczenie"),
)
BELOW = (
    ("",) * 8 + ("Liczba wolnych miejsc (ogółem) **", "w tym:"),
    ("",) * 9 + ("Liczba wolnych miejsc dla kobiet", "w tym:", "Liczba wolnych miejsc dla mężczyzn", "w tym:"),
    ("",) * 10
    + ("Liczba wolnych miejsc dla kobiet w pokojach czteroosobowych", "")
    + ("Liczba wolnych miejsc dla mężczyzn w pokojach czteroosobowych",),
)
SUM = ("1.", "bocheński", "X", "X", 157, 160, 156, 156, 1, 0, 0, 1, 0, 4, "X")
HOME = "Dom Pomocy Społecznej ''Dom'' w Bochni,                    ul. Karolina 14G, 32-700 Bochnia"
OLDER = ("", "", HOME, "dla osób w podeszłym wieku", 90, 90, 90, 90, 0, 0, 0, 0, 0, 0, 0)
MENTAL = ("", "", "", "dla osób przewlekle psychicznie chorych", 67, 70, 66, 66, 1, 0, 0, 1, 0, 4, 360)


@pytest.fixture
def read(saved: Saved) -> Callable[..., list[ReadRow]]:
    """Reads the homes of a sheet with these rows."""

    def homes(*rows: tuple[object, ...], title: str = TITLE, name: str = "dps.xlsx") -> list[ReadRow]:
        path = saved(name, xlsx([(title,), HEADER, *BELOW, (), *rows]))
        table, layout = open_register(path, (dps.LAYOUT,))
        assert layout is dps.LAYOUT
        return [layout.read(row, AROUND) for row in table.rows]

    return homes


Read = Callable[..., list[ReadRow]]


def test_makes_one_home_of_the_rows_that_its_name_is_merged_over(read: Read) -> None:
    (home,) = read(SUM, OLDER, MENTAL)
    facility = home.facility
    assert (home.line, facility.organization_name) == (8, "Dom Pomocy Społecznej „Dom” w Bochni")
    assert (facility.source_id, facility.source_date) == ("32-700-bochnia-ul-karolina-14g", date(2026, 4, 30))
    assert facility.location is not None and facility.location.address is not None
    address = facility.location.address
    assert (address.address_1, address.postal_code, address.city) == ("ul. Karolina 14G", "32-700", "Bochnia")
    assert address.state_province == "małopolskie"
    assert [(each.key, each.subtypes) for each in facility.services] == [
        ("dps_older", ("dps_older",)),
        ("dps_mental", ("dps_mental",)),
    ]
    assert facility.services[1].name.endswith("– dla osób przewlekle psychicznie chorych")
    assert facility.services[1].audiences == ("mental_health",)


def test_knows_a_home_that_is_named_again_further_down(read: Read) -> None:
    again = ("", "", f"  {HOME}", *MENTAL[3:])
    (home,) = read(SUM, OLDER, ("", "", HOME.replace("14G", "15"), *MENTAL[3:]), again)[:1]
    assert [each.key for each in home.facility.services] == ["dps_older", "dps_mental"]


def test_counts_places_by_kind_with_the_day_they_are_of(read: Read) -> None:
    (home,) = read(SUM, ("", "", HOME, "dla osób w podeszłym wieku", 70, 75, 64, 63, 6, 4, 2, 2, 0, 5, 120))
    day = date(2026, 4, 30)
    assert home.facility.services[0].capacities == (
        CapacityRecord(kind="approved", maximum=70, available=6, as_of=day),
        CapacityRecord(
            kind="approved",
            target="women",
            available=4,
            description="w tym w pokojach czteroosobowych: 2",
            as_of=day,
        ),
        CapacityRecord(kind="approved", target="men", available=2, as_of=day),
        CapacityRecord(kind="directed", maximum=75, unit="people", as_of=day),
        CapacityRecord(kind="occupied", maximum=64, unit="people", as_of=day),
        CapacityRecord(kind="waiting", maximum=5, waiting_days=120, unit="people", as_of=day),
    )


@pytest.mark.parametrize("filler", ["X", "x", "-", "", 999, "9999", "brak"])
def test_takes_fillers_for_unknown(read: Read, filler: object) -> None:
    (home,) = read(SUM, ("", "", HOME, "dla osób w podeszłym wieku", 70, *[filler] * 10))
    assert home.facility.services[0].capacities == (CapacityRecord(maximum=70, as_of=date(2026, 4, 30)),)
    assert home.notes == ()


def test_takes_zero_free_places_for_none_free_and_zero_days_for_unknown(read: Read) -> None:
    (home,) = read(SUM, ("", "", HOME, "dla osób w podeszłym wieku", 99, 99, 99, 99, 0, 0, 0, 0, 0, 3, 0))
    whole, *_, waiting = home.facility.services[0].capacities
    assert (whole.maximum, whole.available) == (99, 0)
    assert (waiting.maximum, waiting.waiting_days) == (3, None)


def test_does_not_believe_more_free_places_than_there_are(read: Read) -> None:
    (home,) = read(SUM, ("", "", HOME, "dla osób w podeszłym wieku", 10, 5, 5, 5, 12, 6, 0, 6, 0, 0, 0))
    assert home.facility.services[0].capacities[0].available is None
    assert [note.message for note in home.notes] == [
        "wolnych miejsc jest więcej niż wszystkich (10); liczby nie przyjęto"
    ]


def test_reads_a_joint_home_of_article_56a(read: Read) -> None:
    joint = "dla osób w podeszłym wieku oraz osób przewlekle somatycznie chorych"
    (home,) = read(SUM, ("", "", HOME, joint, *OLDER[4:]))
    (service,) = home.facility.services
    assert (service.key, service.subtypes) == ("dps_older+dps_somatic", ("dps_older", "dps_somatic"))


def test_names_the_nearest_type_of_article_56(read: Read) -> None:
    with pytest.raises(RowRejectedError) as caught:
        read(SUM, OLDER, ("", "", "", "dla osób w podeszłm wieku", *MENTAL[4:]))
    assert caught.value.problems == (
        RowProblem(
            9,
            "typ",
            "dla osób w podeszłm wieku",
            "nie ma takiego typu domu w art. 56 ustawy o pomocy społecznej",
            "dla osób w podeszłym wieku",
        ),
    )


def test_takes_the_owner_that_stands_before_the_name_for_the_owner(read: Read) -> None:
    owned = f"Miasto Bochnia                                {HOME}"
    (home,) = read(SUM, ("", "", owned, *OLDER[3:]))
    assert home.facility.organization_name == "Dom Pomocy Społecznej „Dom” w Bochni"
    assert home.facility.sector == "gmina"
    (other,) = read(SUM, OLDER)
    assert other.facility.sector is None


def test_leaves_out_homes_of_other_regions(saved: Saved, read: Read) -> None:
    with pytest.raises(RowRejectedError, match="nie ma w regionie tej mapy") as caught:
        read(("1.", "kłodzki", *SUM[2:]), OLDER)
    assert caught.value.problems[0].field == "powiat"
    with pytest.raises(RowRejectedError, match="leży poza regionem tej mapy"):
        read(SUM, OLDER, title=TITLE + " Rejestr Wojewody Dolnośląskiego")


def test_takes_the_day_from_the_name_of_the_file_where_the_title_has_none(read: Read) -> None:
    (home,) = read(SUM, OLDER, title="Wolne miejsca", name="wolne_2026-05-09.xlsx")
    assert home.facility.source_date == date(2026, 5, 9)


@pytest.mark.parametrize(
    ("title", "name", "sentence"),
    [
        ("Wolne miejsca", "dps.xlsx", "nie wiadomo, z jakiego dnia"),
        ("stan na 31 kwietnia 2026 r.", "dps.xlsx", "nie ma takiego dnia: 31 kwietnia 2026"),
        ("stan na 1 maja 2999 r.", "dps.xlsx", "jeszcze nie nadszedł"),
    ],
)
def test_does_not_guess_the_day(read: Read, title: str, name: str, sentence: str) -> None:
    with pytest.raises(UnreadableFileError, match=sentence):
        read(SUM, OLDER, title=title, name=name)


def test_notes_a_sum_that_its_rows_do_not_give(saved: Saved) -> None:
    path = saved("dps.xlsx", xlsx([(TITLE,), HEADER, *BELOW, SUM, OLDER]))
    table, _ = open_register(path, (dps.LAYOUT,))
    assert [(note.line, note.field, note.value, note.message) for note in table.notes] == [
        (6, "zatwierdzone", "157", "suma nie zgadza się z wierszami, które dają razem 90"),
        (6, "wolne", "1", "suma nie zgadza się z wierszami, które dają razem 0"),
        (6, "oczekujący", "4", "suma nie zgadza się z wierszami, które dają razem 0"),
    ]


def test_builds_a_history_of_monthly_files(session: Session, saved: Saved) -> None:
    def load(day: str, free: int) -> ImportReport:
        row = ("1.", "bocheński", HOME, "dla osób w podeszłym wieku", 90, 90, 90 - free, 90, free, free, 0, 0, 0, 0, 0)
        path = saved("dps.xlsx", xlsx([(TITLE.replace("30 kwietnia", day),), HEADER, *BELOW, row]))
        return import_register(session, path, VOCABULARIES)

    assert load("30 kwietnia", 0).saved.created == 1
    assert load("31 maja", 3).saved.updated == 1
    query = "SELECT as_of, available FROM service_capacity WHERE kind = 'approved' AND target IS NULL ORDER BY as_of"
    assert [tuple(row) for row in session.execute(text(query))] == [(date(2026, 4, 30), 0), (date(2026, 5, 31), 3)]
    assert session.execute(text("SELECT places, places_as_of FROM listing")).one() == (90, date(2026, 5, 31))
    assert load("31 maja", 3).saved.unchanged == 1


def test_adds_an_older_file_to_the_history_and_writes_over_nothing(session: Session, saved: Saved) -> None:
    def load(day: str, free: int, home: str = HOME) -> ImportReport:
        row = ("1.", "bocheński", home, "dla osób w podeszłym wieku", 90, 90, 90 - free, 90, free, free, 0, 0, 0, 0, 0)
        path = saved("dps.xlsx", xlsx([(TITLE.replace("30 kwietnia", day),), HEADER, *BELOW, row]))
        return import_register(session, path, VOCABULARIES)

    load("31 maja", 3)
    query = "SELECT organization_name, places_free, places_as_of, source_date FROM listing"
    before = session.execute(text(query)).one()
    older = load("30 kwietnia", 5, HOME.replace("''Dom''", "''Dawna nazwa''"))
    assert {each.field for each in older.differences} == {"service_capacity"}
    assert session.execute(text(query)).one() == before
    organization = session.scalars(text("SELECT id FROM organization")).one()
    history = capacity_history(session, organization)
    told = [(each.as_of, each.available) for each in history if (each.kind, each.target) == ("approved", None)]
    assert told == [(date(2026, 5, 31), 3), (date(2026, 4, 30), 5)]
    assert capacity_history(session, organization, since=date(2026, 6, 1)) == ()
    assert load("30 kwietnia", 5, HOME.replace("''Dom''", "''Dawna nazwa''")).state == "nothing_to_do"
    assert older.batch is not None
    undo(session, older.batch)
    assert {each.as_of for each in capacity_history(session, organization)} == {date(2026, 5, 31)}
    other = "Dom Pomocy Społecznej ''Inny'' w Nowym Wiśniczu,           ul. Długa 1, 32-720 Nowy Wiśnicz"
    apart = load("30 kwietnia", 5, other)
    assert (apart.state, apart.no_longer_named) == ("applied", ())  # an older file does not know the newer home


# The sheet's own sums (rows with X), which the import leaves out; where a powiat has two, that of its gminas' homes
# and that of its own.
STATED = {
    "bocheński": 157,
    "brzeski": 98 + 75,
    "chrzanowski": 101,
    "dąbrowski": 105,
    "gorlicki": 284 + 25,
    "krakowski": 817,
    "Kraków": 2158,
    "limanowski": 397,
    "miechowski": 331,
    "myślenicki": 211,
    "nowosądecki": 33 + 253,
    "nowotarski": 163,
    "Nowy Sącz": 333,
    "olkuski": 98,
    "oświęcimski": 323,
    "proszowicki": 175,
    "suski": 175,
    "tarnowski": 615,
    "Tarnów": 348,
    "tatrzański": 140,
    "wadowicki": 396,
    "wielicki": 24 + 186,
}


@pytest.fixture(scope="module")
def loaded(malopolska: Engine, shared: Path) -> Iterator[Loaded]:
    """The session that has loaded the register, and what it reported."""
    with transaction(malopolska) as session:
        path = shared / "registers" / "wolne_miejsca_dps_2026-05-09.xlsx"
        yield session, import_register(session, path, VOCABULARIES)
        session.rollback()


class TestTheRealRegister:
    """The file of May 2026: 145 lines, of which 6 are title, header and a blank one, and 26 are sums."""

    def rows(self, loaded: Loaded, query: str) -> list[Any]:
        return list(loaded[0].execute(text(query)))

    def test_loads_whole(self, loaded: Loaded) -> None:
        """145 - 6 - 26 = 113 rows. 92 of them name a home; Praska 25 is named three times, Hutnicze 5 and
        Jadowniki Mokre 340 twice: 92 - 2 - 1 - 1 = 88 homes.
        """
        _, report = loaded
        assert (report.rows, report.saved.created, report.rejected) == (113, 88, ())
        assert report.services_by_type == {"dps": 113}
        assert report.notes == ()

    def test_counts_the_places_of_every_powiat_once(self, loaded: Loaded) -> None:
        found = self.rows(
            loaded,
            """
            SELECT powiat.name, sum(capacity.maximum) AS places FROM service_capacity AS capacity
            JOIN service_at_location USING (service_id) JOIN location ON location.id = location_id
            JOIN gmina ON gmina.teryt = computed_gmina_teryt JOIN powiat ON powiat.teryt = powiat_teryt
            WHERE capacity.kind = 'approved' AND target IS NULL GROUP BY powiat.name
            """,
        )
        assert {row.name: row.places for row in found} == STATED
        assert sum(STATED.values()) == 8021
        assert loaded[1].places_by_type == {"dps": 8021}

    def test_counts_free_and_waiting_as_the_sums_say(self, loaded: Loaded) -> None:
        """Free: 1+9+0+0+8+0+3+7+12+2+2+2+5+2+8+7+3+4+1+2+6+7+2+13+0+5 = 111.
        Waiting: 4+0+3+0+0+0+0+18+93+11+3+7+0+0+1+5+0+10+5+5+2+2+0+1+0+3 = 173.
        """
        query = "SELECT sum(available) AS free, sum(maximum) AS people FROM service_capacity WHERE target IS NULL"
        (free,) = self.rows(loaded, f"{query} AND kind = 'approved'")
        (waiting,) = self.rows(loaded, f"{query} AND kind = 'waiting'")
        assert (free.free, waiting.people) == (111, 173)
        (split,) = self.rows(loaded, "SELECT sum(available) AS free FROM service_capacity WHERE target IS NOT NULL")
        assert split.free == 111  # women and men together

    def test_counts_the_homes_of_every_type(self, loaded: Loaded) -> None:
        """The column of types, counted: 22 + 32 + 27 + 19 + 9 + 3 + 1 = 113."""
        found = self.rows(loaded, "SELECT subtypes[1] AS code, count(*) AS homes FROM service GROUP BY 1")
        assert {row.code: row.homes for row in found} == {
            "dps_older": 22,
            "dps_somatic": 32,
            "dps_mental": 27,
            "dps_intellectual": 19,
            "dps_children": 9,
            "dps_physical": 3,
            "dps_alcohol": 1,
        }

    def test_places_every_home_in_its_powiat(self, loaded: Loaded) -> None:
        assert self.rows(loaded, "SELECT 1 FROM location WHERE point IS NULL OR geometry_quality <> 'locality'") == []
        assert self.rows(loaded, "SELECT 1 FROM location WHERE declared_gmina_teryt <> computed_gmina_teryt") == []
        # Klimkówka 67, 38-312 Ropa: the village, not its post office
        (klimkowka,) = self.rows(
            loaded,
            """
            SELECT ST_AsText(point) = (SELECT ST_AsText(position) FROM place WHERE name = 'Klimkówka'
                AND postal_code = '38-312') AS is_there, address_1
            FROM location JOIN address ON address.location_id = location.id WHERE address_1 LIKE 'Klimkówka%'
            """,
        )
        assert (klimkowka.is_there, klimkowka.address_1) == (True, "Klimkówka 67")

    def test_is_published_with_its_free_places(self, loaded: Loaded) -> None:
        (total,) = self.rows(
            loaded, "SELECT count(*) AS listed, sum(places) AS places, sum(places_free) AS free FROM listing"
        )
        assert (total.listed, total.places, total.free) == (113, 8021, 111)
        days = self.rows(loaded, "SELECT DISTINCT places_as_of FROM listing")
        assert [row.places_as_of for row in days] == [date(2026, 4, 30)]

    def test_changes_nothing_the_second_time(self, loaded: Loaded, shared: Path) -> None:
        again = import_register(loaded[0], shared / "registers" / "wolne_miejsca_dps_2026-05-09.xlsx", VOCABULARIES)
        assert (again.saved.created, again.saved.updated, again.saved.unchanged) == (0, 0, 88)
