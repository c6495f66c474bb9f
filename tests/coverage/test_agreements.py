"""Whom agreements open services to. Everybody drives, 1.3 times the straight line at 45 km/h."""

from typing import Any

import pytest

from mapapp.coverage.agreements import opened_by
from mapapp.coverage.data import CoverageData
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.coverage.travel import travel_mode
from mapapp.directory.agreements import Agreement
from tests.coverage.conftest import VOCABULARIES
from tests.coverage.small import CITY, PERSONS, POINTS, RING, TOWN, VILLAGE, capacity, offer, region, with_agreements

HOME = offer("Dom", TOWN, service_area=(TOWN,), record="7")


def agreement(served: str = RING, task: str = "day_homes", kind: str = "agreement", **more: Any) -> Agreement:
    values = {"provider": "Gmina Miejska Bolesławiec", "provider_record": None, "source": "Umowa 1/2026"} | more
    return Agreement(served, task, kind, **values)


def reached(data: CoverageData, teryt: str, kind: str = "ddp", **asked: Any) -> float:
    asked = {"ages": "80+", "minutes": 9} | asked
    value = measure(data, ask(VOCABULARIES, "reach_people", (kind,), **asked)).of(teryt).value
    assert value is not None
    return value


def test_a_gmina_with_an_agreement_is_served_by_the_others_site() -> None:
    """The ring has 9,000 people, 3 in 10 of them 80 and over, half at each settlement.

    5 km × 1.3 at 45 km/h are 8.7 minutes, so that 1,350 of 2,700 get to the town’s home in 9; the others need 9.3.
    """
    car = travel_mode("car")
    assert (car.speed_kmh, car.detour) == (45, 1.3)
    alone = region([HOME])
    agreed = with_agreements(alone, agreement(provider_teryt=TOWN))
    assert (reached(alone, RING), reached(agreed, RING)) == (0, pytest.approx(9_000 * 0.3 / 2))
    assert reached(agreed, RING, minutes=11) == pytest.approx(2_700)
    assert reached(agreed, TOWN) == reached(alone, TOWN) == pytest.approx(6_000)
    assert reached(alone, RING, entitled=False) == reached(agreed, RING, entitled=False) == pytest.approx(1_350)


def test_its_people_compete_for_the_places() -> None:
    """30 places in reach of 6,000 of the town and 2,700 of the ring, all alike: as many for each of them."""
    agreed = with_agreements(region([HOME], [capacity("Dom", 30)]), agreement(provider_teryt=TOWN))
    figures = measure(agreed, ask(VOCABULARIES, "access_2sfca", ("ddp",), ages="80+", minutes=11))
    assert [figures.of(teryt).value for teryt in (TOWN, RING, VILLAGE)] == pytest.approx([30 / 8.7, 30 / 8.7, 0])


@pytest.mark.parametrize(
    "opens",
    [
        agreement(provider_teryt=TOWN),
        agreement(provider_teryt="0201"),  # services of the powiat that it stands in
        agreement(provider_record="7"),
        agreement(provider_record="7", provider_teryt=TOWN),
        agreement(kind="contract", provider_record="7"),
        agreement("0201", provider_teryt=TOWN),  # for a powiat: for all its gminas
    ],
)
def test_the_services_are_found_by_place_or_by_record(opens: Agreement) -> None:
    assert reached(with_agreements(region([HOME]), opens), RING) == pytest.approx(1_350)


@pytest.mark.parametrize(
    "closed",
    [
        agreement(),  # tells the provider in words only
        agreement(provider_teryt=CITY),
        agreement(provider_teryt="0261"),
        agreement(provider_record="8"),
        agreement(provider_record="7", provider_teryt=CITY),
        agreement(task="home_care", provider_teryt=TOWN),  # about another kind of services
        agreement(VILLAGE, provider_teryt=TOWN),
    ],
)
def test_nothing_else_is_opened(closed: Agreement) -> None:
    assert reached(with_agreements(region([HOME]), closed), RING) == 0


def test_help_comes_home_where_it_was_agreed() -> None:
    care = offer("Opieka", TOWN, kind="uo_dom", at=None, modes=("home",), service_area=(TOWN,))
    agreed = with_agreements(region([care]), agreement(task="home_care", provider_teryt=TOWN))
    assert reached(agreed, RING, "uo_dom") == pytest.approx(2_700)
    assert reached(agreed, VILLAGE, "uo_dom") == 0


def test_several_agreements_add_up() -> None:
    data = region([HOME, offer("Klub", CITY, kind="ksp", service_area=(CITY,))])
    both = (agreement(provider_teryt=TOWN), agreement(VILLAGE, provider_teryt=CITY), agreement(VILLAGE))
    found = opened_by(with_agreements(data, *both))
    assert [[offer.name for offer in each.offers] for each in found] == [["Dom"], ["Klub"], []]
    wide = with_agreements(data, agreement(RING, provider_teryt=TOWN), agreement(VILLAGE, provider_teryt=TOWN))
    assert reached(wide, VILLAGE, minutes=240) == pytest.approx(PERSONS[VILLAGE] * 0.3)
    assert reached(wide, RING, minutes=240) == pytest.approx(PERSONS[RING] * 0.3)


def test_it_does_not_matter_where_the_door_is() -> None:
    """The ring's own home stands in the town: it counts for the ring, and the ring can open it to the village."""
    home = offer("Dom gminny", TOWN, service_area=(RING,), at=POINTS[TOWN][1])
    agreed = with_agreements(region([home]), agreement(VILLAGE, provider_teryt=RING))
    assert reached(agreed, VILLAGE, minutes=60) == pytest.approx(1_500)
    assert reached(with_agreements(region([home]), agreement(VILLAGE, provider_teryt=TOWN)), VILLAGE, minutes=60) == 0
