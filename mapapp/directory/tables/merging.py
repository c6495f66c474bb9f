"""Records that may be one, records that were made one, and where the ids and numbers of those that are gone lead."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class DuplicatePair(Base):
    """Two organizations that may be one, the lower id first. The pair outlives either."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="lower_first"),
        CheckConstraint("state IN ('open', 'dismissed', 'merged')", name="state"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    one_id: Mapped[UUID]
    other_id: Mapped[UUID]
    one_name: Mapped[str]
    other_name: Mapped[str]
    verdict: Mapped[str]
    score: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="open")
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("record_merge.id"))


class RecordMerge(Base):
    """One merge; its rows' changes are in ``change_journal`` under the same number, which no import has."""

    __tablename__ = "record_merge"
    __table_args__ = (CheckConstraint("state IN ('applied', 'undone')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    survivor_id: Mapped[UUID]
    absorbed_id: Mapped[UUID]
    taken: Mapped[list[str]] = mapped_column(ARRAY(Text))  # what a person chose from the absorbed record
    state: Mapped[str] = mapped_column(server_default="applied")
    merged_at: Mapped[datetime] = mapped_column(server_default=func.now())
    merged_by: Mapped[str]
    undone_at: Mapped[datetime | None]


class RecordAlias(Base):
    """The id, and the number in its register, of a record that is gone into another of the same table.

    ``fields`` are the columns and details of the survivor that go on following the absorbed record's register.
    """

    __tablename__ = "record_alias"
    __table_args__ = (
        Index("ix_record_alias_survivor", "survivor_id"),
        UniqueConstraint("table_name", "source", "source_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    survivor_id: Mapped[UUID]
    # absent where the record has no number of its own: a service at a location
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
