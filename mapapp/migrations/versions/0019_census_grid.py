"""The 1 km grid of a census, laid over the gminas; whose services an agreement opens; the day of a figure."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "census_grid",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("is_used", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_grid")),
    )
    op.create_table(
        "census_grid_cell",
        sa.Column("north", sa.Integer(), nullable=False),
        sa.Column("east", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("under_15", sa.Integer(), nullable=True),
        sa.Column("from_15_to_64", sa.Integer(), nullable=True),
        sa.Column("from_65", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("north", "east", name=op.f("pk_census_grid_cell")),
        sa.CheckConstraint(
            "least(persons, under_15, from_15_to_64, from_65) >= 0", name=op.f("ck_census_grid_cell_not_negative")
        ),
    )
    op.create_table(
        "census_grid_part",
        sa.Column("north", sa.Integer(), nullable=False),
        sa.Column("east", sa.Integer(), nullable=False),
        sa.Column("gmina_teryt", sa.String(7), nullable=False),
        sa.Column("part", sa.Double(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("to_border_m", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("north", "east", "gmina_teryt", name=op.f("pk_census_grid_part")),
        sa.ForeignKeyConstraint(
            ["north", "east"],
            ["census_grid_cell.north", "census_grid_cell.east"],
            name=op.f("fk_census_grid_part_north_east"),
            ondelete="CASCADE",
        ),
    )

    op.add_column("need_indicator", sa.Column("as_of", sa.Date(), nullable=True))
    op.add_column("service_agreement", sa.Column("provider_teryt", sa.String(7), nullable=True))


def downgrade() -> None:
    op.drop_column("service_agreement", "provider_teryt")
    op.drop_column("need_indicator", "as_of")
    op.drop_table("census_grid_part")
    op.drop_table("census_grid_cell")
    op.drop_table("census_grid")
