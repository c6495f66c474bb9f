"""The voivode's register of overnight places. No real file is to be had: these are made from its published columns."""

from collections.abc import Callable
from pathlib import Path

import pytest

from geo.crs import Position
from mapapp.directory.records import FacilityRecord
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import KnownPlace, Places
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.opening import open_register
from mapapp.registers.overnight import LAYOUT
from mapapp.registers.problems import RowRejectedError
from mapapp.settings import ROOT
from tests.registers.office_files import ods, xlsx

Save = Callable[[str, bytes], Path]
AROUND = Surroundings(
    load_vocabularies(ROOT / "data" / "vocabularies"),
    Gminas({"0264011": KnownGmina("0264011", "Wrocław", "urban", "0264", "Wrocław")}, {}, {}),
    Places({"wroclaw": [KnownPlace("Wrocław", "50-001", "0264011", True, Position(17.03, 51.11))]}, {}, {}),
)
TITLE = "Rejestr placówek – Wojewody Dolnośląskiego, stan na 30 czerwca 2026 r."
HEAD = ["Lp.", "Nazwa", "Podmiot prowadzący", "Rodzaj (publiczna/niepubliczna)", "Zasięg", "Typ", "Dane teleadresowe"]
ONE_CELL = [*HEAD, "Charakterystyka placówki (rodzaj i formy, całodobowa, adresaci, liczba miejsc)", "Uwagi"]
CONTACT = "ul. Długa 5, 50-001 Wrocław, tel. 71 782 35 80, e-mail: dom@przyklad.pl"


def row(kind: str, name: str = "Schronisko „Przystań”", character: str = "", notes: str = "") -> list[str]:
    text = character or "schronienie; całodobowa: tak; adresaci: K, M; liczba miejsc: 40"
    return ["1", name, "Fundacja „Dom”", "niepubliczna", "gminny", kind, CONTACT, text, notes]


def read(save: Save, rows: list[list[str]], write: Callable[..., bytes] = xlsx) -> list[ReadRow]:
    table, layout = open_register(save("rejestr.xlsx", write(rows)), [LAYOUT])
    return [layout.read(each, AROUND) for each in table.rows]


def only(save: Save, units: list[str]) -> FacilityRecord:
    (found,) = read(save, [[TITLE, *[""] * 8], ONE_CELL, units])
    return found.facility


@pytest.mark.parametrize("write", [xlsx, ods])
def test_reads_what_characterises_a_place_from_one_cell(saved: Save, write: Callable[..., bytes]) -> None:
    (found,) = read(saved, [[TITLE, *[""] * 8], ONE_CELL, [str(n) for n in range(1, 10)], row("S")], write)
    facility, service = found.facility, found.facility.services[0]
    assert (facility.organization_name, facility.sector, facility.email) == (
        "Schronisko „Przystań”",
        "ngo",
        "dom@przyklad.pl",
    )
    assert [phone.display for phone in facility.phones] == ["71 782 35 80"]
    assert facility.location
    assert facility.location.position == Position(17.03, 51.11)
    assert facility.location.address
    assert facility.location.address.address_1 == "ul. Długa 5"
    assert (service.facility_type, service.capacities[0].maximum) == ("schronisko", 40)
    assert service.eligibility_description == "kobiety, mężczyźni"
    assert service.description
    assert "Całodobowo: tak." in service.description


def test_reads_merged_headings_and_sections(saved: Save) -> None:
    upper = [*HEAD, "Charakterystyka placówki", "", "", "", "Uwagi"]
    lower = [*[""] * 7, "rodzaj i formy", "całodobowa", "adresaci", "liczba miejsc", ""]
    unit = [
        "1",
        "Noclegownia Miejska",
        "Gmina Wrocław",
        "publiczna",
        "gminny",
        "",
        CONTACT,
        "nocleg",
        "nie",
        "M",
        "25",
        "",
    ]
    rows = [[TITLE, *[""] * 11], upper, lower, ["Noclegownie", *[""] * 11], unit, ["Razem", *[""] * 9, "25", ""]]
    (found,) = read(saved, rows)
    service = found.facility.services[0]
    assert (service.facility_type, service.capacities[0].maximum) == ("noclegownia", 25)
    assert service.eligibility_description == "mężczyźni"
    assert found.facility.sector == "gmina"


@pytest.mark.parametrize(
    ("kind", "notes", "code"),
    [
        *(("S", "", "schronisko"), ("N", "", "noclegownia"), ("O", "", "ogrzewalnia"), ("DMDz", "", "dmdz")),
        *(("H", "", "schronisko"), ("DdB", "", "schronisko"), ("S", "z usługami opiekuńczymi", "sch_uo")),
        *(("OW", "dla osób doznających przemocy", "sow"), ("I", "dla matek z dziećmi", "dmdz")),
    ],
)
def test_knows_the_types(kind: str, notes: str, code: str, saved: Save) -> None:
    assert only(saved, row(kind, notes=notes)).services[0].facility_type == code


@pytest.mark.parametrize(
    ("kind", "notes", "level"),
    [
        ("S", "", "public"),
        ("DMDz", "", "area_only"),
        ("DMDz", "ofiary przemocy", "on_request"),
        ("OW", "przemoc", "on_request"),
    ],
)
def test_tells_no_address_of_who_hides(kind: str, notes: str, level: str, saved: Save) -> None:
    facility = only(saved, row(kind, notes=notes))
    assert facility.location
    assert {facility.visibility, facility.location.visibility, facility.services[0].visibility} == {level}


@pytest.mark.parametrize(("kind", "said"), [("OW", "wpisz ją ręcznie"), ("Q", "oczekiwano: S, H, DdB")])
def test_rejects_what_no_type_tells(kind: str, said: str, saved: Save) -> None:
    with pytest.raises(RowRejectedError, match=said):
        only(saved, row(kind))


def test_says_what_a_hostel_is_taken_for(saved: Save) -> None:
    (found,) = read(saved, [[TITLE, *[""] * 8], ONE_CELL, row("H")])
    assert "przyjęto jako „Schronisko dla osób bezdomnych”" in str(found.notes)
