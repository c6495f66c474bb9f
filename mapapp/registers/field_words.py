"""What fields and columns are called in each language, from data/registers/fields.csv."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from mapapp.settings import ROOT

FILE: Final = ROOT / "data" / "registers" / "fields.csv"
_PATH: Final = re.compile(r"(?:[a-z_]+\.)*([a-z][a-z_0-9]*)(?:\.\d+)?")  # phones.0, location.address.city


@cache
def field_words() -> Mapping[str, Mapping[str, str]]:
    """The labels of each code, by language."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["code"]: {name.removeprefix("label_"): row[name] for name in row if name != "code"} for row in rows}


def field_word(field: str, language: str) -> str:
    """A field in words; what a file calls its own way stays as it is. Of a part of a record its last name tells."""
    words, path = field_words(), _PATH.fullmatch(field)
    known = words.get(field) or (words.get(path[1]) if path else None)
    return known[language] if known else field
