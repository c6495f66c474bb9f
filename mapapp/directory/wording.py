"""A typed question as the search index knows it: dictionary forms, errors mended, words without a need left out."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import OSA
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.orm import Session

from mapapp.directory.publication import MARK
from mapapp.directory.stop_words import STOP_WORDS
from mapapp.territory.names import folded

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
LONGEST_PHRASE = 5
# From how many letters on a word may be mended, or completed: below, codes such as "dps" differ by one letter.
SHORTEST_MENDED = 4
TWO_ERRORS_FROM = 8
# Looser than PostgreSQL's 0.3: two letters swapped in a short word spoil half of its trigrams.
LEAST_SIMILARITY = 0.2

ANY_LEXEME = """CAST(concat('''', array_to_string(terms, '''|'''), '''') AS tsquery)"""
LOOK_UP = text(f"""
SELECT typed, terms, terms <> '{{}}' AND EXISTS (SELECT FROM listing WHERE search @@ {ANY_LEXEME}) AS is_listed
FROM unnest(:words) WITH ORDINALITY AS question (typed, place)
CROSS JOIN LATERAL (SELECT public.search_terms(typed) AS terms) AS reduced
ORDER BY place
""").bindparams(bindparam("words", type_=ARRAY(Text)))
LOOSEN = text("SELECT set_config('pg_trgm.similarity_threshold', CAST(:least AS text), true)")
NEARBY_WORDS = text("""
SELECT typed, near.word, near.documents, public.search_terms(near.word) AS terms
FROM unnest(:words) AS typed
CROSS JOIN LATERAL (SELECT public.folded(typed) AS plain) AS folded
CROSS JOIN LATERAL (
    (SELECT word, documents FROM search_word WHERE word % plain AND abs(length(word) - length(plain)) <= 2
    ORDER BY similarity(word, plain) DESC, word LIMIT 20)
    UNION
    (SELECT word, documents FROM search_word WHERE word LIKE replace(plain, '_', '') || '%' AND documents > 0
    ORDER BY documents DESC, word LIMIT 5)
) AS near
""").bindparams(bindparam("words", type_=ARRAY(Text)))
HAS_ALL = text("SELECT EXISTS (SELECT FROM listing WHERE search @@ CAST(:wanted AS tsquery))")
MOST_FOUND = text("""
SELECT max((SELECT count(*) FROM unnest(CAST(:words AS tsquery[])) AS word WHERE search @@ word))
FROM listing WHERE search @@ CAST(:wanted AS tsquery)
""").bindparams(bindparam("words", type_=ARRAY(Text)))


class Known(NamedTuple):
    """A word of the listings or the vocabulary."""

    word: str
    documents: int
    terms: list[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """What to match: for each word the dictionary forms that it may be of."""

    words: tuple[tuple[str, ...], ...] = ()
    # how many of the words a listing must have
    needed: int = 0
    corrected: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked that could be matched or missed."""
        return not self.words and not self.ignored

    @property
    def is_relaxed(self) -> bool:
        """Whether a listing may lack some of the words."""
        return self.needed < len(self.words)

    @property
    def each(self) -> list[str]:
        """One tsquery for each word."""
        return [_any_of(forms) for forms in self.words]

    @property
    def every(self) -> str:
        """The tsquery of all words together."""
        return " & ".join(self.each)

    @property
    def some(self) -> str:
        """The tsquery of any of the words."""
        return " | ".join(self.each)

    @property
    def phrases(self) -> dict[int, str]:
        """By number of words: the tsquery of the vocabulary's phrases that stand in the question as they are."""
        most = min(len(self.words), LONGEST_PHRASE)
        return {count: " | ".join(self._runs(count)) for count in range(most, 0, -1)}

    @property
    def name(self) -> str | None:
        """The tsquery of the whole question as one phrase of the vocabulary; None where it is too long for one."""
        return self.phrases.get(len(self.words))

    def _runs(self, count: int) -> Iterable[str]:
        for start in range(len(self.words) - count + 1):
            run = " <-> ".join(self.each[start : start + count])
            yield f"('{MARK}' <-> {run} <-> '{MARK}')"


def understand_words(session: Session, question: str) -> Wording:
    """The question's words as the index knows them. Any text is understood, if only as nothing."""
    typed = content_words(question)
    if not typed:
        return Wording()
    looked_up = session.execute(LOOK_UP, {"words": typed}).all()
    mended = _mend(session, [row.typed for row in looked_up if not row.is_listed])
    words: list[tuple[str, ...]] = []
    ignored: list[str] = []
    for row in looked_up:
        forms = row.terms if row.is_listed else mended[row.typed].terms if row.typed in mended else None
        if forms:
            words.append(tuple(forms))
        else:
            ignored.append(row.typed)
    corrected = tuple((word, better.word) for word, better in mended.items() if better.word != folded(word))
    wording = Wording(tuple(words), len(words), corrected, tuple(ignored))
    return _relax(session, wording)


def content_words(question: str) -> list[str]:
    """The words of a question that may name a need, in their order; all of them where none does."""
    words = [word for word in WORD.findall(unicodedata.normalize("NFC", question).lower()) if word != MARK]
    content = [word for word in words if not {word, folded(word)} & STOP_WORDS]
    return list(dict.fromkeys(content or words))[:MOST_WORDS]


def _mend(session: Session, unlisted: Sequence[str]) -> dict[str, Known]:
    """For each word that no listing has: the known word probably meant; the same where the vocabulary has it."""
    mendable = [word for word in unlisted if len(word) >= SHORTEST_MENDED]
    if not mendable:
        return {}
    session.execute(LOOSEN, {"least": str(LEAST_SIMILARITY)})
    near: dict[str, list[Known]] = defaultdict(list)
    for typed, *known in session.execute(NEARBY_WORDS, {"words": mendable}):
        near[typed].append(Known(*known))
    close = {typed: [word for word in words if _is_close(folded(typed), word.word)] for typed, words in near.items()}
    return {
        typed: min(words, key=lambda known: (_errors(folded(typed), known.word), -known.documents, known.word))
        for typed, words in close.items()
        if words
    }


def _is_close(typed: str, known: str) -> bool:
    return known.startswith(typed) or OSA.distance(typed, known) <= (2 if len(typed) >= TWO_ERRORS_FROM else 1)


def _errors(typed: str, known: str) -> int:
    # an unfinished word counts as worse than one with errors: the end is a guess
    errors = OSA.distance(typed, known)
    return errors if errors <= 2 else 3


def _relax(session: Session, wording: Wording) -> Wording:
    """The same wording, asking for fewer words where no listing has them all."""
    if len(wording.words) < 2 or session.scalar(HAS_ALL, {"wanted": wording.every}):
        return wording
    most = session.scalar(MOST_FOUND, {"words": wording.each, "wanted": wording.some})
    return Wording(wording.words, most or 0, wording.corrected, wording.ignored)


def _any_of(forms: Iterable[str]) -> str:
    # lexemes have letters and digits only, see text_search; whatever else there is must not end the quotation
    quoted = ("'" + form.replace("\\", "").replace("'", "") + "'" for form in forms)
    return "(" + " | ".join(quoted) + ")"
