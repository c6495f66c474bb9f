"""What a question needs, worked out once and shared by the areas and the region as a whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from geo.catchment import Access, Locations, two_step
from geo.costs import Costs
from geo.decay import Decay, binary, exponential, gaussian, stepped
from geo.eligibility import Eligibility
from mapapp.coverage.areas import Flags, Floats, LayerAreas
from mapapp.coverage.cells import GRID_AGES
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definition
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.need import People
from mapapp.coverage.question import Question
from mapapp.coverage.sites import Sites, sites_of
from mapapp.coverage.staffing import SOCIAL_WORKERS
from mapapp.coverage.supply import SuppliedService
from mapapp.coverage.travel import StraightLine, TravelCosts

# after Luo and Qi (2009), slow: thirds of the reach count by these
STEPS = (1.0, 0.68, 0.22)


@dataclass(frozen=True)
class Frame:
    """The inputs of a question, computed when they are first looked at. i runs over cells, j over sites."""

    data: CoverageData
    question: Question
    # the address of a dask cluster that computes the competition for places; None: here
    scheduler: str | None = None

    @cached_property
    def services(self) -> tuple[SuppliedService, ...]:
        """The open services asked about."""
        return self.data.supply.of(self.question.types, self.question.audience)

    @cached_property
    def sites(self) -> Sites:
        """Those of their places that are shown."""
        return sites_of(self.services, self.data.areas)

    @cached_property
    def people(self) -> People:
        """The group by gmina."""
        return self.data.need.people(self.question.group, self.question.year)

    @cached_property
    def persons(self) -> Floats:
        """(n_cell,) people of the group."""
        cells, asked = self.data.cells, self.question
        by_age = None if cells.of_ages is None else self.data.need.apart(asked.group, asked.year, GRID_AGES)
        return cells.persons(self.people.by_gmina, by_age)

    @property
    def travel(self) -> TravelCosts:
        """How minutes are found. Kilometres are known along straight lines only."""
        straight = bool(self.question.straight) or self.question.measure == "nearest_km"
        return self.data.travel(self.question.mode, straight=straight)

    def nearest(self, *, entitled: bool) -> Floats:
        """(n_cell,) minutes to the nearest site; 0 where help comes to the home, inf where there is none."""
        return self._entitled if entitled else self._near

    @cached_property
    def _entitled(self) -> Floats:
        return self._nearest(self.sites.eligible(self.data.cells))

    @cached_property
    def _near(self) -> Floats:
        return self._nearest(None)

    def _nearest(self, eligible: Eligibility | None) -> Floats:
        # only the way to the nearest site is told however far it is
        up_to = np.inf if self.question.measure.startswith("nearest") else self.question.minutes
        minutes = self.travel.nearest(self.data.cells.xy, self.sites.xy, eligible, up_to=up_to)
        return np.where(self.sites.at_home[self.data.cells.gmina], 0.0, minutes)

    @cached_property
    def costs(self) -> Costs:
        """Minutes of all pairs within the reach."""
        eligible = self.sites.eligible(self.data.cells) if self.question.entitled else None
        return self.travel.within(self.data.cells.xy, self.sites.xy, self.question.minutes, eligible)

    @cached_property
    def access(self) -> Access:
        """Places per person at every cell, far ones counting less."""
        return self._shared_out(decay_of)

    @cached_property
    def plain_access(self) -> Access:
        """The same without decay: the original two steps."""
        return self._shared_out(lambda _question, reach: binary(reach))

    def _shared_out(self, decay: Callable[[Question, float], Decay]) -> Access:
        """The two steps, here in minutes, or on the cluster in metres: every decay is one of shares of the reach."""
        reach, capacity = self.question.minutes, self.sites.capacity
        if self.scheduler is None:
            return two_step(self.persons, capacity, self.costs, decay(self.question, reach))
        from mapapp.coverage.distributed import two_step_at  # noqa: PLC0415 - an extra

        if not isinstance(self.travel, StraightLine):
            raise NotAnswerable("a cluster computes with straight lines only; ask without --scheduler, or another mode")
        eligible = self.sites.eligible(self.data.cells) if self.question.entitled else None
        where = Locations(self.data.cells.xy, self.sites.xy, eligible)
        far = decay(self.question, self.travel.mode.straight_m(reach))
        return two_step_at(self.scheduler, self.persons, capacity, where, far)

    def by_area(self, layer: LayerAreas, by_cell: Floats) -> Floats:
        """(n_area,) sums of a number per cell."""
        cells = self.data.cells
        return np.bincount(layer.of_gmina[cells.gmina], by_cell, minlength=len(layer.refs)).astype(np.float64)

    def edge(self, layer: LayerAreas, *, reaches: float) -> Flags:
        """(n_area,) whether people without a site in reach live nearer to the region's border than the reach."""
        limit = self.travel.farthest_m(reaches)
        minutes = self.nearest(entitled=self.question.entitled)
        straight = np.minimum(limit, self.travel.farthest_m(1.0) * minutes)
        open_to = (self.persons > 0) & (self.data.cells.to_border_m < straight)
        return self.by_area(layer, open_to.astype(np.float64)) > 0

    def edge_of_competition(self, layer: LayerAreas) -> Flags:
        """(n_area,) whether people live so near to the border that sites or rivals beyond it would change their score.

        A site is up to the reach away, and its other users up to the reach from there.
        """
        limit = 2 * self.travel.farthest_m(self.question.minutes)
        open_to = (self.persons > 0) & (self.data.cells.to_border_m < limit)
        return self.by_area(layer, open_to.astype(np.float64)) > 0

    def off_network(self, layer: LayerAreas) -> Flags:
        """(n_area,) whether people live where no road of theirs is near."""
        is_off = self.travel.is_off(self.data.cells.xy) & (self.persons > 0)
        return self.by_area(layer, is_off.astype(np.float64)) > 0

    @cached_property
    def staff(self) -> People | None:
        """Posts of social workers by gmina; None where no source is loaded, or the measure is not about them."""
        is_asked = "staff" in definition(self.question.measure).needs
        return self.data.need.counted(SOCIAL_WORKERS) if is_asked else None

    @cached_property
    def newest_day(self) -> date | None:
        """The newest day of the places, else of the registers, or that of staff."""
        if self.staff is not None:
            return self.staff.day
        days = [service.history[-1].as_of for service in self.services if service.history]
        days += [day for service in self.services if (day := service.offers[0].source_date) is not None]
        return max(days, default=None)

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """The registers of the services, or the source of staff."""
        if self.staff is not None:
            return (self.staff.source,)
        codes = {service.offers[0].source for service in self.services}
        return tuple(self.data.sources.get(code, code) for code in sorted(codes))

    @property
    def has_samples(self) -> bool:
        """Whether invented services are among them."""
        return any(service.is_sample for service in self.services)


def decay_of(question: Question, reach: float) -> Decay:
    """How much a site counts at a distance, up to a reach in whatever unit the distance has."""
    if question.decay == "step":
        return stepped((reach / 3, reach * 2 / 3, reach), STEPS)
    return gaussian(reach) if question.decay == "gaussian" else exponential(reach, 3 / reach)
