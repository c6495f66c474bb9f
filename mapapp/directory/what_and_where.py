"""One line typed into one box, split into the need and the place: "opieka nad babcią w Jeleniej Górze", "dps kłodzko".

Only a confident place is split off: its name or a case of it, or its postal code, at the end of the question. What the
vocabulary knows is a need ("pomoc w domu", though some hamlet may be called Dom).
"""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.orm import Session

from mapapp.directory.answers import UnderstoodQuery
from mapapp.directory.service_search import refuse_long_text
from mapapp.territory.names import folded, names_meant
from mapapp.territory.queries import Place, find_places

WORD = re.compile(r"[\w+-]+")
POSTAL_CODE = re.compile(r"[0-9]{2}-[0-9]{3}")
MOST_WORDS_OF_A_NAME = 4
SHORTEST_NAME = 3
CONFIDENT = {"exact", "inflected"}
# these stand before lakes and woods more often than before villages
BEFORE_A_TOWN = frozenset(("na", "nad", "pod", "przy"))
KINDS = frozenset(
    (
        "gmina",
        "gminie",
        "gminy",
        "gm",
        "powiat",
        "powiecie",
        "powiatu",
        "pow",
        "miasto",
        "miescie",
        "miasta",
        "wies",
        "wsi",
    )
)
NEARNESS = frozenset(("kolo", "obok", "blisko", "niedaleko", "okolica", "okolice", "okolicy", "okolicach"))
BEFORE_A_PLACE = BEFORE_A_TOWN | KINDS | NEARNESS | {"w", "we", "z", "ze", "do", "od"}
IS_IN_VOCABULARY = text("""
SELECT EXISTS (
    SELECT FROM taxonomy_term AS term
    JOIN taxonomy AS vocabulary ON vocabulary.id = term.taxonomy_id AND vocabulary.code IN ('types', 'audiences')
    WHERE :word = ANY (regexp_split_to_array(
        public.folded(concat_ws(' ', term.labels ->> 'pl', term.synonyms ->> 'pl')), '[^[:alnum:]]+')))
""")
KNOWN_NAMES = text("SELECT DISTINCT name_folded FROM place WHERE name_folded = ANY (:names)").bindparams(
    bindparam("names", type_=ARRAY(Text))
)


def understand_query(session: Session, text: str) -> UnderstoodQuery:
    """What is needed, and the place if the question ends with one. Raises ValueError where the text is over-long."""
    refuse_long_text(text)
    words = WORD.findall(text)
    code = next((word for word in words if POSTAL_CODE.fullmatch(word)), None)
    if code is not None:
        return _at_postal_code(session, words, code) or UnderstoodQuery(text)
    for start in _starts_of_place(session, words):
        place = _place(session, words[start:])
        if place is not None:
            return UnderstoodQuery(" ".join(_without_prepositions(words[:start])), place)
    return UnderstoodQuery(text)


def _at_postal_code(session: Session, words: Sequence[str], code: str) -> UnderstoodQuery | None:
    """The need is all but the code and the name of its town."""
    found = find_places(session, code, limit=1)
    if not found:
        return None
    name = set(WORD.findall(folded(found[0].name)))
    need = [word for word in words if word != code and folded(word) not in name]
    return UnderstoodQuery(" ".join(_without_prepositions(need)), found[0])


def _starts_of_place(session: Session, words: Sequence[str]) -> list[int]:
    """Where a known name may begin, the likeliest first: after a preposition, then the longest."""
    plain = [folded(word) for word in words]
    if not words or len(plain[-1]) < SHORTEST_NAME or session.scalar(IS_IN_VOCABULARY, {"word": plain[-1]}):
        return []
    names = dict(_names(plain))
    forms = {start: names_meant(name) for start, name in names.items() if plain[start] not in KINDS}
    known = set(session.scalars(KNOWN_NAMES, {"names": sorted({form for each in forms.values() for form in each})}))
    return [start for start in names if start not in forms or known.intersection(forms[start])]


def _names(plain: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each possible beginning, with the words of the name from there on."""
    last = len(plain)
    first = max(0, last - MOST_WORDS_OF_A_NAME - 2)
    prepositions = [start for start in range(first, last - 1) if plain[start] in BEFORE_A_PLACE]
    # the last preposition first; of two in a row, as in "w gminie Kłodzko", the second tells the kind
    for start in reversed(prepositions):
        if start + 1 not in prepositions and last - start - 1 <= MOST_WORDS_OF_A_NAME:
            yield start, tuple(plain[start + 1 :])
    after = prepositions[-1] + 2 if prepositions else 0
    for start in range(max(after, last - MOST_WORDS_OF_A_NAME), last):
        yield start, tuple(plain[start:])


def _place(session: Session, words: Sequence[str]) -> Place | None:
    """The place that these words surely mean. A village wants its exact name, or "w" before it."""
    before = folded(words[0])
    # the others tell find_places the grammatical case or the kind
    name = words[1:] if before in BEFORE_A_TOWN | NEARNESS else words
    found = find_places(session, " ".join(name), limit=1)
    if not found or found[0].match not in CONFIDENT:
        return None
    place = found[0]
    is_large = place.is_seat or place.kind != "place"
    is_named = place.match == "exact" or before in BEFORE_A_PLACE
    return place if is_large or (is_named and before not in BEFORE_A_TOWN) else None


def _without_prepositions(words: Sequence[str]) -> Sequence[str]:
    last = len(words)
    while last and folded(words[last - 1]) in BEFORE_A_PLACE:
        last -= 1
    return words[:last]
