"""Where new sites of a service would help most. A new site is taken to serve everybody who reaches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from geo.siting.choosing import choose_exactly, choose_quickly
from geo.siting.everyone import cover_everyone
from geo.siting.plan import Choice, Plan, Progress, never_stop
from geo.siting.savings import Savings, coverage, shorter_ways
from geo.siting.worst_first import worst_area_first
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.frame import Frame
from mapapp.coverage.question import Question

# most people newly within reach; least minutes on the way; everyone with the fewest sites; the worst gmina first
Aim = Literal["people", "minutes", "everyone", "worst"]
AIMS: tuple[Aim, ...] = get_args(Aim)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place for a new site; ``people`` get it within reach who have none, nor from the places before it."""

    place: str
    gmina_code: str
    gmina: str
    east_m: float
    north_m: float
    people: float


@dataclass(frozen=True, slots=True)
class Siting:
    """The places in order of what each adds.

    ``without``: people of the group without a site within reach today; ``reached``: of those, with all the new ones;
    ``unreachable``: whom no candidate reaches. ``value`` and ``bound`` are of the aim: people, person-minutes saved,
    sites, or the share of the worst gmina; ``is_optimal`` says whether nothing better exists.
    """

    aim: Aim
    places: tuple[NewPlace, ...]
    people: float
    without: float
    reached: float
    unreachable: float
    value: float
    bound: float
    is_optimal: bool
    has_samples: bool
    travel: str


def best_places(
    data: CoverageData,
    question: Question,
    k: int,
    aim: Aim = "people",
    *,
    one_per_subregion: bool = False,
    exactly: bool = False,
    seconds: float = 60.0,
    progress: Progress = never_stop,
) -> Siting:
    """The best ``k`` settlements for new sites; with ``everyone`` as many as it takes.

    ``exactly`` looks for the proof, for at most ``seconds``. Raises NotAnswerable where nobody is to be helped.
    """
    frame = Frame(data, question)
    now = frame.nearest(entitled=question.entitled)
    persons, reach = frame.persons, question.minutes
    is_covered = now <= reach
    if not (persons > 0).any():
        raise NotAnswerable("there are no people of this group")
    costs = frame.travel.within(data.cells.xy, data.cells.xy, reach)
    group = data.areas.layers["subregion"].of_gmina[data.cells.gmina] if one_per_subregion else None
    cover = coverage(persons, costs, reach, is_covered=is_covered)

    def chosen_of(savings: Savings) -> Plan:
        choice = Choice(len(persons), k, group)
        if not exactly:
            return choose_quickly(savings, choice)
        return choose_exactly(savings, choice, progress=progress, seconds=seconds)

    def worst() -> Plan:
        choice = Choice(len(persons), k, group)
        return worst_area_first(persons, data.cells.gmina, costs, reach, choice, is_covered=is_covered)

    plans: dict[Aim, Callable[[], Plan]] = {
        "people": lambda: chosen_of(cover),
        "minutes": lambda: chosen_of(shorter_ways(persons, costs, np.minimum(now, reach))),
        "everyone": lambda: cover_everyone(cover, progress=progress, seconds=seconds),
        "worst": worst,
    }
    plan = plans[aim]()
    places = _in_order(data, cover, plan)
    without = float(persons[~is_covered].sum())
    return Siting(
        aim=aim,
        places=places,
        people=float(persons.sum()),
        without=without,
        reached=sum(place.people for place in places),
        unreachable=without - float(cover.persons.sum()),
        value=plan.value,
        bound=plan.bound,
        is_optimal=plan.is_optimal,
        has_samples=frame.has_samples,
        travel=frame.travel.describe("pl"),
    )


def _in_order(data: CoverageData, cover: Savings, plan: Plan) -> tuple[NewPlace, ...]:
    """The places, each time the one that adds most people to those before it."""
    left, cost, found = list(plan.chosen), cover.base.copy(), []
    while left:
        gains = cover.gains(cost)
        site = max(left, key=lambda each: (gains[each], -each))
        left.remove(site)
        found.append(_place(data, site, float(gains[site])))
        cost[cover.rows_of(site)] = 0.0
    return tuple(found)


def _place(data: CoverageData, cell: int, people: float) -> NewPlace:
    gmina = data.areas.layers["gmina"].refs[int(data.cells.gmina[cell])]
    east, north = map(float, data.cells.xy[cell])
    return NewPlace(data.cells.names[cell], gmina.code, gmina.name, east, north, people)
