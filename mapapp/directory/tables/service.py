"""Services: what a person can get."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.directory.tables.record import SourcedRecord

CODES = ARRAY(Text)


class Service(SourcedRecord):
    """One kind of support offered by one organization, wherever it is given."""

    __tablename__ = "service"
    __table_args__ = (
        *SourcedRecord.identity("service"),
        Index("ix_service_facility_type", "facility_type"),
        CheckConstraint("minimum_age IS NULL OR maximum_age IS NULL OR minimum_age <= maximum_age", name="ages"),
        CheckConstraint(
            "audiences @> ARRAY[]::text[] AND (NOT 'all' = ANY(audiences) OR cardinality(audiences) = 1)",
            name="all_is_exclusive",
        ),
        CheckConstraint("NOT is_sample OR assured_date IS NULL", name="samples_are_never_verified"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("program.id"))
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    short_description: Mapped[str | None]
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(
        Enum("active", "inactive", "defunct", "temporarily closed", name="service_status"),
        server_default="active",
    )
    status_reason: Mapped[str | None]
    planned_from: Mapped[date | None]
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    fees_description: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    # when a person confirmed the facts; an import never moves it
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None]
    alert: Mapped[str | None]
    accreditations: Mapped[str | None]
    # its own, where they are not those of the place, or there is no place
    opening_hours: Mapped[str | None]
    facility_type: Mapped[str]
    subtypes: Mapped[list[str]] = mapped_column(CODES, server_default="{}")  # DPS art. 56, ŚDS A-D
    law_fields: Mapped[list[str]] = mapped_column(CODES, server_default="{}")
    audiences: Mapped[list[str]] = mapped_column(CODES, server_default="{}")
    modes: Mapped[list[str]] = mapped_column(CODES, server_default="{}")
    care_setting: Mapped[str | None]
    module: Mapped[str | None]  # dialog or service, in a model social centre
    referral: Mapped[str | None]
    obligation: Mapped[str | None]
    legal_basis: Mapped[str | None]
    etr_text: Mapped[str | None]
    pjm_url: Mapped[str | None]
    update_every_months: Mapped[int | None]
