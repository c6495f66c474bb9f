"""A geocoder that asks another one only what it was not asked lately."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.geocoding.protocol import Address, Candidate, Geocoder
from mapapp.geocoding.tables import GeocoderAnswer

FOUND_FOR: Final = timedelta(days=180)
NOTHING_FOR: Final = timedelta(days=14)
"""An address that is not known today may be entered tomorrow."""


@dataclass(frozen=True, slots=True)
class Remembering:
    """``transactions`` opens one short transaction: nobody holds the database while a network is slow."""

    geocoder: Geocoder
    transactions: Callable[[], AbstractContextManager[Session]]

    @property
    def code(self) -> str:
        """That of the geocoder behind."""
        return self.geocoder.code

    @property
    def is_remote(self) -> bool:
        """That of the geocoder behind."""
        return self.geocoder.is_remote

    def candidates(self, address: Address, gminas: Collection[str]) -> tuple[Candidate, ...]:
        """The remembered answer or a new one, remembered from now on. A failure is not remembered."""
        question = address.question
        with self.transactions() as session:
            known = _known(session, self.code, question)
        if known is not None:
            return known
        found = self.geocoder.candidates(address, gminas)
        with self.transactions() as session:
            _remember(session, self.code, question, found)
        return found


def _known(session: Session, geocoder: str, question: str) -> tuple[Candidate, ...] | None:
    answer = GeocoderAnswer
    query = select(answer.candidates).where(
        answer.geocoder == geocoder, answer.question == question, answer.good_until > func.now()
    )
    found = session.scalar(query)
    if found is None:
        return None
    return tuple(Candidate(Position(each["lon"], each["lat"]), each["quality"], each["label"]) for each in found)


def _remember(session: Session, geocoder: str, question: str, found: Sequence[Candidate]) -> None:
    values = {
        "candidates": [
            {"lon": each.position.lon, "lat": each.position.lat, "quality": each.quality, "label": each.label}
            for each in found
        ],
        "answered_at": func.now(),
        "good_until": func.now() + (FOUND_FOR if found else NOTHING_FOR),
    }
    statement = insert(GeocoderAnswer).values(geocoder=geocoder, question=question, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["geocoder", "question"], set_=values))
