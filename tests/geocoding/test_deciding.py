"""Of several points one is taken only where they mean the same place."""

import pytest

from geo.crs import Position
from mapapp.geocoding.deciding import AmbiguousError, decided
from mapapp.geocoding.protocol import Candidate


def at(lon: float, lat: float, quality: str = "rooftop") -> Candidate:
    return Candidate(Position(lon, lat), quality, "ul. Przykładowa 1")


def test_nothing_is_decided_of_nothing() -> None:
    assert decided(()) is None


def test_two_entrances_of_one_building_are_one_place() -> None:
    # 0.0005 degrees of longitude are some 35 m here
    assert decided((at(17.03, 51.1), at(17.0305, 51.1))) == at(17.03, 51.1)


def test_two_places_apart_are_ambiguous() -> None:
    with pytest.raises(AmbiguousError, match=r"2 places up to 0\.7 km apart"):
        decided((at(17.03, 51.1), at(17.04, 51.1)))


def test_the_most_exact_decides() -> None:
    assert decided((at(16.0, 50.0, "locality"), at(17.03, 51.1), at(18.0, 50.0, "street"))) == at(17.03, 51.1)
