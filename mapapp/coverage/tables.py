"""Tables of coverage: what further sources count, released figures, and saved scenarios."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


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
