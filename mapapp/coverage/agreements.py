"""Which places of services each agreement opens, by the rule that publishes them (``directory.agreements``)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mapapp.coverage.data import CoverageData
from mapapp.directory.agreements import Agreement, opened
from mapapp.directory.supply import Offer


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """An agreement and the places of services that it opens to the people of the served area."""

    agreement: Agreement
    offers: tuple[Offer, ...]


def opened_by(data: CoverageData) -> tuple[OpenedBy, ...]:
    """What each agreement that holds opens of the open services, in the order of the agreements."""
    offers: Sequence[Offer] = [offer for each in data.supply.of(data.supply.by_type) for offer in each.offers]
    return tuple(OpenedBy(each, tuple(opened(each, offers, data.areas.within))) for each in data.agreements)
