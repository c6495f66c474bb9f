"""Whole rows before and after, as database triggers note them while an import runs."""

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import HSTORE
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class ChangeJournal(Base):
    """One change of one row: ``before`` is absent where it was inserted, ``after`` where it was deleted."""

    __tablename__ = "change_journal"
    __table_args__ = (Index("ix_change_journal_batch", "batch", "table_name", "row_key", "sequence"),)

    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    batch: Mapped[int]
    table_name: Mapped[str]
    row_key: Mapped[str]
    before: Mapped[dict[str, str | None] | None] = mapped_column(HSTORE)
    after: Mapped[dict[str, str | None] | None] = mapped_column(HSTORE)
