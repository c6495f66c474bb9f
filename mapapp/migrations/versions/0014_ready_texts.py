"""The texts of each listing in tables of their own, of whose rows nothing is moved elsewhere; the listings in one row."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# what publishing wrote at the time of this revision; later publications may write more
FILL_EXPORTS = """
INSERT INTO listing_export (geojson, id)
SELECT '{"type":"Feature","id":"' || CAST(listing.id AS TEXT) || '","geometry":' ||
    coalesce(ST_AsGeoJSON(listing.point, 6), 'null') || ',"properties":' || CAST(row_to_json(properties) AS
    TEXT) || '}', listing.id
FROM listing LEFT OUTER JOIN (SELECT taxonomy_term.code AS code, taxonomy_term.labels ->> 'pl' AS name
FROM taxonomy_term JOIN taxonomy ON taxonomy.id = taxonomy_term.taxonomy_id
WHERE taxonomy.code = 'types') AS type_name ON type_name.code = listing.facility_type JOIN LATERAL (SELECT
    listing.id, listing.service_id, listing.location_id, listing.name, listing.organization_name,
    listing.facility_type, type_name.name AS facility_type_name, listing.type_group, listing.centre_kind,
    listing.sector, listing.street, listing.postal_code, listing.city, CAST(round(CAST(ST_X(listing.point) AS
    NUMERIC), 6) AS FLOAT) AS longitude, CAST(round(CAST(ST_Y(listing.point) AS NUMERIC), 6) AS FLOAT) AS
    latitude, listing.geometry_quality, listing.gmina_teryt, listing.gmina_name, listing.powiat_teryt,
    listing.powiat_name, listing.nuts3, listing.service_area, listing.phone, listing.phone_display,
    listing.email, listing.website, listing.opening_hours, listing.audiences, listing.minimum_age,
    listing.maximum_age, listing.modes, listing.care_setting, listing.cost_kind, listing.languages,
    listing.accessibility, listing.profiles, listing.places, listing.places_free, listing.places_as_of,
    listing.status, listing.alert, listing.verified_on, listing.visibility, listing.is_sample, listing.source,
    listing.source_date, to_char(timezone('UTC', date_trunc('second', listing.last_modified)),
    'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_modified) AS properties ON true
ORDER BY listing.id
"""
# whoever writes a listing without counting it leaves no number behind that is wrong
FORGET = """
CREATE FUNCTION forget_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM listing_summary;
    RETURN NULL;
END
$$
"""
TRIGGER = """
CREATE TRIGGER forget_summary AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON listing
FOR EACH STATEMENT EXECUTE FUNCTION forget_summary()
"""


def upgrade() -> None:
    for table in ("listing_feature", "listing_export"):
        op.create_table(
            table,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("geojson", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(["id"], ["listing.id"], name=op.f(f"fk_{table}_id_listing"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        # read far more often than written: neither compressed nor moved out of the row
        op.execute(f"ALTER TABLE {table} SET (toast_tuple_target = 8160)")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN geojson SET STORAGE EXTERNAL")
    op.execute("INSERT INTO listing_feature (id, geojson) SELECT id, geojson FROM listing ORDER BY point, id")
    op.execute("SET LOCAL timezone = 'Europe/Warsaw'")
    op.execute(FILL_EXPORTS)
    op.drop_column("listing", "geojson")
    op.create_table(
        "listing_summary",
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.Column("located", sa.Integer(), nullable=False),
        sa.Column("has_samples", sa.Boolean(), nullable=False),
        sa.Column("newest_writer", sa.BigInteger(), nullable=True),
        sa.Column("oldest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("west", sa.Float(), nullable=True),
        sa.Column("south", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.Column("sources", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_listing_summary_is_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_listing_summary")),
    )
    op.create_table(
        "listing_cell",
        sa.Column("z", sa.SmallInteger(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("services", sa.BigInteger(), nullable=False),
        sa.Column("sum_x", sa.Float(), nullable=False),
        sa.Column("sum_y", sa.Float(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("z", "x", "y", "group", name=op.f("pk_listing_cell")),
    )
    op.execute(FORGET)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER forget_summary ON listing")
    op.execute("DROP FUNCTION forget_summary()")
    op.drop_table("listing_cell")
    op.drop_table("listing_summary")
    op.add_column("listing", sa.Column("geojson", sa.Text(), nullable=True))
    op.execute("ALTER TABLE listing ALTER COLUMN geojson SET STORAGE EXTERNAL")
    op.execute("UPDATE listing SET geojson = kept.geojson FROM listing_feature AS kept WHERE kept.id = listing.id")
    op.alter_column("listing", "geojson", nullable=False)
    op.drop_table("listing_export")
    op.drop_table("listing_feature")
