"""What residents looked for and did not find: counted by day, gmina and need, told to planners only in numbers.

No address, no time of day, no word that was typed and nothing of the browser is kept. A number below TOLD_FROM is not
told: it joins the searches of other gminas for the same need, and that sum is told only where it is large enough too.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.tables import UnmetSearch

Kind = Literal["type", "group", "situation", "words"]
TOLD_FROM: Final = 10
LONGEST_LIST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Need:
    """What was looked for: a code of a vocabulary, or ``words`` that name none."""

    kind: Kind
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unmet:
    """How often a need was looked for in vain; ``gmina_teryt`` None: in several gminas, none of them told apart."""

    kind: str
    need: str
    gmina_teryt: str | None
    searches: int


def count_unmet(session: Session, needs: Iterable[Need], gmina_teryt: str | None, day: date) -> None:
    """Add one to each need, in a transaction of its own. Sessions of the web only read until they are told to write."""
    rows = [
        {"day": day, "gmina_teryt": gmina_teryt or "", "kind": need.kind, "need": need.code, "searches": 1}
        for need in sorted(dict.fromkeys(needs), key=lambda need: (need.kind, need.code))
    ]
    if not rows:
        return
    session.commit()
    session.execute(text("SET TRANSACTION READ WRITE"))
    key = [UnmetSearch.day, UnmetSearch.gmina_teryt, UnmetSearch.kind, UnmetSearch.need]
    added = insert(UnmetSearch).values(rows)
    session.execute(added.on_conflict_do_update(index_elements=key, set_={"searches": UnmetSearch.searches + 1}))
    session.commit()


def unmet_searches(session: Session, first: date, last: date) -> tuple[Unmet, ...]:
    """What was looked for in vain from one day to another, both included; the most frequent first.

    Raises ValueError where the days are in the wrong order.
    """
    if first > last:
        raise ValueError(f"the first day is {first}, expected one up to the last, {last}")
    total = func.sum(UnmetSearch.searches)
    columns = (UnmetSearch.kind, UnmetSearch.need, UnmetSearch.gmina_teryt)
    query = select(*columns, total).where(UnmetSearch.day.between(first, last)).group_by(*columns)
    told: list[Unmet] = []
    rest: Counter[tuple[str, str]] = Counter()
    for kind, need, gmina, searches in session.execute(query):
        if gmina and searches >= TOLD_FROM:
            told.append(Unmet(kind, need, gmina, int(searches)))
        else:
            rest[kind, need] += int(searches)
    told += [Unmet(kind, need, None, count) for (kind, need), count in rest.items() if count >= TOLD_FROM]
    told.sort(key=lambda each: (-each.searches, each.kind, each.need, each.gmina_teryt or ""))
    return tuple(told[:LONGEST_LIST])
