"""Reference values that gaps are measured against. They are data with a source: ``data/coverage/standards.csv``."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from mapapp.coverage.areas import Floats
from mapapp.coverage.errors import NotAnswerable, UnknownCode
from mapapp.coverage.question import Question
from mapapp.settings import ROOT

FILE = ROOT / "data" / "coverage" / "standards.csv"
# references that are computed from the areas themselves: share of the areas below
COMPUTED = MappingProxyType({"median": 0.5, "best_quartile": 0.75})


@dataclass(frozen=True, slots=True)
class Standard:
    """``value`` places per ``per`` people of ``group`` in services of ``types``. None of them binds anybody."""

    code: str
    types: tuple[str, ...]
    group: str
    value: float
    per: int
    label_pl: str
    label_en: str
    label_uk: str
    source: str
    year: int | None
    is_checked: bool

    def label(self, language: str) -> str:
        """Its name."""
        return str(getattr(self, f"label_{language}") or self.label_pl)


@cache
def standards(path: Path = FILE) -> Mapping[str, Standard]:
    """All reference values by code."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType({row["code"]: _standard(row) for row in csv.DictReader(file)})


def standard_of(question: Question, places: Sequence[float], people: Floats) -> float:
    """Places per person that the question measures against.

    ``places``, ``people``: of every area that is compared, for references such as their median.
    Raises UnknownCode, and NotAnswerable where the question has no standard or a reference cannot be computed.
    """
    if question.standard is not None:
        return question.standard / question.standard_per
    if question.reference is None:
        raise NotAnswerable(
            "a gap needs a standard: a number of places, or a reference: " + ", ".join((*COMPUTED, *standards()))
        )
    if question.reference in COMPUTED:
        told = [own / number for own, number in zip(places, people, strict=True) if number > 0]
        if not told:
            raise NotAnswerable(f"the reference {question.reference!r} has no area with people to be computed from")
        return float(np.quantile(told, COMPUTED[question.reference]))
    known = standards()
    if question.reference not in known:
        raise UnknownCode("reference", question.reference, (*COMPUTED, *known))
    return _fitting(known[question.reference], question)


def _fitting(standard: Standard, question: Question) -> float:
    """The value, where it is about these people; about other ages it would say nothing."""
    if standard.group != question.group:
        raise NotAnswerable(
            f"the reference {standard.code!r} is for the group {standard.group}, not {question.group}; "
            f"ask with ages {standard.group}"
        )
    return standard.value / standard.per


def _standard(row: Mapping[str, str]) -> Standard:
    return Standard(
        code=row["code"],
        types=tuple(row["types"].split("|")) if row["types"] else (),
        group=row["group"],
        value=float(row["value"]),
        per=int(row["per"]),
        label_pl=row["label_pl"],
        label_en=row["label_en"],
        label_uk=row["label_uk"],
        source=row["source"],
        year=int(row["year"]) if row["year"] else None,
        is_checked=row["checked"] == "yes",
    )
