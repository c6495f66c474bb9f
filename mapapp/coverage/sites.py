"""Where services are given, ready for travel: positions, places, and whose people may use each."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from geo.eligibility import EVERYBODY, Eligibility
from mapapp.coverage.areas import Areas, Flags, Floats, Ints
from mapapp.coverage.cells import Cells
from mapapp.coverage.supply import SuppliedService
from mapapp.directory.supply import Offer

COMES_TO_THE_HOME = frozenset({"home", "remote", "mobile"})
NOBODY = -2
IS_VISITED = frozenset({"onsite", "day", "stationary24h"})


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites of some services that have a shown place.

    ``xy`` : (n, 2) metres of EPSG:2180        ``gmina`` : (n,) index, -1 outside of the region
    ``capacity`` : (n,) places, nan where unknown        ``allowed`` : (n_gmina, n) whose people may use it
    ``is_unclear`` : (n,) does not say whom it serves, so it is taken to serve all
    ``at_home`` : (n_gmina,) whether some of the services come to the homes of the gmina's people
    """

    ids: tuple[UUID, ...]
    xy: Floats
    gmina: Ints
    capacity: Floats
    allowed: Flags
    is_unclear: Flags
    at_home: Flags
    # services that are in no travel figure, for no place of theirs is shown and they come to no home
    unlocated: int

    def eligible(self, cells: Cells) -> Eligibility:
        """Whose people may use which site, for travel from ``cells``."""
        everybody = self.allowed.all(axis=0)
        first = np.where(self.allowed.any(axis=0), self.allowed.argmax(axis=0), NOBODY)
        gminas, sites = np.nonzero(self.allowed & ~everybody)
        further = np.stack([sites, np.zeros(len(sites), np.int64), gminas], axis=1)
        return Eligibility.of(cells.gmina, np.where(everybody, EVERYBODY, 0), first, further[gminas != first[sites]])


def sites_of(services: Sequence[SuppliedService], areas: Areas) -> Sites:
    """The sites of these services, by offer."""
    nobody = np.zeros(len(areas.gminas), dtype=np.bool_)
    placed = [(service, offer) for service in services for offer in service.offers if offer.x is not None]
    visiting = [offer for service in services for offer in service.offers if _comes_home(offer)]
    every = np.ones(len(areas.gminas), dtype=np.bool_)
    allowed = [areas.served(_for_whom(offer)) if offer.service_area else every for _, offer in placed]
    at_home = nobody.copy()
    for offer in visiting:
        at_home |= areas.served(_for_whom(offer))
    found = {service.id for service, _ in placed} | {offer.service_id for offer in visiting}
    return Sites(
        ids=tuple(offer.id for _, offer in placed),
        xy=np.array([(offer.x, offer.y) for _, offer in placed], dtype=np.float64).reshape(-1, 2),
        gmina=np.array([areas.index.get(offer.gmina_teryt or "", -1) for _, offer in placed], dtype=np.int64),
        capacity=np.array([_capacity(service, offer) for service, offer in placed], dtype=np.float64),
        allowed=np.array(allowed, dtype=np.bool_).reshape(len(placed), len(areas.gminas)).T,
        is_unclear=np.array([not offer.service_area for _, offer in placed], dtype=np.bool_),
        at_home=at_home,
        unlocated=sum(service.id not in found for service in services),
    )


def _for_whom(offer: Offer) -> tuple[str, ...]:
    """Codes of the areas that it serves, by itself and by agreements."""
    return (*offer.service_area, *offer.agreed_area)


def _comes_home(offer: Offer) -> bool:
    modes = set(offer.modes)
    return bool(_for_whom(offer)) and bool(modes & COMES_TO_THE_HOME) and not modes & IS_VISITED


def _capacity(service: SuppliedService, offer: Offer) -> float:
    """Places at this branch: all of the service's where it is the only one, else its own share if that is known."""
    places = service.places if service.branches == 1 else offer.capacity_share
    return np.nan if places is None else float(places)
