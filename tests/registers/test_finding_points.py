"""Stored locations get points: better ones only, clear ones only, as a batch that can be undone."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.cluster import Cluster
from mapapp.directory.points import unplaced
from mapapp.geocoding.embedded import Embedded
from mapapp.geocoding.protocol import Address, Candidate, GeocoderFailedError
from mapapp.registers.batches import undo
from mapapp.registers.finding_points import WEAK, Around, Search, find_points, give_points
from tests.directory.checksums import checksums
from tests.directory.conftest import _database, _session
from tests.directory.hand_made import KLODZKO, WROCLAW, facility, place, save, service

HOUSE, NEXT_DOOR, FAR = Position(16.66, 50.44), Position(16.6601, 50.44), Position(16.7, 50.45)


@pytest.fixture(scope="session")
def _points_engine(cluster: Cluster) -> Iterator[Engine]:
    engine = _database(cluster, f"points_{os.getpid()}")
    yield engine
    engine.dispose()


@pytest.fixture
def directory(_points_engine: Engine) -> Iterator[Session]:
    """An empty directory with five gminas; every change is rolled back."""
    yield from _session(_points_engine)


@dataclass
class Answering:
    """A geocoder that knows one answer, or fails."""

    answer: tuple[Candidate, ...] = ()
    code: str = "answering"
    is_remote: bool = True
    error: GeocoderFailedError | None = None
    asked: list[Address] = field(default_factory=list)

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        self.asked.append(address)
        if self.error:
            raise self.error
        return self.answer


def rooftop(*positions: Position) -> Answering:
    return Answering(tuple(Candidate(each, "rooftop", "ul. Zwykła 1") for each in positions))


def stored(session: Session, position: Position | None = None, quality: str | None = None, **values: Any) -> None:
    where = place(position, geometry_quality=quality, declared_gmina_teryt="0208011", **values)
    save(session, facility("1", service("ops"), location=where))


def searched(session: Session, *geocoders: Any) -> Search:
    @contextmanager
    def transactions() -> Iterator[Session]:
        yield session

    return find_points(unplaced(session, WEAK), geocoders, Around.of(session), transactions)


def point(session: Session) -> tuple[str | None, str | None]:
    found = session.execute(text("SELECT ST_AsText(point) AS point, geometry_quality FROM location")).one()
    return found.point, found.geometry_quality


def test_gives_a_point_where_none_is_and_publishes_it(directory: Session) -> None:
    stored(directory)
    assert give_points(directory, searched(directory, rooftop(HOUSE))) is not None
    assert point(directory) == ("POINT(16.66 50.44)", "rooftop")
    listed = directory.execute(text("SELECT ST_X(point), gmina_teryt FROM listing")).one()
    assert tuple(listed) == (16.66, "0208011")


def test_asks_the_address_taken_apart(directory: Session) -> None:
    stored(directory)
    geocoder = rooftop(HOUSE)
    searched(directory, geocoder)
    assert (geocoder.asked[0].street, geocoder.asked[0].house, geocoder.asked[0].town) == ("ul. Zwykła", "1", "Kłodzko")


@pytest.mark.parametrize(
    ("quality", "is_asked"),
    [("gmina", True), ("locality", True), ("street", False), ("rooftop", False), ("manual", False), (None, False)],
)
def test_betters_weak_points_and_never_others(directory: Session, quality: str | None, is_asked: bool) -> None:
    stored(directory, KLODZKO, quality)
    geocoder = rooftop(HOUSE)
    search = searched(directory, geocoder)
    assert (len(geocoder.asked), len(search.placements)) == (int(is_asked), int(is_asked))


def test_an_equally_weak_answer_changes_nothing(directory: Session) -> None:
    stored(directory, KLODZKO, "locality")
    search = searched(directory, Answering((Candidate(HOUSE, "locality", "Kłodzko"),)))
    assert search.placements == []


def test_takes_the_best_of_several_and_stops_at_the_building(directory: Session) -> None:
    stored(directory)
    last = rooftop(FAR)
    street = Answering((Candidate(FAR, "street", "ul. Zwykła"),), code="streets")
    search = searched(directory, Embedded(Around.of(directory).places), street, rooftop(HOUSE), last)
    assert [(each.position, each.quality) for each in search.placements] == [(HOUSE, "rooftop")]
    assert (search.by_geocoder, last.asked) == ({"answering": 1}, [])


def test_the_embedded_one_knows_the_locality(directory: Session) -> None:
    stored(directory)
    search = searched(directory, Embedded(Around.of(directory).places))
    (found,) = search.placements
    assert (found.position, found.quality) == (pytest.approx((16.75, 50.4)), "locality")


def test_tells_a_point_outside_of_its_gmina_and_takes_it_not(directory: Session) -> None:
    stored(directory)
    search = searched(directory, rooftop(WROCLAW))
    (finding,) = search.findings
    assert search.placements == []
    assert "punkt leży" in finding.message
    assert "km poza gminą 0208011; nie przyjęto" in finding.message
    assert finding.value == "ul. Zwykła 1, 57-300 Kłodzko"


def test_namesakes_in_other_gminas_do_not_make_it_ambiguous(directory: Session) -> None:
    stored(directory)
    search = searched(directory, rooftop(WROCLAW, HOUSE, NEXT_DOOR))
    assert [each.position for each in search.placements] == [HOUSE]


def test_takes_nothing_ambiguous(directory: Session) -> None:
    stored(directory)
    search = searched(directory, rooftop(HOUSE, FAR))
    assert search.placements == []
    assert "kilka odległych miejsc" in search.findings[0].message


@pytest.mark.parametrize("level", ["area_only", "on_request", "internal"])
def test_no_network_hears_of_a_hidden_address(directory: Session, level: str) -> None:
    stored(directory, visibility=level)
    far, near = rooftop(HOUSE), Answering((Candidate(HOUSE, "locality", "Kłodzko"),), code="near", is_remote=False)
    search = searched(directory, far, near)
    assert (len(far.asked), len(near.asked), search.not_told) == (0, 1, 1)


def test_samples_are_left_alone(directory: Session) -> None:
    where = place(None, declared_gmina_teryt="0208011")
    save(directory, facility("1", service("ops"), location=where, is_sample=True))
    assert unplaced(directory, WEAK) == ()


def test_a_geocoder_that_fails_is_asked_no_more_and_told(directory: Session) -> None:
    where = place(None, declared_gmina_teryt="0208011")
    save(directory, *(facility(number, service("ops"), location=where) for number in "12"))
    broken, other = Answering(error=GeocoderFailedError("down")), rooftop(HOUSE)
    other.code = "other"
    search = searched(directory, broken, other)
    assert (len(broken.asked), search.failures, len(search.placements)) == (1, {"answering": "down"}, 2)


def test_the_whole_search_is_undone_to_the_byte(directory: Session) -> None:
    stored(directory, KLODZKO, "gmina")
    before = checksums(directory)
    batch = give_points(directory, searched(directory, rooftop(HOUSE)))
    assert batch is not None
    assert checksums(directory) != before
    undo(directory, batch)
    assert checksums(directory) == before


def test_what_was_changed_meanwhile_stays(directory: Session) -> None:
    stored(directory)
    search = searched(directory, rooftop(HOUSE))
    directory.execute(text("UPDATE location SET version = version + 1"))
    assert give_points(directory, search) is None
    assert point(directory) == (None, None)
    assert "zmieniono w trakcie" in search.findings[0].message


def test_a_register_takes_no_better_point_away(directory: Session) -> None:
    stored(directory, KLODZKO, "locality")
    give_points(directory, searched(directory, rooftop(HOUSE)))
    stored(directory, KLODZKO, "locality")
    assert point(directory) == ("POINT(16.66 50.44)", "rooftop")
    stored(directory, None)
    assert point(directory) == ("POINT(16.66 50.44)", "rooftop")


def test_a_register_with_as_good_a_point_or_another_address_does(directory: Session) -> None:
    stored(directory)
    give_points(directory, searched(directory, rooftop(HOUSE)))
    stored(directory, FAR, "rooftop")
    assert point(directory) == ("POINT(16.7 50.45)", "rooftop")
    moved = place(KLODZKO, "Bystrzyca", geometry_quality="locality", declared_gmina_teryt="0208011")
    save(directory, facility("1", service("ops"), location=moved))
    assert point(directory) == ("POINT(16.65 50.43)", "locality")


def test_those_without_a_point_come_first(directory: Session) -> None:
    weak = place(KLODZKO, geometry_quality="gmina")
    save(directory, facility("1", service("ops"), location=weak), facility("2", service("ops"), location=place(None)))
    (first,) = unplaced(directory, WEAK, 1)
    assert first.quality is None
