"""Released figures over time: which releases a question has, and what each of them told."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp.coverage.areas import LayerAreas
from mapapp.coverage.definitions import definitions
from mapapp.coverage.figures import FLAGS, AreaFigure, Figure, Flag
from mapapp.coverage.tables import CoverageRelease, ReleasedFigure

REGION = "region"
MOST_RELEASES = 1_000


@dataclass(frozen=True, slots=True)
class PastRelease:
    """One release of a question."""

    code: str
    day: date
    definitions_version: str
    territory_release: str


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A question that was released, with its releases, oldest first. ``key``: the same for the same question."""

    key: str
    asked: dict[str, Any]
    releases: tuple[PastRelease, ...]


@dataclass(frozen=True, slots=True)
class PastFigures:
    """What a release told: of the areas that are still, and of the region."""

    rows: tuple[AreaFigure, ...]
    region: Figure | None


def past_questions(session: Session) -> tuple[PastQuestion, ...]:
    """The questions of the newest releases whose measure is still defined, in the order of their measure and key."""
    table = CoverageRelease
    found = session.scalars(select(table).order_by(table.id.desc()).limit(MOST_RELEASES)).all()
    releases: dict[str, list[PastRelease]] = {}
    asked: dict[str, dict[str, Any]] = {}
    for each in reversed(found):
        if each.question["measure"] not in definitions():
            continue
        key = _key(each.question)
        asked[key] = each.question
        one = PastRelease(each.code, each.day, each.definitions_version, each.territory_release)
        releases.setdefault(key, []).append(one)
    order = list(definitions())
    keys = sorted(releases, key=lambda key: (order.index(asked[key]["measure"]), key))
    return tuple(PastQuestion(key, asked[key], tuple(releases[key])) for key in keys)


def past_figures(session: Session, question: PastQuestion, code: str, areas: LayerAreas) -> PastFigures:
    """The figures of a release; areas that are no more are left out."""
    release, figure = CoverageRelease, ReleasedFigure
    statement = (
        select(figure, release.day)
        .join(release, release.id == figure.release_id)
        .where(release.code == code)
        .order_by(figure.area_code)
    )
    unit = definitions()[question.asked["measure"]].unit
    told = {row.area_code: _figure(row, unit, day) for row, day in session.execute(statement)}
    refs = {ref.code: ref for ref in areas.refs}
    rows = tuple(AreaFigure(refs[area], each) for area, each in told.items() if area in refs)
    return PastFigures(rows, told.get(REGION))


def _figure(row: ReleasedFigure, unit: str, day: date) -> Figure:
    flags: frozenset[Flag] = frozenset(flag for flag in FLAGS if flag in row.flags.split("|"))
    return Figure(row.value, row.numerator, row.denominator, unit, "", day, row.sites, flags)


def _key(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]
