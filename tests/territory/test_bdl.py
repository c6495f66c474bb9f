import pytest

from mapapp.territory.bdl import ages_of, teryt_of_unit


@pytest.mark.parametrize(
    ("heading", "ages"),
    [
        (["0-4", "ogółem", "2020"], (0, 4)),
        (["ogółem", "85 i więcej"], (85, 120)),
        (["ogółem", "ogółem", "2024", "[osoba]"], (0, 120)),
        (["0-4", "mężczyźni"], None),
        (["ogółem", "kobiety"], None),
        (["2024", "[osoba]"], None),
    ],
)
def test_understands_headings_for_both_sexes_only(heading: list[str], ages: tuple[int, int] | None) -> None:
    assert ages_of(heading) == ages


def test_finds_teryt_in_the_number_of_a_unit() -> None:
    # Kraków in the Local Data Bank
    assert teryt_of_unit("011212161011") == "1261011"
