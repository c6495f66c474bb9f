"""Organizations and their programmes."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.directory.tables.record import Record, SourcedRecord


class Organization(SourcedRecord):
    """Who provides, pays for or owns services."""

    __tablename__ = "organization"
    __table_args__ = SourcedRecord.identity("organization")

    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    legal_status: Mapped[str | None]
    year_incorporated: Mapped[int | None]
    logo: Mapped[str | None]
    uri: Mapped[str | None]
    parent_organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    sector: Mapped[str | None]
    # MOPS turned into CUS: the old name stays findable, with the resolution that did it
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    legal_act: Mapped[str | None]
    legal_act_date: Mapped[date | None]
    epuap: Mapped[str | None]
    edoreczenia: Mapped[str | None]
    bip_url: Mapped[str | None]


class OrganizationIdentifier(Record):
    """NIP, REGON, KRS or a register's number."""

    __tablename__ = "organization_identifier"
    __table_args__ = (UniqueConstraint("organization_id", "identifier_scheme", "identifier"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str]
    identifier: Mapped[str]


class Program(Record):
    """A programme or project under which services run."""

    __tablename__ = "program"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    funding_programme: Mapped[str | None]
    budget: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    module: Mapped[str | None]
