"""A geocoder behind a network is asked as documented, and only what fits is taken from its answer."""

from itertools import pairwise

import pytest

from geo.crs import Position
from mapapp.geocoding.gugik import Gugik
from mapapp.geocoding.gugik import asked as asked_of_gugik
from mapapp.geocoding.nominatim import Nominatim
from mapapp.geocoding.protocol import Address, Candidate, Geocoder, GeocoderFailedError
from mapapp.geocoding.service import LARGEST_ANSWER, Manners, Service
from tests.geocoding.conftest import Answer, Imitation
from tests.geocoding.samples import gugik, gugik_place, nominatim, nominatim_place

# Zgorzelec is far west: an axis swap cannot look right there
HOUSE = Position(15.0067, 51.1527)
ADDRESS = Address(street="ul. Daszyńskiego", house="15", town="Zgorzelec", postal_code="59-900")
QUICK = Manners("mapapp (test)", per_second=1000, timeout_s=0.5, backoff_s=0.01)


def service(imitation: Imitation, manners: Manners = QUICK) -> Service:
    return Service("Imitation", imitation.url, manners)


def gugik_at(imitation: Imitation, *answers: bytes) -> Geocoder:
    imitation.answers = [Answer(each) for each in answers]
    return Gugik(service(imitation))


def nominatim_at(imitation: Imitation, *answers: bytes) -> Geocoder:
    imitation.answers = [Answer(each) for each in answers]
    return Nominatim(service(imitation))


def test_gugik_is_asked_for_degrees_with_the_comma_it_needs(imitation: Imitation) -> None:
    found = gugik_at(imitation, gugik(gugik_place(*HOUSE))).candidates(ADDRESS, ())
    assert found == (Candidate(HOUSE, "rooftop", "Daszyńskiego 15, 59-900 Zgorzelec"),)
    assert imitation.questions == [
        {"request": "GetAddress", "address": "59-900 Zgorzelec, Daszyńskiego 15", "srid": "4326"}
    ]
    assert imitation.agents == ["mapapp (test)"]


def test_gugik_is_asked_for_a_village_without_streets_by_its_number() -> None:
    assert asked_of_gugik(Address(village="Pcim", house="638")) == "Pcim 638"


@pytest.mark.parametrize(("kind", "quality"), [("address", "rooftop"), ("street", "street"), ("city", "locality")])
def test_gugik_says_how_exact_a_place_is(imitation: Imitation, kind: str, quality: str) -> None:
    (found,) = gugik_at(imitation, gugik(gugik_place(*HOUSE), kind=kind)).candidates(ADDRESS, ())
    assert found.quality == quality


def test_gugik_likenesses_are_no_answers(imitation: Imitation) -> None:
    alike = gugik_place(*HOUSE, street="Daszynowskiego", accuracy="0.8")
    assert gugik_at(imitation, gugik(alike)).candidates(ADDRESS, ()) == ()
    assert gugik_at(imitation, gugik()).candidates(ADDRESS, ()) == ()


def test_gugik_swapped_axes_and_metres_are_refused(imitation: Imitation) -> None:
    for x, y in ((HOUSE.lat, HOUSE.lon), (220_543.1, 379_123.4)):
        with pytest.raises(GeocoderFailedError, match=r"otherwise than documented: results\.1\.[xy]"):
            gugik_at(imitation, gugik(gugik_place(x, y))).candidates(ADDRESS, ())


def test_nominatim_is_asked_in_parts(imitation: Imitation) -> None:
    (found,) = nominatim_at(imitation, nominatim(nominatim_place(*HOUSE))).candidates(ADDRESS, ())
    assert (found.position, found.quality) == (HOUSE, "rooftop")
    asked = imitation.questions[0]
    assert (asked["street"], asked["city"], asked["postalcode"]) == ("15 Daszyńskiego", "Zgorzelec", "59-900")
    assert (asked["countrycodes"], asked["format"]) == ("pl", "jsonv2")


@pytest.mark.parametrize(
    ("rank", "house", "quality"),
    [(30, "15", "rooftop"), (30, "17", "street"), (26, None, "street"), (19, None, "locality"), (8, None, None)],
)
def test_nominatim_places_are_as_exact_as_they_say(
    imitation: Imitation, rank: int, house: str | None, quality: str | None
) -> None:
    found = nominatim_at(imitation, nominatim(nominatim_place(*HOUSE, rank, house))).candidates(ADDRESS, ())
    assert [each.quality for each in found] == ([quality] if quality else [])


def test_nominatim_gives_only_the_most_exact(imitation: Imitation) -> None:
    street = nominatim_place(15.01, 51.15, 26, None)
    found = nominatim_at(imitation, nominatim(street, nominatim_place(*HOUSE))).candidates(ADDRESS, ())
    assert [each.quality for each in found] == ["rooftop"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_may_pass_is_tried_again(imitation: Imitation, status: int) -> None:
    imitation.answers = [Answer(b"", status), Answer(b"", status), Answer(gugik(gugik_place(*HOUSE)))]
    assert len(Gugik(service(imitation)).candidates(ADDRESS, ())) == 1
    assert len(imitation.questions) == 3


def test_a_lasting_fault_is_told_without_the_address(imitation: Imitation) -> None:
    imitation.answers = [Answer(b"", 503)]
    with pytest.raises(GeocoderFailedError, match=f"Imitation .*{imitation.url}.* status 503") as told:
        Gugik(service(imitation)).candidates(ADDRESS, ())
    assert len(imitation.questions) == 3
    assert "Daszy" not in str(told.value)


def test_a_server_that_is_not_there_is_told(imitation: Imitation) -> None:
    nobody = Service("Imitation", "http://127.0.0.1:9/uug", QUICK)
    with pytest.raises(GeocoderFailedError, match="did not answer") as told:
        Gugik(nobody).candidates(ADDRESS, ())
    assert "Daszy" not in str(told.value)


def test_another_address_is_never_followed(imitation: Imitation) -> None:
    imitation.answers = [Answer(b"", 302, {"Location": "/elsewhere"}), Answer(gugik(gugik_place(*HOUSE)))]
    with pytest.raises(GeocoderFailedError, match="status 302"):
        Gugik(service(imitation)).candidates(ADDRESS, ())
    assert len(imitation.questions) == 1


@pytest.mark.parametrize("content", [b"<html>", b"[" * 100_000, b"7", b'{"results": []}'])
def test_what_is_no_answer_is_told(imitation: Imitation, content: bytes) -> None:
    with pytest.raises(GeocoderFailedError, match=r"expected JSON|otherwise than documented"):
        gugik_at(imitation, content).candidates(ADDRESS, ())


def test_an_endless_answer_is_cut(imitation: Imitation) -> None:
    with pytest.raises(GeocoderFailedError, match="more than"):
        gugik_at(imitation, b'"' + b"a" * LARGEST_ANSWER + b'"').candidates(ADDRESS, ())


def test_every_attempt_waits_for_its_turn(imitation: Imitation) -> None:
    imitation.answers = [Answer(gugik()), Answer(b"", 503), Answer(gugik())]
    paced = Gugik(service(imitation, Manners("mapapp", per_second=5, backoff_s=0.0)))
    for _ in range(3):
        paced.candidates(ADDRESS, ())
    assert len(imitation.moments) == 4
    assert all(later - earlier > 0.18 for earlier, later in pairwise(imitation.moments))
