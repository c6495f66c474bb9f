"""Fields that a person wrote keep what the register said last, so that a conflict is seen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# an import that settles a conflict is undone with what it did to the edit
TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON manual_edit FOR EACH ROW
WHEN (current_setting('mapapp.batch', true) ~ '^[0-9]+$') EXECUTE FUNCTION note_change('id')
"""


def upgrade() -> None:
    op.create_table(
        "manual_edit",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("base", postgresql.JSONB(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_edit")),
        sa.UniqueConstraint("record", "field", name=op.f("uq_manual_edit_record_field")),
    )
    op.execute(TRIGGER)


def downgrade() -> None:
    op.drop_table("manual_edit")
