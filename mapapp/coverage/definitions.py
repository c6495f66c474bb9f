"""What every measure means, once: the method page, the exports and the figures themselves read it here.

The texts are data: ``data/coverage/measures.csv``.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from mapapp.coverage.errors import UnknownCode
from mapapp.settings import ROOT

FOLDER = ROOT / "data" / "coverage"
Better = Literal["more", "less", "neither"]
Input = Literal[
    "sites", "places", "use", "people", "travel", "standard", "setting", "profile", "verified", "hours", "staff"
]
Language = Literal["pl", "en", "uk"]
WITHOUT_SERVICES: frozenset[Input] = frozenset({"people", "staff"})


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure. ``small_of``: a figure whose denominator (or number of sites) is below ``small_below`` is flagged."""

    code: str
    unit: str
    better: Better
    decimals: int
    needs: frozenset[Input]
    small_of: Literal["denominator", "sites", "never"]
    small_below: float
    texts: Mapping[str, str]

    @property
    def is_of_services(self) -> bool:
        """Whether it is about services, and not about people or staff alone."""
        return bool(self.needs - WITHOUT_SERVICES)

    def label(self, language: str = "pl") -> str:
        """Its name."""
        return self._text("label", language)

    def numerator(self, language: str = "pl") -> str:
        """What is counted."""
        return self._text("numerator", language)

    def denominator(self, language: str = "pl") -> str:
        """What it is counted against; empty where against nothing."""
        return self._text("denominator", language)

    def source(self, language: str = "pl") -> str:
        """Where the numbers come from."""
        return self._text("source", language)

    def caveat(self, language: str = "pl") -> str:
        """What to keep in mind."""
        return self._text("caveat", language)

    def unit_label(self, language: str = "pl") -> str:
        """The unit in words."""
        return self._text("unit", language)

    def _text(self, kind: str, language: str) -> str:
        return self.texts.get(f"{kind}_{language}") or self.texts[f"{kind}_pl"]


@cache
def definitions(path: Path = FOLDER / "measures.csv") -> Mapping[str, Definition]:
    """All measures by code, in the order of the method page."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType({row["code"]: _definition(row) for row in csv.DictReader(file)})


def definition(code: str) -> Definition:
    """The measure of that code. Raises UnknownCode with the nearest one."""
    known = definitions()
    if code not in known:
        raise UnknownCode("measure", code, known)
    return known[code]


@cache
def definitions_version() -> str:
    """A hash of everything that decides figures besides the data: texts, standards, speeds, and the code."""
    digest = hashlib.sha256()
    for path in sorted([*FOLDER.glob("*.csv"), *Path(__file__).parent.glob("*.py"), *(ROOT / "geo").glob("*.py")]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _definition(row: dict[str, str]) -> Definition:
    return Definition(
        code=row["code"],
        unit=row["unit"],
        better=cast("Better", row["better"]),
        decimals=int(row["decimals"]),
        needs=frozenset(cast("list[Input]", row["needs"].split("|"))),
        small_of=cast("Literal['denominator', 'sites', 'never']", row["small_of"]),
        small_below=float(row["small_below"] or 0),
        texts=MappingProxyType({name: text for name, text in row.items() if name[-3:] in {"_pl", "_en", "_uk"}}),
    )
