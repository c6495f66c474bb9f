from pathlib import Path

import geopandas as gpd
import pytest

from mapapp.territory.names import folded, genitive, locative, names_meant, nominatives


@pytest.mark.parametrize(
    ("name", "of", "within"),
    [
        ("kłodzki", "kłodzkiego", "kłodzkim"),
        ("jeleniogórski", "jeleniogórskiego", "jeleniogórskim"),
        ("legnicko-głogowski", "legnicko-głogowskiego", "legnicko-głogowskim"),
        ("warszawski zachodni", "warszawskiego zachodniego", "warszawskim zachodnim"),
        ("dolnośląskie", "dolnośląskiego", "dolnośląskim"),
        ("biały", "białego", "białym"),
        ("Wrocław", None, None),
        ("m. Wrocław", None, None),
        ("miasto Kraków", None, None),
        ("Zakopane", None, None),
    ],
)
def test_gives_the_cases_of_adjectives_only(name: str, of: str | None, within: str | None) -> None:
    assert (genitive(name), locative(name)) == (of, within)


@pytest.mark.parametrize("code", ["dolnoslaskie", "malopolskie"])
def test_every_powiat_and_subregion_that_is_no_city_has_cases(code: str, shared: Path) -> None:
    table = gpd.read_file(shared / "data" / code / "territory.gpkg", layer="gmina", ignore_geometry=True)
    is_city = table.powiat_teryt.str[2:].astype(int) >= 61
    for name in {*table.powiat[~is_city], *table.voivodeship}:
        assert genitive(name) == name.removesuffix("e").replace(" ", "ego ") + "ego"
        assert locative(name) == name.removesuffix("e").replace(" ", "m ") + "m"
    assert {locative(name) for name in table.powiat[is_city]} == {None}
    # a subregion is called by adjectives, or "miasto" and the city
    for name in set(table.subregion):
        assert (locative(name) is None) == name.startswith("miasto ")


def test_folds_as_the_database_does() -> None:
    assert folded("ZAŻÓŁĆ Gęślą Jaźń Łódź") == "zazolc gesla jazn lodz"


def test_keeps_the_typed_word_first() -> None:
    assert nominatives("wroclaw")[0] == "wroclaw"
    assert nominatives("wroclawiu")[:1] == ("wroclawiu",)
    assert "wroclaw" in nominatives("wroclawiu")


def test_joins_words_by_space_and_hyphen() -> None:
    assert {"kudowa zdroj", "kudowa-zdroj"} <= set(names_meant(("kudowie", "zdroju")))


def test_is_bounded_for_many_words() -> None:
    assert len(names_meant(("zielonych", "kamienistych", "gorach", "sudeckich", "wielkich"))) < 2000
