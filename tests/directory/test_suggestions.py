"""Messages of visitors: kept, decided about, forgotten."""

from datetime import timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mapapp.directory import suggestions as kept
from mapapp.directory.suggestions import About, SuggestionRecord
from mapapp.directory.tables import Suggestion

PLACE = About("place", UUID(int=5), "Klub „Zacisze”")
RECORD = SuggestionRecord(topic="phone", wrong="Numer nie odpowiada.", right="74 865 00 00", email="anna@example.org")


def keep(session: Session, key: str, *, about: About = PLACE, sender: str = "s1") -> None:
    kept.keep_suggestion(session, about, RECORD, language="pl", form_key=key, sender=sender)


@pytest.fixture
def session(session: Session) -> Session:
    session.connection().exec_driver_sql("TRUNCATE suggestion RESTART IDENTITY")
    session.commit()
    return session


def rows(session: Session) -> list[Suggestion]:
    session.expire_all()
    return list(session.scalars(select(Suggestion).order_by(Suggestion.id)))


def grow_older(session: Session, **columns: timedelta) -> None:
    session.execute(update(Suggestion).values({name: func.now() - age for name, age in columns.items()}))


def test_keeps_what_was_said_once_for_each_form(session: Session) -> None:
    keep(session, "a")
    keep(session, "a")
    (found,) = kept.suggestions(session, "new")
    assert (found.record_id, found.record_name) == (PLACE.record_id, PLACE.name)
    assert (found.wrong, found.right, found.email) == (RECORD.wrong, RECORD.right, RECORD.email)
    assert kept.suggestions(session, "accepted") == ()
    assert kept.suggestions(session, None) == (found,)


def test_takes_no_more_than_a_person_sends_in_an_hour(session: Session) -> None:
    for number in range(kept.MOST_OF_ONE_SENDER):
        keep(session, f"form {number}")
    with pytest.raises(kept.TooManyError):
        keep(session, "one more")
    keep(session, "of another", sender="s2")
    grow_older(session, sent_at=timedelta(hours=1, minutes=1))
    keep(session, "later")
    assert len(rows(session)) == kept.MOST_OF_ONE_SENDER + 2


def test_takes_no_more_than_staff_can_read(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_OF_ALL", 3)
    for number in range(3):
        keep(session, f"form {number}", sender=f"s{number}")
    with pytest.raises(kept.TooManyError):
        keep(session, "one more", sender="s9")


@pytest.mark.parametrize("state", ["accepted", "rejected"])
def test_erases_who_sent_it_with_the_decision(session: Session, state: str) -> None:
    keep(session, "a")
    number = rows(session)[0].id
    before = kept.decide(session, number, state, "sprawdzone", "Ewa")  # type: ignore[arg-type] # one of two
    assert before.email == RECORD.email
    after = rows(session)[0]
    assert (after.state, after.note, after.email, after.sender) == (state, "sprawdzone", None, None)
    assert after.decided_at is not None and after.decided_by == "Ewa"
    with pytest.raises(kept.AlreadyDecidedError, match=state):
        kept.decide(session, number, "accepted", None, "Ewa")


def test_knows_no_other_numbers(session: Session) -> None:
    with pytest.raises(kept.UnknownSuggestionError, match="12345"):
        kept.suggestion(session, 12345)


def test_forgets_the_sender_after_a_day_with_the_next_message(session: Session) -> None:
    keep(session, "a")
    grow_older(session, sent_at=timedelta(hours=23))
    keep(session, "b")
    assert [row.sender for row in rows(session)] == ["s1", "s1"]
    grow_older(session, sent_at=timedelta(hours=25))
    keep(session, "c")
    assert [row.sender for row in rows(session)] == [None, None, "s1"]


def test_forgets_what_was_kept_long_enough(session: Session) -> None:
    keep(session, "a")
    keep(session, "b", about=About("site"))
    grow_older(session, sent_at=timedelta(days=181))
    assert kept.forget(session) == {"senders": 2, "e-mails": 2, "messages": 0}
    assert [row.email for row in rows(session)] == [None, None]
    kept.decide(session, rows(session)[0].id, "rejected", None, "Ewa")
    grow_older(session, decided_at=timedelta(days=364))
    assert kept.forget(session)["messages"] == 0
    session.execute(update(Suggestion).where(Suggestion.state == "rejected").values(decided_at="2020-01-01"))
    session.execute(update(Suggestion).where(Suggestion.state == "new").values(decided_at=None))
    assert kept.forget(session)["messages"] == 1
    assert [row.form_key for row in rows(session)] == ["b"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wrong", "x"),
        ("wrong", "x" * 2001),
        ("right", "x" * 501),
        ("email", "anna"),
        ("topic", "money"),
        ("wrong", "a\0b"),
    ],
)
def test_refuses_what_no_form_has(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SuggestionRecord.model_validate({"topic": "phone", "wrong": "Zły numer", field: value})
    assert [error["loc"] for error in caught.value.errors()] == [(field,)]
