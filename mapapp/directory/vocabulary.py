"""The words of the field: the CSV files of data/vocabularies, read once into frozen, cross-checked records.

What a file may contain is said by its record class in ``terms``. All that is wrong is reported at once, by
file, line, column and value, with the nearest valid code, so that an editor can put it right in one go.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from mapapp.directory.terms import (
    AccessProfile,
    AgedTerm,
    Audience,
    CapacityKind,
    CrisisNumber,
    DutyLevel,
    Feature,
    Language,
    LawField,
    LifeSituation,
    MarkerGroup,
    Refers,
    ServiceSubtype,
    ServiceType,
    Term,
    TypeGroup,
    Unit,
    VisibilityLevel,
)

__all__ = ["Problem", "ServiceType", "Term", "Vocabularies", "VocabularyError", "load_vocabularies"]


def _of(file: str, record: type[Term]) -> Any:
    return field(metadata={"file": file, "record": record})


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Every vocabulary by code, in the order of its file."""

    types: Mapping[str, ServiceType] = _of("service_types.csv", ServiceType)
    subtypes: Mapping[str, ServiceSubtype] = _of("service_subtypes.csv", ServiceSubtype)
    groups: Mapping[str, TypeGroup] = _of("type_groups.csv", TypeGroup)
    marker_groups: Mapping[str, MarkerGroup] = _of("marker_groups.csv", MarkerGroup)
    centre_kinds: Mapping[str, Term] = _of("centre_kinds.csv", Term)
    audiences: Mapping[str, Audience] = _of("audiences.csv", Audience)
    population_groups: Mapping[str, AgedTerm] = _of("population_groups.csv", AgedTerm)
    features: Mapping[str, Feature] = _of("accessibility_features.csv", Feature)
    feature_groups: Mapping[str, Term] = _of("accessibility_groups.csv", Term)
    feature_values: Mapping[str, Term] = _of("accessibility_values.csv", Term)
    profiles: Mapping[str, AccessProfile] = _of("accessibility_profiles.csv", AccessProfile)
    law_fields: Mapping[str, LawField] = _of("law_fields.csv", LawField)
    duty_levels: Mapping[str, DutyLevel] = _of("duty_levels.csv", DutyLevel)
    care_settings: Mapping[str, Term] = _of("care_settings.csv", Term)
    place_modes: Mapping[str, Term] = _of("place_modes.csv", Term)
    sectors: Mapping[str, Term] = _of("sectors.csv", Term)
    visibility_levels: Mapping[str, VisibilityLevel] = _of("visibility_levels.csv", VisibilityLevel)
    geometry_quality: Mapping[str, Term] = _of("geometry_quality.csv", Term)
    capacity_kinds: Mapping[str, CapacityKind] = _of("capacity_kinds.csv", CapacityKind)
    cost_kinds: Mapping[str, Term] = _of("cost_kinds.csv", Term)
    languages: Mapping[str, Language] = _of("languages.csv", Language)
    units: Mapping[str, Unit] = _of("units.csv", Unit)
    crisis_numbers: Mapping[str, CrisisNumber] = _of("crisis_numbers.csv", CrisisNumber)
    situations: Mapping[str, LifeSituation] = _of("life_situations.csv", LifeSituation)

    def types_in(self, group: str) -> tuple[ServiceType, ...]:
        """The service types of a group of filters, in the order of the file."""
        return tuple(kind for kind in self.types.values() if kind.group == group)

    def type_with_narrower(self, code: str) -> frozenset[str]:
        """The type's code and those of the types below it: what a search for the type must find."""
        return _with_narrower({narrow.code: narrow.parent for narrow in self.types.values()}, code)

    def audience_with_narrower(self, code: str) -> frozenset[str]:
        """The audience's code and those of the audiences below it."""
        return _with_narrower({narrow.code: narrow.parent for narrow in self.audiences.values()}, code)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a vocabulary file; ``nearest`` is the valid code most like the value, or empty."""

    file: str
    line: int
    column: str
    value: str
    message: str
    nearest: str = ""

    def __str__(self) -> str:
        """The problem in one line, as an editor of the file wants to read it."""
        hint = f"; nearest valid code: {self.nearest!r}" if self.nearest else ""
        return f"{self.file}, line {self.line}, column {self.column}: {self.value!r}: {self.message}{hint}"


class VocabularyError(ValueError):
    """Vocabulary files that contradict themselves; ``problems`` lists every place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class _Table:
    """A vocabulary as read, with the line of each code for messages."""

    file: str
    record: type[Term]
    terms: Mapping[str, Term]
    lines: Mapping[str, int]
    problems: tuple[Problem, ...]


@cache
def load_vocabularies(folder: Path) -> Vocabularies:
    """All vocabularies of ``folder``, read once for the life of the process.

    Raises VocabularyError with every problem found, FileNotFoundError where a file is missing.
    """
    tables = {
        each.name: _read(folder / each.metadata["file"], each.metadata["record"]) for each in fields(Vocabularies)
    }
    _refuse([problem for table in tables.values() for problem in table.problems])
    _refuse([problem for name in tables for problem in _broken_references(name, tables)])
    frozen: dict[str, Any] = {name: MappingProxyType(dict(table.terms)) for name, table in tables.items()}
    return Vocabularies(**frozen)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise VocabularyError(tuple(problems))


def _read(path: Path, record: type[Term]) -> _Table:
    terms: dict[str, Term] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    # utf-8-sig: spreadsheets put a byte order mark before the header when they save.
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, restkey="surplus cells", strict=True)
        try:
            if "code" not in (rows.fieldnames or ()):
                raise csv.Error(f"its first line is {rows.fieldnames}, without a column code")
            for row in rows:
                try:
                    term = record.model_validate(row)
                except ValidationError as error:
                    problems += _row_problems(path.name, rows.line_num, error)
                    continue
                if term.code in terms:
                    message = f"the code stands already in line {lines[term.code]}"
                    problems.append(Problem(path.name, rows.line_num, "code", term.code, message))
                terms[term.code], lines[term.code] = term, rows.line_num
        except (UnicodeDecodeError, csv.Error) as error:
            message = f"not a comma-separated UTF-8 file: {error}"
            problems.append(Problem(path.name, rows.line_num, "-", "", message))
    return _Table(path.name, record, terms, lines, tuple(problems))


def _row_problems(file: str, line: int, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        column = str(detail["loc"][0]) if detail["loc"] else "(the whole row)"
        value = str(detail["input"]) if detail["loc"] else str(detail["input"]["code"])
        yield Problem(file, line, column, value, detail["msg"])


def _broken_references(name: str, tables: Mapping[str, _Table]) -> Iterator[Problem]:
    table = tables[name]
    for column, refers in _referring_columns(table.record):
        target = tables[refers.to or name]
        for term in table.terms.values():
            for value, message in _faults(term.code, getattr(term, column), target, own=not refers.to):
                nearest = "" if value in target.terms else _nearest(value, target.terms.keys() - {term.code})
                yield Problem(table.file, table.lines[term.code], column, value, message, nearest)


def _referring_columns(record: type[Term]) -> Iterator[tuple[str, Refers]]:
    for column, info in record.model_fields.items():
        for mark in info.metadata:
            if isinstance(mark, Refers):
                yield column, mark


def _faults(code: str, cell: str | tuple[str, ...] | None, target: _Table, *, own: bool) -> Iterator[tuple[str, str]]:
    """Each code in ``cell`` that does not hold, with what is wrong about it."""
    references = cell if isinstance(cell, tuple) else (cell,) if cell else ()
    for reference in references:
        term = target.terms.get(reference)
        if term is None:
            yield reference, f"is not a code of {target.file}"
        elif own and (reference == code or getattr(term, "parent", None)):
            yield reference, "cannot be a parent: it is the term itself, or has a parent of its own"
        elif getattr(term, "exclusive", False) and len(references) > 1:
            yield reference, "stands for everyone and excludes any other code beside it"


def _nearest(value: str, codes: Iterable[str]) -> str:
    return next(iter(get_close_matches(value, sorted(codes), n=1, cutoff=0.5)), "")


def _with_narrower(parents: Mapping[str, str | None], code: str) -> frozenset[str]:
    return frozenset({code}) | {narrow for narrow, parent in parents.items() if parent == code}
