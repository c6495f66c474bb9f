"""Texts in easy words and films in Polish Sign Language, by type of service.

A text says whether those it is for have read and checked it; a film is there only where they have.
"""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ValidationError, model_validator

from mapapp.directory.records import Checked, Text

FALLBACK = "pl"
# what a text answers, in this order
PARTS = ("what", "for_whom", "what_you_get", "how_to_get_in", "cost")


def _sentences(cell: object) -> object:
    return tuple(part.strip() for part in cell.split("|") if part.strip()) if isinstance(cell, str) else cell


def _none_if_empty(cell: Any) -> Any:
    return cell or None


Sentences = Annotated[tuple[Text, ...], BeforeValidator(_sentences)]


class _Row(Checked):
    type: Text
    language: Literal["pl", "en", "uk"]
    what: Sentences
    for_whom: Sentences
    what_you_get: Sentences
    how_to_get_in: Sentences
    cost: Sentences
    sign_film: str
    written_by: Text
    written_on: date
    checked_by: Annotated[Text | None, BeforeValidator(_none_if_empty)]
    checked_on: Annotated[date | None, BeforeValidator(_none_if_empty)]

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """The sentences of each part."""
        return tuple(getattr(self, part) for part in PARTS)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if any(self.parts) and not all(self.parts):
            raise ValueError(f"a part is empty, expected all of {', '.join(PARTS)} or none")
        if (self.checked_by is None) != (self.checked_on is None):
            raise ValueError("checked_by and checked_on stand together, or both are empty")
        if not any(self.parts) and not self.sign_film:
            raise ValueError("neither a text nor sign_film is given")
        if self.sign_film and not self.checked_by:
            raise ValueError("sign_film is given, expected checked_by: whose language it is has seen it")
        if self.sign_film and not (self.sign_film.startswith("https://") and self.language == FALLBACK):
            raise ValueError(f"sign_film is {self.sign_film!r}, expected an https:// address in a row of language pl")
        return self


@dataclass(frozen=True, slots=True)
class EasyText:
    """A text in a language: for each of PARTS its sentences. ``checked_on`` is None where no reader has checked it."""

    language: str
    parts: tuple[tuple[str, ...], ...]
    written_by: str
    written_on: date
    checked_by: str | None
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class EasyTexts:
    """All texts by type and language, all films by type."""

    texts: Mapping[tuple[str, str], EasyText]
    films: Mapping[str, str]

    def easy(self, kind: str, language: str) -> EasyText | None:
        """The text in the language, else in Polish; None where nobody has written one."""
        return self.texts.get((kind, language)) or self.texts.get((kind, FALLBACK))

    def film(self, kind: str) -> str | None:
        """The address of the film; None where there is none."""
        return self.films.get(kind)


def load_easy_texts(path: Path, types: Collection[str]) -> EasyTexts:
    """The texts of a file, read once. Raises ValueError that names line, column and value."""
    return _load(path, frozenset(types))


@cache
def _load(path: Path, types: frozenset[str]) -> EasyTexts:
    texts: dict[tuple[str, str], EasyText] = {}
    films: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        for given in rows:
            row = _row(given, f"{path.name}, line {rows.line_num}", types)
            if all(row.parts):
                about = (row.written_by, row.written_on, row.checked_by, row.checked_on)
                texts[row.type, row.language] = EasyText(row.language, row.parts, *about)
            if row.sign_film:
                films[row.type] = row.sign_film
    return EasyTexts(texts, films)


def _row(given: Mapping[str, str], where: str, types: frozenset[str]) -> _Row:
    try:
        row = _Row.model_validate(given)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        column = ".".join(map(str, detail["loc"])) or "the row"
        raise ValueError(f"{where}, column {column}: {detail['input']!r}: {detail['msg']}") from error
    if row.type not in types:
        raise ValueError(f"{where}, column type: {row.type!r}: expected a code of service_types.csv")
    return row
