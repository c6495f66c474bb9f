"""The published read model, kept in step with the directory: listings, and the words that mend typing errors.

Nothing that must not be seen is in it, so that whoever reads it cannot leak it (``visibility``).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Text, Uuid, bindparam, text
from sqlalchemy.orm import Session

from mapapp.directory.agreements import keep_agreements
from mapapp.directory.cells import cells_of, keep_cells
from mapapp.directory.hsds_schedules import refresh_schedules
from mapapp.directory.kept_texts import keep_texts
from mapapp.directory.publication import PUBLISH
from mapapp.directory.published_changes import note_changes
from mapapp.directory.stop_words import STOP_WORDS
from mapapp.directory.summary import is_kept, keep_summary
from mapapp.text_search import configure_text_search

SCOPE: tuple[BindParameter[Any], ...] = (bindparam("everything"), bindparam("service_ids", type_=ARRAY(Uuid)))
WITHDRAW = text("DELETE FROM listing WHERE :everything OR service_id = ANY (:service_ids)").bindparams(*SCOPE)
INSERT = text(PUBLISH).bindparams(*SCOPE, bindparam("stop_words", type_=ARRAY(Text)))

# every word of the names and synonyms of types and audiences
TYPE_WORDS = """type_word AS MATERIALIZED (
    SELECT DISTINCT term.code, word
    FROM taxonomy_term AS term
    JOIN taxonomy AS vocabulary ON vocabulary.id = term.taxonomy_id AND vocabulary.code IN ('types', 'audiences')
    CROSS JOIN LATERAL (SELECT public.folded(concat_ws(' ', term.labels, term.synonyms)) AS text) AS said
    CROSS JOIN unnest(tsvector_to_array(to_tsvector('simple', said.text))) AS word
    WHERE word ~ '^[[:alpha:]]{3,40}$'
)"""
# A word of the vocabulary is searchable in every listing of its types; one of no listing is known all the same.
COUNTED = f"""
WITH {TYPE_WORDS}, published AS (
    SELECT facility_type, words FROM listing WHERE :everything OR service_id = ANY (:service_ids)
), counted AS MATERIALIZED (
    SELECT word, sum(documents) AS documents
    FROM (
        SELECT word, count(*) AS documents
        FROM published CROSS JOIN unnest(string_to_array(words, ' ')) AS word GROUP BY word
        UNION ALL
        SELECT word, documents
        FROM (SELECT facility_type, count(*) AS documents FROM published GROUP BY facility_type) AS type
        JOIN type_word ON type_word.code = type.facility_type
        UNION ALL
        SELECT word, 0 FROM type_word
    ) AS every
    GROUP BY word
)"""
ADD_WORDS = text(f"""
INSERT INTO search_word (word, documents)
{COUNTED} SELECT word, documents FROM counted
ON CONFLICT (word) DO UPDATE SET documents = search_word.documents + excluded.documents
WHERE excluded.documents > 0
""").bindparams(*SCOPE)
TAKE_WORDS = text(f"""
{COUNTED}
UPDATE search_word SET documents = search_word.documents - counted.documents
FROM counted WHERE counted.word = search_word.word AND counted.documents > 0
""").bindparams(*SCOPE)
# A word must not outlive the listings that published it: it may be the name of a street now hidden.
FORGET_WORDS = text(f"""
WITH {TYPE_WORDS}
DELETE FROM search_word WHERE documents <= 0 AND word NOT IN (SELECT word FROM type_word)
""")

# Until a vacuum, new entries of GIN indexes lie in a list that every search reads through: four times as slow.
SETTLE_INDEXES = text("""
SELECT gin_clean_pending_list(index)
FROM unnest(ARRAY['ix_listing_search', 'ix_listing_audiences', 'ix_search_word_trgm']::regclass[]) AS index
""")
# From how many listings on the planner's picture of the tables is worth renewing at once.
MANY = 200


def refresh_listings(session: Session, service_ids: Sequence[UUID] | None = None) -> int:
    """Publish these services anew, or the whole directory; how many listings they have now.

    To be called in the transaction of every change of the directory. After a change of the vocabularies publish
    everything: the names and synonyms of types are in the search vectors.
    """
    configure_text_search(session.connection())
    session.flush()
    scope = {"everything": service_ids is None, "service_ids": list(service_ids or ())}
    if service_ids is None:
        session.execute(text("DELETE FROM search_word"))
    else:
        session.execute(TAKE_WORDS, scope)
    touched = cells_of(session, service_ids) if service_ids is not None and is_kept(session) else None
    session.execute(WITHDRAW, scope)
    published = session.execute(INSERT, scope | {"stop_words": sorted(STOP_WORDS)}).all()
    keep_agreements(session)
    keep_texts(session, service_ids)
    keep_cells(session, None if touched is None else touched | cells_of(session, service_ids or ()))
    session.execute(ADD_WORDS, scope)
    if service_ids is not None:
        session.execute(FORGET_WORDS)
    note_changes(session, service_ids)
    session.execute(SETTLE_INDEXES)
    if len(published) >= MANY:
        session.execute(text("ANALYZE listing, listing_feature, listing_export, listing_cell, search_word"))
    refresh_schedules(session, service_ids)
    # publications take turns from note_changes on: each counts what those before it have committed
    keep_summary(session)
    return len(published)
