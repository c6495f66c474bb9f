"""The published read model: the only table that search, maps and exports read.

A row is one service at one location, or one service without a location. It is written by one SQL
statement through the one visibility predicate (``directory.listing``), so that what must not be seen
is not in it: no address and no coordinates below ``public``, no gmina at ``on_request``, no row at all
for ``internal``.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import Computed, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base
from mapapp.directory.tables.record import VISIBILITY

CODES = ARRAY(Text)
# entries go straight into the index: a pending list made searches after an import four times slower until a vacuum
GIN: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}


class Listing(Base):
    """One published service at a location, flat and indexed for search."""

    __tablename__ = "listing"
    __table_args__ = (
        Index("ix_listing_search", "search", **GIN),
        Index("ix_listing_point", "point", postgresql_using="gist"),
        Index("ix_listing_point_metric", "point_metric", postgresql_using="gist"),
        Index("ix_listing_point_mercator", "point_mercator", postgresql_using="gist"),
        Index("ix_listing_type", "facility_type", "id"),
        Index("ix_listing_gmina", "gmina_teryt"),
        Index("ix_listing_location", "location_id"),
        Index("ix_listing_service", "service_id"),
        Index("ix_listing_organization", "organization_id"),
        Index("ix_listing_audiences", "audiences", **GIN),
        Index("ix_listing_hours", "opening_hours"),
        Index("ix_listing_agreed", "id", postgresql_where=text("agreed_area <> '{}'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]
    visibility: Mapped[str] = mapped_column(VISIBILITY)
    is_sample: Mapped[bool]
    facility_type: Mapped[str]
    type_group: Mapped[str]
    centre_kind: Mapped[str | None]
    name: Mapped[str]
    organization_name: Mapped[str | None]
    sector: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    phone: Mapped[str | None]
    phone_display: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    opening_hours: Mapped[str | None]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    point_metric: Mapped[Any | None] = mapped_column(
        Geometry("POINT", srid=2180, spatial_index=False),
        Computed("ST_Transform(point, 2180)", persisted=True),
    )
    point_mercator: Mapped[Any | None] = mapped_column(
        Geometry("POINT", srid=3857, spatial_index=False),
        Computed("ST_Transform(point, 3857)", persisted=True),
    )
    geometry_quality: Mapped[str | None]
    gmina_teryt: Mapped[str | None] = mapped_column(String(7))
    gmina_name: Mapped[str | None]
    powiat_teryt: Mapped[str | None] = mapped_column(String(4))
    powiat_name: Mapped[str | None]
    nuts3: Mapped[str | None] = mapped_column(String(5))
    service_area: Mapped[list[str]] = mapped_column(CODES)
    # whose people may use it besides, by agreements (``directory.agreements``)
    agreed_area: Mapped[list[str]] = mapped_column(CODES, server_default="{}")
    audiences: Mapped[list[str]] = mapped_column(CODES)
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    modes: Mapped[list[str]] = mapped_column(CODES)
    care_setting: Mapped[str | None]
    cost_kind: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(CODES)
    accessibility: Mapped[dict[str, str]] = mapped_column(JSONB)  # feature -> yes, partial, no
    profiles: Mapped[dict[str, str]] = mapped_column(JSONB)  # profile -> yes, partial, no, unknown
    places: Mapped[int | None]
    places_free: Mapped[int | None]
    places_as_of: Mapped[date | None]
    status: Mapped[str]
    alert: Mapped[str | None]
    verified_on: Mapped[date | None]
    source: Mapped[str]
    source_date: Mapped[date | None]
    last_modified: Mapped[datetime]
    search: Mapped[Any] = mapped_column(TSVECTOR)
    words: Mapped[str]


class SearchWord(Base):
    """Every distinct word of the listings and vocabularies, folded: what a misspelt word is compared with."""

    __tablename__ = "search_word"
    __table_args__ = (Index("ix_search_word_trgm", "word", postgresql_ops={"word": "gin_trgm_ops"}, **GIN),)

    word: Mapped[str] = mapped_column(primary_key=True)
    documents: Mapped[int]
