"""While the server warms its connections, who comes finds one; after a publication its facts are there already."""

from contextlib import ExitStack
from queue import Empty, Queue
from threading import Event, Semaphore

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mapapp.directory import reading_facts
from mapapp.directory.queries import UnderstoodQuery, understand_query
from mapapp.directory.summary import keep_summary
from mapapp.provision import staff_engine
from mapapp.settings import Settings
from mapapp.web import warming
from mapapp.web.site import EXTENSION
from tests.web_app import app_with


def test_uses_each_connection_and_leaves_visitors_half_of_them(
    site_url: str, compiled_catalogs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, may_go = Queue[int](), Semaphore(0)

    def hold(session: Session, question: str) -> UnderstoodQuery:
        held.put(id(session.connection().connection.dbapi_connection))
        assert may_go.acquire(timeout=30)
        return understand_query(session, question)

    monkeypatch.setattr(warming, "understand_query", hold)
    with app_with(site_url) as app:
        site = app.extensions[EXTENSION]
        half, used = site.settings.database_pool // 2, set()
        thread = warming.warm_in_background(site)
        for _half in range(2):
            used |= {held.get(timeout=30) for _connection in range(half)}
            with pytest.raises(Empty):
                held.get(timeout=0.5)
            with ExitStack() as visitors:
                for _visitor in range(half):
                    assert visitors.enter_context(site.open_session()).scalar(text("SELECT 1")) == 1
            may_go.release(half)
        thread.join(60)
        assert not thread.is_alive()
        assert len(used) == 2 * half == site.settings.database_pool


def test_reads_what_is_published_before_anybody_asks(
    site_url: str, compiled_catalogs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings, read = Semaphore(0), reading_facts._read

    def reading(session: Session) -> reading_facts.ListingFacts | None:
        readings.release()
        return read(session)

    def publish() -> None:
        with staff_engine(Settings(database_url=site_url)) as engine, Session(engine) as session:
            keep_summary(session)
            session.commit()

    monkeypatch.setattr(reading_facts, "_read", reading)
    monkeypatch.setattr(warming, "SECONDS_BETWEEN_LOOKS", 0.05)
    publish()
    with app_with(site_url) as app:
        stop, client = Event(), app.test_client()
        assert client.get("/?type=dps").status_code == 200  # whoever comes first reads them
        assert readings.acquire(timeout=30)
        thread = warming.follow_publications(app.extensions[EXTENSION], stop)
        assert not readings.acquire(timeout=1)
        for _publication in range(2):
            publish()
            assert readings.acquire(timeout=30)
        assert client.get("/?type=dps&type=ops").status_code == 200
        assert not readings.acquire(timeout=1)
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def test_goes_on_following_when_the_database_was_away(
    site_url: str, compiled_catalogs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Semaphore(0)

    def away(_session: Session, _near: object) -> None:
        looks.release()
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(warming, "current_facts", away)
    monkeypatch.setattr(warming, "SECONDS_BETWEEN_LOOKS", 0.05)
    with app_with(site_url) as app:
        stop = Event()
        thread = warming.follow_publications(app.extensions[EXTENSION], stop)
        for _look in range(3):
            assert looks.acquire(timeout=30)
        stop.set()
        thread.join(30)
        assert not thread.is_alive()
