"""What became of every listing that ever was: for those who keep a copy in step, and for the feed of changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.database import Base
from mapapp.directory.tables.record import VISIBILITY


class ListingChange(Base):
    """The last change of one listing. It outlives the listing, and then holds nothing of it but the id.

    ``changed_at`` is unique to one publication and grows in the order in which publications are committed.
    """

    __tablename__ = "listing_change"
    __table_args__ = (
        Index("ix_listing_change_changed_at", "changed_at", "id"),
        Index("ix_listing_change_restricted_at", "restricted_at", postgresql_where=text("restricted_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    is_withdrawn: Mapped[bool]
    # when something of it that was public was last made less public; what merely ended is not
    restricted_at: Mapped[datetime | None]
    visibility: Mapped[str | None] = mapped_column(VISIBILITY)
    # of the published row; NULL where it is withdrawn, or not known
    fingerprint: Mapped[UUID | None]
