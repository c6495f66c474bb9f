"""Which gmina a register's row means."""

import pytest

from mapapp.registers.gminas import Claim, Gminas, KnownGmina

KNOWN = Gminas(
    by_code={
        each.teryt: each
        for each in (
            KnownGmina("1210011", "Grybów", "urban", "1210", "nowosądecki"),
            KnownGmina("1210042", "Grybów", "rural", "1210", "nowosądecki"),
            KnownGmina("1210062", "Korzenna", "rural", "1210", "nowosądecki"),
            KnownGmina("1210073", "Krynica-Zdrój", "urban-rural", "1210", "nowosądecki"),
            KnownGmina("1216092", "Tarnów", "rural", "1216", "tarnowski"),
            KnownGmina("1263011", "Tarnów", "urban", "1263", "Tarnów"),
            KnownGmina("1261011", "Kraków", "urban", "1261", "Kraków"),
        )
    },
    by_place={"szczawa": frozenset({"1210062"}), "nowa wieś": frozenset({"1210062", "1210042"})},
    around_city={"1263": "1216", "1261": "1206"},
)


def claim(
    gmina: str, powiat: str, unit: str = "Ośrodek Pomocy Społecznej", code: str = "1299999", town: str = ""
) -> Claim:
    return Claim(code, gmina, powiat, town or gmina, unit)


def test_believes_names_rather_than_a_code_that_contradicts_them() -> None:
    where = KNOWN.locate(claim("Korzenna", "nowosądecki", code="1210073"))
    assert (where.seat, where.served, where.served_powiat) == ("1210062", "1210062", "1210")
    assert where.remark == (
        "kod to Krynica-Zdrój, pow. nowosądecki (1210073); wiersz podaje gminę Korzenna, pow. nowosądecki: "
        "przyjęto Korzenna, pow. nowosądecki (1210062)"
    )


def test_says_that_a_code_does_not_exist() -> None:
    assert KNOWN.locate(claim("Korzenna", "nowosądecki")).remark.startswith("kodu nie ma w wykazie gmin; ")


def test_has_nothing_to_remark_where_code_and_names_agree() -> None:
    assert KNOWN.locate(claim("Korzenna", "nowosądecki", code="1210062")).remark == ""


@pytest.mark.parametrize(
    ("unit", "served"),
    [
        ("Gminne Centrum Usług Społecznych w Grybowie", "1210042"),
        ("Ośrodek Pomocy Społecznej Gminy Grybów", "1210042"),
        ("Miejskie Centrum Usług Społecznych w Grybowie", "1210011"),
        ("Miejsko-Gminny Ośrodek Pomocy Społecznej", "1210011"),
        ("Ośrodek Pomocy Społecznej", "1210011"),
    ],
)
def test_tells_town_and_rural_gmina_apart_by_the_name_of_the_unit(unit: str, served: str) -> None:
    where = KNOWN.locate(claim("Grybów", "nowosądecki", unit))
    assert (where.seat, where.served) == ("1210011", served)


def test_takes_a_village_of_the_rural_gmina_for_its_seat() -> None:
    assert KNOWN.locate(claim("Grybów", "nowosądecki", town="Biała Niżna")).seat == "1210042"


def test_finds_the_rural_gmina_whose_centre_sits_in_the_city() -> None:
    where = KNOWN.locate(claim("Tarnów", "Tarnów", "Gminny Ośrodek Pomocy Społecznej w Tarnowie", code="1263011"))
    assert (where.seat, where.served) == ("1263011", "1216092")


def test_serves_the_powiat_around_a_city() -> None:
    assert KNOWN.locate(claim("Tarnów", "Tarnów", code="1263011")).served_powiat == "1216"


def test_takes_a_district_for_its_city() -> None:
    assert KNOWN.locate(claim("Kraków-Podgórze", "Kraków", code="1261011")).seat == "1261011"


def test_accepts_a_village_only_where_it_is_in_one_gmina_of_the_powiat() -> None:
    assert KNOWN.locate(claim("Szczawa", "nowosądecki")).seat == "1210062"
    undecided = KNOWN.locate(claim("Nowa Wieś", "nowosądecki"))
    assert (undecided.seat, undecided.served) == (None, None)
    assert undecided.remark == "w powiecie „nowosądecki” nie ma gminy „Nowa Wieś”"


def test_reads_gmina_before_a_name_as_the_word_it_is() -> None:
    assert KNOWN.locate(claim("Gmina Tarnów", "tarnowski")).seat == "1216092"


def test_leaves_a_code_of_another_voivodeship_unchecked() -> None:
    where = KNOWN.locate(claim("Wrocław", "Wrocław", code="0264011"))
    assert (where.seat, where.served) == ("0264011", None)
    assert "nie są wczytane" in where.remark
