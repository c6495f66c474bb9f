"""Searches that found nothing, counted for planners: by day, gmina and need; nobody and no typed word is in it."""

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class UnmetSearch(Base):
    """How often a need was looked for in vain on a day. ``gmina_teryt`` is empty where nobody said where."""

    __tablename__ = "unmet_search"
    __table_args__ = (Index("ix_unmet_search_need", "kind", "need", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    gmina_teryt: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # type, group, situation; words where none was understood
    need: Mapped[str] = mapped_column(primary_key=True)  # the code; empty for words
    searches: Mapped[int]
