"""Imports that are too long ago to be undone: what was noted of their rows is deleted."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATE = "ck_import_batch_state"


def upgrade() -> None:
    op.drop_constraint(op.f(STATE), "import_batch")
    states = "state IN ('staged', 'applied', 'undone', 'discarded', 'closed')"
    op.create_check_constraint(op.f(STATE), "import_batch", states)


def downgrade() -> None:
    # nothing is left to undo them with
    op.execute("DELETE FROM import_batch WHERE state = 'closed'")
    op.drop_constraint(op.f(STATE), "import_batch")
    op.create_check_constraint(op.f(STATE), "import_batch", "state IN ('staged', 'applied', 'undone', 'discarded')")
