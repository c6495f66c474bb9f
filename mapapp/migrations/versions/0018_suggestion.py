"""What visitors say is wrong, for staff to decide about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("record_name", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("form_key", name=op.f("uq_suggestion_form_key")),
        sa.CheckConstraint("state IN ('new', 'accepted', 'rejected')", name=op.f("ck_suggestion_state")),
        sa.CheckConstraint("subject IN ('place', 'service', 'site')", name=op.f("ck_suggestion_subject")),
        sa.CheckConstraint("(subject = 'site') = (record_id IS NULL)", name=op.f("ck_suggestion_record")),
    )
    op.create_index("ix_suggestion_state", "suggestion", ["state", "id"])
    op.create_index("ix_suggestion_sent_at", "suggestion", ["sent_at"])


def downgrade() -> None:
    op.drop_table("suggestion")
