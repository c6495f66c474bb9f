"""The finished GeoJSON of each listing, kept beside its columns."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# what publishing wrote at the time of this revision; later publications may write more
FILL = """
UPDATE listing SET geojson = (
    SELECT CAST(row_to_json(feature) AS text) FROM (
        SELECT 'Feature' AS type, listing.id, CAST(ST_AsGeoJSON(point, 6, 0) AS json) AS geometry,
            (SELECT properties FROM (SELECT
                service_id, location_id, organization_id, name, organization_name, facility_type, type_group,
                centre_kind, sector, street, postal_code, city, phone, phone_display, email, website,
                opening_hours, geometry_quality, gmina_teryt, gmina_name, powiat_teryt, powiat_name, nuts3,
                service_area, audiences, minimum_age, maximum_age, modes, care_setting, cost_kind, languages,
                accessibility, profiles, places, places_free, places_as_of, status, alert, verified_on, source,
                source_date, last_modified, visibility, is_sample
            ) AS properties) AS properties
    ) AS feature
)
"""


def upgrade() -> None:
    op.add_column("listing", sa.Column("geojson", sa.Text(), nullable=True))
    # read far more often than written: not compressed
    op.execute("ALTER TABLE listing ALTER COLUMN geojson SET STORAGE EXTERNAL")
    op.execute("SET LOCAL timezone = 'Europe/Warsaw'")
    op.execute(FILL)
    op.alter_column("listing", "geojson", nullable=False)


def downgrade() -> None:
    op.drop_column("listing", "geojson")
