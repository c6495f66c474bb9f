"""What visitors say is wrong: kept for staff to decide about, never written to a record.

Personal data goes as soon as it has done its work: the sender's hash after a day, the e-mail with the decision and in
any case after half a year, the whole message a year after the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import delete, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.records import Checked, Email
from mapapp.directory.tables import Suggestion

Subject = Literal["place", "service", "site"]
State = Literal["new", "accepted", "rejected"]
Topic = Literal["phone", "hours", "address", "services", "access", "closed", "missing", "page", "other"]
# what may be wrong with a record, and with the site
TOPICS: Final[dict[bool, tuple[Topic, ...]]] = {
    True: ("phone", "hours", "address", "services", "access", "closed", "other"),
    False: ("access", "missing", "page", "other"),
}
LONGEST_MESSAGE: Final = 2000
MOST_OF_ONE_SENDER: Final = 5  # in an hour
MOST_OF_ALL: Final = 120  # in an hour: nobody moderates more
_AT_MOST: Final = 1000

Message = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=LONGEST_MESSAGE, pattern=r"^[^\x00]*$")
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]


class TooManyError(ValueError):
    """One sender, or all together, have sent more than staff can read."""


class UnknownSuggestionError(LookupError):
    """There is no suggestion of this number."""


class AlreadyDecidedError(ValueError):
    """Somebody has decided about this suggestion."""


class SuggestionRecord(Checked):
    """A message as it comes from the form."""

    topic: Topic
    wrong: Message
    right: Line | None = None
    email: Email | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about; the site as a whole has no id."""

    subject: Subject
    record_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A message with what became of it."""

    id: int
    subject: str
    record_id: UUID | None
    record_name: str | None
    topic: str
    wrong: str
    right: str | None
    email: str | None
    language: str
    state: str
    note: str | None
    sent_at: datetime
    decided_at: datetime | None
    decided_by: str | None


def keep_suggestion(
    session: Session, about: About, record: SuggestionRecord, *, language: str, form_key: str, sender: str
) -> None:
    """Keep a message for staff; the same form sent again changes nothing. Raises TooManyError.

    The transaction must not have asked anything yet: public sessions only read until they are told otherwise.
    """
    session.execute(text("SET TRANSACTION READ WRITE"))
    # one after the other, so that nobody sends more by sending at once
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('mapapp suggestion', 0))"))
    _forget_senders(session)
    of_sender = func.count().filter(Suggestion.sender == sender)
    within_an_hour = Suggestion.sent_at > func.now() - text("interval '1 hour'")
    own, all_together = session.execute(select(of_sender, func.count()).where(within_an_hour)).one()
    if own >= MOST_OF_ONE_SENDER or all_together >= MOST_OF_ALL:
        raise TooManyError(f"{own} messages of this sender and {all_together} of all within an hour")
    values = {
        "subject": about.subject,
        "record_id": about.record_id,
        "record_name": about.name,
        "language": language,
        "form_key": form_key,
        "sender": sender,
        **record.model_dump(),
    }
    session.execute(insert(Suggestion).values(values).on_conflict_do_nothing(index_elements=["form_key"]))


def suggestions(session: Session, state: State | None) -> tuple[SuggestionRow, ...]:
    """The messages in a state, or all, the oldest first; up to a thousand."""
    query = select(Suggestion).order_by(Suggestion.id).limit(_AT_MOST)
    if state is not None:
        query = query.where(Suggestion.state == state)
    return tuple(_row(each) for each in session.scalars(query))


def suggestion(session: Session, number: int) -> SuggestionRow:
    """The message of this number. Raises UnknownSuggestionError."""
    return _row(_found(session, number))


def decide(
    session: Session, number: int, state: Literal["accepted", "rejected"], note: str | None, by: str
) -> SuggestionRow:
    """Record the decision and erase who sent it; the message as it was before.

    Raises UnknownSuggestionError, AlreadyDecidedError.
    """
    found = _found(session, number)
    if found.state != "new":
        raise AlreadyDecidedError(f"suggestion {number} is {found.state} since {found.decided_at:%Y-%m-%d %H:%M}")
    before = _row(found)
    found.state, found.note, found.email, found.sender = state, note, None, None
    found.decided_by = by
    found.decided_at = func.now()
    session.flush()
    return before


def forget(session: Session) -> dict[str, int]:
    """Erase what has been kept long enough: how many senders, e-mails and whole messages."""
    old = Suggestion.decided_at < func.now() - text("interval '1 year'")
    waiting_long = Suggestion.sent_at < func.now() - text("interval '180 days'")
    e_mails = update(Suggestion).where(Suggestion.email.is_not(None), waiting_long).values(email=null())
    return {
        "senders": _forget_senders(session),
        "e-mails": _count(session, e_mails),
        "messages": _count(session, delete(Suggestion).where(old)),
    }


def _forget_senders(session: Session) -> int:
    a_day_old = Suggestion.sent_at < func.now() - text("interval '1 day'")
    return _count(session, update(Suggestion).where(Suggestion.sender.is_not(None), a_day_old).values(sender=null()))


def _count(session: Session, statement: Any) -> int:
    done: Sequence[int] = session.scalars(
        statement.returning(Suggestion.id), execution_options={"synchronize_session": False}
    ).all()
    return len(done)


def _found(session: Session, number: int) -> Suggestion:
    found = session.get(Suggestion, number, with_for_update=True)
    if found is None:
        raise UnknownSuggestionError(f"no suggestion has the number {number}; `mapapp suggestions list` lists them")
    return found


def _row(row: Suggestion) -> SuggestionRow:
    return SuggestionRow(**{name: getattr(row, name) for name in SuggestionRow.__slots__})
