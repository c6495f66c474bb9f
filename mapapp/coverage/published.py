"""The questions whose figures every installation publishes: data/coverage/published.csv, released one by one."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from sqlalchemy.orm import Session

from mapapp.coverage.commands import Release, release_figures
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import FOLDER
from mapapp.coverage.errors import NotAnswerable, WrongFile
from mapapp.coverage.question import Question, ask

Codes = Annotated[tuple[str, ...], BeforeValidator(lambda cell: tuple(cell.split("|")) if cell else ())]
Text = Annotated[str | None, BeforeValidator(lambda cell: cell or None)]
Number = Annotated[float | None, BeforeValidator(lambda cell: cell or None)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    types: Codes
    groups: Codes
    ages: Text
    by: str
    mode: Text
    minutes: Number
    standard: Number
    reference: Text


def published_questions(data: CoverageData, path: Path = FOLDER / "published.csv") -> Iterator[Question]:
    """The questions of the file, in its order. Raises WrongFile with the line; CoverageError for what cannot be."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        for cells in lines:
            try:
                line = _Line.model_validate(cells)
            except ValidationError as error:
                raise WrongFile([f"{path.name}, line {lines.line_num}: {error}"]) from error
            # what is not said is as everywhere
            said = {name: value for name, value in line.model_dump().items() if value not in (None, ())}
            yield ask(data.vocabularies, said.pop("measure"), said.pop("types", ()), **said)


def release_published(
    session: Session, data: CoverageData, path: Path = FOLDER / "published.csv"
) -> tuple[Release, ...]:
    """Release the figures of every published question; one that these data cannot answer is left out."""
    released = []
    for question in published_questions(data, path):
        try:
            released.append(release_figures(session, data, question))
        except NotAnswerable:
            continue
    return tuple(released)
