"""Whether two records are one unit: cases that a person can check by hand, and many units at once."""

from dataclasses import replace
from random import Random

import pytest

from geo.crs import Position
from mapapp.directory.matching.addresses import address_of, is_same_street
from mapapp.directory.matching.blocking import candidate_pairs
from mapapp.directory.matching.candidates import find_duplicates, match_candidates
from mapapp.directory.matching.fields import comparisons, metres_between
from mapapp.directory.matching.names import name_of
from mapapp.directory.matching.prepared import prepare
from mapapp.directory.matching.scoring import Match, compare
from mapapp.directory.matching.unit import Unit, unit_of
from mapapp.directory.matching.weights import CONFLICTS, WEIGHTS
from tests.directory.hand_made import facility, service
from tests.directory.many import many_units
from tests.directory.rewritten import HARMLESS, from_elsewhere, rewritten

DIANA = Unit(
    key="diana",
    name="Dom Pomocy Społecznej „Diana” w Kasince Wielkiej",
    registers=frozenset({"voivode"}),
    types=frozenset({"dps"}),
    address="ul. Jana Matejki 14",
    postal_code="34-741",
    town="Kasina Wielka",
    gmina_teryt="1207092",
    phones=frozenset({"+48183314011"}),
    identifiers=frozenset({("NIP", "7371234567")}),
)
PLAIN = replace(DIANA, key="plain", name="Dom Pomocy Społecznej w Kasinie Wielkiej", identifiers=frozenset())


def other(unit: Unit, **values: object) -> Unit:
    return replace(from_elsewhere(unit), **values)


def levels(match: Match) -> dict[str, str]:
    return {each.field: each.level for each in match.reasons}


SAME_NAME = [
    "DPS Diana",
    "DIANA DOM POMOCY SPOŁECZNEJ",
    "Dom Pomocy Spolecznej im. Diany, Kasina Wlk.",
    "Dom Pomocy Społecznej ''Diana'' Sp. z o.o.",
    "Powiatowy Dom Pomocy Społecznej „Diana”",
    "Dom Pomcoy Społecznej „Diana” w Kasinie Wielkiej",
]


@pytest.mark.parametrize("name", SAME_NAME)
def test_knows_a_unit_under_another_way_of_writing_its_name(name: str) -> None:
    match = compare(DIANA, other(DIANA, name=name, phones=frozenset()))
    assert match.verdict == "sure"
    assert levels(match)["name"] in {"same", "one within the other"}


SAME_STREET = ["Matejki 14", "ulica J. Matejki 14", "UL. MATEJKI JANA 14", "ul.Jana Matejki  14 ", "Jana Matejk 14"]


@pytest.mark.parametrize("address", SAME_STREET)
def test_knows_an_address_under_another_way_of_writing_it(address: str) -> None:
    assert levels(compare(DIANA, other(DIANA, address=address)))["address"] == "same"


@pytest.mark.parametrize(
    ("line", "street", "house"),
    [
        ("ul. św. Jana 14 G, Wola", ("jana",), "14g"),
        ("3 Maja 1", ("3", "maja"), "1"),
        ("ul. W. Witosa 24/26", ("w", "witosa"), "24/26"),
        ("Rynek 4", ("rynek",), "4"),
        ("Trąbki 340", ("trabki",), "340"),
        ("al. 1000-lecia 15C", ("1000", "lecia"), "15c"),
        ("ul. Polna 5 m. 3", ("polna",), "5"),
        ("Trąbki", ("trabki",), ""),
        ("12", ("12",), ""),
    ],
)
def test_takes_an_address_apart(line: str, street: tuple[str, ...], house: str) -> None:
    address = address_of(line)
    assert (address.street, address.house) == (street, house)


def test_tells_streets_of_one_first_name_apart() -> None:
    assert not is_same_street(address_of("ul. Jana Pawła II 3"), address_of("ul. Jana Matejki 3"))


DIFFERENT = {
    "neighbours without a name of their own": (PLAIN, other(PLAIN, address="ul. Jana Matejki 16", phones=frozenset())),
    "one patron in two gminas": (
        DIANA,
        other(DIANA, town="Pcim", gmina_teryt="1209042", postal_code="32-432", address="Pcim 3", phones=frozenset()),
    ),
    "an office and the day home in its house": (PLAIN, other(PLAIN, name="Klub Senior+", types=frozenset({"ksp"}))),
    "a gmina's centre and its town's": (
        replace(PLAIN, name="GOPS Limanowa", types=frozenset({"ops"})),
        other(PLAIN, name="MOPS Limanowa", types=frozenset({"ops"}), address="ul. Inna 1", phones=frozenset()),
    ),
}


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_keeps_different_units_apart(pair: tuple[Unit, Unit]) -> None:
    assert compare(*pair).verdict == "different"


NEVER_SURE = {
    "a branch": {"name": "Filia Domu Pomocy Społecznej „Diana”"},
    "another number": {"name": "Dom Pomocy Społecznej „Diana” nr 2"},
    "another house": {"address": "ul. Jana Matejki 99"},
    "another street": {"address": "ul. Polna 14"},
    "a related kind": {"types": frozenset({"pco"})},
    "another gmina": {"gmina_teryt": "1209042", "postal_code": ""},
    "another tax number": {"identifiers": frozenset({("NIP", "1111111111")})},
}


@pytest.mark.parametrize("values", NEVER_SURE.values(), ids=NEVER_SURE.keys())
def test_leaves_a_conflict_to_a_person(values: dict[str, object]) -> None:
    match = compare(DIANA, other(DIANA, **values))
    assert match.verdict != "sure"
    assert any((each.field, each.level) in CONFLICTS for each in match.reasons)


def test_takes_one_regon_for_one_unit_and_one_tax_number_for_one_owner() -> None:
    def numbered(scheme: str, number: str) -> Unit:
        return replace(PLAIN, identifiers=frozenset({(scheme, number)}), address="", phones=frozenset())

    assert compare(numbered("REGON", "123456785"), other(numbered("REGON", "123456785"))).verdict == "sure"
    assert compare(numbered("NIP", "5261040828"), other(numbered("NIP", "5261040828"))).verdict == "doubtful"
    units = compare(numbered("REGON", "12345678512347"), other(numbered("REGON", "12345678500008")))
    assert levels(units)["identifiers"] == "another unit of the owner"


def test_uses_distance_only_as_far_as_points_are_exact() -> None:
    here, there = Position(20.0, 50.0), Position(20.0, 50.01)
    assert metres_between(here, there) == pytest.approx(1112, abs=3)
    exact = replace(DIANA, position=here, is_precise=True)
    assert levels(compare(exact, other(exact)))["distance"] == "same point"
    assert levels(compare(exact, other(exact, position=there)))["distance"] == "apart"
    assert "distance" not in levels(compare(exact, other(exact, position=there, is_precise=False)))
    far = other(exact, position=Position(20.0, 50.5), is_precise=False)
    assert levels(compare(exact, far))["distance"] == "far"


def test_counts_a_telephone_of_several_units_little() -> None:
    units = [replace(PLAIN, key=each, address=f"ul. Polna {each}") for each in range(4)]
    assert find_duplicates(units) == ()
    few = match_candidates([other(DIANA, address="ul. Polna 2")], units)
    assert {levels(each)["contact"] for each in few[("elsewhere", "diana")]} == {"shared by several"}


def test_is_the_same_from_both_sides_and_gives_its_reasons() -> None:
    random = Random(1)
    for unit in many_units(50, random):
        copy = rewritten(unit, random, 3)
        there, back = compare(unit, copy), compare(copy, unit)
        assert (there.bits, there.verdict) == (back.bits, back.verdict)
        assert 0 <= there.score <= 1
        assert {each.field for each in there.reasons} <= {field for field, _ in comparisons()}
        assert all(each.words and (each.field, each.level) in WEIGHTS for each in there.reasons)


def test_does_not_fail_on_units_of_which_nothing_is_known() -> None:
    empty = Unit(key=1, name="...")
    assert compare(empty, replace(empty, key=2)).verdict == "different"
    assert match_candidates([empty], [replace(empty, key=2)]) == {1: ()}
    assert match_candidates([], []) == {}


def test_ranks_the_best_match_first() -> None:
    stored = [DIANA, replace(DIANA, key="moved", address="ul. Polna 3"), replace(PLAIN, phones=frozenset())]
    found = match_candidates([other(DIANA)], stored)[("elsewhere", "diana")]
    assert [each.other.key for each in found][:2] == ["diana", "moved"]
    assert found[0].bits > found[1].bits


def test_reads_a_unit_from_a_register_record() -> None:
    unit = unit_of(facility("7", service("dps"), organization_name="DPS w Kłodzku"))
    assert unit.key == ("test_register", "7")
    assert (unit.name, unit.types, unit.town) == ("DPS w Kłodzku", {"dps"}, "Kłodzko")
    assert unit.phones == {"+48740000001"}


def test_numbers_of_branches_are_told_from_houses() -> None:
    assert name_of("Filia nr 2 DPS").numbers == {"2"}
    assert name_of("ŚDS – filia II").numbers == {"2"}
    assert name_of("Środowiskowy Dom Samopomocy – ul. Józefa 1").numbers == frozenset()


def test_compares_a_small_share_of_the_pairs_and_finds_the_copies() -> None:
    random = Random(3)
    units = many_units(20_000, random)
    copies = [rewritten(unit, random, 3) for unit in random.sample(units, 400)]
    prepared = [prepare(each) for each in (*units, *copies)]
    pairs = set(candidate_pairs(prepared))
    assert all(low < high for low, high in pairs)
    assert len(pairs) < 10 * len(prepared)  # of 200 million
    where = {each.unit.key: index for index, each in enumerate(prepared)}
    found = [(where[copy.key[1]], where[copy.key]) in pairs for copy in copies]  # type: ignore[index]
    assert sum(found) / len(found) >= 0.99


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_finds_a_unit_again_after_any_one_change(change: object) -> None:
    random = Random(5)
    assert compare(DIANA, from_elsewhere(change(DIANA, random))).verdict == "sure"  # type: ignore[operator]
