"""Easy-to-read texts and films in Polish Sign Language, by type of service; only what those it is for have checked."""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError, model_validator

from mapapp.directory.records import Checked, Text

FALLBACK = "pl"


class _Row(Checked):
    type: Text
    language: Literal["pl", "en", "uk"]
    easy_text: str
    sign_film: str
    checked_by: Text
    checked_on: date

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not self.easy_text and not self.sign_film:
            raise ValueError("neither easy_text nor sign_film is given")
        if self.sign_film and not (self.sign_film.startswith("https://") and self.language == FALLBACK):
            raise ValueError(f"sign_film is {self.sign_film!r}, expected an https:// address in a row of language pl")
        return self


@dataclass(frozen=True, slots=True)
class EasyText:
    """A text in a language."""

    language: str
    paragraphs: tuple[str, ...]


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
            if row.easy_text:
                paragraphs = tuple(part.strip() for part in row.easy_text.split("|") if part.strip())
                texts[row.type, row.language] = EasyText(row.language, paragraphs)
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
