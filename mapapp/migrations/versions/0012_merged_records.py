"""Records that may be one, records that were made one; homes for mothers with children show no address by default."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON record_alias FOR EACH ROW
WHEN (current_setting('mapapp.batch', true) ~ '^[0-9]+$') EXECUTE FUNCTION note_change('id')
"""
# decision 9: withdrawn until they are published anew without their place
HIDE_HOMES = "UPDATE service SET visibility = 'area_only' WHERE facility_type = 'dmdz' AND visibility = 'public'"
WITHDRAW_HOMES = "DELETE FROM listing WHERE facility_type = 'dmdz' AND visibility = 'public'"


def upgrade() -> None:
    op.create_table(
        "record_merge",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("taken", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="applied", nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("merged_by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('applied', 'undone')", name=op.f("ck_record_merge_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_merge")),
    )
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("one_name", sa.Text(), nullable=False),
        sa.Column("other_name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("merge_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_duplicate_pair_lower_first")),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'merged')", name=op.f("ck_duplicate_pair_state")),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["record_merge.id"], name=op.f("fk_duplicate_pair_merge_id_record_merge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_duplicate_pair_one_id_other_id")),
    )
    op.create_table(
        "record_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_alias")),
        sa.UniqueConstraint(
            "table_name", "source", "source_id", name=op.f("uq_record_alias_table_name_source_source_id")
        ),
    )
    op.create_index("ix_record_alias_survivor", "record_alias", ["survivor_id"])
    op.execute(TRIGGER)
    op.execute(HIDE_HOMES)
    op.execute(WITHDRAW_HOMES)


def downgrade() -> None:
    op.drop_table("record_alias")
    op.drop_table("duplicate_pair")
    op.drop_table("record_merge")
