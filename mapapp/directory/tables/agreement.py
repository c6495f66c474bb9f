"""Agreements and contracts by which somebody serves the people of a further gmina or powiat."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ServiceAgreement(Base):
    """A task provided for a gmina or powiat by somebody else, by agreement of local governments or by contract."""

    __tablename__ = "service_agreement"
    __table_args__ = (
        UniqueConstraint("served_teryt", "task", "provider", "valid_from"),
        CheckConstraint("kind IN ('agreement', 'contract')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="dates"),
        Index("ix_service_agreement_served", "served_teryt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # TERYT of a gmina (7 digits) or powiat (4)
    served_teryt: Mapped[str] = mapped_column(String(7))
    # a code of data/coverage/duties.csv
    task: Mapped[str]
    kind: Mapped[str]
    provider: Mapped[str]
    # number of the provider's record in its register, where it has one
    provider_record: Mapped[str | None]
    # TERYT of the gmina (7 digits) or powiat (4) whose services are used, where a local government provides it
    provider_teryt: Mapped[str | None] = mapped_column(String(7))
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
