"""Searches that found nothing, counted without identity; and each way of writing opening hours found in an index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "unmet_search",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("gmina_teryt", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "gmina_teryt", "kind", "need", name=op.f("pk_unmet_search")),
    )
    op.create_index("ix_unmet_search_need", "unmet_search", ["kind", "need", "day"])
    op.create_index("ix_listing_hours", "listing", ["opening_hours"])


def downgrade() -> None:
    op.drop_index("ix_listing_hours", "listing")
    op.drop_table("unmet_search")
