"""The finished GeoJSON of each listing, kept beside it: reading it takes a tenth of the time of making it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Uuid, any_, bindparam, or_, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.export_rows import made_features
from mapapp.directory.features import SERVICES
from mapapp.directory.tables import Listing, ListingExport
from mapapp.territory.feature_pages import feature_sql

SCOPE: tuple[BindParameter[Any], ...] = (bindparam("everything"), bindparam("service_ids", type_=ARRAY(Uuid)))
# Neighbours lie in the table beside each other: a box on the map then reads a fifth of the pages.
KEEP_FEATURES = text(f"""
INSERT INTO listing_feature (id, geojson)
SELECT item.id, {feature_sql(SERVICES)}
FROM listing AS item WHERE :everything OR item.service_id = ANY (:service_ids)
ORDER BY item.point, item.id
ON CONFLICT (id) DO UPDATE SET geojson = excluded.geojson
""").bindparams(*SCOPE)
IN_SCOPE = or_(SCOPE[0], Listing.service_id == any_(SCOPE[1]))
# files are read from the first id to the last
EXPORTS = made_features().where(IN_SCOPE).order_by(Listing.id)
INSERT_EXPORTS = insert(ListingExport.metadata.tables[ListingExport.__tablename__]).from_select(
    ["id", "geojson"], EXPORTS
)
KEEP_EXPORTS = INSERT_EXPORTS.on_conflict_do_update(
    index_elements=["id"], set_={"geojson": INSERT_EXPORTS.excluded.geojson}
)


def keep_texts(session: Session, service_ids: Sequence[UUID] | None = None) -> None:
    """Make the texts of the listings of these services, or of all, anew; to be called when they were published."""
    scope = {"everything": service_ids is None, "service_ids": list(service_ids or ())}
    session.execute(KEEP_FEATURES, scope)
    session.execute(KEEP_EXPORTS, scope)
