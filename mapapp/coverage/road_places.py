"""Between which places times by road are computed, and who is within which time of a site."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapapp.coverage.areas import Floats
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import TimesNotKept
from mapapp.coverage.frame import Frame
from mapapp.coverage.question import Question
from mapapp.coverage.roads import RoadTravel
from mapapp.coverage.sites import sites_of
from mapapp.travel.places import distinct_places, rows_of
from mapapp.travel.store import KeptTimes


@dataclass(frozen=True, slots=True)
class Catchment:
    """How many people live within each of the times of a site, entitled or not."""

    name: str
    gmina: str
    people: tuple[float, ...]
    has_people: bool


def places_of_sites(data: CoverageData, *, candidates: bool) -> Floats:
    """(n, 2) where open services are, as far as it may be shown; with the settlements where new ones might be."""
    types = {service.facility_type for service in data.supply.services}
    sites = sites_of(data.supply.of(types), data.areas).xy
    return np.concatenate([sites, data.cells.xy]) if candidates else sites


def new_places(times: KeptTimes, data: CoverageData) -> int:
    """At how many places there are services now to which nobody has computed times: new ones, or moved."""
    return int((rows_of(times.sites_xy, distinct_places(places_of_sites(data, candidates=False))) < 0).sum())


def catchments(data: CoverageData, question: Question, minutes: Sequence[float]) -> list[Catchment]:
    """The people of the question's group within each of the times of each of its sites, by road.

    Raises TimesNotKept where no times by road are kept.
    """
    frame, roads = Frame(data, question), data.travel(question.mode)
    if not isinstance(roads, RoadTravel):
        raise TimesNotKept(f"no times by road are kept for {question.mode!r}; see: mapapp travel list")
    sites = frame.sites
    people = roads.matrix(data.cells.xy, sites.xy).people_within(frame.persons, minutes)
    names = {offer.id: service.offers[0].name for service in frame.services for offer in service.offers}
    refs = data.areas.layers["gmina"].refs
    return [
        Catchment(
            name=names[own],
            gmina=refs[int(sites.gmina[number])].name if sites.gmina[number] >= 0 else "",
            people=tuple(people[number].tolist()),
            has_people=bool(people[number].any()),
        )
        for number, own in enumerate(sites.ids)
    ]
