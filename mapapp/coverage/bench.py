"""The bench on which planners try changes: every indicator of every area before and after, from what changed alone.

The standard that gaps are measured against is that of the present: sites that are tried out do not move their own aim.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, hstack

from geo.costs import Costs
from geo.crs import Position, to_metric, to_wgs84
from geo.scenario import Indicators, NewSite, Situation
from mapapp.coverage.areas import Flags, Floats, LayerAreas
from mapapp.coverage.bench_ways import BenchWays, Minutes, NewPlace
from mapapp.coverage.changes import KEY_LETTERS, Change, WrongChange
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definition
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.frame import Frame, decay_of
from mapapp.coverage.question import Question
from mapapp.coverage.standards import standard_of
from mapapp.coverage.supply import area_supply

# in the order of the table; the definitions are those of the measures of these names
MEASURES = (
    "beyond_people",
    "reach_people",
    "reach_share",
    "places",
    "places_per_1k",
    "access_e2sfca",
    "gap_places",
    "gap_accessible_places",
    "nearest_minutes",
    "nearest_km",
)
# exactly at the limit is within, whatever was lost by turning metres into minutes
WITHIN = 1 + 1e-12
# fewer are rounded to none
SHOWN_PEOPLE = 0.5
# the number of the gmina at a position; None outside of the region
GminaOf = Callable[[Position], int | None]


@dataclass(frozen=True, slots=True)
class PresentSite:
    """A site as it is. ``gmina``: its number, −1 outside of the region; ``places``: None where unknown."""

    key: str
    name: str
    type: str
    gmina: int
    at: Position
    places: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Every measure before and after, by area and for the region; nan where there is no figure.

    ``gained``, ``lost``: (n_area,) people who come within reach, and who fall out of it.
    ``changed``: the areas for which any shown figure is another, those with most people gained or lost first.
    """

    before: Mapping[str, Floats]
    after: Mapping[str, Floats]
    region_before: Mapping[str, float]
    region_after: Mapping[str, float]
    gained: Floats
    lost: Floats
    changed: tuple[int, ...]


@dataclass(frozen=True)
class Bench:
    """The present situation of a question, ready for any number of changes; its measure does not matter.

    Areas are those of the question's layer. What is a sum over gminas is computed by gmina, and then summed.
    """

    data: CoverageData
    question: Question

    @cached_property
    def frame(self) -> Frame:
        """The inputs."""
        return Frame(self.data, self.question)

    @cached_property
    def areas(self) -> LayerAreas:
        """The areas that are told."""
        return self.data.areas.layers[self.question.layer]

    @property
    def gminas(self) -> LayerAreas:
        """The gminas, of which sites are."""
        return self.data.areas.layers["gmina"]

    @cached_property
    def sites(self) -> tuple[PresentSite, ...]:
        """The sites with a shown place, in the order of the frame."""
        sites = self.frame.sites
        offers = {offer.id: offer for service in self.frame.services for offer in service.offers}
        degrees = to_wgs84(sites.xy) if len(sites.xy) else sites.xy
        return tuple(
            PresentSite(
                own.hex[:KEY_LETTERS],
                offers[own].name,
                offers[own].facility_type,
                int(gmina),
                Position(float(lon), float(lat)),
                None if np.isnan(places) else int(places),
            )
            for own, gmina, (lon, lat), places in zip(sites.ids, sites.gmina, degrees, sites.capacity, strict=True)
        )

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The number of each site by its key; a key that two sites share is nobody's."""
        keys = [site.key for site in self.sites]
        return {key: number for number, key in enumerate(keys) if keys.count(key) == 1}

    @cached_property
    def situation(self) -> Situation:
        """People, sites and their ways; sites beyond the region are of an area after the last gmina."""
        frame, outside = self.frame, len(self.gminas.refs)
        sites = frame.sites
        at_home = np.flatnonzero(sites.at_home[frame.data.cells.gmina])
        # help that comes to the home is a site at the door, of no known places
        door = csr_array(
            (np.zeros(len(at_home)), (at_home, np.zeros(len(at_home), np.int64))), shape=(len(frame.persons), 1)
        )
        return Situation(
            persons=frame.persons,
            area=frame.data.cells.gmina,
            n_areas=outside + 1,
            costs=Costs(csr_array(hstack([frame.costs.matrix, door], format="csr"))),
            capacity=np.append(sites.capacity, np.nan),
            site_area=np.append(np.where(sites.gmina < 0, outside, sites.gmina), outside),
            decay=decay_of(self.question, self.question.minutes),
            thresholds=np.array([self.question.minutes * WITHIN]),
        )

    @cached_property
    def standard(self) -> float:
        """Places per person that gaps are measured against; nan where the question has none that can be computed."""
        try:
            return standard_of(self.question, self._places.tolist(), self._people)
        except NotAnswerable:
            return float("nan")

    @cached_property
    def _people(self) -> Floats:
        return self.areas.sums(self.frame.people.by_gmina)

    @cached_property
    def _places(self) -> Floats:
        supply = area_supply(self.frame.services, self.data.areas, self.question.layer)
        return np.array([own.places for own in supply], dtype=np.float64)

    @cached_property
    def _of_cells(self) -> Floats:
        return self.frame.by_area(self.areas, self.frame.persons)

    @cached_property
    def ways(self) -> BenchWays:
        """To the nearest site, however far."""
        return BenchWays(self.frame)

    def after(self, changes: Sequence[Change], gmina_of: GminaOf) -> Outcome:
        """What the changes make of every measure. Raises WrongChange for a site that is not there."""
        closed, resized, places, added = self._as_changed(changes, gmina_of)
        now = self.situation.indicators
        then = self.situation.changed(closed=closed, resized=resized, added=added)
        minutes = self.ways.after(closed, places) if closed or places else self.ways.now
        (before, region_before), after = self._before, self._measures(then, minutes)
        n = len(self.areas.refs)
        gained, lost = self._told(then.gained[0]), self._told(then.lost[0])
        differs = gained + lost >= SHOWN_PEOPLE
        for code in MEASURES:
            decimals = definition(code).decimals
            shown = (np.round(np.nan_to_num(told[code]), decimals) for told in (before, after))
            differs |= np.not_equal(*shown)
        order = np.lexsort((np.arange(n), -np.abs(self._told(then.accessible - now.accessible)), -(gained + lost)))
        return Outcome(
            before, after, region_before, self._region(after, minutes), gained, lost,
            tuple(int(number) for number in order if differs[number]),
        )  # fmt: skip

    @cached_property
    def _before(self) -> tuple[dict[str, Floats], dict[str, float]]:
        """Every measure as it is, by area and for the region."""
        measures = self._measures(self.situation.indicators, self.ways.now)
        return measures, self._region(measures, self.ways.now)

    def _told(self, by_gmina: Floats) -> Floats:
        """(n_area,) sums of a number by gmina; what lies beyond the region comes last, and is nobody's."""
        return self.areas.sums(by_gmina[: len(self.gminas.refs)])

    def _as_changed(
        self, changes: Iterable[Change], gmina_of: GminaOf
    ) -> tuple[list[int], dict[int, float], list[NewPlace], list[NewSite]]:
        closed: list[int] = []
        resized: dict[int, float] = {}
        places: list[NewPlace] = []
        added: list[NewSite] = []
        for change in changes:
            site = self._site_of(change)
            if change.kind in {"close", "move"}:
                closed.append(site)
            if change.kind == "size":
                resized[site] = float(change.places or 0)
            if change.at is not None:
                gmina = gmina_of(change.at)
                place = NewPlace(to_metric(np.array([change.at]))[0], self._served(site, gmina))
                places.append(place)
                added.append(self._new(change, site, gmina, place))
        return closed, resized, places, added

    def _site_of(self, change: Change) -> int:
        if change.kind == "add":
            if change.type not in self.question.types:
                raise WrongChange(str(change), f"a type of the question: {', '.join(self.question.types)}")
            return -1
        if change.key not in self.index:
            raise WrongChange(str(change), "the key of a site of these services")
        return self.index[change.key]

    def _served(self, site: int, gmina: int | None) -> Flags | None:
        """A new site serves all who reach it (None); a moved one whom it served, and the people of its new gmina."""
        if site < 0 or not self.question.entitled:
            return None
        serves = self.frame.sites.allowed[:, site].copy()
        if gmina is not None:
            serves[gmina] = True
        return serves

    def _new(self, change: Change, site: int, gmina: int | None, place: NewPlace) -> NewSite:
        capacity = np.nan if site < 0 else self.frame.sites.capacity[site]
        if change.places is not None:
            capacity = float(change.places)
        area = len(self.gminas.refs) if gmina is None else gmina
        return NewSite(self._minutes_to(place), float(capacity), area)

    def _minutes_to(self, place: NewPlace) -> Floats:
        cells = self.data.cells
        pairs = self.frame.travel.within(cells.xy, place.xy.reshape(1, 2), self.question.minutes).matrix.tocoo()
        minutes = np.full(len(cells.xy), np.inf)
        minutes[pairs.row] = pairs.data
        return minutes if place.serves is None else np.where(place.serves[cells.gmina], minutes, np.inf)

    def _measures(self, told: Indicators, minutes: Minutes) -> dict[str, Floats]:
        reached, people = self._told(told.reached[0]), self._people
        places = self._places + self._told(told.places - self.situation.indicators.places)
        accessible = self._told(told.accessible)
        wanted = self.standard * people
        return {
            "beyond_people": np.maximum(self._of_cells - reached, 0.0),
            "reach_people": reached,
            "reach_share": _ratio(np.minimum(reached, people), people, 100),
            "places": places,
            "places_per_1k": _ratio(places, people, 1000),
            "access_e2sfca": _ratio(accessible, people, 1000),
            "gap_places": np.maximum(wanted - places, 0.0),
            "gap_accessible_places": np.maximum(wanted - accessible, 0.0),
            **self.ways.means(minutes, self.areas),
        }

    def _region(self, by_area: Mapping[str, Floats], minutes: Minutes) -> dict[str, float]:
        """Sums; gaps too: what one area has too much helps no other."""
        people = float(self._people.sum())
        sums = {code: float(values.sum()) for code, values in by_area.items()}
        accessible = float(np.nansum(by_area["access_e2sfca"] * self._people) / 1000)
        shares = {
            "reach_share": 100 * min(sums["reach_people"], people),
            "places_per_1k": 1000 * sums["places"],
            "access_e2sfca": 1000 * accessible,
        }
        ways = self.ways.means(minutes, self.data.areas.layers["region"])
        means = {code: part / people if people else float("nan") for code, part in shares.items()}
        return sums | means | {code: float(value[0]) for code, value in ways.items()}


def _ratio(part: Floats, whole: Floats, per: float) -> Floats:
    return np.asarray(np.divide(part * per, whole, out=np.full(part.shape, np.nan), where=whole > 0))
