"""Whose people may use a published service by an agreement; filled by the next publication."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    codes = postgresql.ARRAY(sa.Text())
    op.add_column("listing", sa.Column("agreed_area", codes, server_default="{}", nullable=False))
    agreed = sa.text("agreed_area <> '{}'")
    op.create_index("ix_listing_agreed", "listing", ["id"], postgresql_where=agreed)


def downgrade() -> None:
    op.drop_index("ix_listing_agreed", "listing")
    op.drop_column("listing", "agreed_area")
