"""Answers that stay true as long as the database shows the same: computed once in a process, then remembered.

Two transactions with the same snapshot see the same rows, so the snapshot's text is the key: nothing is ever stale,
and nobody has to say what changed.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

from cachetools import LRUCache
from sqlalchemy import Text, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

MOST_REMEMBERED = 256
SNAPSHOT = select(as_type(func.pg_current_snapshot(), Text), func.pg_current_xact_id_if_assigned().is_not(None))

Answer = TypeVar("Answer")
_remembered: LRUCache[tuple[Hashable, ...], Any] = LRUCache(MOST_REMEMBERED)
_lock = Lock()


def while_unchanged(session: Session, question: Hashable, answer: Callable[[], Answer]) -> Answer:
    """``answer()``, or what it was when this question was last asked of the same data.

    The transaction has to keep to one snapshot; where it does not, or changed something itself, nothing is remembered.
    """
    connection = session.connection()
    if connection.get_isolation_level() != "REPEATABLE READ":
        return answer()
    snapshot, has_changed = session.execute(SNAPSHOT).one()
    if has_changed:
        return answer()
    key = (connection.engine.url, snapshot, question)
    with _lock:
        if key in _remembered:
            return cast("Answer", _remembered[key])
    given = answer()
    with _lock:
        _remembered[key] = given
    return given
