"""Tables of the territory. Truth is in EPSG:2180; codes are TERYT; every unit has validity dates."""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base

CURRENT = text("valid_to IS NULL")


class TerritoryRelease(Base):
    """What was loaded, from whom, and whether its boundaries are official or schematic."""

    __tablename__ = "territory_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    is_schematic: Mapped[bool]
    attribution: Mapped[str]
    sources: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    content_hash: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Unit(Base):
    """Columns that all territorial units share."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    # after a preposition: "w powiecie kłodzkim"; null where the page says "gmina X"
    name_genitive: Mapped[str | None]
    name_locative: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    area_km2: Mapped[float]
    geom: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=2180, spatial_index=False))
    # for drawing: simplified as one coverage, so that neighbours still share their edge
    outline: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))


class Voivodeship(Unit):
    """TERYT of two digits."""

    __tablename__ = "voivodeship"
    __table_args__ = (Index("uq_voivodeship_current", "teryt", unique=True, postgresql_where=CURRENT),)

    teryt: Mapped[str] = mapped_column(String(2))


class Subregion(Unit):
    """NUTS 3 unit."""

    __tablename__ = "subregion"
    __table_args__ = (Index("uq_subregion_current", "nuts3", unique=True, postgresql_where=CURRENT),)

    nuts3: Mapped[str] = mapped_column(String(5))
    voivodeship_teryt: Mapped[str] = mapped_column(String(2))


class Powiat(Unit):
    """TERYT of four digits; a city with powiat rights is one too."""

    __tablename__ = "powiat"
    __table_args__ = (
        Index("uq_powiat_current", "teryt", unique=True, postgresql_where=CURRENT),
        Index("ix_powiat_geom", "geom", postgresql_using="gist"),
    )

    teryt: Mapped[str] = mapped_column(String(4))
    is_city: Mapped[bool]
    nuts3: Mapped[str] = mapped_column(String(5))
    voivodeship_teryt: Mapped[str] = mapped_column(String(2))


class Gmina(Unit):
    """TERYT of seven digits; the last is the kind: 1 urban, 2 rural, 3 urban-rural."""

    __tablename__ = "gmina"
    __table_args__ = (
        Index("uq_gmina_current", "teryt", unique=True, postgresql_where=CURRENT),
        Index("ix_gmina_geom", "geom", postgresql_using="gist"),
        CheckConstraint("kind IN ('urban', 'rural', 'urban-rural')", name="kind"),
    )

    teryt: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str]
    powiat_teryt: Mapped[str] = mapped_column(String(4), index=True)
    nuts3: Mapped[str] = mapped_column(String(5), index=True)
    voivodeship_teryt: Mapped[str] = mapped_column(String(2))
    seat: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class Population(Base):
    """Persons of a gmina in a year and an age group; ``age_to`` is inclusive, 120 where open, total is 0-120."""

    __tablename__ = "population"
    __table_args__ = (CheckConstraint("persons >= 0 AND age_from <= age_to", name="range"),)

    gmina_teryt: Mapped[str] = mapped_column(String(7), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    age_from: Mapped[int] = mapped_column(primary_key=True)
    age_to: Mapped[int] = mapped_column(primary_key=True)
    scenario: Mapped[str] = mapped_column(primary_key=True, server_default="recorded")  # or estimate, projection
    persons: Mapped[int]
    source: Mapped[str]


class Place(Base):
    """A settlement with a postal code: what a resident types after "gdzie"."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("name", "postal_code", "gmina_teryt"),
        Index(
            "ix_place_name_folded",
            "name_folded",
            postgresql_using="gin",
            postgresql_ops={"name_folded": "gin_trgm_ops"},
        ),
        Index("ix_place_postal_code", "postal_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(Computed("public.folded(name)", persisted=True))
    postal_code: Mapped[str | None] = mapped_column(String(6))
    gmina_teryt: Mapped[str] = mapped_column(String(7), index=True)
    is_seat: Mapped[bool] = mapped_column(server_default="false")
    position: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326))
    source: Mapped[str]


class CensusGrid(Base):
    """The 1 km grid of a census that was loaded last; ``is_used``: people are counted where it has them."""

    __tablename__ = "census_grid"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    file: Mapped[str]
    content_hash: Mapped[str] = mapped_column(String(64))
    is_used: Mapped[bool] = mapped_column(server_default="true")
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CensusGridCell(Base):
    """A cell by its south-west corner in metres of EPSG:3035. Null: the publisher keeps the number back."""

    __tablename__ = "census_grid_cell"
    __table_args__ = (CheckConstraint("least(persons, under_15, from_15_to_64, from_65) >= 0", name="not_negative"),)

    north: Mapped[int] = mapped_column(primary_key=True)
    east: Mapped[int] = mapped_column(primary_key=True)
    persons: Mapped[int | None]
    under_15: Mapped[int | None]
    from_15_to_64: Mapped[int | None]
    from_65: Mapped[int | None]


class CensusGridPart(Base):
    """The ground of a cell in one of the current gminas; derived from both."""

    __tablename__ = "census_grid_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["north", "east"], ["census_grid_cell.north", "census_grid_cell.east"], ondelete="CASCADE"
        ),
    )

    north: Mapped[int] = mapped_column(primary_key=True)
    east: Mapped[int] = mapped_column(primary_key=True)
    gmina_teryt: Mapped[str] = mapped_column(String(7), primary_key=True)
    # of the cell's ground, above 0 and at most 1
    part: Mapped[float]
    # a point of it in metres of EPSG:2180, and how far that is from the region's border
    x: Mapped[float]
    y: Mapped[float]
    to_border_m: Mapped[float | None]
