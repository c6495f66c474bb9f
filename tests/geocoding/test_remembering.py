"""Nobody is asked the same twice; that nothing was found is forgotten sooner."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.geocoding.protocol import Address, Candidate, GeocoderFailedError
from mapapp.geocoding.remembering import FOUND_FOR, NOTHING_FOR, Remembering
from mapapp.geocoding.tables import GeocoderAnswer

FOUND = Candidate(Position(15.0067, 51.1527), "rooftop", "Daszyńskiego 15, Zgorzelec")
ADDRESS = Address(street="ul. Daszyńskiego", house="15", town="Zgorzelec")


@dataclass
class Counting:
    """Answers the same each time and counts how often."""

    answer: tuple[Candidate, ...] = (FOUND,)
    code: str = "counting"
    is_remote: bool = True
    asked: list[Address] = field(default_factory=list)
    fails: bool = False

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        self.asked.append(address)
        if self.fails:
            raise GeocoderFailedError("no")
        return self.answer


def remembering(session: Session, geocoder: Counting) -> Remembering:
    @contextmanager
    def transactions() -> Iterator[Session]:
        yield session

    return Remembering(geocoder, transactions)


def test_an_answer_is_given_again_however_the_address_is_written(session: Session) -> None:
    counting = Counting()
    ours = remembering(session, counting)
    assert ours.candidates(ADDRESS, ()) == (FOUND,)
    assert ours.candidates(Address(street="UL.  DASZYŃSKIEGO", house="15", town="zgorzelec"), ()) == (FOUND,)
    assert len(counting.asked) == 1


def test_other_addresses_and_geocoders_are_asked_anew(session: Session) -> None:
    counting = Counting()
    remembering(session, counting).candidates(ADDRESS, ())
    remembering(session, counting).candidates(Address(street="ul. Daszyńskiego", house="1", town="Zgorzelec"), ())
    other = Counting(code="other")
    remembering(session, other).candidates(ADDRESS, ())
    assert (len(counting.asked), len(other.asked)) == (2, 1)


@pytest.mark.parametrize(("answer", "kept"), [((FOUND,), FOUND_FOR), ((), NOTHING_FOR)])
def test_each_answer_is_kept_its_time(session: Session, answer: tuple[Candidate, ...], kept: timedelta) -> None:
    counting = Counting(answer)
    ours = remembering(session, counting)
    ours.candidates(ADDRESS, ())
    row = session.execute(select(GeocoderAnswer.answered_at, GeocoderAnswer.good_until)).one()
    assert row.good_until - row.answered_at == kept
    assert ours.candidates(ADDRESS, ()) == answer
    session.execute(update(GeocoderAnswer).values(good_until=row.answered_at - timedelta(seconds=1)))
    assert ours.candidates(ADDRESS, ()) == answer
    assert len(counting.asked) == 2


def test_a_failure_is_not_kept(session: Session) -> None:
    counting = Counting(fails=True)
    ours = remembering(session, counting)
    with pytest.raises(GeocoderFailedError):
        ours.candidates(ADDRESS, ())
    counting.fails = False
    assert ours.candidates(ADDRESS, ()) == (FOUND,)
