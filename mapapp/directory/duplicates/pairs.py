"""Pairs that wait for a person: found, listed, shown, merged, dismissed, and decided anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Integer, any_, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from mapapp.directory.duplicates import merging
from mapapp.directory.duplicates.units import stored_units
from mapapp.directory.matching.candidates import find_duplicates
from mapapp.directory.matching.scoring import Match
from mapapp.directory.matching.unit import Unit
from mapapp.directory.tables import DuplicatePair, Organization

_AT_MOST: Final = 1_000
_ROWS_AT_ONCE: Final = 1_000
_KNOWN: Final = select(DuplicatePair.id, DuplicatePair.one_id, DuplicatePair.other_id, DuplicatePair.state)


class UnknownPairError(LookupError):
    """No pair has this number."""


class DecidedPairError(RuntimeError):
    """The pair was decided before, or has not been."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one; ``merge_id`` where they were made one."""

    id: int
    one_id: UUID
    other_id: UUID
    one_name: str
    other_name: str
    verdict: str
    score: float
    reasons: tuple[dict[str, Any], ...]
    state: str
    merge_id: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for duplicates brought: pairs that wait, and how many of them are new."""

    waiting: int
    new: int


def find(session: Session) -> Found:
    """Compare every real organization with those like it, and keep the pairs that may be one.

    A dismissed pair stays dismissed; an open one that is like no longer, or of which a record is gone, is forgotten.
    """
    matches = [_ordered(each) for each in find_duplicates(stored_units(session))]
    named = {(row["one_id"], row["other_id"]) for row in matches}
    known = {(row.one_id, row.other_id): row for row in session.execute(_KNOWN)}
    unlike = [row.id for pair_of, row in known.items() if row.state == "open" and pair_of not in named]
    session.execute(delete(DuplicatePair).where(DuplicatePair.id == any_(literal(unlike, ARRAY(Integer)))))
    for start in range(0, len(matches), _ROWS_AT_ONCE):
        _keep(session, matches[start : start + _ROWS_AT_ONCE])
    return Found(len(pairs(session)), len(named - known.keys()))


def _ordered(match: Match) -> dict[str, Any]:
    one, other = sorted((match.one, match.other), key=lambda unit: str(unit.key))
    reasons = [
        {"field": each.field, "level": each.level, "bits": each.bits, "words": each.words} for each in match.reasons
    ]
    return {
        **{"one_id": one.key, "other_id": other.key, "one_name": one.name, "other_name": other.name},
        **{"verdict": match.verdict, "score": match.score, "reasons": reasons},
    }


def _keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    statement = upsert(DuplicatePair).values(list(rows))
    new = statement.excluded
    told = {name: new[name] for name in ("one_name", "other_name", "verdict", "score", "reasons")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["one_id", "other_id"], set_=told, where=DuplicatePair.state == "open"
        )
    )


def pairs(session: Session, states: Collection[str] = ("open",)) -> tuple[Pair, ...]:
    """The likeliest thousand pairs in these states; of open ones those whose records are both there."""
    are_there = [exists().where(Organization.id == column) for column in (DuplicatePair.one_id, DuplicatePair.other_id)]
    query = select(DuplicatePair).where(DuplicatePair.state.in_(states))
    query = query.where((DuplicatePair.state != "open") | (are_there[0] & are_there[1]))
    order = (DuplicatePair.verdict.desc(), DuplicatePair.score.desc(), DuplicatePair.id)
    return tuple(_pair(row) for row in session.scalars(query.order_by(*order).limit(_AT_MOST)))


def pair(session: Session, number: int) -> Pair:
    """The pair of that number. Raises UnknownPairError."""
    return _pair(_stored(session, number))


def units_of(session: Session, found: Pair) -> tuple[Unit, ...]:
    """The two records as they are now, in the pair's order; fewer where one is gone."""
    units = {unit.key: unit for unit in stored_units(session, [found.one_id, found.other_id])}
    return tuple(units[key] for key in (found.one_id, found.other_id) if key in units)


def merge(session: Session, number: int, *, keep: int, taken: Collection[str], decided_by: str) -> Pair:
    """Make one record of the pair: ``keep`` is 1 or 2, the record that survives.

    Raises UnknownPairError, DecidedPairError, CannotMergeError, UnknownChoiceError, DirectoryBusyError.
    """
    row = _open(session, number)
    survivor, absorbed = (row.one_id, row.other_id) if keep == 1 else (row.other_id, row.one_id)
    merged = merging.merge(session, survivor, absorbed, taken, decided_by)
    return _decide(session, number, state="merged", merge_id=merged, decided_by=decided_by, reason=None)


def dismiss(session: Session, number: int, *, reason: str | None, decided_by: str) -> Pair:
    """Keep both records, and never propose the pair again. Raises UnknownPairError, DecidedPairError."""
    _open(session, number)
    return _decide(session, number, state="dismissed", merge_id=None, decided_by=decided_by, reason=reason)


def undo(session: Session, number: int) -> Pair:
    """Take a decision back: records that were merged are two again, exactly as they were.

    Raises UnknownPairError, DecidedPairError, ChangedSinceError, DirectoryBusyError.
    """
    row = _stored(session, number)
    if row.state == "open":
        raise DecidedPairError(f"pair {number} waits for a decision; there is nothing to undo")
    if row.merge_id is not None:
        merging.undo(session, row.merge_id)
    return _decide(session, number, state="open", merge_id=None, decided_by=None, reason=None)


def _open(session: Session, number: int) -> DuplicatePair:
    row = _stored(session, number)
    if row.state != "open":
        raise DecidedPairError(f"pair {number} is {row.state}; `mapapp duplicates undo {number}` takes that back")
    return row


def _stored(session: Session, number: int) -> DuplicatePair:
    row = session.get(DuplicatePair, number)
    if row is None:
        raise UnknownPairError(f"no pair has the number {number}; `mapapp duplicates list` lists them")
    return row


def _decide(session: Session, number: int, **values: Any) -> Pair:
    decided = values | {"decided_at": None if values["state"] == "open" else func.now()}
    session.execute(update(DuplicatePair).where(DuplicatePair.id == number).values(decided))
    session.expire_all()
    return pair(session, number)


def _pair(row: DuplicatePair) -> Pair:
    return Pair(
        id=row.id,
        one_id=row.one_id,
        other_id=row.other_id,
        one_name=row.one_name,
        other_name=row.other_name,
        verdict=row.verdict,
        score=row.score,
        reasons=tuple(row.reasons),
        state=row.state,
        merge_id=row.merge_id,
    )
