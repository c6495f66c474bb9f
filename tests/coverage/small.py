"""A region of four gminas made by hand: a town with the rural gmina of its name around it, a village, a city.

Positions are in a square of 30 km; every gmina has two settlements.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from mapapp.coverage.areas import AreaRef, Layer, build_areas
from mapapp.coverage.cells import build_cells
from mapapp.coverage.data import CoverageData
from mapapp.coverage.need import build_need
from mapapp.coverage.supply import build_supply
from mapapp.directory.agreements import opened_areas
from mapapp.directory.supply import CapacityCount, HiddenSupply, Offer, PublishedSupply
from mapapp.territory.planning import AgeBand, LivingPlace, PlannedGmina
from mapapp.territory.queries import Area
from tests.coverage.conftest import VOCABULARIES

TODAY = date(2026, 6, 15)
NAMESPACE = UUID(int=7)
TOWN, RING, VILLAGE, CITY = "0201011", "0201022", "0202012", "0261011"
GMINAS = (
    PlannedGmina(TOWN, "Bolesławiec", "urban", "0201", "PL515", "02", 20.0, False),
    PlannedGmina(RING, "Bolesławiec", "rural", "0201", "PL515", "02", 280.0, False),
    PlannedGmina(VILLAGE, "Bielawa", "rural", "0202", "PL517", "02", 100.0, False),
    PlannedGmina(CITY, "Jelenia Góra", "urban", "0261", "PL515", "02", 100.0, True),
)
POINTS = {
    TOWN: ((300_000.0, 360_000.0), (301_000.0, 360_000.0)),
    RING: ((305_000.0, 360_000.0), (295_000.0, 362_000.0)),
    VILLAGE: ((320_000.0, 360_000.0), (322_000.0, 365_000.0)),
    CITY: ((300_000.0, 340_000.0), (303_000.0, 341_000.0)),
}
PERSONS = {TOWN: 20_000, RING: 9_000, VILLAGE: 5_000, CITY: 40_000}


def bands(persons: dict[str, int] | None = None) -> tuple[AgeBand, ...]:
    """A total, and a tenth of 0-14, a tenth of 15-19, a half of 20-79, the rest of 80 and over."""
    rows = []
    for teryt, total in (PERSONS if persons is None else persons).items():
        parts = {(0, 14): total // 10, (15, 19): total // 10, (20, 79): total // 2}
        parts[80, 120] = total - sum(parts.values())
        rows.append(AgeBand(teryt, 2024, 0, 120, "recorded", total, "GUS"))
        rows += [AgeBand(teryt, 2024, *ages, "estimate", number, "szacunek") for ages, number in parts.items()]
    return tuple(rows)


def offer(name: str, teryt: str | None = TOWN, kind: str = "ddp", at: Any = "seat", **more: Any) -> Offer:
    """A service at the first settlement of a gmina, unless ``at`` says where (None: nowhere that is shown)."""
    x, y = POINTS[teryt or TOWN][0] if at == "seat" else (at or (None, None))
    values: dict[str, Any] = {
        "id": uuid5(NAMESPACE, f"{name} at {x} {y} {teryt}"),
        "service_id": uuid5(NAMESPACE, name),
        "location_id": None if x is None else uuid5(NAMESPACE, f"{x} {y}"),
        "facility_type": kind,
        "name": name,
        "is_sample": False,
        "gmina_teryt": teryt,
        "x": x,
        "y": y,
        "service_area": (),
        "audiences": ("all",),
        "minimum_age": None,
        "maximum_age": None,
        "modes": ("day", "onsite"),
        "care_setting": "community",
        "profiles": {},
        "verified_on": None,
        "status": "active",
        "source": "test",
        "source_date": date(2026, 5, 1),
        "capacity_share": None,
        "branches": 1,
    }
    return Offer(**values | more)


def capacity(name: str, maximum: int | None, kind: str = "approved", **more: Any) -> CapacityCount:
    """Places of the service of that name."""
    values = {"available": None, "waiting_days": None, "as_of": date(2026, 5, 1)} | more
    return CapacityCount(uuid5(NAMESPACE, name), kind, maximum, **values)


def region(
    offers: Sequence[Offer] = (),
    counts: Sequence[CapacityCount] = (),
    hidden: Sequence[HiddenSupply] = (),
    *,
    people: Sequence[AgeBand] | None = None,
    gminas: Sequence[PlannedGmina] = GMINAS,
    border_m: float | None = 1e6,
) -> CoverageData:
    """Coverage data of this supply."""
    units: dict[Layer, Sequence[Area]] = {
        "gmina": [Area(g.teryt, g.name, g.kind, g.powiat_teryt, "powiat", None, None, g.area_km2) for g in gminas],
        "powiat": [
            Area(g.powiat_teryt, g.name, "city" if g.in_city else "powiat", g.nuts3, "podregion", None, None, 1.0)
            for g in gminas
        ],
        "subregion": [Area(g.nuts3, g.nuts3, "subregion", "02", "dolnośląskie", None, None, 1.0) for g in gminas],
    }
    whole = AreaRef("02", "dolnośląskie", "voivodeship", "PL", "Polska", sum(g.area_km2 for g in gminas))
    areas = build_areas(gminas, units, whole)
    places = [
        LivingPlace(g.teryt, f"{g.name} {n}", n == 0, x, y, border_m)
        for g in gminas
        for n, (x, y) in enumerate(POINTS[g.teryt])
    ]
    return CoverageData(
        areas=areas,
        need=build_need(areas.codes, bands() if people is None else people),
        cells=build_cells(places, areas.index, [g.kind for g in gminas]),
        supply=build_supply(PublishedSupply(tuple(offers), tuple(counts), tuple(hidden)), VOCABULARIES),
        agreements=(),
        vocabularies=VOCABULARIES,
        sources={"test": "Rejestr testowy"},
        today=TODAY,
        is_schematic=False,
        directory_release="d",
        territory_release="t",
        release="r",
        roads={},
    )


def with_agreements(data: CoverageData, *agreements: Any) -> CoverageData:
    """The same with agreements, published as the directory does it."""
    offers = [offer for each in data.supply.services for offer in each.offers]
    areas = opened_areas(agreements, offers, data.areas.within)
    services = tuple(
        replace(each, offers=tuple(replace(offer, agreed_area=areas.get(offer.id, ())) for offer in each.offers))
        for each in data.supply.services
    )
    return replace(data, agreements=agreements, supply=replace(data.supply, services=services))
