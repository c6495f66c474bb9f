"""Imports are staged, reviewed and then applied."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATE = "ck_import_batch_state"


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("content_hash", sa.String(64), server_default="", nullable=False))
    op.add_column(
        "import_batch",
        sa.Column("staged_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.add_column("import_batch", sa.Column("applied_by", sa.Text(), nullable=True))
    op.add_column("import_batch", sa.Column("sources", postgresql.JSONB(), server_default="[]", nullable=False))
    op.execute("UPDATE import_batch SET staged_at = applied_at")
    op.alter_column("import_batch", "applied_at", server_default=None, nullable=True)
    op.alter_column("import_batch", "state", server_default="staged")
    op.drop_constraint(op.f(STATE), "import_batch")
    op.create_check_constraint(op.f(STATE), "import_batch", "state IN ('staged', 'applied', 'undone', 'discarded')")
    op.create_table(
        "staged_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), server_default="", nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=True),
        sa.Column("target_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("earlier_number", sa.Text(), nullable=True),
        sa.Column("match_score", sa.Float(), nullable=True),
        sa.Column("differences", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("is_older", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_stale", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("choices", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "action IN ('added', 'changed', 'unchanged', 'gone', 'conflict', 'doubtful')",
            name=op.f("ck_staged_record_action"),
        ),
        sa.CheckConstraint(
            "decision IN ('take', 'leave', 'keep', 'end', 'register', 'manual', 'same', 'new')",
            name=op.f("ck_staged_record_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["batch"], ["import_batch.id"], name=op.f("fk_staged_record_batch_import_batch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_record")),
    )
    op.create_index("ix_staged_record_batch", "staged_record", ["batch", "action", "id"])
    op.create_index("ix_staged_record_number", "staged_record", ["source", "source_id"])


def downgrade() -> None:
    op.drop_table("staged_record")
    # a batch that was never applied changed nothing
    op.execute("DELETE FROM import_batch WHERE state IN ('staged', 'discarded')")
    op.drop_constraint(op.f(STATE), "import_batch")
    op.create_check_constraint(op.f(STATE), "import_batch", "state IN ('applied', 'undone')")
    op.alter_column("import_batch", "state", server_default="applied")
    op.alter_column("import_batch", "applied_at", server_default=sa.func.now(), nullable=False)
    for column in ("sources", "applied_by", "staged_at", "content_hash"):
        op.drop_column("import_batch", column)
