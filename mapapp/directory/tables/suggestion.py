"""What visitors say is wrong, until somebody has decided about it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class Suggestion(Base):
    """One message of a visitor about a place, a service or the site. Nothing of it is ever published.

    It refers to records without a foreign key: it may outlive them. ``sender`` tells messages of one address apart for
    a day, ``email`` is there until the decision.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'accepted', 'rejected')", name="state"),
        CheckConstraint("subject IN ('place', 'service', 'site')", name="subject"),
        CheckConstraint("(subject = 'site') = (record_id IS NULL)", name="record"),
        Index("ix_suggestion_state", "state", "id"),
        Index("ix_suggestion_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    subject: Mapped[str]
    record_id: Mapped[UUID | None]
    record_name: Mapped[str | None]  # as the visitor saw it
    topic: Mapped[str]
    wrong: Mapped[str]
    right: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]
    form_key: Mapped[str] = mapped_column(unique=True)  # of the form that was filled in: sent twice it counts once
    sender: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="new")
    note: Mapped[str | None]  # of whoever decided
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
