"""Words of a vocabulary in a cell: by code or by Polish label, with or without the abbreviation in brackets."""

import re
from collections.abc import Mapping
from typing import TypeVar

from mapapp.directory.terms import Term
from mapapp.registers.cleaning import tidy
from mapapp.registers.problems import FieldError, nearest_of

T = TypeVar("T", bound=Term)


def term(text: str, vocabulary: Mapping[str, T]) -> T:
    """The term that a cell names. Raises FieldError with the nearest term."""
    written = tidy(text).casefold()
    for each in vocabulary.values():
        whole = each.label_pl.casefold()
        if written in {each.code.casefold(), whole, re.sub(r"\s*\([^)]*\)$", "", whole)}:
            return each
    valid = [*(each.label_pl for each in vocabulary.values()), *vocabulary]
    raise FieldError("nie ma takiego hasła w słowniku", nearest_of(written, valid))
