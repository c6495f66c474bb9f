"""What became of every listing: added, changed, withdrawn."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

VISIBILITY = postgresql.ENUM("public", "area_only", "on_request", "internal", name="visibility", create_type=False)


def upgrade() -> None:
    op.create_table(
        "listing_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visibility", VISIBILITY, nullable=True),
        sa.Column("fingerprint", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_change")),
    )
    op.create_index("ix_listing_change_changed_at", "listing_change", ["changed_at", "id"])
    op.create_index(
        "ix_listing_change_restricted_at",
        "listing_change",
        ["restricted_at"],
        postgresql_where=sa.text("restricted_at IS NOT NULL"),
    )
    # what is published already has no fingerprint yet: the next publication gives it one
    op.execute("""
        INSERT INTO listing_change (id, published_at, changed_at, is_withdrawn, visibility)
        SELECT id, now(), now(), false, visibility FROM listing
    """)


def downgrade() -> None:
    op.drop_table("listing_change")
