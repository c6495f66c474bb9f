"""Agreements as they open services: whose people may use a place besides those whom it serves by itself.

An agreement tells the provider in words. Which services these are follows from the number of their record in their
register, from the gmina or powiat whose services they are, or from both; where it has neither, it opens none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from mapapp.coverage.areas import Areas, Flags, Layer
from mapapp.coverage.duties import duties
from mapapp.coverage.queries import Agreement
from mapapp.coverage.supply import SuppliedService
from mapapp.directory.supply import Offer

POWIAT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """An agreement and the places of services that it opens to the people of the served area."""

    agreement: Agreement
    offers: tuple[Offer, ...]


def opened_by(
    agreements: Sequence[Agreement], services: Sequence[SuppliedService], areas: Areas
) -> tuple[OpenedBy, ...]:
    """What each agreement opens of these services, in the order of the agreements."""
    return tuple(OpenedBy(each, tuple(_opened(each, services, areas))) for each in agreements)


def further_people(
    agreements: Sequence[Agreement], services: Sequence[SuppliedService], areas: Areas
) -> dict[UUID, Flags]:
    """By id of an offer, (n_gmina,) whose people may use it by an agreement; only offers that one opens."""
    found: dict[UUID, Flags] = {}
    for each in opened_by(agreements, services, areas):
        people = areas.served((each.agreement.served_teryt,))
        for offer in each.offers:
            found[offer.id] = found[offer.id] | people if offer.id in found else people
    return found


def _opened(agreement: Agreement, services: Sequence[SuppliedService], areas: Areas) -> Iterator[Offer]:
    place, record = agreement.provider_teryt, agreement.provider_record
    if place is None and record is None:
        return
    types = duties()[agreement.task].types
    layer: Layer = "powiat" if place is not None and len(place) == POWIAT_DIGITS else "gmina"
    refs = areas.layers[layer].refs
    for service in services:
        if service.facility_type not in types:
            continue
        for offer, area in zip(service.offers, service.areas(areas, layer), strict=True):
            is_there = place is None or (area is not None and refs[area].code == place)
            if is_there and record in (None, offer.record):
                yield offer
