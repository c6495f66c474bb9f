"""Imports that changed the directory, each with what it takes to undo it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ImportBatch(Base):
    """One file that changed something; its rows' changes are in ``change_journal`` under the same number."""

    __tablename__ = "import_batch"
    __table_args__ = (CheckConstraint("state IN ('applied', 'undone')", name="state"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    file_name: Mapped[str]
    file_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the file's bytes
    layout: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="applied")
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
