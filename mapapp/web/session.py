"""One read-only database session for each request that asks for one."""

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


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def init_sessions(app: Flask) -> None:
    """Give every request its session."""
    app.teardown_appcontext(_close)
