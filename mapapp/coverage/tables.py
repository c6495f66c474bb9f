"""Tables of coverage: who provides for whom by agreement, what further sources count, and released figures."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ServiceAgreement(Base):
    """A task provided for a gmina or powiat by somebody else, by agreement of local governments or by contract."""

    __tablename__ = "service_agreement"
    __table_args__ = (
        UniqueConstraint("served_teryt", "task", "provider", "valid_from"),
        CheckConstraint("kind IN ('agreement', 'contract')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="dates"),
        Index("ix_service_agreement_served", "served_teryt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # TERYT of a gmina (7 digits) or powiat (4)
    served_teryt: Mapped[str] = mapped_column(String(7))
    # a code of data/coverage/duties.csv
    task: Mapped[str]
    kind: Mapped[str]
    provider: Mapped[str]
    # number of the provider's record in its register, where it has one
    provider_record: Mapped[str | None]
    # TERYT of the gmina (7 digits) or powiat (4) whose services are used, where a local government provides it
    provider_teryt: Mapped[str | None] = mapped_column(String(7))
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class NeedIndicator(Base):
    """A number of a gmina that some source counts: people with certified disability, posts of social workers."""

    __tablename__ = "need_indicator"
    __table_args__ = (CheckConstraint("persons >= 0", name="not_negative"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    gmina_teryt: Mapped[str] = mapped_column(String(7), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    persons: Mapped[float]
    is_estimate: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[str]
    # the day in that year that the source names
    as_of: Mapped[date | None]


class CoverageRelease(Base):
    """Figures as they were told, and the hash of all that they came from: the same inputs give the same hash."""

    __tablename__ = "coverage_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    data_release: Mapped[str]
    directory_release: Mapped[str]
    territory_release: Mapped[str]
    definitions_version: Mapped[str]
    question: Mapped[dict[str, Any]] = mapped_column(JSONB)
    day: Mapped[date]
    figures_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ReleasedFigure(Base):
    """One figure of a release."""

    __tablename__ = "coverage_figure"

    release_id: Mapped[int] = mapped_column(ForeignKey("coverage_release.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    area_name: Mapped[str]
    value: Mapped[float | None]
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    sites: Mapped[int]
    flags: Mapped[str]


class Scenario(Base):
    """A planner's scenario under a name: the question with its changes as an address asks it, and whom it opens to."""

    __tablename__ = "scenario"
    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 100", name="name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # who has it may look
    share_key: Mapped[str] = mapped_column(String(16), unique=True)
    # who has the key that this is the SHA-256 of may change it; the key itself is nowhere
    edit_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    query: Mapped[str]
    data_release: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
