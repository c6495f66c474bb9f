"""What every record of the directory has: identity, history, visibility, origin."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Enum, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base

# Ordered from open to closed, so that GREATEST() of several gives the strictest.
VISIBILITY_LEVELS = ("public", "area_only", "on_request", "internal")
VISIBILITY = Enum(*VISIBILITY_LEVELS, name="visibility")


class Record(Base):
    """Any row of the directory."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, server_default=func.gen_random_uuid())
    visibility: Mapped[str] = mapped_column(VISIBILITY, server_default="public")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class SourcedRecord(Record):
    """A record that a register, a person or the sample generator gave; ``source_id`` is its number there."""

    __abstract__ = True

    source: Mapped[str] = mapped_column(ForeignKey("source_register.code"))
    source_id: Mapped[str]
    source_date: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(server_default="false")

    @staticmethod
    def identity(table: str) -> tuple[UniqueConstraint | Index, ...]:
        """The same number of the same register is the same record."""
        return (UniqueConstraint("source", "source_id", name=f"uq_{table}_source"),)
