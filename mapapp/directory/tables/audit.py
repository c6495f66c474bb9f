"""Where records come from, and what was changed in them."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class SourceRegister(Base):
    """A register, a list or the sample generator; every record names one."""

    __tablename__ = "source_register"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    publisher: Mapped[str]
    licence: Mapped[str | None]
    url: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(server_default="false")
    last_loaded_at: Mapped[datetime | None]
    last_content_date: Mapped[date | None]


class Metadata(Base):
    """One change of one field (HSDS metadata): who, when, from what, to what."""

    __tablename__ = "metadata"
    __table_args__ = (Index("ix_metadata_resource", "resource_type", "resource_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, server_default=func.gen_random_uuid())
    resource_id: Mapped[UUID]
    resource_type: Mapped[str]
    last_action_date: Mapped[datetime] = mapped_column(server_default=func.now())
    last_action_type: Mapped[str]
    field_name: Mapped[str]
    previous_value: Mapped[str | None]
    replacement_value: Mapped[str | None]
    updated_by: Mapped[str]
    import_batch: Mapped[UUID | None]
    reason: Mapped[str | None]
