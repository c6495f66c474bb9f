"""While the server warms its connections, who comes finds one."""

from threading import Event, Semaphore

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.web import warming
from mapapp.web.site import EXTENSION
from tests.web_app import app_with


def test_leaves_visitors_connections(site_url: str, compiled_catalogs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    held, done = Semaphore(0), Event()

    def hold(session: Session, _question: str) -> None:
        session.connection()
        held.release()
        done.wait(30)

    monkeypatch.setattr(warming, "understand_query", hold)
    with app_with(site_url) as app:
        site = app.extensions[EXTENSION]
        thread = warming.warm_in_background(site)
        for _connection in range(site.settings.database_pool - 2):
            assert held.acquire(timeout=30)
        assert not held.acquire(timeout=1)
        with site.open_session() as one, site.open_session() as another:
            assert [each.scalar(text("SELECT 1")) for each in (one, another)] == [1, 1]
        done.set()
        thread.join(60)
        assert not thread.is_alive()
