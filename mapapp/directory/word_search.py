"""Which listings have the words of a question: PostgreSQL is asked once for each, as long as the facts hold."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.dialects.postgresql import BYTEA, aggregate_order_by
from sqlalchemy.orm import Session

from mapapp.database import ask_driver
from mapapp.directory.criteria import LISTING, Criteria, common_conditions, is_meant, order
from mapapp.directory.listing_facts import Answer, ListingFacts, Mask, Part
from mapapp.directory.service_search import ServiceSearch

# of more than these the index is asked
MOST_ASKED_ABOUT = 5_000
WITHOUT_INDEX = "SELECT set_config('enable_seqscan', %(is)s, true)"
# materialized: else the index may read all that have the words
MEANT = """
WITH asked AS MATERIALIZED (SELECT id, search FROM listing WHERE id = ANY (%(ids)s))
SELECT string_agg(uuid_send(id), '') FROM asked WHERE search @@ CAST(%(name)s AS tsquery)
"""


def has_words(session: Session, criteria: Criteria, facts: ListingFacts, *, by_words: bool) -> Answer | None:
    """What has the words; ``by_words`` in the order of words or names. None where that is all, in no order."""
    wording = criteria.wording
    if wording.is_empty and not by_words:
        return None
    plain = replace(criteria, search=ServiceSearch(), around=())
    named = _ids(order(plain) if by_words else [], common_conditions(plain))
    ask = session.scalar if wording.is_empty else partial(_by_index, session)
    return facts.answered((wording, by_words), lambda: ask(named))


def _by_index(session: Session, named: Select[Any]) -> bytes | None:
    """The answer of the full-text index.

    Where half of the listings have a word, reading them all seems cheaper to PostgreSQL: it does not count that each
    vector has then to be unpacked, which takes more than twice as long.
    """
    ask_driver(session, WITHOUT_INDEX, {"is": "off"})
    ids: bytes | None = session.scalar(named)
    ask_driver(session, WITHOUT_INDEX, {"is": "on"})
    return ids


def meant_by_words(session: Session, criteria: Criteria, answer: Answer | None, facts: ListingFacts) -> Mask | None:
    """By row whether the whole question names it; None where it names nothing."""
    if not criteria.wording.name or answer is None:
        return None
    part = Part(facts, answer.rows.astype(np.intp))
    found = facts.answered(("is meant", criteria.wording.name), lambda: _ask_meant(session, criteria, part))
    meant = np.zeros(facts.keys.size, bool)
    meant[found.rows] = True
    return meant


def _ask_meant(session: Session, criteria: Criteria, part: Part) -> bytes | None:
    """Of what has the words, the ids of what the whole question names.

    It names a type, and so all listings of the type; a listing by itself only where its name has as many words as the
    question, and so stands between the names of its type and their synonyms as if it were one of them. So one listing
    of each type is asked about, and those with short names: to ask about half of all takes a quarter of a second.
    """
    facts, is_short = part.facts, part.where("name_words", len(criteria.wording.words).__ge__)
    short, others = part.that(is_short), part.that(~is_short)
    types, first = np.unique(others.codes("type"), return_index=True)
    asked = np.concatenate((short.rows, others.rows.take(first)))
    if asked.size > MOST_ASKED_ABOUT:
        return _by_index(session, _ids([], [is_meant(criteria)]))
    ((found,),) = ask_driver(session, MEANT, {"ids": facts.ids_of(asked), "name": criteria.wording.name})
    rows = facts.rows_of(found or b"")
    types = types[np.isin(others.rows.take(first), rows)]
    of_types = others.rows.take(np.flatnonzero(np.isin(others.codes("type"), types)))
    return facts.bytes_of(np.concatenate((np.intersect1d(short.rows, rows), of_types)))


def _ids(ordered: Sequence[ColumnElement[Any]], fulfilled: Sequence[ColumnElement[bool]]) -> Select[Any]:
    nothing = literal(b"", BYTEA)
    between = aggregate_order_by(nothing, *ordered) if ordered else nothing
    return select(func.string_agg(func.uuid_send(LISTING.id, type_=BYTEA), between, type_=BYTEA)).where(*fulfilled)
