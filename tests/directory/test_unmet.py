"""Searches in vain: counted by day, gmina and need, and told only where many did the same."""

from datetime import date

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from mapapp.database import make_public_engine
from mapapp.directory.tables import UnmetSearch
from mapapp.directory.unmet import TOLD_FROM, Need, Unmet, count_unmet, unmet_searches

DAY, NEXT_DAY = date(2026, 11, 26), date(2026, 11, 27)
DPS, WORDS = Need("type", "dps"), Need("words")


def count(session: Session, times: int, *needs: Need, gmina: str | None = "0208011", day: date = DAY) -> None:
    for _time in range(times):
        count_unmet(session, needs, gmina, day)


def test_tells_how_often_a_need_was_looked_for_in_vain(session: Session) -> None:
    count(session, TOLD_FROM - 1, DPS, WORDS)
    count(session, 2, DPS, day=NEXT_DAY)
    assert unmet_searches(session, DAY, NEXT_DAY) == (Unmet("type", "dps", "0208011", TOLD_FROM + 1),)


def test_never_tells_a_number_below_ten(session: Session) -> None:
    count(session, TOLD_FROM - 1, DPS)
    assert unmet_searches(session, DAY, DAY) == ()


def test_sums_the_few_of_several_gminas(session: Session) -> None:
    count(session, TOLD_FROM, DPS)
    count(session, 4, DPS, gmina="0264011")
    count(session, 7, DPS, gmina=None)
    assert unmet_searches(session, DAY, DAY) == (
        Unmet("type", "dps", None, 11),
        Unmet("type", "dps", "0208011", TOLD_FROM),
    )


def test_does_not_tell_the_few_that_are_left_over(session: Session) -> None:
    count(session, TOLD_FROM, DPS)
    count(session, 4, DPS, gmina="0264011")
    assert unmet_searches(session, DAY, DAY) == (Unmet("type", "dps", "0208011", TOLD_FROM),)


def test_counts_a_need_once_for_one_search(session: Session) -> None:
    count(session, TOLD_FROM, DPS, DPS)
    assert unmet_searches(session, DAY, DAY)[0].searches == TOLD_FROM


def test_looks_only_at_the_days_asked_for(session: Session) -> None:
    count(session, TOLD_FROM, DPS)
    assert unmet_searches(session, NEXT_DAY, NEXT_DAY) == ()
    with pytest.raises(ValueError, match="expected one up to the last"):
        unmet_searches(session, NEXT_DAY, DAY)


def test_writes_where_sessions_only_read(engine: Engine) -> None:
    public = make_public_engine(engine.url.render_as_string(hide_password=False), 1)
    try:
        with Session(public) as session:
            count(session, 1, WORDS)
            assert session.get(UnmetSearch, (DAY, "0208011", "words", "")) is not None
    finally:
        public.dispose()
        with Session(engine) as session:
            session.execute(delete(UnmetSearch))
            session.commit()
