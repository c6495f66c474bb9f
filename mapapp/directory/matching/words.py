"""Polish words of names and streets, folded, so that their ways of writing can be compared."""

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from mapapp.territory.names import folded

_WORD: Final = re.compile(r"[^\W_]+")
# letters of a word in which so many typing errors are let through
_ONE_ERROR_FROM, _TWO_ERRORS_FROM = 4, 9
_SHORTEST_STEM: Final = 3
_LONGEST_ENDING: Final = 4


def words_in(text: str) -> tuple[str, ...]:
    """The words and numbers of ``text``, folded, in their order."""
    return tuple(_WORD.findall(folded(text)))


def may_be_a_form(word: str, of: str) -> bool:
    """Whether ``word`` may be a grammatical form of ``of``: "saczu" of "sacz", "bochni" of "bochnia"."""
    stem = of[: max(_SHORTEST_STEM, len(of) - 3)]
    return word.startswith(stem) and abs(len(word) - len(of)) <= _LONGEST_ENDING


def is_same_word(one: str, other: str) -> bool:
    """Whether two words are one, but for an ending, a typing error, or an initial: "j" and "jana"."""
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0] and not (one + other).isdigit()
    if one.isdigit() or other.isdigit():
        return False
    return may_be_a_form(one, other) or may_be_a_form(other, one) or is_misspelt(one, other)


def is_misspelt(one: str, other: str) -> bool:
    """Whether a letter is wrong, missing, too many or swapped with the next; two in a long word."""
    shorter = min(len(one), len(other))
    errors = (shorter >= _ONE_ERROR_FROM) + (shorter >= _TWO_ERRORS_FROM)
    return OSA.distance(one, other, score_cutoff=errors) <= errors


def share_found(few: Iterable[str], many: Iterable[str]) -> float:
    """The share of the words of the shorter one that the longer one has too, in any order; 0 where one is empty.

    An initial counts half: it tells little.
    """
    shorter, longer = sorted((list(few), list(many)), key=len)
    weight = found = 0.0
    for word in shorter:
        worth = 0.5 if len(word) == 1 else 1.0
        weight += worth
        same = next((each for each in longer if is_same_word(word, each)), None)
        if same is not None:
            longer.remove(same)
            found += worth
    return found / weight if weight else 0.0
