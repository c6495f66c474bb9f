"""Imports as batches: whole rows before and after, so that each can be undone exactly."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOTE_CHANGE = """
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earlier hstore;
    later hstore;
BEGIN
    IF TG_OP <> 'INSERT' THEN earlier := hstore(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN later := hstore(NEW); END IF;
    INSERT INTO change_journal (batch, table_name, row_key, before, after)
    VALUES (
        current_setting('mapapp.batch')::int, TG_TABLE_NAME, coalesce(later, earlier) -> TG_ARGV[0], earlier, later
    );
    RETURN NULL;
END
$$
"""
# outside of an import a change costs one look at a setting
TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
WHEN (current_setting('mapapp.batch', true) ~ '^[0-9]+$') EXECUTE FUNCTION note_change('{key}')
"""
KEYS = {"source_register": "code"} | dict.fromkeys(
    (
        "organization",
        "organization_identifier",
        "program",
        "location",
        "service",
        "service_at_location",
        "phone",
        "address",
        "accessibility",
        "service_area",
        "cost_option",
        "service_capacity",
        "language",
        "schedule",
        "schedule_exception",
        "contact",
        "url",
        "required_document",
        "funding",
        "unit",
        "attribute",
        "metadata",
    ),
    "id",
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public")
    op.create_table(
        "change_journal",
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("before", postgresql.HSTORE(), nullable=True),
        sa.Column("after", postgresql.HSTORE(), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_change_journal")),
    )
    op.create_index("ix_change_journal_batch", "change_journal", ["batch", "table_name", "row_key", "sequence"])
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="applied", nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.CheckConstraint("state IN ('applied', 'undone')", name=op.f("ck_import_batch_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.execute(NOTE_CHANGE)
    for table, key in KEYS.items():
        op.execute(TRIGGER.format(table=table, key=key))


def downgrade() -> None:
    for table in KEYS:
        op.execute(f"DROP TRIGGER note_change ON {table}")
    op.execute("DROP FUNCTION note_change()")
    op.drop_table("import_batch")
    op.drop_table("change_journal")
    op.execute("DROP EXTENSION hstore")
