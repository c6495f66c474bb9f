"""Supply: sites and places of services, never counted twice, and never zero where they are merely unknown.

Capacity belongs to the service. Where its branches lie in one area, all its places are there; else only what is known
of each branch, and the rest is *unknown* below the level at which the branches meet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal
from uuid import UUID

from mapapp.coverage.areas import Areas, Layer
from mapapp.directory.supply import CapacityCount, HiddenSupply, Offer, PublishedSupply
from mapapp.directory.vocabulary import Vocabularies

CapacityState = Literal["known", "unknown", "not applicable"]
COUNTED_IN_PLACES = frozenset({"places", "beds"})
SUPPLY_KINDS = ("approved", "funded")
OPEN = "active"


@dataclass(frozen=True, slots=True)
class DatedCapacity:
    """What was known of a service on a day; None is unknown."""

    as_of: date
    places: int | None
    free: int | None
    occupied: int | None
    waiting: int | None


@dataclass(frozen=True)
class SuppliedService:
    """A service with its branches (``offers``: those that are shown) and its capacity over time, oldest first."""

    id: UUID
    facility_type: str
    unit: str
    branches: int
    offers: tuple[Offer, ...]
    history: tuple[DatedCapacity, ...]

    @property
    def capacity(self) -> DatedCapacity | None:
        """The newest; each number is the newest that is known."""
        return self.history[-1] if self.history else None

    @property
    def places(self) -> int | None:
        """How many people it may take in; None where unknown."""
        return self.capacity.places if self.capacity else None

    @property
    def state(self) -> CapacityState:
        """Whether its places are known, unknown, or no measure of it at all (an office has none)."""
        if self.unit not in COUNTED_IN_PLACES:
            return "not applicable"
        return "unknown" if self.places is None else "known"

    @property
    def is_open(self) -> bool:
        """Whether it works now: a temporarily closed one is no supply."""
        return self.offers[0].status == OPEN

    @property
    def is_sample(self) -> bool:
        """Whether it is invented, to show how the map works."""
        return self.offers[0].is_sample

    def on(self, day: date) -> DatedCapacity | None:
        """What was known of it on ``day``."""
        past = [each for each in self.history if each.as_of <= day]
        return past[-1] if past else None

    def areas(self, areas: Areas, layer: Layer) -> tuple[int | None, ...]:
        """The area of each offer; None where it has no gmina and serves more than one area, or none here."""
        return tuple(_area_of(offer, areas, layer) for offer in self.offers)


@dataclass(frozen=True)
class Supply:
    """Every published service, and those of hidden places, which are counted for the region only."""

    services: tuple[SuppliedService, ...]
    hidden: tuple[HiddenSupply, ...]

    @cached_property
    def by_type(self) -> Mapping[str, tuple[SuppliedService, ...]]:
        """The services of each type."""
        found: dict[str, list[SuppliedService]] = {}
        for service in self.services:
            found.setdefault(service.facility_type, []).append(service)
        return {code: tuple(services) for code, services in found.items()}

    def of(self, types: Iterable[str], audience: Iterable[str] = ()) -> tuple[SuppliedService, ...]:
        """The open services of these types, for these audiences (everyone's services are for each of them)."""
        wanted = set(audience)
        return tuple(
            service
            for code in sorted(set(types))
            for service in self.by_type.get(code, ())
            if service.is_open and (not wanted or wanted & {"all", *service.offers[0].audiences})
        )

    def hidden_of(self, types: Iterable[str]) -> tuple[HiddenSupply, ...]:
        """The hidden services of these types."""
        wanted = set(types)
        return tuple(each for each in self.hidden if each.facility_type in wanted)


@dataclass(frozen=True, slots=True)
class AreaSupply:
    """What an area has: ``places`` sums what is known; of ``services`` those in ``unknown`` may have more.

    What registers tell, against the places of those that tell it: ``free`` of ``free_of``, and so on.
    """

    sites: int = 0
    services: int = 0
    places: int = 0
    unknown: int = 0
    free: int = 0
    free_of: int = 0
    occupied: int = 0
    occupied_of: int = 0
    waiting: int = 0
    waiting_of: int = 0


def build_supply(published: PublishedSupply, vocabularies: Vocabularies) -> Supply:
    """The services of what is published, each once."""
    counts: dict[UUID, list[CapacityCount]] = {}
    for count in published.counts:
        counts.setdefault(count.service_id, []).append(count)
    offers: dict[UUID, list[Offer]] = {}
    for offer in published.offers:
        offers.setdefault(offer.service_id, []).append(offer)
    return Supply(
        tuple(
            SuppliedService(
                service_id,
                own[0].facility_type,
                vocabularies.types[own[0].facility_type].unit
                if own[0].facility_type in vocabularies.types
                else "places",
                own[0].branches,
                tuple(own),
                _history(counts.get(service_id, ())),
            )
            for service_id, own in offers.items()
        ),
        published.hidden,
    )


def _history(counts: Sequence[CapacityCount]) -> tuple[DatedCapacity, ...]:
    """The states over time. Approved places count before funded ones of the same day, never both together."""
    history: list[DatedCapacity] = []
    for day in sorted({count.as_of for count in counts}):
        last = history[-1] if history else DatedCapacity(day, None, None, None, None)
        own = {count.kind: count for count in counts if count.as_of == day}
        stated = [own[kind] for kind in SUPPLY_KINDS if kind in own]
        places = next((each.maximum for each in stated if each.maximum is not None), last.places)
        free = next((each.available for each in stated if each.available is not None), last.free)
        history.append(
            DatedCapacity(
                day,
                places,
                free,
                _people(own.get("occupied"), last.occupied),
                _people(own.get("waiting"), last.waiting),
            )
        )
    return tuple(history)


def _people(count: CapacityCount | None, last: int | None) -> int | None:
    return last if count is None or count.maximum is None else count.maximum


def _area_of(offer: Offer, areas: Areas, layer: Layer) -> int | None:
    """Where an offer counts; what agreements open besides does not move it."""
    area = areas.within.counted_in(offer.service_area, offer.gmina_teryt, areas.layers[layer].of_gmina)
    return None if area is None else int(area)


def area_supply(services: Iterable[SuppliedService], areas: Areas, layer: Layer) -> tuple[AreaSupply, ...]:
    """The supply of every area of a layer, in its order."""
    found = [_Tally() for _ in areas.layers[layer].refs]
    for service in services:
        where = service.areas(areas, layer)
        for offer, area in zip(service.offers, where, strict=True):
            if area is not None:
                found[area].sites.add(offer.location_id or offer.id)
        known = {area for area in where if area is not None}
        together = len(known) == 1 and None not in where and len(where) == service.branches
        for area in known:
            shares = [offer.capacity_share for offer, own in zip(service.offers, where, strict=True) if own == area]
            found[area].add(service, together=together, shares=shares)
    return tuple(tally.counted() for tally in found)


class _Tally:
    """Sums of one area while services are counted."""

    def __init__(self) -> None:
        self.sites: set[UUID] = set()
        self.numbers: dict[str, int] = {}

    def add(self, service: SuppliedService, *, together: bool, shares: Sequence[int | None]) -> None:
        """Count a service that has branches here: all of them (``together``), or those with these shares."""
        self._more("services", 1)
        if service.state == "not applicable":
            return
        places = service.places if together else None
        if not together and None not in shares:
            places = sum(share for share in shares if share is not None)
        if places is None:
            self._more("unknown", 1)
            self._more("places", sum(share or 0 for share in shares) if not together else 0)
        else:
            self._more("places", places)
        if together and service.capacity is not None:
            self._use(service.capacity)

    def _use(self, capacity: DatedCapacity) -> None:
        """Occupied, free and waiting, each against the places of the services that tell it."""
        if capacity.places is None:
            return
        for name in ("free", "occupied", "waiting"):
            number = getattr(capacity, name)
            if number is not None:
                self._more(name, number)
                self._more(f"{name}_of", capacity.places)

    def _more(self, name: str, by: int) -> None:
        self.numbers[name] = self.numbers.get(name, 0) + by

    def counted(self) -> AreaSupply:
        """The sums."""
        return AreaSupply(sites=len(self.sites), **self.numbers)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Places of services on a day, from the last number known of each; ``services`` told one by then."""

    day: date
    services: int
    places: int
    free: int | None
    occupied: int | None
    waiting: int | None


def trend(services: Sequence[SuppliedService]) -> tuple[TrendPoint, ...]:
    """How supply went over the dates that the registers tell of; one date is no trend but a state."""
    days = sorted({each.as_of for service in services for each in service.history})
    return tuple(_point(day, [state for service in services if (state := service.on(day))]) for day in days)


def _point(day: date, states: Sequence[DatedCapacity]) -> TrendPoint:
    def total(name: str) -> int | None:
        told = [number for state in states if (number := getattr(state, name)) is not None]
        return sum(told) if told else None

    return TrendPoint(day, len(states), total("places") or 0, total("free"), total("occupied"), total("waiting"))
