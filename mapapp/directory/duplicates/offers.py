"""Which place and which service of one organization are those of the other, and where services are given then."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory.duplicates.folding import fold, stricter
from mapapp.directory.duplicates.moving import move_links, remove
from mapapp.directory.identity import detail_id
from mapapp.directory.rows import table_of
from mapapp.directory.tables import Service

_OFFERS: Final = table_of("service_at_location")
_MAIN_PLACE: Final = text("""
    SELECT place.id FROM service AS s
    JOIN organization AS o ON o.id = s.organization_id
    JOIN service_at_location AS offer ON offer.service_id = s.id
    JOIN location AS place ON place.id = offer.location_id
    WHERE o.id = :organization
    ORDER BY (place.source, place.source_id) <> (o.source, o.source_id), place.id LIMIT 1
""")


def merge_places(session: Session, survivor: UUID, absorbed: UUID, taken: Collection[str]) -> None:
    """Let the main place of the absorbed organization go into the survivor's; branches stay places of their own."""
    mine = session.scalar(_MAIN_PLACE, {"organization": survivor})
    theirs = session.scalar(_MAIN_PLACE, {"organization": absorbed})
    if mine is None or theirs is None or mine == theirs:
        return
    for offer in _offers(session, "location_id", theirs):
        _move_offer(session, offer, offer["service_id"], mine)
    fold(session, "location", mine, theirs, taken)


def merge_services(session: Session, survivor: UUID, absorbed: UUID, taken: Collection[str]) -> None:
    """Let services of the same kind go into the survivor's; all others stay, and move with their organization."""
    mine, theirs = _services(session, survivor), _services(session, absorbed)
    for service in theirs:
        same = _same_kind(service, mine, theirs)
        if same is None:
            continue
        mine.remove(same)
        for offer in _offers(session, "service_id", service.id):
            _move_offer(session, offer, same.id, offer["location_id"])
        fold(session, "service", same.id, service.id, taken)


def _services(session: Session, organization: UUID) -> list[Service]:
    query = select(Service).where(Service.organization_id == organization, Service.status != "defunct")
    return list(session.scalars(query.order_by(Service.id)))


def _same_kind(service: Service, mine: Sequence[Service], theirs: Sequence[Service]) -> Service | None:
    """The service of the same type for the same people, or the only one of its type on both sides."""
    alike = [each for each in mine if each.facility_type == service.facility_type]
    same = [each for each in alike if sorted(each.subtypes) == sorted(service.subtypes)]
    if same:
        return same[0]
    is_only = sum(each.facility_type == service.facility_type for each in theirs) == 1
    return alike[0] if is_only and len(alike) == 1 else None


def _offers(session: Session, column: str, key: UUID) -> list[dict[str, Any]]:
    query = select(_OFFERS).where(_OFFERS.c[column] == key).order_by(_OFFERS.c.id)
    return [_plain(row) for row in session.execute(query).mappings()]


def _plain(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _move_offer(session: Session, offer: dict[str, Any], service: UUID, place: UUID) -> None:
    """Give a service at another place, or another service at the same, unless that one is given there already."""
    target = detail_id("service_at_location", service, place)
    at = (_OFFERS.c.service_id == service) & (_OFFERS.c.location_id == place)
    there = session.execute(select(_OFFERS).where(at)).mappings().one_or_none()
    values = offer | {"id": target, "service_id": service, "location_id": place}
    if there is None:
        session.execute(insert(_OFFERS).values(values))
    else:
        target = there["id"]
        level = {
            "visibility": stricter(_plain(there), offer),
            "version": _OFFERS.c.version + 1,
            "last_modified": func.now(),
        }
        session.execute(update(_OFFERS).where(at).values(level))
    move_links(session, "service_at_location", target, offer["id"])
    remove(session, "service_at_location", target, offer)
