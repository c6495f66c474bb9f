"""Fields that a person wrote, so that no register writes over them unseen."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ManualEdit(Base):
    """A field of an organization, location or service: what the register said last, and what stands there instead."""

    __tablename__ = "manual_edit"
    __table_args__ = (UniqueConstraint("record", "field"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, server_default=func.gen_random_uuid())
    table_name: Mapped[str]
    record: Mapped[UUID]
    field: Mapped[str]
    base: Mapped[Any] = mapped_column(JSONB, nullable=False)
    value: Mapped[Any] = mapped_column(JSONB, nullable=False)
    edited_by: Mapped[str]
    edited_at: Mapped[datetime] = mapped_column(server_default=func.now())
