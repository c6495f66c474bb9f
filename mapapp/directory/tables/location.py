"""Locations, and which service is given where."""

from datetime import date
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import Computed, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.directory.tables.record import Record, SourcedRecord


class Location(SourcedRecord):
    """A place: a building, a postal address or a virtual one."""

    __tablename__ = "location"
    __table_args__ = (
        *SourcedRecord.identity("location"),
        Index("ix_location_point_metric", "point_metric", postgresql_using="gist"),
    )

    location_type: Mapped[str] = mapped_column(
        Enum("physical", "postal", "virtual", name="location_type"), server_default="physical"
    )
    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    transportation: Mapped[str | None]
    url: Mapped[str | None]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    point_metric: Mapped[Any | None] = mapped_column(
        Geometry("POINT", srid=2180, spatial_index=False),
        Computed("ST_Transform(point, 2180)", persisted=True),
    )
    geometry_quality: Mapped[str | None]  # rooftop, street, locality, gmina, manual
    # what the register says, and what the polygon says: a difference is shown to staff, never mended silently
    declared_gmina_teryt: Mapped[str | None] = mapped_column(String(7))
    computed_gmina_teryt: Mapped[str | None] = mapped_column(String(7))
    floor: Mapped[str | None]
    amenities: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    opening_hours: Mapped[str | None]  # OpenStreetMap syntax: the truth that schedules are derived from
    opening_hours_text: Mapped[str | None]  # as the source wrote it
    opening_hours_status: Mapped[str | None]  # understood, partly, not_hours, not_understood
    opening_hours_notes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # what was assumed
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_temporary: Mapped[bool] = mapped_column(server_default="false")


class ServiceAtLocation(Record):
    """A service at a location; ``capacity_share`` null means unknown, never zero."""

    __tablename__ = "service_at_location"
    __table_args__ = (UniqueConstraint("service_id", "location_id"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    description: Mapped[str | None]
    capacity_share: Mapped[int | None]
    branch: Mapped[str | None]  # main or branch
