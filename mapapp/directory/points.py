"""Locations whose point is absent or weak, and giving them a better one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.changes import FieldChange
from mapapp.directory.commands import compute_gminas, write_log
from mapapp.directory.listing import refresh_listings
from mapapp.directory.rows import point_text
from mapapp.directory.visibility import shows_place

MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A location to be found. ``quality`` is that of the point that is there, None where there is none.

    ``is_public``: its address is published, so that it may be told to others.
    """

    id: UUID
    version: int
    name: str
    address_1: str
    postal_code: str | None
    city: str
    gmina: str | None
    quality: str | None
    point: str | None
    is_public: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """The point that a location gets."""

    location: Unplaced
    position: Position
    quality: str


_UNPLACED: Final = text(f"""
    SELECT location.id, location.version, coalesce(giver.name, location.name, location.source_id) AS name,
        address.address_1, address.postal_code, address.city, location.declared_gmina_teryt AS gmina,
        CASE WHEN location.point IS NOT NULL THEN location.geometry_quality END AS quality,
        ST_AsEWKT(location.point) AS point,
        EXISTS (
            SELECT FROM listing
            WHERE listing.location_id = location.id AND listing.city IS NOT NULL AND {shows_place("listing.visibility")}
        ) AS is_public
    FROM location
    JOIN LATERAL (
        SELECT address_1, postal_code, city FROM address WHERE location_id = location.id
        ORDER BY address_type <> 'physical', id LIMIT 1
    ) AS address ON true
    LEFT JOIN organization AS giver
        ON (giver.source, giver.source_id) = (location.source, split_part(location.source_id, '#', 1))
    WHERE location.location_type = 'physical' AND NOT location.is_sample
        AND (location.point IS NULL OR location.geometry_quality = ANY (:weak))
    ORDER BY location.point IS NOT NULL, location.source, location.source_id, location.id LIMIT :at_most
""").bindparams(bindparam("weak", type_=ARRAY(Text)))

_PLACED: Final = text("""
    UPDATE location SET point = ST_GeomFromEWKT(:point), geometry_quality = :quality,
        version = version + 1, last_modified = now()
    WHERE id = :id AND version = :version
    RETURNING id
""")


def unplaced(session: Session, weak: Collection[str], limit: int = MOST) -> tuple[Unplaced, ...]:
    """Real locations with an address and without a point, then those whose point is of a ``weak`` quality."""
    rows = session.execute(_UNPLACED, {"weak": list(weak), "at_most": min(limit, MOST)})
    return tuple(Unplaced(*row) for row in rows)


def place(session: Session, placements: Sequence[Placement], changed_by: str) -> tuple[Placement, ...]:
    """Give locations their points, and publish that; those that were changed meanwhile stay and come back."""
    placed: list[Placement] = []
    missed: list[Placement] = []
    for each in placements:
        values = {"point": point_text(each.position), "quality": each.quality}
        which = {"id": each.location.id, "version": each.location.version}
        found = session.execute(_PLACED, values | which).first()
        (placed if found else missed).append(each)
    ids = [each.location.id for each in placed]
    if ids:
        compute_gminas(session, ids)
        write_log(session, [change for each in placed for change in _changes(each)], changed_by)
        refresh_listings(session, _services_at(session, ids))
    return tuple(missed)


def _changes(placed: Placement) -> tuple[FieldChange, ...]:
    location = placed.location
    return (
        FieldChange("location", location.id, "point", location.point, point_text(placed.position)),
        FieldChange("location", location.id, "geometry_quality", location.quality, placed.quality),
    )


def _services_at(session: Session, locations: Sequence[UUID]) -> list[UUID]:
    query = "SELECT DISTINCT service_id FROM service_at_location WHERE location_id = ANY (:locations) ORDER BY 1"
    return list(session.scalars(text(query), {"locations": list(locations)}))
