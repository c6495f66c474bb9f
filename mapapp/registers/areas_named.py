"""Gminas and powiats as lists name them: "m. Kraków", "powiat gorlicki", "Gmina Biecz", "Gorlice (miasto)"."""

import re
from collections.abc import Collection
from typing import Final

from mapapp.registers.cleaning import tidy
from mapapp.registers.gminas import Gminas
from mapapp.registers.layouts import Surroundings
from mapapp.registers.problems import nearest_of
from mapapp.registers.row_reader import RowReader
from mapapp.territory.names import folded

_POWIAT_WORDS: Final = re.compile(r"^(?:m\.|miasto|powiat|pow\.|starostwo)\s*", re.IGNORECASE)
_GMINA_WORDS: Final = re.compile(r"^(?:miasto i gmina|gmina i miasto|gmina|miasto|m\.)\s*", re.IGNORECASE)
_TOWN: Final = re.compile(r"\(\s*miasto\s*\)|^miasto\s+(?!i\b)|^m\.\s", re.IGNORECASE)


def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", folded(name)))


def gminas_of_powiat(gminas: Gminas, name: str) -> frozenset[str]:
    """Codes of the gminas of a powiat; none where the loaded territory has no powiat of that name."""
    wanted = _key(_POWIAT_WORDS.sub("", tidy(name)))
    return frozenset(code for code, each in gminas.by_code.items() if _key(each.powiat_name) == wanted)


def gminas_named(gminas: Gminas, name: str) -> frozenset[str]:
    """Codes of the gminas that ``name`` may mean; a town only where it says so, if a rural gmina has the same name."""
    is_town = _TOWN.search(tidy(name)) is not None
    wanted = _key(_GMINA_WORDS.sub("", re.sub(r"\(.*?\)", " ", tidy(name)).strip()))
    found = {code: each for code, each in gminas.by_code.items() if _key(each.name) == wanted}
    fitting = {code for code, each in found.items() if (each.kind == "urban") == is_town or each.kind == "urban-rural"}
    return frozenset(fitting or found)


def refuse_other_regions(reader: RowReader, around: Surroundings, gminas: Collection[str]) -> str:
    """The code of the row's voivodeship; ``gminas`` are those of its powiat. Rejects a unit of another region.

    A list names its voivodeship in the title; where it does not, it is the loaded one that knows the powiat.
    """
    loaded = next(iter(around.gminas.by_code), "")[:2]
    code = reader.text("województwo") or loaded
    if not code:
        reader.reject("województwo", "plik nie mówi, którego województwa jest lista, a granice nie są wczytane")
    elif not around.gminas.covers(code):
        reader.reject("województwo", "jednostka leży poza regionem tej mapy")
    elif loaded and not gminas:
        nearest = nearest_of(reader.text("powiat"), {each.powiat_name for each in around.gminas.by_code.values()})
        reader.reject("powiat", "takiego powiatu nie ma w regionie tej mapy", nearest)
    return code
