"""Coverage: agreements between local governments, indicators of need, released figures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "service_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("served_teryt", sa.String(length=7), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_record", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('agreement', 'contract')", name=op.f("ck_service_agreement_kind")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_service_agreement_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_agreement")),
        sa.UniqueConstraint(
            "served_teryt",
            "task",
            "provider",
            "valid_from",
            name=op.f("uq_service_agreement_served_teryt_task_provider_valid_from"),
        ),
    )
    op.create_index("ix_service_agreement_served", "service_agreement", ["served_teryt"])
    op.create_table(
        "need_indicator",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("gmina_teryt", sa.String(length=7), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Float(), nullable=False),
        sa.Column("is_estimate", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_need_indicator_not_negative")),
        sa.PrimaryKeyConstraint("code", "gmina_teryt", "year", name=op.f("pk_need_indicator")),
    )
    op.create_table(
        "coverage_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("data_release", sa.Text(), nullable=False),
        sa.Column("directory_release", sa.Text(), nullable=False),
        sa.Column("territory_release", sa.Text(), nullable=False),
        sa.Column("definitions_version", sa.Text(), nullable=False),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_release")),
        sa.UniqueConstraint("code", name=op.f("uq_coverage_release_code")),
    )
    op.create_table(
        "coverage_figure",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("area_name", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["coverage_release.id"],
            name=op.f("fk_coverage_figure_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "area_code", name=op.f("pk_coverage_figure")),
    )


def downgrade() -> None:
    for table in ("coverage_figure", "coverage_release", "need_indicator", "service_agreement"):
        op.drop_table(table)
