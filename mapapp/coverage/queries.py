"""Questions to the tables of coverage."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp.coverage.need import IndicatorValue
from mapapp.coverage.tables import CoverageRelease, NeedIndicator


def need_indicators(session: Session) -> tuple[IndicatorValue, ...]:
    """All indicators of need."""
    table = NeedIndicator
    rows = session.scalars(select(table).order_by(table.code, table.gmina_teryt, table.year))
    return tuple(
        IndicatorValue(each.code, each.gmina_teryt, each.year, each.persons, each.source, each.is_estimate, each.as_of)
        for each in rows
    )


@dataclass(frozen=True, slots=True)
class ReleasedQuestion:
    """A release: what was asked, of which day's data, and the hash of what was told."""

    code: str
    day: date
    measure: str
    types: tuple[str, ...]
    layer: str
    figures_hash: str


def releases(session: Session, limit: int = 200) -> tuple[ReleasedQuestion, ...]:
    """The newest releases first."""
    rows = session.scalars(select(CoverageRelease).order_by(CoverageRelease.id.desc()).limit(limit))
    return tuple(
        ReleasedQuestion(
            each.code,
            each.day,
            each.question["measure"],
            tuple(each.question.get("types", ())),
            each.question["layer"],
            each.figures_hash,
        )
        for each in rows
    )
