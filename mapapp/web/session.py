"""One read-only database session for each request that asks for one."""

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, g

from mapapp.web.site import current_site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def current_session() -> "Session":
    """The session of this request; opened at the first call, closed at the end of the request."""
    if "session" not in g:
        g.session = current_site().open_session()
    session: Session = g.session
    return session


def _close(error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is None:
        return
    if error is None:
        # nothing was written, but psycopg throws its prepared statements away at every rollback
        with suppress(Exception):  # a connection lost by now is of no concern: the answer is made
            session.commit()
    session.close()


def init_sessions(app: Flask) -> None:
    """Give every request its session."""
    app.teardown_appcontext(_close)
