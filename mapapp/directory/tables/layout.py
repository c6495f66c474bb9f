"""Layouts of files that staff described once."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base


class KeptLayout(Base):
    """A mapping of columns to fields as TOML, found again by its name or by the hash of a file's headings."""

    __tablename__ = "kept_layout"

    name: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(index=True)
    mapping: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now())
