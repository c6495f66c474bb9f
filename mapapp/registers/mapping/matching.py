"""Columns matched with fields: by the words of a heading and by the values under it, with a confidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from mapapp.registers.mapping.contents import TELLING, Contents, plain_words
from mapapp.registers.mapping.fields import SYNONYMS

THRESHOLD: Final = 0.6
"""A match of less is shown, but not used until a person says so."""
SAMPLE: Final = 3
WITHIN: Final = " › "
"""Between the lines of a heading of several: "Adres › Kod"."""
_JUDGED: Final = 200
_WITHOUT_A_NAME: Final = 0.75  # the most that values alone can tell
_A_NAME: Final = 0.7
_WORDS: Final = {field: tuple(map(plain_words, names)) for field, names in SYNONYMS.items()}
_LONG_ENOUGH: Final = 4


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column, the field it is taken for (empty: left out), how sure that is, and some of its values."""

    heading: str
    field: str
    confidence: float
    sample: tuple[str, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether the column is read as its field."""
        return self.field != "" and self.confidence >= THRESHOLD


def named(heading: str, field: str) -> float:
    """How well the words of ``heading`` name ``field``, from 0 to 1."""
    whole = max((_likeness(plain_words(heading), each) for each in _WORDS[field]), default=0.0)
    above, _, last = heading.rpartition(WITHIN)
    # what stands over several columns says less than the line below it
    return max(whole, 0.9 * named(last, field)) if above else whole


def _likeness(words: str, synonym: str) -> float:
    if not words:
        return 0.0
    if words == synonym:
        return 1.0
    if len(synonym) < _LONG_ENOUGH or len(words) < _LONG_ENOUGH:
        # "ul" is in "regulamin": short ones count as whole words only
        return 0.75 if f" {synonym} " in f" {words} " and len(synonym) > 1 else 0.0
    whole = 0.0
    if f" {synonym} " in f" {words} ":  # "telefon do placówki": the more of the heading it is, the surer
        begins = 0.1 if words.startswith(synonym) else 0.0
        whole = 0.65 + 0.2 * len(synonym) / len(words) + begins
    return max(whole, fuzz.token_sort_ratio(words, synonym) / 100 * 0.95)


def match_columns(
    headings: Sequence[str], columns: Sequence[Sequence[str]], contents: Contents
) -> tuple[ColumnMatch, ...]:
    """Every column with its likeliest field; no field twice. ``columns`` are the values under each heading."""
    values = [[cell for cell in column if cell.strip()][:_JUDGED] for column in columns]
    scored = sorted(_scores(headings, values, contents), key=lambda each: (-each[0], each[1]))
    taken: dict[int, tuple[str, float]] = {}
    for confidence, column, field in scored:
        fields = {each for each, _ in taken.values() if each}
        if column not in taken and field not in fields:
            taken[column] = (field, confidence)
    return tuple(
        ColumnMatch(heading, *taken.get(place, ("", 0.0)), tuple(dict.fromkeys(values[place]))[:SAMPLE])
        for place, heading in enumerate(headings)
    )


def _scores(
    headings: Sequence[str], values: Sequence[Sequence[str]], contents: Contents
) -> Iterator[tuple[float, int, str]]:
    for place, heading in enumerate(headings):
        names = {field: named(heading, field) for field in SYNONYMS}
        is_named = max(names.values()) >= _A_NAME
        for field, name in names.items():
            share = contents.share(field, values[place])
            confidence = _confidence(name, share, field, by_values=not is_named or name >= _A_NAME)
            if confidence > 0.3:
                yield round(confidence, 3), place, field


def _confidence(name: float, share: float | None, field: str, *, by_values: bool) -> float:
    """``by_values``: the heading names no other field, so that the values alone may tell."""
    if share is None:
        return name * 0.95
    if by_values and field in TELLING and share >= 0.9:
        return max(_WITHOUT_A_NAME * share, 0.5 * name + 0.5 * share)
    # a good name over values that cannot be meant is worth less than half
    return name * (0.4 + 0.6 * share)
