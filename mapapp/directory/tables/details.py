"""Facts that hang on an organization, a service, a location or a service at a location."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Numeric, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from mapapp.directory.tables.record import Record


def _owner(table: str) -> Mapped[UUID | None]:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class OwnedByAny(Record):
    """A detail with exactly one owner of four kinds."""

    __abstract__ = True

    @declared_attr
    def organization_id(cls) -> Mapped[UUID | None]:  # noqa: N805 - SQLAlchemy calls it on the class
        """The owning organization."""
        return _owner("organization")

    @declared_attr
    def service_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """The owning service."""
        return _owner("service")

    @declared_attr
    def location_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """The owning location."""
        return _owner("location")

    @declared_attr
    def service_at_location_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """The owning service at a location."""
        return _owner("service_at_location")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:  # noqa: N805, D105
        owners = "organization_id, service_id, location_id, service_at_location_id"
        return (CheckConstraint(f"num_nonnulls({owners}) = 1", name="one_owner"),)


class Phone(OwnedByAny):
    """A telephone number: E.164 to dial, ``display`` to read."""

    __tablename__ = "phone"

    number: Mapped[str]
    display: Mapped[str]
    extension: Mapped[str | None]
    type: Mapped[str | None]
    description: Mapped[str | None]
    position: Mapped[int] = mapped_column(server_default="0")


class Contact(OwnedByAny):
    """A duty contact; a private person's only with a basis in data protection law."""

    __tablename__ = "contact"

    name: Mapped[str | None]
    title: Mapped[str | None]
    department: Mapped[str | None]
    email: Mapped[str | None]
    rodo_basis: Mapped[str | None]
    person_is_private: Mapped[bool] = mapped_column(server_default="false")


class Language(OwnedByAny):
    """A language spoken, with a note such as "only on Mondays"."""

    __tablename__ = "language"

    code: Mapped[str]
    name: Mapped[str | None]
    note: Mapped[str | None]


class ServiceArea(OwnedByAny):
    """For whom by residence: TERYT codes at any level; the geometry is derived from them."""

    __tablename__ = "service_area"

    name: Mapped[str | None]
    description: Mapped[str | None]
    teryt: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    uri: Mapped[str | None]


class Schedule(OwnedByAny):
    """HSDS schedule rows, derived from ``opening_hours``; local time, no offset (it would be wrong in summer)."""

    __tablename__ = "schedule"

    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    freq: Mapped[str | None]
    interval: Mapped[int | None]
    byday: Mapped[str | None]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    description: Mapped[str | None]
    notes: Mapped[str | None]
    schedule_link: Mapped[str | None]
    attending_type: Mapped[str | None]


class ScheduleException(OwnedByAny):
    """Special days, both ends included: closed, or open at the given times of each day (``10:00-14:00``)."""

    __tablename__ = "schedule_exception"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:  # noqa: N805, D105
        return (*super().__table_args__, CheckConstraint("day <= last_day", name="days_in_order"))

    day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    opening_hours: Mapped[str | None]
    # for visitors; in Polish, and in the other languages where somebody wrote it
    reason: Mapped[str | None]
    reason_en: Mapped[str | None]
    reason_uk: Mapped[str | None]


class Unit(Record):
    """What capacity is counted in: places, beds, hours."""

    __tablename__ = "unit"

    name: Mapped[str] = mapped_column(unique=True)
    scheme: Mapped[str | None]
    identifier: Mapped[str | None]
    uri: Mapped[str | None]


class ServiceCapacity(Record):
    """Places of a service on a day, by kind; older rows stay as history."""

    __tablename__ = "service_capacity"
    __table_args__ = (CheckConstraint("available >= 0 AND (maximum IS NULL OR maximum >= 0)", name="not_negative"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    available: Mapped[int | None]
    maximum: Mapped[int | None]
    description: Mapped[str | None]
    kind: Mapped[str]  # approved, funded, occupied, directed, waiting
    target: Mapped[str | None]
    waiting_days: Mapped[int | None]
    as_of: Mapped[date]
    updated: Mapped[datetime | None]
    source: Mapped[str | None]


class Address(Record):
    """A postal or physical address of a location."""

    __tablename__ = "address"

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    attention: Mapped[str | None]
    address_1: Mapped[str]
    address_2: Mapped[str | None]
    city: Mapped[str]
    region: Mapped[str | None]
    state_province: Mapped[str]
    postal_code: Mapped[str | None]
    country: Mapped[str] = mapped_column(String(2), server_default="PL")
    address_type: Mapped[str] = mapped_column(server_default="physical")


class Accessibility(Record):
    """One surveyed feature of a location: yes, partial, no or unknown."""

    __tablename__ = "accessibility"
    __table_args__ = (CheckConstraint("value IN ('yes', 'partial', 'no', 'unknown')", name="value"),)

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    feature: Mapped[str]
    value: Mapped[str] = mapped_column(server_default="unknown")
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]
    measure: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    surveyed_on: Mapped[date | None]
    source: Mapped[str | None]


class CostOption(Record):
    """What a person pays; ``cost_kind`` free, partly, paid or unknown."""

    __tablename__ = "cost_option"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    cost_kind: Mapped[str]
    option: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str | None] = mapped_column(String(3))
    amount_description: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    payer: Mapped[str | None]
    rule: Mapped[str | None]


class RequiredDocument(Record):
    """A paper to bring."""

    __tablename__ = "required_document"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    document: Mapped[str]
    uri: Mapped[str | None]


class Funding(Record):
    """Where the money comes from."""

    __tablename__ = "funding"

    organization_id: Mapped[UUID | None] = _owner("organization")
    service_id: Mapped[UUID | None] = _owner("service")
    source: Mapped[str]
    programme: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    period: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class Url(OwnedByAny):
    """A further web address."""

    __tablename__ = "url"

    label: Mapped[str | None]
    url: Mapped[str] = mapped_column(Text)
