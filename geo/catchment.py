"""Floating catchments: places per person within reach, where people of several areas compete for the same places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.checks import amounts, positions
from geo.costs import Costs
from geo.decay import Decay
from geo.eligibility import Eligibility
from geo.engines import Engine, compiles_pairs
from geo.neighbours import pairs_within

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

if TYPE_CHECKING:
    from geo.sweep import Layout


@dataclass(frozen=True, eq=False)
class Locations:
    """Where people and sites are; what it costs is the straight line in metres.

    demand : (n_demand, 2) metres        supply : (n_supply, 2) metres        eligible : who serves whom, all where None
    Sorts the demand once, when it is first asked for much: keep it where several measures are asked.
    """

    demand: Floats
    supply: Floats
    eligible: Eligibility | None = None

    def __post_init__(self) -> None:
        """Raises ShapeMismatch, OutsideExtent."""
        object.__setattr__(self, "demand", positions("demand", self.demand))
        object.__setattr__(self, "supply", positions("supply", self.supply))
        if self.eligible is not None:
            self.eligible.expect(*self.shape)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of demand points and sites."""
        return len(self.demand), len(self.supply)

    def costs(self, cutoff_m: float, engine: Engine = "auto") -> Costs:
        """The pairs within the cutoff."""
        return pairs_within(self.demand, self.supply, cutoff_m, eligible=self.eligible, engine=engine)

    @cached_property
    def layout(self) -> Layout:
        """The demand sorted for the compiled sweep. There is demand, and numba is installed."""
        from geo.sweep import in_buckets, layout_of  # noqa: PLC0415 - numba is optional, and slow to load

        return layout_of(self.demand) if self.eligible is None else in_buckets(self.demand)


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """What people can reach in competition with each other.

    score               : (n_demand,) places per person within reach; 0 where nothing is
    demand_in_catchment : (n_supply,) persons within reach, weighted
    ratio               : (n_supply,) places per such person; 0 where the capacity is unknown or unused
    is_unknown          : (n_supply,) the capacity is unknown: the site is left out, and the scores are a lower bound
    is_unused           : (n_supply,) there are places but nobody within reach, so that they are in no score
    """

    score: Floats
    demand_in_catchment: Floats
    ratio: Floats
    is_unknown: Flags
    is_unused: Flags


def two_step(
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    cost: Costs | Locations,
    decay: Decay,
    *,
    engine: Engine = "auto",
) -> Access:
    """Two-step floating catchment: places per person at each site, then summed over what people can reach.

    demand : (n_demand,) persons        capacity : (n_supply,) places, nan where unknown, 0 where there are none
    cost   : costs in the unit of the decay, or locations for straight lines in metres
    Nothing is lost: Σ demand · score is the capacity of the sites that are neither unknown nor unused. A cutoff without
    decay is Luo and Wang (2003), a decay makes it the enhanced form of Luo and Qi (2009), a bell that of Dai (2010).
    Raises ShapeMismatch, InvalidAmount.
    """
    people, places = _checked(demand, capacity, cost)
    swept = _swept(people, places, cost, decay, engine)
    if swept is not None:
        score, in_catchment = swept
        return Access(score, in_catchment, *shared_out(places, in_catchment))
    weights = _pairs(cost, decay, engine).weights(decay)
    in_catchment = np.asarray(weights.T @ people)
    ratio, is_unknown, is_unused = shared_out(places, in_catchment)
    return Access(np.asarray(weights @ ratio), in_catchment, ratio, is_unknown, is_unused)


def three_step(demand: npt.ArrayLike, capacity: npt.ArrayLike, cost: Costs | Locations, decay: Decay) -> Access:
    """Three-step floating catchment: people first divide themselves among the sites within reach, by weight.

    Arrays as in ``two_step``, and as much is conserved. Only sites with known places, that are within reach and serve
    the people, take part in the division; others change nobody's score. After Wan, Zou and Sternberg (2012).
    """
    people, places = _checked(demand, capacity, cost)
    weights = _pairs(cost, decay).weights(decay)
    supplied = _scaled(weights, columns=(np.nan_to_num(places) > 0).astype(np.float64))
    chosen = _scaled(supplied, rows=_inverse(np.asarray(supplied.sum(axis=1))))
    likely = csr_array((chosen.data * weights.data, weights.indices, weights.indptr), shape=weights.shape)
    in_catchment = np.asarray(likely.T @ people)
    ratio, is_unknown, is_unused = shared_out(places, in_catchment)
    return Access(np.asarray(likely @ ratio), in_catchment, ratio, is_unknown, is_unused)


def balanced(demand: npt.ArrayLike, capacity: npt.ArrayLike, cost: Costs | Locations, decay: Decay) -> Access:
    """Balanced floating catchment: each person counts once over all sites, each site once over all people.

    Arrays as in ``two_step``. The demand is not inflated: the persons in the catchments sum up to the persons who reach
    a site with known places, and Σ score = Σ ratio. After Páez, Higgins and Vivona (2019).
    """
    people, places = _checked(demand, capacity, cost)
    weights = _scaled(_pairs(cost, decay).weights(decay), columns=(np.nan_to_num(places) > 0).astype(np.float64))
    of_people = _scaled(weights, rows=_inverse(np.asarray(weights.sum(axis=1))))
    of_sites = _scaled(weights, columns=_inverse(np.asarray(weights.sum(axis=0))))
    in_catchment = np.asarray(of_people.T @ people)
    ratio, is_unknown, is_unused = shared_out(places, in_catchment)
    return Access(np.asarray(of_sites @ ratio), in_catchment, ratio, is_unknown, is_unused)


def shared_out(capacity: Floats, in_catchment: Floats) -> tuple[Floats, Flags, Flags]:
    """(n_supply,) places per person, whether the capacity is unknown, and whether it is unused."""
    is_unknown = np.isnan(capacity)
    has_people = in_catchment > 0
    ratio = np.zeros(len(capacity))
    np.divide(capacity, in_catchment, out=ratio, where=has_people & ~is_unknown)
    return ratio, is_unknown, ~has_people & (capacity > 0)


def _checked(demand: npt.ArrayLike, capacity: npt.ArrayLike, cost: Costs | Locations) -> tuple[Floats, Floats]:
    n_demand, n_supply = cost.shape
    return amounts("demand", demand, n_demand), amounts("capacity", capacity, n_supply, or_unknown=True)


def _swept(
    people: Floats, places: Floats, cost: Costs | Locations, decay: Decay, engine: Engine
) -> tuple[Floats, Floats] | None:
    """Scores and persons in the catchments by the compiled sweep; None where SciPy is the better, or the only way."""
    if isinstance(cost, Costs) or not compiles_pairs(engine, cost.demand, cost.supply, decay.cutoff):
        return None
    from geo import sweep  # noqa: PLC0415 - numba is optional, and slow to load

    weighing = sweep.weighing_of(decay)
    if weighing is None:
        return None
    layout = cost.layout if sweep.fits(cost.layout, weighing) else sweep.in_buckets(cost.demand)
    return sweep.swept(layout, people, cost.supply, places, weighing, cost.eligible)


def _pairs(cost: Costs | Locations, decay: Decay, engine: Engine = "auto") -> Costs:
    return cost if isinstance(cost, Costs) else cost.costs(decay.cutoff, engine)


def _scaled(matrix: csr_array, *, rows: Floats | None = None, columns: Floats | None = None) -> csr_array:
    data = matrix.data
    if rows is not None:
        data = data * np.repeat(rows, np.diff(matrix.indptr))
    if columns is not None:
        data = data * columns[matrix.indices]
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _inverse(values: Floats) -> Floats:
    return np.divide(1.0, values, out=np.zeros(len(values)), where=values > 0)


__all__ = ["Access", "Locations", "balanced", "shared_out", "three_step", "two_step"]
