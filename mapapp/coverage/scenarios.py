"""Scenarios saved under a name. There are no accounts: a link that nobody can guess opens each for changing.

The bounds keep strangers from filling the database; what is not saved again for half a year goes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import Session

from mapapp.coverage.errors import CoverageError
from mapapp.coverage.tables import Scenario

LONGEST_NAME = 100
LONGEST_QUERY = 4_000
MOST_SCENARIOS = 5_000
DAYS_KEPT = 180


class ScenarioRefused(CoverageError):
    """A scenario that is not saved: it is too long, has no name, or there are too many. ``reason`` says which."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A scenario as it was saved. ``query``: the question and changes as an address asks them."""

    share_key: str
    name: str
    query: str
    data_release: str
    saved_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ScenarioKeys:
    """Who has ``share`` may look, who has ``edit`` may change; the second is told once and kept nowhere."""

    share: str
    edit: str


def scenario_shared(session: Session, share_key: str) -> SavedScenario | None:
    """The scenario of a link to look at; None where there is none, or no longer."""
    return _told(session.scalar(select(Scenario).where(Scenario.share_key == share_key, _lasts())))


def scenario_to_edit(session: Session, edit_key: str) -> SavedScenario | None:
    """The scenario of a link to change it."""
    return _told(session.scalar(select(Scenario).where(Scenario.edit_hash == _hash(edit_key), _lasts())))


def save_scenario(session: Session, name: str, query: str, data_release: str) -> ScenarioKeys:
    """Save a new scenario; those whose time is over go. Raises ScenarioRefused."""
    _check(name, query)
    _may_write(session)
    session.execute(delete(Scenario).where(~_lasts()))
    if (session.scalar(select(func.count()).select_from(Scenario)) or 0) >= MOST_SCENARIOS:
        raise ScenarioRefused("full", f"there are {MOST_SCENARIOS} scenarios, expected fewer before one is added")
    keys = ScenarioKeys(secrets.token_urlsafe(9), secrets.token_urlsafe(24))
    session.add(
        Scenario(
            share_key=keys.share, edit_hash=_hash(keys.edit), name=name, query=query, data_release=data_release,
            expires_at=func.now() + timedelta(days=DAYS_KEPT),
        )
    )  # fmt: skip
    session.commit()
    return keys


def replace_scenario(session: Session, edit_key: str, name: str, query: str, data_release: str) -> str | None:
    """Put this in the place of what was saved; its key to look at, None where there is none. Raises ScenarioRefused."""
    _check(name, query)
    _may_write(session)
    found = session.scalar(select(Scenario).where(Scenario.edit_hash == _hash(edit_key), _lasts()).with_for_update())
    if found is None:
        return None
    found.name, found.query, found.data_release = name, query, data_release
    found.saved_at = func.now()
    found.expires_at = func.now() + timedelta(days=DAYS_KEPT)
    session.commit()
    return found.share_key


def delete_scenario(session: Session, edit_key: str) -> bool:
    """Delete it; whether there was one."""
    _may_write(session)
    gone = session.scalars(delete(Scenario).where(Scenario.edit_hash == _hash(edit_key)).returning(Scenario.id)).all()
    session.commit()
    return bool(gone)


def _check(name: str, query: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise ScenarioRefused("name", f"the name has {len(name)} characters, expected 1 to {LONGEST_NAME}")
    if len(query) > LONGEST_QUERY:
        raise ScenarioRefused("size", f"the scenario has {len(query)} characters, expected at most {LONGEST_QUERY}")


def _may_write(session: Session) -> None:
    """The site's sessions only read, unless a transaction says at its start that it will not."""
    session.execute(text("SET TRANSACTION READ WRITE"))


def _lasts() -> ColumnElement[bool]:
    return Scenario.expires_at > func.now()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _told(found: Scenario | None) -> SavedScenario | None:
    if found is None:
        return None
    return SavedScenario(found.share_key, found.name, found.query, found.data_release, found.saved_at, found.expires_at)
