"""Competition for places (2SFCA and its kin) on pairs of cells and sites, whatever the way of travel."""

from dataclasses import dataclass

import numpy as np

from mapapp.coverage.areas import Floats
from mapapp.coverage.question import Decay
from mapapp.coverage.travel import Pairs

# Luo and Qi (2009), slow decay: thirds of the reach count fully, by 0.68 and by 0.22
STEPS = (1.0, 0.68, 0.22)
GAUSSIAN_SIGMAS = 3.0


@dataclass(frozen=True, slots=True)
class Access:
    """``places`` : (n_cell,) places per person within reach        ``lost`` : places of sites with nobody in reach"""

    places: Floats
    lost: float


def weights(minutes: Floats, reach: float, decay: Decay) -> Floats:
    """(n,) how much a pair counts, from 1 beside the site to little at the end of the reach."""
    part = minutes / reach
    if decay == "step":
        return np.asarray(STEPS)[np.clip(np.ceil(part * len(STEPS)).astype(np.int64) - 1, 0, len(STEPS) - 1)]
    if decay == "gaussian":
        return np.asarray(np.exp(-0.5 * (GAUSSIAN_SIGMAS * part) ** 2))
    return np.asarray(np.exp(-GAUSSIAN_SIGMAS * part))


def two_step(pairs: Pairs, weight: Floats, persons: Floats, capacity: Floats) -> Access:
    """Places per person at every cell, after Luo and Wang (2003), Luo and Qi (2009).

    persons : (n_cell,)        capacity : (n_site,) places; nan (unknown) counts for nothing, and is to be told
    Summed over all persons the places are those of the sites, but for what is ``lost``.
    """
    known = np.nan_to_num(capacity)
    demand = np.bincount(pairs.site, weight * persons[pairs.cell], minlength=len(known))
    ratio = np.divide(known, demand, out=np.zeros(len(known)), where=demand > 0)  # step 1: places per person
    places = np.bincount(pairs.cell, weight * ratio[pairs.site], minlength=len(persons))  # step 2: what is in reach
    return Access(places.astype(np.float64), float(known[demand == 0].sum()))
