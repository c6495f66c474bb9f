"""An address becomes a point of the loaded places: in the right gmina, and never more exact than it is."""

import pytest

from geo.crs import Position
from mapapp.geocoding.places import Found, KnownPlace, Places
from mapapp.registers.addresses import SplitAddress, split_address

EAST, WEST, TOWN, SEAT = Position(19.45, 50.07), Position(19.20, 50.05), Position(20.95, 49.62), Position(20.90, 49.60)
PLACES = Places(
    {
        "babice": [
            KnownPlace("Babice", "32-551", "1203022", True, EAST),
            KnownPlace("Babice", "32-600", "1213062", False, WEST),
        ],
        "cerekiew": [KnownPlace("Cerekiew", "32-711", "1201022", False, TOWN)],
    },
    {
        "32-711": [KnownPlace("Cerekiew", "32-711", "1201022", False, TOWN)],
        "32-600": [KnownPlace("Babice", "32-600", "1213062", False, WEST)],
    },
    {"1201022": SEAT, "1213062": SEAT},
)
ALL = frozenset({"1203022", "1213062", "1201022"})


def test_stays_in_the_gminas_it_was_given() -> None:
    address = split_address("Babice 5, 32-600 Oświęcim")
    assert PLACES.locate(address, {"1213062"}) == Found("1213062", WEST, "locality", "Babice")
    assert PLACES.locate(address, {"1203022"}) == Found("1203022", EAST, "locality", "Babice")
    assert PLACES.locate(address, set()) is None


def test_tells_namesakes_apart_by_the_postal_code() -> None:
    assert PLACES.locate(split_address("Babice 5, 32-600 Oświęcim"), ALL) == Found(
        "1213062", WEST, "locality", "Babice"
    )
    assert PLACES.locate(split_address("ul. Długa 5, 32-551 Babice"), ALL) == Found(
        "1203022", EAST, "locality", "Babice"
    )
    assert PLACES.locate(SplitAddress(village="Babice"), ALL) is None


def test_knows_a_village_in_another_case_by_its_beginning() -> None:
    found = PLACES.locate(split_address("ŚDS w Cerekwi 48, 32-711 Bogucice"), ALL)
    assert found == Found("1201022", TOWN, "locality", "Cerekiew")


def test_falls_back_to_the_gmina_and_says_so() -> None:
    assert PLACES.locate(split_address("Nieznana 1, 32-711 Nieznana"), ALL) == Found("1201022", SEAT, "gmina")
    assert PLACES.locate(split_address("Nieznana 1, 99-999 Nieznana"), ALL) is None


@pytest.mark.parametrize(
    ("text", "name", "line", "postal_code", "town"),
    [
        ("Dom w Pcimiu,\n32-432 Pcim 638", "Dom w Pcimiu", "Pcim 638", "32-432", "Pcim"),
        (
            "Dom w Gorlicach, ul. J. Michalusa, 14 38-300 Gorlice",
            "Dom w Gorlicach",
            "ul. J. Michalusa 14",
            "38-300",
            "Gorlice",
        ),
        ("Dom w Prusach    ul. Długa 107, 32 - 010 Kocmyrzów", "Dom w Prusach", "ul. Długa 107", "32-010", "Kocmyrzów"),
        ('ŚDS "Świt"Miłocice 58A,\n32-090 Słomniki', 'ŚDS "Świt"', "Miłocice 58A", "32-090", "Słomniki"),
        ("ul. Leśna 1, Chechło, 32-310 Klucze", "", "ul. Leśna 1, Chechło", "32-310", "Klucze"),
        ("przy\nul. Kolejowej 4,\n32-100 Proszowice", "", "ul. Kolejowa 4", "32-100", "Proszowice"),
        ("w Lubniu 475,\n32-433 Lubień", "", "Lubień 475", "32-433", "Lubień"),
        ("os. Szkolne 30,\n31-978 Kraków", "", "os. Szkolne 30", "31-978", "Kraków"),
        ("ul. W. Witosa 24/26, 34-600 Limanowa", "", "ul. W. Witosa 24/26", "34-600", "Limanowa"),
        ("sama nazwa", "sama nazwa", "", None, ""),
        ("", "", "", None, ""),
    ],
)
def test_takes_an_address_apart(text: str, name: str, line: str, postal_code: str | None, town: str) -> None:
    found = split_address(text)
    assert (found.name, found.line, found.postal_code, found.town) == (name, line, postal_code, town)


def test_is_the_same_key_for_the_same_address_written_otherwise() -> None:
    keys = {
        split_address(text).key
        for text in ("ul. Karolina 14 G, 32-700 Bochnia", "Dom, ul.Karolina 14G\n32 - 700  Bochnia.")
    }
    assert keys == {"32-700-bochnia-ul-karolina-14g"}


def test_takes_apart_a_long_hostile_cell_at_once() -> None:
    for text in ("ul. " * 2_500, "1 " * 5_000, "a, " * 3_300, "w A " * 2_500, "z" * 10_000, "ul. A 1/" * 1_200):
        assert split_address(text).postal_code is None
