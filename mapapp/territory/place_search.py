"""Where is "w Jeleniej Górze", "50-001" or "powiat kłodzki"? Names as people type them, to places."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz.distance import OSA
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.territory.names import folded, names_meant

MOST_LETTERS = 80
MOST_WORDS = 5
POSTAL_CODE = re.compile(r"(?<!\d)(\d{2})[ -]?(\d{3})(?!\d)")
POSTAL_START = re.compile(r"\d{2}-\d{0,2}")
BETWEEN_WORDS = re.compile(r"[^\w]+|_+")
PREPOSITIONS = frozenset(
    {"w", "we", "z", "ze", "do", "od", "kolo", "obok", "blisko", "okolice", "okolicy", "okolicach"}
)
Kind = Literal["place", "gmina", "powiat", "subregion"]
KIND_WORDS: dict[str, Kind] = {
    **dict.fromkeys(("gmina", "gminy", "gminie", "gm"), "gmina"),
    **dict.fromkeys(("powiat", "powiatu", "powiecie", "pow"), "powiat"),
    **dict.fromkeys(("subregion", "subregionu", "subregionie"), "subregion"),
    **dict.fromkeys(("miasto", "miasta", "miescie", "wies", "wsi"), "place"),
}
Match = Literal["exact", "inflected", "beginning", "typo", "code"]
MATCHES: tuple[Match, ...] = ("exact", "inflected", "beginning", "typo", "code")

# a place with many postal codes is one row: its seat's or most central position, which was loaded first
PLACES = """
    SELECT 'place' AS kind, p.id, NULL AS code, name, name_folded, gmina_teryt, is_seat, position AS point,
           CASE WHEN {is_code} OR rows = 1 THEN postal_code END AS postal_code
    FROM (SELECT min(id) AS id, count(*) AS rows FROM place WHERE {condition} GROUP BY gmina_teryt, name_folded) one
    JOIN place p ON p.id = one.id
"""
# folded() of every name takes longer than the rest of the question; names of units have Polish letters only
FOLDED = "translate(lower(name), 'ąćęłńóśźż', 'acelnoszz')"
# a gmina beside the place that is its seat, and a city's powiat beside the city, would be the same answer twice
AREAS = f"""
    SELECT 'gmina' AS kind, id, teryt AS code, name, {FOLDED} AS name_folded, teryt AS gmina_teryt,
           false AS is_seat, coalesce(seat, ST_PointOnSurface(outline)) AS point, NULL AS postal_code
    FROM gmina g WHERE valid_to IS NULL AND (CAST(:kind AS text) IS NOT NULL OR NOT EXISTS (
        SELECT FROM place p WHERE p.gmina_teryt = g.teryt AND p.is_seat AND p.name = g.name))
    UNION ALL
    SELECT 'powiat', id, teryt, name, {FOLDED}, NULL, false, ST_PointOnSurface(outline), NULL
    FROM powiat WHERE valid_to IS NULL AND (CAST(:kind AS text) IS NOT NULL OR NOT is_city)
    UNION ALL
    SELECT 'subregion', id, nuts3, name, {FOLDED}, NULL, false, ST_PointOnSurface(outline), NULL
    FROM subregion WHERE valid_to IS NULL
"""
RANKED = """
    SELECT c.kind, c.id, c.code, c.name, c.name_folded, c.postal_code, c.gmina_teryt, g.name AS gmina_name,
           CASE WHEN c.kind = 'powiat' THEN c.name ELSE p.name END AS powiat_name, c.is_seat,
           ST_X(c.point) AS lon, ST_Y(c.point) AS lat, {tier} AS tier
    FROM ({candidates}) c
    LEFT JOIN gmina g ON g.teryt = c.gmina_teryt AND g.valid_to IS NULL
    LEFT JOIN powiat p ON p.teryt = g.powiat_teryt AND p.valid_to IS NULL
    LEFT JOIN LATERAL (
        SELECT persons FROM population n
        WHERE n.gmina_teryt = c.gmina_teryt AND age_from = 0 AND age_to = 120 ORDER BY year DESC LIMIT 1
    ) n ON true
    WHERE CAST(:kind AS text) IS NULL OR c.kind = :kind
    ORDER BY tier, c.is_seat DESC, position(c.kind IN 'place gmina powiat subregion'), n.persons DESC NULLS LAST, c.id
    LIMIT :limit
"""
NAMED = """(name_folded = ANY(:forms) OR starts_with(name_folded, :start)
    OR split_part(translate(name_folded, '-', ' '), ' ', 1) = ANY(:forms))"""
NAMED_PLACES = PLACES.format(is_code="false", condition=NAMED)
BY_NAME = text(
    RANKED.format(
        candidates=f"{NAMED_PLACES} UNION ALL SELECT * FROM ({AREAS}) a WHERE {NAMED}",
        tier="CASE WHEN c.name_folded = :exact THEN 0 WHEN c.name_folded = ANY(:forms) THEN 1 ELSE 2 END",
    )
)
BY_CODE = text(
    RANKED.format(candidates=PLACES.format(is_code="true", condition="starts_with(postal_code, :code)"), tier="4")
)
SIMILAR = text(RANKED.format(candidates=PLACES.format(is_code="false", condition="name_folded % :start"), tier="3"))
MOST_SIMILAR = 200
MOST_READINGS = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A place or area that was meant. ``code`` is an area's TERYT or NUTS code; None for a place.

    ``postal_code`` is None where the place has several and none was typed; a powiat has no gmina.
    """

    id: int
    name: str
    postal_code: str | None
    gmina_teryt: str | None
    gmina_name: str | None
    powiat_name: str | None
    position: Position
    is_seat: bool
    kind: Kind
    code: str | None
    match: Match


@dataclass(frozen=True, slots=True)
class _Name:
    """A typed name: its folded words, and the kind that a word before it says."""

    words: tuple[str, ...]
    kind: Kind | None = None


def find_places(session: Session, text: str, limit: int = 8) -> tuple[Place, ...]:
    """The places that the text may mean, best first: its name or postal code, a case of it, its start, one typo.

    On ties seats and larger gminas come first. Any text is allowed.
    """
    typed = text.replace("\x00", " ").strip()
    if len(typed) > MOST_LETTERS:
        return ()
    if code := POSTAL_CODE.search(typed):
        return _by_code(session, "-".join(code.groups()), 4, limit)
    if POSTAL_START.fullmatch(typed):
        return _by_code(session, typed, len(typed), limit)
    name = _understood(typed)
    if not name.words:
        return ()
    found = _named(session, name, limit)
    if not found and name.kind:  # "Wieś" may begin a name
        found = _named(session, _Name(_words(typed)), limit)
    return found or _misspelt(session, name, limit)


def _words(typed: str) -> tuple[str, ...]:
    return tuple(word for word in BETWEEN_WORDS.split(folded(typed)) if word)[:MOST_WORDS]


def _understood(typed: str) -> _Name:
    words = _words(typed)
    before = next((i for i, word in enumerate(words) if word not in PREPOSITIONS), len(words))
    name = words[before:] or words
    kind = KIND_WORDS.get(name[0]) if len(name) > 1 else None
    return _Name(name[1:] if kind else name, kind)


def _by_code(session: Session, code: str, fewest: int, limit: int) -> tuple[Place, ...]:
    """Places of the postal code; of a code that is not listed, those of the nearest ones by number."""
    for length in range(len(code), fewest - 1, -1):
        if found := _places(session, BY_CODE, {"code": code[:length], "kind": None, "limit": limit}):
            return found
    return ()


def _named(session: Session, name: _Name, limit: int) -> tuple[Place, ...]:
    typed = " ".join(name.words)
    parameters = {
        "forms": list(names_meant(name.words)),
        "start": typed,
        "exact": typed,
        "kind": name.kind,
        "limit": limit,
    }
    return _places(session, BY_NAME, parameters)


def _misspelt(session: Session, name: _Name, limit: int) -> tuple[Place, ...]:
    typed = " ".join(name.words)
    allowed = 0 if len(typed) < 4 else 1 if len(typed) < 9 else 2
    meant = names_meant(name.words)[:MOST_READINGS]
    rows = session.execute(SIMILAR, {"start": typed, "kind": name.kind, "limit": MOST_SIMILAR}).all()
    errors = [min(OSA.distance(form, row.name_folded, score_cutoff=allowed) for form in meant) for row in rows]
    near = [i for i in sorted(range(len(rows)), key=errors.__getitem__) if errors[i] <= allowed]
    return tuple(_place(rows[i]) for i in near[:limit])


def _places(session: Session, query: TextClause, parameters: dict[str, Any]) -> tuple[Place, ...]:
    return tuple(_place(row) for row in session.execute(query, parameters))


def _place(row: Any) -> Place:
    return Place(
        id=row.id,
        name=row.name,
        postal_code=row.postal_code,
        gmina_teryt=row.gmina_teryt,
        gmina_name=row.gmina_name,
        powiat_name=row.powiat_name,
        position=Position(row.lon, row.lat),
        is_seat=row.is_seat,
        kind=row.kind,
        code=row.code,
        match=MATCHES[row.tier],
    )
