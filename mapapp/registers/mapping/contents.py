"""What the values of a column look like: postal codes, phones, checksums, names of the loaded territory."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import phonenumbers
from rapidfuzz import fuzz, process
from stdnum.pl import nip, regon

from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.cleaning import tidy
from mapapp.registers.gminas import Gminas
from mapapp.registers.voivodeships import code_of
from mapapp.territory.names import folded

_ADDRESS: Final = re.compile(r"\d{2}-\d{3}.*\d|\b(?:ul|al|os|pl)\.|.*\d+[a-z]?$", re.IGNORECASE)
_HOURS: Final = re.compile(r"\d{1,2}[:.]\d{2}\s*[-–]|\bpn|\bponiedz|całodob", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
# the shortest words a name of a type is told by; shorter ones are in every sentence
_LIKE: Final = 88.0


def plain_words(text: str) -> str:
    """Lower case without diacritics and punctuation, single spaces."""
    return " ".join(re.findall(r"[a-z0-9@+]+", folded(text)))


@dataclass(frozen=True, slots=True)
class TypeWords:
    """Codes of service types by every way their names are written."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, vocabularies: Vocabularies) -> Self:
        """Labels, plurals, synonyms and abbreviations in parentheses."""
        codes: dict[str, str] = {}
        for code, kind in vocabularies.types.items():
            short = re.findall(r"\(([^)]*)\)", kind.label_pl)
            bare = re.sub(r"\([^)]*\)", " ", kind.label_pl)
            for name in (kind.label_pl, bare, kind.plural_pl, *short, code, *kind.synonyms_pl, kind.label_en):
                codes.setdefault(plain_words(name), code)
        return cls({name: code for name, code in codes.items() if name})

    def code(self, text: str) -> str | None:
        """The type that a cell names."""
        words = plain_words(text)
        if words in self.codes:
            return self.codes[words]
        # "Dom Pomocy Społecznej dla osób starszych": begins with a name; the longest decides
        starts = [name for name in self.codes if words.startswith(f"{name} ") and len(name) > 2]
        if starts:
            return self.codes[max(starts, key=len)]
        found = process.extractOne(words, self.codes.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE)
        return self.codes[found[0]] if found and len(words) > 6 else None

    def code_within(self, text: str) -> str | None:
        """The type that a title or a name of a file speaks of: the longest name in it."""
        words = f" {_inflected(plain_words(text.replace('_', ' ')))} "
        found = [name for name in self.codes if len(name) > 2 and f" {_inflected(name)} " in words]
        return self.codes[max(found, key=len)] if found else None


def _inflected(words: str) -> str:
    """Words by their stems: "domów pomocy społecznej" is "dom pomocy społecznej"."""
    return " ".join(re.sub(r"(?<=\w{3})(?:owych|owy|owe|ow|ami|ach|om|y|i|a|e|u)$", "", word) for word in words.split())


@dataclass(frozen=True, slots=True)
class Contents:
    """Judges columns by their values, knowing the vocabularies and the loaded territory."""

    types: TypeWords
    gminas: frozenset[str]
    powiats: frozenset[str]

    @classmethod
    def of(cls, vocabularies: Vocabularies, gminas: Gminas) -> Self:
        """With the names of gminas and powiats that are loaded."""
        return cls(
            TypeWords.of(vocabularies),
            frozenset(plain_words(each.name) for each in gminas.by_code.values()),
            frozenset(plain_words(each.powiat_name) for each in gminas.by_code.values()),
        )

    def share(self, field: str, values: Sequence[str]) -> float | None:
        """The share of ``values`` that ``field`` may have; None where it may have any, or there are none."""
        test = _TESTS.get(field)
        told = [tidy(value) for value in values if value.strip()]
        if test is None or not told or (field in {"gmina", "powiat"} and not self.gminas):
            return None
        return sum(test(self, value) for value in told) / len(told)


def _is_phone(_: Contents, value: str) -> bool:
    if len(re.sub(r"\D", "", value)) < 7 or _number(value, 100):
        return False
    return next(iter(phonenumbers.PhoneNumberMatcher(value, "PL", max_tries=10)), None) is not None


def _area(value: str) -> str:
    return plain_words(re.sub(r"^(?:gmina|miasto|m\.|powiat|pow\.)\s+|\(.*\)", " ", value, flags=re.IGNORECASE))


def _number(value: str, most: float, least: float = 0) -> bool:
    plain = value.replace(" ", "").replace("\u00a0", "")
    return bool(_NUMBER.fullmatch(plain)) and least <= float(plain.replace(",", ".")) <= most


def _is_coordinate(_: Contents, value: str) -> bool:
    # degrees with decimals, metres of EPSG:2180, or of zones 5 to 8
    plain = value.replace(" ", "")
    return (_number(plain, 55, 14) and bool(re.search(r"[.,]\d{2}", plain))) or _number(plain, 9_000_000, 100_000)


def _is_word(_: Contents, value: str) -> bool:
    return not re.search(r"\d", value) and len(value) <= 60 and "@" not in value


def _digits(value: str) -> str:
    return re.sub(r"[\s-]|\.0+$", "", value)


_TESTS: Final[Mapping[str, Callable[[Contents, str], bool]]] = {
    "name": lambda _, value: len(re.findall(r"[^\W\d_]", value)) >= 3 and not re.match(r"https?:|www\.|\S+@", value),
    "name_address": lambda _, value: bool(_ADDRESS.search(value)) and len(re.findall(r"[^\W\d_]", value)) >= 12,
    "type": lambda self, value: self.types.code(value) is not None,
    "address": lambda _, value: bool(_ADDRESS.search(value)) and len(re.findall(r"[^\W\d_]", value)) >= 3,
    "house": lambda _, value: bool(re.fullmatch(r"\d+\s?[A-Za-z]?(?:\s?[/-]\s?\d*\w*)*", value)) and len(value) <= 12,
    "postal_code": lambda _, value: bool(re.fullmatch(r"\d{2}\s?[-–]\s?\d{3}", value)),
    "town": _is_word,
    "gmina": lambda self, value: _area(value) in self.gminas,
    "powiat": lambda self, value: _area(value) in self.powiats,
    "voivodeship": lambda _, value: code_of(value) is not None,
    "teryt": lambda _, value: bool(re.fullmatch(r"\d{6,7}", _digits(value))),
    "phone": _is_phone,
    "email": lambda _, value: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}(?:[\s;,]+\S+@\S+)*", value)),
    "website": lambda _, value: bool(re.match(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?$", value)),
    "nip": lambda _, value: nip.is_valid(_digits(value)),
    "regon": lambda _, value: regon.is_valid(_digits(value)),
    "places": lambda _, value: _number(value, 5_000) or value in {"-", "–", "brak", "x"},
    "places_free": lambda _, value: _number(value, 5_000) or value in {"-", "–", "brak", "x"},
    "hours": lambda _, value: bool(_HOURS.search(value)),
    "x": _is_coordinate,
    "y": _is_coordinate,
}
# fields that values alone can tell
TELLING: Final = frozenset({"postal_code", "email", "website", "phone", "nip", "regon", "hours", "voivodeship", "type"})
