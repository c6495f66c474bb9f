"""The organizations of the directory as units that can be matched."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, bindparam, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.matching.unit import PRECISE, Unit

# the place of an organization is the one of its own number, or the first of its services
_UNITS: Final = text("""
SELECT o.id, o.name, o.alternate_name, coalesce(o.email, '') AS email,
    array(SELECT DISTINCT s.facility_type FROM service AS s
        WHERE s.organization_id = o.id AND s.status <> 'defunct') AS types,
    array(SELECT o.source UNION SELECT source FROM record_alias
        WHERE survivor_id = o.id AND source IS NOT NULL) AS registers,
    coalesce(a.address_1, '') AS address, coalesce(a.postal_code, '') AS postal_code, coalesce(a.city, '') AS town,
    coalesce(
        l.declared_gmina_teryt, CASE WHEN l.geometry_quality = ANY (:precise) THEN l.computed_gmina_teryt END, ''
    ) AS gmina_teryt,
    ST_X(l.point) AS lon, ST_Y(l.point) AS lat, l.geometry_quality,
    array(SELECT number FROM phone WHERE organization_id = o.id) AS phones,
    array(SELECT identifier_type || ' ' || identifier FROM organization_identifier
        WHERE organization_id = o.id) AS identifiers
FROM organization AS o
LEFT JOIN LATERAL (
    SELECT place.* FROM service AS s
    JOIN service_at_location AS offer ON offer.service_id = s.id
    JOIN location AS place ON place.id = offer.location_id
    WHERE s.organization_id = o.id
    ORDER BY (place.source, place.source_id) <> (o.source, o.source_id), place.id LIMIT 1
) AS l ON true
LEFT JOIN LATERAL (SELECT * FROM address WHERE location_id = l.id ORDER BY address.id LIMIT 1) AS a ON true
WHERE NOT o.is_sample AND (:everything OR o.id = ANY (:ids))
    AND EXISTS (SELECT FROM service AS s WHERE s.organization_id = o.id AND s.status <> 'defunct')
ORDER BY o.id
""").bindparams(bindparam("everything"), bindparam("ids", type_=ARRAY(Uuid)), bindparam("precise", sorted(PRECISE)))


def stored_units(session: Session, ids: Sequence[UUID] | None = None) -> list[Unit]:
    """Every real organization that gives a service, or those of ``ids``; keyed by their id."""
    rows = session.execute(_UNITS, {"everything": ids is None, "ids": list(ids or ())}).mappings()
    return [_unit(row) for row in rows]


def _unit(row: RowMapping) -> Unit:
    identifiers = (each.split(" ", 1) for each in row["identifiers"])
    return Unit(
        key=row["id"],
        name=row["name"],
        registers=frozenset(row["registers"]),
        alternate_names=(row["alternate_name"],) if row["alternate_name"] else (),
        types=frozenset(row["types"]),
        address=row["address"],
        postal_code=row["postal_code"],
        town=row["town"],
        gmina_teryt=row["gmina_teryt"],
        position=None if row["lon"] is None else Position(row["lon"], row["lat"]),
        is_precise=row["geometry_quality"] in PRECISE,
        phones=frozenset(row["phones"]),
        email=row["email"],
        identifiers=frozenset((scheme, number) for scheme, number in identifiers),
    )
