"""Where new sites of a service would help most. A new site is taken to serve everybody who reaches it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from geo.costs import Costs
from geo.siting.choosing import choose_exactly, choose_quickly
from geo.siting.everyone import cover_everyone, cover_everyone_quickly
from geo.siting.filling import fill_gaps, fill_gaps_quickly
from geo.siting.plan import Choice, Plan, Progress, never_stop
from geo.siting.savings import Savings, coverage, shorter_ways
from geo.siting.worst_first import worst_area_first
from mapapp.coverage.areas import Flags, Floats, Ints
from mapapp.coverage.bench import Bench
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.frame import Frame
from mapapp.coverage.question import Question

# most people newly within reach; least minutes on the way; everyone with the fewest sites; the worst gmina first;
# most of the missing places filled
Aim = Literal["people", "minutes", "everyone", "worst", "gap"]
AIMS: tuple[Aim, ...] = get_args(Aim)
# with each of these a proof can be asked for; fairness has none
PROVABLE: frozenset[Aim] = frozenset({"people", "minutes", "everyone", "gap"})
USUAL_PLACES = 30


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
    sites, the share of the worst gmina, or places filled; ``is_optimal`` says whether nothing better exists.
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
    candidates: int


@dataclass(frozen=True, slots=True)
class Wish:
    """How many sites, what for, and where they may stand.

    ``within``: codes of gminas, powiats or subregions whose settlements are candidates, all where empty.
    ``places``: at each new site, for gaps. ``exactly``: with the proof, for at most ``seconds``.
    """

    k: int = 1
    aim: Aim = "people"
    one_per_subregion: bool = False
    within: frozenset[str] = frozenset()
    places: int = USUAL_PLACES
    exactly: bool = False
    seconds: float = 60.0


def best_places(data: CoverageData, question: Question, wish: Wish, *, progress: Progress = never_stop) -> Siting:
    """The best settlements for new sites; with the aim ``everyone`` as many as it takes.

    Raises NotAnswerable where nobody is to be helped, or there is no candidate; InvalidAmount where so many cannot be
    chosen; TimeoutError where no plan was found in time.
    """
    frame = Frame(data, question)
    if not (frame.persons > 0).any():
        raise NotAnswerable("there are no people of this group")
    cells = candidates(data, wish.within)
    if not len(cells):
        raise NotAnswerable("no settlement lies in these areas")
    ground = _Ground(frame, cells, wish)
    plan = ground.plan(progress)
    places = _in_order(ground, plan)
    if wish.aim == "people":  # fewer may do: a site that nobody needs is no advice
        places = tuple(place for place in places if place.people > 0)
    without = float(frame.persons[~ground.is_covered].sum())
    return Siting(
        aim=wish.aim,
        places=places,
        people=float(frame.persons.sum()),
        without=without,
        reached=sum(place.people for place in places),
        unreachable=without - float(ground.cover.persons.sum()),
        value=plan.value,
        bound=plan.bound,
        is_optimal=plan.is_optimal,
        has_samples=frame.has_samples,
        travel=frame.travel.describe("pl"),
        candidates=len(cells),
    )


def candidates(data: CoverageData, within: Iterable[str]) -> Ints:
    """The cells where new sites may stand."""
    codes = tuple(within)
    if not codes:
        return np.arange(len(data.cells.xy))
    gminas = sorted(frozenset[int]().union(*(data.areas.within.numbers(code) for code in codes)))
    return np.flatnonzero(np.isin(data.cells.gmina, gminas))


@dataclass(frozen=True)
class _Ground:
    """People, what they have, and the candidates."""

    frame: Frame
    cells: Ints
    wish: Wish

    @property
    def minutes(self) -> float:
        return self.frame.question.minutes

    @cached_property
    def now(self) -> Floats:
        return self.frame.nearest(entitled=self.frame.question.entitled)

    @cached_property
    def is_covered(self) -> Flags:
        return np.asarray(self.now <= self.minutes)

    @cached_property
    def costs(self) -> Costs:
        xy = self.frame.data.cells.xy
        return self.frame.travel.within(xy, xy[self.cells], self.minutes)

    @cached_property
    def cover(self) -> Savings:
        return coverage(self.frame.persons, self.costs, self.minutes, is_covered=self.is_covered)

    @property
    def choice(self) -> Choice:
        data = self.frame.data
        group = data.areas.layers["subregion"].of_gmina[data.cells.gmina[self.cells]]
        return Choice(len(self.cells), self.wish.k, group if self.wish.one_per_subregion else None)

    def plan(self, progress: Progress) -> Plan:
        plans: dict[Aim, Callable[[Progress], Plan]] = {
            "people": lambda told: self._chosen(self.cover, told),
            "minutes": lambda told: self._chosen(self._ways, told),
            "everyone": self._everyone,
            "worst": self._worst,
            "gap": self._filled,
        }
        return plans[self.wish.aim](progress)

    @property
    def _ways(self) -> Savings:
        return shorter_ways(self.frame.persons, self.costs, np.minimum(self.now, self.minutes))

    def _chosen(self, savings: Savings, progress: Progress) -> Plan:
        if not self.wish.exactly:
            return choose_quickly(savings, self.choice)
        return choose_exactly(savings, self.choice, progress=progress, seconds=self.wish.seconds)

    def _everyone(self, progress: Progress) -> Plan:
        if not self.wish.exactly:
            return cover_everyone_quickly(self.cover)
        return cover_everyone(self.cover, progress=progress, seconds=self.wish.seconds)

    def _worst(self, _: Progress) -> Plan:
        frame = self.frame
        return worst_area_first(
            frame.persons, frame.data.cells.gmina, self.costs, self.minutes, self.choice, is_covered=self.is_covered
        )

    def _filled(self, progress: Progress) -> Plan:
        """The gap of each gmina in places that its people reach, shared among its people."""
        frame = self.frame
        bench = Bench(frame.data, replace(frame.question, layer="gmina"))
        people = bench.gminas.sums(frame.people.by_gmina)
        gap = bench.after((), lambda _at: None).before["gap_accessible_places"]
        if np.isnan(bench.standard):
            raise NotAnswerable("a gap needs a standard that can be computed for these people")
        share = np.divide(gap, people, out=np.zeros(len(gap)), where=people > 0)
        missing = frame.persons * share[frame.data.cells.gmina]
        places = np.full(len(self.cells), float(self.wish.places))
        if not self.wish.exactly:
            return fill_gaps_quickly(missing, places, self.costs, self.choice)
        return fill_gaps(missing, places, self.costs, self.choice, progress=progress, seconds=self.wish.seconds)


def _in_order(ground: _Ground, plan: Plan) -> tuple[NewPlace, ...]:
    """The places, each time the one that adds most people to those before it."""
    cover = ground.cover
    left, cost, found = list(plan.chosen), cover.base.copy(), []
    while left:
        gains = cover.gains(cost)
        site = max(left, key=lambda each: (gains[each], -each))
        left.remove(site)
        found.append(_place(ground.frame.data, int(ground.cells[site]), float(gains[site])))
        cost[cover.rows_of(site)] = 0.0
    return tuple(found)


def _place(data: CoverageData, cell: int, people: float) -> NewPlace:
    gmina = data.areas.layers["gmina"].refs[int(data.cells.gmina[cell])]
    east, north = map(float, data.cells.xy[cell])
    return NewPlace(data.cells.names[cell], gmina.code, gmina.name, east, north, people)
