"""Questions to the tables of coverage."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp.coverage.need import IndicatorValue
from mapapp.coverage.tables import CoverageRelease, NeedIndicator, ServiceAgreement


@dataclass(frozen=True, slots=True)
class Agreement:
    """Somebody provides a task for a gmina or powiat: by agreement of local governments, or by contract.

    ``provider_record``: its number in its register; ``provider_teryt``: the gmina or powiat whose services they are.
    """

    served_teryt: str
    task: str
    kind: str
    provider: str
    provider_record: str | None
    source: str
    provider_teryt: str | None = None


def agreements(session: Session, day: date) -> tuple[Agreement, ...]:
    """The agreements that hold on a day."""
    table = ServiceAgreement
    holds = (table.valid_from <= day) & (table.valid_to.is_(None) | (table.valid_to >= day))
    rows = session.scalars(
        select(table).where(holds).order_by(table.served_teryt, table.task, table.provider, table.id)
    )
    return tuple(
        Agreement(
            each.served_teryt,
            each.task,
            each.kind,
            each.provider,
            each.provider_record,
            each.source,
            each.provider_teryt,
        )
        for each in rows
    )


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
