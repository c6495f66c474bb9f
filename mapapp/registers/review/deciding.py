"""A person's decisions about staged units. Each holds at once: a review can be left and taken up again."""

from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from mapapp.directory.manual import Choice
from mapapp.registers.batch_tables import StagedRecord
from mapapp.registers.batches import staged_batch
from mapapp.registers.review.records import DECISIONS, Action, Decision, Staged
from mapapp.registers.review.storing import staged_record


class WrongDecisionError(ValueError):
    """This cannot be decided about such a unit."""


def decide(
    session: Session,
    batch: int,
    record: int,
    decision: Decision | None,
    by: str,
    choices: Mapping[str, Choice] | None = None,
) -> Staged:
    """Note ``decision`` about one unit; None takes an earlier one back. What it is now.

    ``choices`` say otherwise of single fields in conflict, by the difference's key.
    Raises UnknownBatchError, NotStagedError, UnknownRecordError, WrongDecisionError.
    """
    staged_batch(session, batch)
    found = staged_record(session, batch, record)
    _refuse_other(found.action, decision)
    unknown = sorted((choices or {}).keys() - {each.key for each in found.conflicts})
    if unknown:
        raise WrongDecisionError(f"record {record} has no conflict in {unknown}")
    values = {"decision": decision, "decided_by": by if decision else None, "choices": dict(choices or {})}
    session.execute(update(StagedRecord).where(StagedRecord.id == record).values(values))
    return staged_record(session, batch, record)


def decide_all(session: Session, batch: int, action: Action, decision: Decision, by: str) -> int:
    """Note ``decision`` about every unit of ``action`` that nobody has decided yet; how many they were.

    Raises UnknownBatchError, NotStagedError, WrongDecisionError.
    """
    staged_batch(session, batch)
    _refuse_other(action, decision)
    undecided = (StagedRecord.batch == batch, StagedRecord.action == action, StagedRecord.decision.is_(None))
    statement = update(StagedRecord).where(*undecided).values(decision=decision, decided_by=by)
    decided: Sequence[int] = session.scalars(statement.returning(StagedRecord.id)).all()
    return len(decided)


def _refuse_other(action: Action, decision: Decision | None) -> None:
    allowed = DECISIONS[action]
    if decision and decision not in allowed:
        expected = ", ".join(allowed) or "none: nothing changes"
        raise WrongDecisionError(f"decision about a unit that is {action} is {decision!r}, expected {expected}")
