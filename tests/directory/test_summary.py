"""The directory in one row: it never differs from what counting gives."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.listing import refresh_listings
from mapapp.directory.summary import COUNT, directory_summary
from tests.directory.hand_made import KLODZKO, facility, place, save, service


def counted(session: Session) -> tuple[object, ...]:
    return tuple(session.execute(COUNT).one())


def kept(session: Session) -> list[tuple[object, ...]]:
    return [tuple(row)[1:] for row in session.execute(text("SELECT * FROM listing_summary"))]


@pytest.fixture
def published(directory: Session) -> Session:
    save(
        directory,
        facility("1", service("dps"), location=place(KLODZKO)),
        facility("2", service("ops", visibility="on_request"), location=place(KLODZKO)),
        facility("3", service("ops", visibility="internal"), location=place(KLODZKO)),
    )
    return directory


def test_is_kept_by_every_publication(published: Session) -> None:
    assert kept(published) == [counted(published)]
    found = directory_summary(published)
    assert (found.listings, found.located, found.sources) == (2, 1, ("test_register",))
    assert found.bbox == (*KLODZKO, *KLODZKO)
    save(published, facility("4", service("dps"), location=place(KLODZKO)))
    assert directory_summary(published).listings == 3
    assert kept(published) == [counted(published)]


@pytest.mark.parametrize(
    "change",
    ["UPDATE listing SET is_sample = true", "DELETE FROM listing WHERE point IS NULL", "TRUNCATE listing CASCADE"],
)
def test_is_counted_anew_where_something_else_wrote(published: Session, change: str) -> None:
    before = directory_summary(published)
    published.execute(text(change))
    assert kept(published) == []
    assert directory_summary(published) != before
    assert directory_summary(published).listings == published.scalar(text("SELECT count(*) FROM listing"))


def test_says_that_there_is_nothing(directory: Session) -> None:
    refresh_listings(directory)
    found = directory_summary(directory)
    assert (found.listings, found.located, found.bbox, found.newest, found.sources) == (0, 0, None, None, ())
