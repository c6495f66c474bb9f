"""Posts that the law asks of a gmina, against its residents or the families in its care. The numbers are data.

A gmina may choose what its posts are measured against, so that it has too few only where it has too few by either;
where the families are not known, only the fewest posts that every gmina must have can be missing.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from mapapp.coverage.need import Need, People
from mapapp.settings import ROOT

FILE = ROOT / "data" / "coverage" / "staffing.csv"
SOCIAL_WORKERS = "social_workers"


@dataclass(frozen=True, slots=True)
class Staffing:
    """What is asked for a task. ``posts``, ``cases``: codes of indicators, full-time posts and families in care."""

    task: str
    posts: str
    cases: str
    residents_per_post: float
    cases_per_post: float
    least_posts: float
    source: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class StaffState:
    """Posts of a gmina and what is asked of it; None: not known."""

    rule: Staffing
    posts: float | None
    residents: float | None
    cases: float | None
    source: str

    @property
    def _bases(self) -> tuple[float | None, float | None]:
        rule = self.rule
        by_residents = None if self.residents is None else self.residents / rule.residents_per_post
        return by_residents, None if self.cases is None else self.cases / rule.cases_per_post

    @property
    def wanted(self) -> float:
        """The fewest posts that do, as far as is known."""
        known = [each for each in self._bases if each is not None]
        return max(self.rule.least_posts, min(known, default=0.0))

    @property
    def status(self) -> Literal["here", "missing", "unknown"]:
        """Whether the posts do; unknown where something is not known that might decide it."""
        if self.posts is None:
            return "unknown"
        if self.posts < self.rule.least_posts:
            return "missing"
        if any(each is not None and self.posts >= each for each in self._bases):
            return "here"
        return "unknown" if None in self._bases else "missing"


@cache
def staffing(path: Path = FILE) -> Mapping[str, Staffing]:
    """What is asked, by task."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType({row["task"]: _staffing(row) for row in csv.DictReader(file)})


def staff_states(need: Need, rule: Staffing) -> tuple[StaffState, ...]:
    """How every gmina is staffed, in their order."""
    posts, cases = need.counted(rule.posts), need.counted(rule.cases)
    residents = need.people("total") if need.bands else None
    source = "; ".join(dict.fromkeys(each.source for each in (posts, cases) if each is not None))
    return tuple(
        StaffState(rule, _of(posts, number), _of(residents, number), _of(cases, number), source)
        for number in range(len(need.codes))
    )


def _of(people: People | None, gmina: int) -> float | None:
    return None if people is None or gmina in people.unknown else float(people.by_gmina[gmina])


def _staffing(row: Mapping[str, str]) -> Staffing:
    return Staffing(
        task=row["task"],
        posts=row["posts"],
        cases=row["cases"],
        residents_per_post=float(row["residents_per_post"]),
        cases_per_post=float(row["cases_per_post"]),
        least_posts=float(row["least_posts"]),
        source=row["source"],
        is_checked=row["checked"] == "yes",
    )
