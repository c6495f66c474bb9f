"""Answers of geocoders behind a network, so that nobody is asked the same twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class GeocoderAnswer(Base):
    """What one geocoder answered about one address; only addresses that are public are ever asked about."""

    __tablename__ = "geocoder_answer"

    geocoder: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)  # the address, folded
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    good_until: Mapped[datetime]
