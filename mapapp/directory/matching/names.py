"""Names of units taken apart: what kind of unit it is, whose, which branch, and what only this one is called."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mapapp.directory.matching.words import is_misspelt, is_same_word, may_be_a_form, words_in


def _set_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SOCIAL_CENTRE: Final = "osrodek pomocy spolecznej"
_ABBREVIATIONS: Final = {
    "dps": "dom pomocy spolecznej",
    "pdps": "powiatowy dom pomocy spolecznej",
    "sds": "srodowiskowy dom samopomocy",
    "ops": _SOCIAL_CENTRE,
    "gops": f"gminny {_SOCIAL_CENTRE}",
    "mops": f"miejski {_SOCIAL_CENTRE}",
    "mgops": f"miejsko gminny {_SOCIAL_CENTRE}",
    "gmops": f"miejsko gminny {_SOCIAL_CENTRE}",
    "mopr": "miejski osrodek pomocy rodzinie",
    "pcpr": "powiatowe centrum pomocy rodzinie",
    "cus": "centrum uslug spolecznych",
    "gcus": "gminne centrum uslug spolecznych",
    "mcus": "miejskie centrum uslug spolecznych",
    "dds": "dzienny dom senior",
    "ddp": "dzienny dom pomocy",
    "wtz": "warsztat terapii zajeciowej",
    "zaz": "zaklad aktywnosci zawodowej",
    "cis": "centrum integracji spolecznej",
    "kis": "klub integracji spolecznej",
    "oik": "osrodek interwencji kryzysowej",
    "zol": "zaklad opiekunczo leczniczy",
    "ppp": "poradnia psychologiczno pedagogiczna",
    "pup": "powiatowy urzad pracy",
    "tpd": "towarzystwo przyjaciol dzieci",
    "psoni": "polskie stowarzyszenie na rzecz osob z niepelnosprawnoscia intelektualna",
    "pck": "polski czerwony krzyz",
}
# what says how a unit is kept, to whom it belongs by law, or nothing at all
_EMPTY: Final = _set_of(
    """
    a i o oraz dla do na od po przy w we z ze za im imienia pod wezwaniem
    prowadzony prowadzona prowadzone przez siedziba siedziby ul ulica al aleja os osiedle pl plac pow powiat woj
    sp zoo spolka ograniczona odpowiedzialnoscia non profit opp organizacja pozytku publicznego
    """
)
TITLES: Final = _set_of(
    """
    sw swietego swietej swiety swieta ks ksiedza ksiezny bl blogoslawionego br brata siostry kard kardynala abp bp
    biskupa arcybiskupa gen generala plk pulkownika mjr majora marsz marszalka prof profesora dr doktora inz ojca
    """
)
# words of kinds of units: the type is compared by its code
_KINDS: Final = _set_of(
    """
    dom domu domy domow pomocy pomoc spolecznej spolecznych spoleczne spoleczny spoleczna osrodek osrodka zespol zespolu
    srodowiskowy srodowiskowego srodowiskowe samopomocy centrum uslug uslugi klub klubu senior seniora seniorow plus
    dzienny dziennego dzienne rodzinie rodziny placowka opieki opiekunczy opiekunczo opiekuncze leczniczy schronisko
    noclegownia ogrzewalnia wsparcia terapii zajeciowej warsztat warsztaty poradnia integracji zaklad fundacja
    fundacji stowarzyszenie stowarzyszenia towarzystwo
    """
)
_SCOPES: Final = {
    "gminny": "gmina",
    "gminna": "gmina",
    "gminne": "gmina",
    "gminnego": "gmina",
    "gmina": "gmina",
    "gminy": "gmina",
    "miejski": "town",
    "miejska": "town",
    "miejskie": "town",
    "miejskiego": "town",
    "miejsko": "town",
    "miasta": "town",
    "powiatowy": "powiat",
    "powiatowa": "powiat",
    "powiatowe": "powiat",
    "powiatowego": "powiat",
}
_BRANCH: Final = frozenset({"filia", "filii", "oddzial", "oddzialu", "ekspozytura", "podfilia"})
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_NUMBERED: Final = frozenset({"nr", "numer"}) | _BRANCH
_LONG: Final = 6  # letters; a shorter word one letter away may be another word
_WITHOUT_WEIGHT: Final = _KINDS | _NUMBERED | TITLES


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart; ``own`` are the words that tell this unit from others, with its place still in them."""

    full: str
    own: tuple[str, ...]
    scopes: frozenset[str]
    numbers: frozenset[str]
    is_branch: bool


def name_of(text: str) -> Name:
    """The parts of a name: abbreviations are written out, titles and words without weight left out."""
    words = tuple(word for each in words_in(text) for word in _ABBREVIATIONS.get(each, each).split())
    numbers = {index: _number_at(words, index) for index in range(len(words)) if _number_at(words, index)}
    telling = [word for index, word in enumerate(words) if index not in numbers and word not in _EMPTY]
    own = tuple(word for word in telling if not (word[0].isdigit() or word in _SCOPES or _is_without_weight(word)))
    return Name(
        full=" ".join(telling),
        own=own,
        scopes=frozenset(_SCOPES[word] for word in telling if word in _SCOPES),
        numbers=frozenset(numbers.values()),
        is_branch=bool(_BRANCH & set(words)),
    )


def without_place(own: Iterable[str], place: Collection[str]) -> tuple[str, ...]:
    """The words that are no form of a word of ``place``: "Diana w Kasinie Wielkiej" is "diana" in Kasina Wielka."""
    return tuple(
        word for word in own if not any(may_be_a_form(word, each) or is_misspelt(word, each) for each in place)
    )


def same_own_words(one: Collection[str], other: Collection[str]) -> bool:
    """Whether both have the same words, in any order and form."""
    return len(one) == len(other) and all(any(is_same_word(word, each) for each in other) for word in one)


@lru_cache(maxsize=100_000)
def _is_without_weight(word: str) -> bool:
    if word in _WITHOUT_WEIGHT:
        return True
    return len(word) >= _LONG and any(is_misspelt(word, each) for each in _KINDS if len(each) >= _LONG)


def _number_at(words: tuple[str, ...], index: int) -> str:
    """The number that a unit has among its like: "nr 2", "filia II"."""
    if index == 0 or words[index - 1] not in _NUMBERED:
        return ""
    word = words[index]
    return word if word.isdigit() else _ROMAN.get(word, "")
