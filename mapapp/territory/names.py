"""Grammar of Polish names: cases of adjectives, and the names that an inflected word may stand for.

Rules rather than a dictionary: half of the region's towns are in no dictionary, and endings are regular.
"""

import re
import unicodedata
from itertools import islice, product

MOST_FORMS = 600
# ł and Ł have no decomposition in Unicode
STROKES = str.maketrans("łŁ", "lL")
ADJECTIVE = re.compile(r"[a-ząćęłńóśźż-]+(?:i|y|ie)(?: [a-ząćęłńóśźż-]+(?:i|y|ie))*")
# ending → what may stand in its place in the nominative; of folded words, the longest ending first
ENDINGS: dict[str, tuple[str, ...]] = {
    "iego": ("i", "ie"),  # kłodzkiego → kłodzki
    "iemu": ("i", "ie"),
    "dzie": ("d", "da", "do", "dy"),  # Środzie → Środa, Bardzie → Bardo, Zmigrodzie
    "rze": ("r", "ra", "ro"),  # Jaworze → Jawor, Górze → Góra
    "cie": ("t", "ta", "to"),
    "scie": ("st", "sta", "sto"),
    "iej": ("ia", "a"),  # Jeleniej → Jelenia, Kłodzkiej → Kłodzka
    "ego": ("y", "e"),  # Zakopanego → Zakopane
    "ach": ("e", "y", "i", "a"),  # Polkowicach, Kowarach, Obornikach
    "iach": ("ie", "ia", "i"),
    "ich": ("ie", "i"),  # Śląskich → Śląskie
    "ych": ("e", "y"),  # Górnych → Górne
    "iem": ("", "ie", "i"),
    "em": ("e", "", "o"),  # Zakopanem → Zakopane
    "im": ("i", "ie"),  # kłodzkim, Śląskim
    "ym": ("y", "e"),  # Nowym → Nowy
    "ej": ("a",),  # Limanowej → Limanowa
    "cu": ("iec", "ec", "c"),  # Bolesławcu → Bolesławiec, Zgorzelcu
    "ca": ("iec", "ec"),
    "czu": ("cz",),  # Karpaczu
    "ku": ("ko", "k", "ek"),  # Kłodzku, Mirsku, Lwówku
    "ka": ("ko", "ek", "k"),
    "iu": ("", "ie", "io"),  # Wrocławiu, Międzylesiu
    "ia": ("", "ie"),  # Wrocławia
    "yi": ("yja",),  # Złotoryi
    "ii": ("ia",),  # Kalwarii
    "ie": ("", "a", "o", "i"),  # Krakowie, Legnicy, Szczawnie
    "le": ("l", "la", "lo"),  # Skale → Skała, folded
    "ce": ("ka", "ca"),  # Sobótce → Sobótka
    "dze": ("ga",),
    "sze": ("cha",),
    "ni": ("nia", "n"),  # Bochni → Bochnia
    "u": ("", "o", "e"),  # Wałbrzychu
    "i": ("ia", "a", "o"),
    "y": ("a",),  # Legnicy → Legnica
    "a": ("", "o"),  # Krakowa, z Brzeska
    "e": ("a",),
}
BY_LENGTH = tuple(sorted(ENDINGS, key=lambda ending: (-len(ending), ending)))


def genitive(name: str) -> str | None:
    """The genitive of an adjective: "kłodzki" → "kłodzkiego"; None where the name is no adjective."""
    return _inflected(name, "ego", "ego")


def locative(name: str) -> str | None:
    """The locative of an adjective: "kłodzki" → "kłodzkim"; None where the name is no adjective."""
    return _inflected(name, "m", "ym")


def _inflected(name: str, after_i: str, for_y: str) -> str | None:
    # a town's name begins with a capital, as do the words of "m. Wrocław"
    if not ADJECTIVE.fullmatch(name):
        return None
    return " ".join(
        word[:-1] + for_y if word.endswith("y") else word.removesuffix("e") + after_i for word in name.split(" ")
    )


def folded(text: str) -> str:
    """Lower case without diacritics, as the database's ``public.folded`` does it for Polish."""
    decomposed = unicodedata.normalize("NFKD", text.translate(STROKES))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).lower()


def nominatives(word: str) -> tuple[str, ...]:
    """The folded word itself, then what it may be a case of; more guesses than truths."""
    forms = [word]
    for ending in BY_LENGTH:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 2:
            forms += [stem + replacement for replacement in ENDINGS[ending]]
    return tuple(dict.fromkeys(form for form in forms if len(form) >= 3 or form == word))


def names_meant(words: tuple[str, ...]) -> tuple[str, ...]:
    """The names that folded words may be a case of: joined by a space or, as in "Kudowa-Zdrój", by a hyphen."""
    choices = islice(product(*(nominatives(word) for word in words)), MOST_FORMS)
    phrases = dict.fromkeys(phrase for choice in choices for phrase in (" ".join(choice), *_hyphenated(choice)))
    return tuple(phrases)


def _hyphenated(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) < 2:
        return ()
    return ("-".join(words), f"{' '.join(words[:-1])}-{words[-1]}") if len(words) > 2 else ("-".join(words),)
