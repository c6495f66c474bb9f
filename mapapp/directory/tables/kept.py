"""What is made of the listings once, when they are published, and not by each request.

Nothing here outlives its listing, so that it tells no more than the read model does.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ListingFeature(Base):
    """The feature of OGC API – Features in degrees; neighbours lie beside each other."""

    __tablename__ = "listing_feature"

    id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    geojson: Mapped[str]


class ListingExport(Base):
    """The feature of exported files, by id as files have them."""

    __tablename__ = "listing_export"

    id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    geojson: Mapped[str]


class ListingCell(Base):
    """The services of a group in a cell of the grid of a zoom. They hold while there is a ``ListingSummary``.

    Of a single service it has what a tile tells; of several the least values, which nobody is told.
    """

    __tablename__ = "listing_cell"

    z: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column(primary_key=True)
    services: Mapped[int] = mapped_column(BigInteger)
    sum_x: Mapped[float]
    sum_y: Mapped[float]
    id: Mapped[str]
    location_id: Mapped[str | None]
    type: Mapped[str]
    access: Mapped[str | None]
    is_sample: Mapped[bool]


class ListingSummary(Base):
    """All listings in one row. Whatever writes a listing deletes it (trigger ``forget_summary``), publishing writes it.

    Where it is not there, the listings are counted.
    """

    __tablename__ = "listing_summary"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True)
    listings: Mapped[int]
    located: Mapped[int]
    has_samples: Mapped[bool]
    # the newest transaction that wrote one
    newest_writer: Mapped[int | None] = mapped_column(BigInteger)
    oldest: Mapped[datetime | None]
    newest: Mapped[datetime | None]
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text))
