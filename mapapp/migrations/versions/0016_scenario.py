"""Scenarios that planners save under a name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_key", sa.String(length=16), nullable=False),
        sa.Column("edit_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("data_release", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_scenario_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("edit_hash", name=op.f("uq_scenario_edit_hash")),
        sa.UniqueConstraint("share_key", name=op.f("uq_scenario_share_key")),
    )
    op.create_index(op.f("ix_scenario_expires_at"), "scenario", ["expires_at"])


def downgrade() -> None:
    op.drop_table("scenario")
