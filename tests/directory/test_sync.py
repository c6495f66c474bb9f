"""Keeping a copy in step while the directory changes."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory.listing import refresh_listings
from mapapp.directory.published_changes import note_changes, published_state
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.sync import LostTrackError, Point, at_moment, beginning, changes_after
from mapapp.directory.tables import Listing, ListingChange, Location, Organization, Service
from tests.directory.hand_made import facility, place, save, service, service_id

EVERYTHING = ServiceSearch()
NUMBERS = [str(number) for number in range(6)]
TYPES = ("ops", "dps")


class Copy:
    """A program that keeps a copy as the documentation tells it to."""

    def __init__(self, session: Session, search: ServiceSearch = EVERYTHING) -> None:
        self.session, self.search = session, search
        self.point = beginning(session)
        self.items: dict[UUID, dict[str, Any]] = {}

    def follow(self) -> bool:
        """One page; whether it was the last."""
        page = changes_after(self.session, self.search, self.point, "json")
        for each in map(json.loads, page.items):
            self.items[UUID(each["id"])] = each
        for gone in page.removed:
            self.items.pop(gone, None)
        self.point = page.point
        return page.is_last

    def follow_to_the_end(self) -> None:
        while not self.follow():
            pass


def published(session: Session, *types: str) -> set[tuple[UUID, str]]:
    rows = session.execute(select(Listing.id, Listing.name, Listing.facility_type)).all()
    return {(row.id, row.name) for row in rows if not types or row.facility_type in types}


def held(copy: Copy) -> set[tuple[UUID, str]]:
    return {(key, each["name"]) for key, each in copy.items.items()}


def filled(session: Session) -> None:
    save(session, *(facility(number, service(TYPES[int(number) % 2])) for number in NUMBERS))


def change(session: Session, number: str, key: str, **values: Any) -> None:
    its_id = service_id(session, number, key)
    session.execute(update(Service).where(Service.id == its_id).values(**values))
    refresh_listings(session, [its_id])


def key_of(number: str) -> str:
    return TYPES[int(number) % 2]


CHANGES = st.tuples(
    st.sampled_from(NUMBERS),
    st.one_of(
        st.builds(lambda level: {"visibility": level}, st.sampled_from(["public", "on_request", "internal"])),
        st.builds(lambda kind: {"facility_type": kind}, st.sampled_from(TYPES)),
        st.builds(lambda status: {"status": status}, st.sampled_from(["active", "defunct"])),
        st.builds(lambda name: {"name": f"Nazwa {name}"}, st.integers(0, 3)),
    ),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.one_of(CHANGES, st.just("page"), st.just("to the end")), max_size=14),
    limit=st.integers(1, 4),
    types=st.sampled_from([(), ("ops",)]),
)
def test_ends_with_exactly_what_is_published(
    directory: Session, steps: list[Any], limit: int, types: tuple[str, ...]
) -> None:
    with directory.begin_nested() as undone:
        filled(directory)
        copy = Copy(directory, ServiceSearch(types=types, limit=limit))
        for step in steps:
            if step == "page":
                copy.follow()
            elif step == "to the end":
                copy.follow_to_the_end()
            else:
                number, values = step
                change(directory, number, key_of(number), **values)
        copy.follow_to_the_end()
        assert held(copy) == published(directory, *types)
        undone.rollback()


def test_gives_each_listing_once_while_nothing_changes(directory: Session) -> None:
    filled(directory)
    page = changes_after(directory, ServiceSearch(limit=4), beginning(directory), "json")
    rest = changes_after(directory, ServiceSearch(limit=4), page.point, "json")
    ids = [json.loads(item)["id"] for item in (*page.items, *rest.items)]
    assert len(ids) == len(set(ids)) == len(NUMBERS)
    assert (page.is_last, rest.is_last, page.removed, rest.removed) == (False, True, (), ())
    again = changes_after(directory, ServiceSearch(limit=4), rest.point, "json")
    assert (again.items, again.removed, again.point) == ((), (), rest.point)


def test_names_what_was_withdrawn_by_its_id_alone(directory: Session) -> None:
    filled(directory)
    copy = Copy(directory)
    copy.follow_to_the_end()
    change(directory, "0", "ops", visibility="internal", name="Tajna")
    page = changes_after(directory, EVERYTHING, copy.point, "geojson")
    assert page.items == ()
    assert len(page.removed) == 1
    row = directory.execute(select(ListingChange).where(ListingChange.id == page.removed[0])).scalar_one()
    assert (row.is_withdrawn, row.visibility, row.fingerprint) == (True, None, None)


def test_says_nothing_where_a_publication_changed_nothing(directory: Session) -> None:
    filled(directory)
    before = published_state(directory)
    refresh_listings(directory)
    assert published_state(directory) == before


def test_tells_a_change_that_moves_no_record(directory: Session) -> None:
    filled(directory)
    copy = Copy(directory)
    copy.follow_to_the_end()
    directory.execute(text("UPDATE address SET visibility = 'internal', last_modified = last_modified"))
    refresh_listings(directory)
    copy.follow_to_the_end()
    assert {each["street"] for each in copy.items.values()} == {None}


def test_begins_at_a_moment(directory: Session) -> None:
    filled(directory)
    since = published_state(directory).changed_at
    assert since is not None
    change(directory, "1", "dps", name="Inna")
    change(directory, "2", "ops", status="defunct")
    page = changes_after(directory, EVERYTHING, at_moment(since + timedelta(microseconds=1)), "json")
    assert [json.loads(item)["name"] for item in page.items] == ["Inna"]
    assert len(page.removed) == 1
    assert len(changes_after(directory, EVERYTHING, at_moment(since), "json").items) == len(NUMBERS) - 1


def test_refuses_to_go_on_in_another_history(directory: Session) -> None:
    filled(directory)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(LostTrackError):
        changes_after(directory, EVERYTHING, Point(old, UUID(int=5), old), "json")


class TestRestrictions:
    """When files that were released before must be taken back."""

    def test_follow_from_less_visibility(self, directory: Session) -> None:
        filled(directory)
        assert published_state(directory).restricted_at is None
        change(directory, "0", "ops", visibility="on_request")
        state = published_state(directory)
        assert state.restricted_at == state.changed_at
        change(directory, "0", "ops", visibility="public")
        assert published_state(directory).restricted_at == state.restricted_at

    @pytest.mark.parametrize("table", [Organization, Location, Service])
    def test_follow_from_a_record_hidden_whole(self, directory: Session, table: Any) -> None:
        save(directory, facility("1", service("ops"), location=place()))
        directory.execute(update(table).values(visibility="internal"))
        refresh_listings(directory)
        assert published_state(directory).restricted_at is not None

    def test_follow_from_a_removed_record(self, directory: Session) -> None:
        filled(directory)
        directory.execute(text("TRUNCATE service CASCADE"))
        directory.execute(delete(Listing))
        refresh_listings(directory)
        assert published_state(directory).restricted_at is not None

    def test_do_not_follow_from_an_end(self, directory: Session) -> None:
        filled(directory)
        change(directory, "0", "ops", status="defunct")
        change(directory, "1", "dps", name="Inna")
        assert published_state(directory).restricted_at is None


def test_publications_take_turns_until_they_are_committed(_directory_engine: Engine) -> None:
    with Session(_directory_engine) as first, Session(_directory_engine) as second:
        note_changes(first, [])
        waiting = threading.Thread(target=note_changes, args=(second, []))
        waiting.start()
        waiting.join(timeout=0.3)
        assert waiting.is_alive()
        first.commit()
        waiting.join(timeout=5)
        assert not waiting.is_alive()
        second.rollback()
