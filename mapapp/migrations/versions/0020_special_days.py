"""Special days from one day to another with their reason in each language, and hours of a service without a place."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("service", sa.Column("opening_hours", sa.Text(), nullable=True))
    op.add_column("schedule_exception", sa.Column("last_day", sa.Date(), nullable=True))
    op.execute("UPDATE schedule_exception SET last_day = day")
    op.alter_column("schedule_exception", "last_day", nullable=False)
    op.add_column("schedule_exception", sa.Column("reason_en", sa.Text(), nullable=True))
    op.add_column("schedule_exception", sa.Column("reason_uk", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_schedule_exception_days_in_order"), "schedule_exception", "day <= last_day")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_schedule_exception_days_in_order"), "schedule_exception")
    op.drop_column("schedule_exception", "reason_uk")
    op.drop_column("schedule_exception", "reason_en")
    op.drop_column("schedule_exception", "last_day")
    op.drop_column("service", "opening_hours")
