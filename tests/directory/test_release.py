"""The release that is public now."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mapapp.database import Reader, ask_driver
from mapapp.directory.release import Release, current_release, with_release, without_transaction
from tests.directory.hand_made import KLODZKO, facility, place, save, service


def test_changes_within_the_transaction_that_writes(directory: Session) -> None:
    before = current_release(directory)
    save(directory, facility("1", service("dps"), location=place(KLODZKO)))
    first = current_release(directory)
    assert (before.listings, first.listings) == (0, 1)
    assert first.tag != before.tag
    assert first.bbox == (*KLODZKO, *KLODZKO)
    assert first.oldest == first.newest is not None
    save(directory, facility("2", service("ops")))
    assert current_release(directory).listings == 2


def test_is_looked_up_once_while_nothing_is_written(every_type: Session) -> None:
    first = current_release(every_type)
    every_type.execute(text("SELECT count(*) FROM listing"))
    assert current_release(every_type) is first


def test_says_nothing_of_boundaries_without_a_territory(directory: Session) -> None:
    release = current_release(directory)
    assert (release.boundaries, release.is_schematic, release.region_bbox) == (None, None, None)


def test_leaves_no_transaction_open(_every_type_engine: object) -> None:
    with Session(_every_type_engine) as session:  # type: ignore[arg-type] # an Engine
        state = "SELECT xact_start = query_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        without_transaction(session)
        session.execute(text("SELECT pg_sleep(0.01)"))
        assert session.execute(text(state)).scalar_one() is True


def test_is_asked_together_with_an_answer_while_nothing_is_written(_every_type_engine: Engine) -> None:
    opened: list[Session] = []

    def open_session() -> Session:
        opened.append(Session(_every_type_engine))
        return opened[-1]

    def listings(source: Session | Reader, _release: Release) -> int:
        return int(ask_driver(source, "SELECT count(*) FROM listing")[0][0])

    def asked() -> tuple[Release, int]:
        return with_release(Reader(_every_type_engine, _every_type_engine), open_session, listings)

    asked()  # what other tests wrote may be new to it
    opened_before = len(opened)
    release, counted = asked()
    assert len(opened) == opened_before
    assert release.listings == counted > 50
    with _every_type_engine.begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE written ON COMMIT DROP AS SELECT 1"))
    assert asked() == (release, counted)
    assert len(opened) == opened_before + 1
    for each in opened:
        each.close()
