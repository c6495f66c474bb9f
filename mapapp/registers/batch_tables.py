"""Files brought in, each with what it would change or changed, and what it takes to undo it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ImportBatch(Base):
    """One file; what applying it did to each row is in ``change_journal`` under the same number."""

    __tablename__ = "import_batch"
    __table_args__ = (CheckConstraint("state IN ('staged', 'applied', 'undone', 'discarded', 'closed')", name="state"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    file_name: Mapped[str]
    file_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the file's bytes
    content_hash: Mapped[str] = mapped_column(String(64), server_default="")  # of what its good rows say, in any order
    layout: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="staged")
    staged_at: Mapped[datetime] = mapped_column(server_default=func.now())
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    # the registers that its records name, with the day of their content
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class StagedRecord(Base):
    """What one unit of a file would change in the directory, and what a person decided about it."""

    __tablename__ = "staged_record"
    __table_args__ = (
        Index("ix_staged_record_batch", "batch", "action", "id"),
        Index("ix_staged_record_number", "source", "source_id"),
        CheckConstraint("action IN ('added', 'changed', 'unchanged', 'gone', 'conflict', 'doubtful')", name="action"),
        CheckConstraint(
            "decision IN ('take', 'leave', 'keep', 'end', 'register', 'manual', 'same', 'new')", name="decision"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    batch: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(server_default="")
    line: Mapped[int | None]  # a unit that is gone has none
    source: Mapped[str]
    source_id: Mapped[str]
    name: Mapped[str]
    action: Mapped[str]
    # the facility, as its record writes itself
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    content_hash: Mapped[str] = mapped_column(String(64))
    target: Mapped[UUID | None]  # the organization that it is stored as
    target_version: Mapped[int] = mapped_column(server_default="0")  # versions of its records, summed
    earlier_number: Mapped[str | None]  # under which the register named it before
    match_score: Mapped[float | None]  # how likely the unit of that number is this one
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    # than what the directory holds: only past numbers of places are added
    is_older: Mapped[bool] = mapped_column(server_default="false")
    # the directory changed after staging, so that these are not the differences that were staged
    is_stale: Mapped[bool] = mapped_column(server_default="false")
    decision: Mapped[str | None]
    choices: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")  # of conflicts, by field
    decided_by: Mapped[str | None]
