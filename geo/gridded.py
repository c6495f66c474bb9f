"""Counts of grid cells as shares of the areas that the cells lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.checks import amounts
from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.integer]

LEAST_PERSONS = 1.0
"""What a cell stands for whose number is kept back altogether: somebody lives there."""
ROUNDING = 1e-6
"""By this the parts of a cell may be more than it, as geometries go."""


@dataclass(frozen=True, slots=True)
class AreaShares:
    """Which part of an area's people is at each part of a cell; every area's parts sum to one.

    ``of_all`` : (n,) of all people        ``of_groups`` : (n_groups, n) of the people of each group
    """

    of_all: Floats
    of_groups: Floats


def area_shares(persons: Floats, groups: Floats, part: Floats, area: Indices, n_areas: int) -> AreaShares:
    """The shares of parts of cells in their areas.

    persons : (n,) of the whole cell, nan where kept back        groups : (n_groups, n) the same by group
    part : (n,) how much of the cell's ground this part is, 0 to 1        area : (n,) number of the area it lies in
    People are taken to live evenly over a cell (areal weighting), so that all of a cell's people are in its parts.
    What is kept back is what the known groups leave of the cell, as the groups are in all complete cells together.
    A group that nobody of an area is in has the shares of all people; where nobody lives at all they are nan.
    Raises ShapeMismatch, InvalidAmount.
    """
    _check(persons, groups, part, area, n_areas)
    whole, by_group = _completed(persons, groups)
    of_all = _normed(whole * part, area, n_areas, np.full(len(part), np.nan))
    of_groups = np.array([_normed(each * part, area, n_areas, of_all) for each in by_group])
    return AreaShares(of_all, of_groups.reshape(len(groups), len(part)))


def _check(persons: Floats, groups: Floats, part: Floats, area: Indices, n_areas: int) -> None:
    n = len(amounts("persons", persons, or_unknown=True))
    if groups.ndim != 2:
        raise ShapeMismatch(f"groups has shape {groups.shape}, expected (n_groups, {n})")
    for each in groups:
        amounts("groups", each, n, or_unknown=True)
    if area.shape != (n,):
        raise ShapeMismatch(f"area has shape {area.shape}, expected ({n},)")
    if not (amounts("part", part, n) <= 1 + ROUNDING).all():
        raise InvalidAmount(f"part is up to {part.max()}, expected at most 1")
    if n and not (area.min() >= 0 and area.max() < n_areas):
        raise InvalidAmount(f"area has numbers outside 0 to {n_areas - 1}")


def _completed(persons: Floats, groups: Floats) -> tuple[Floats, Floats]:
    """Persons (n,) and groups (n_groups, n) with what was kept back filled in."""
    known = np.nansum(groups, axis=0)
    whole = np.where(np.isnan(persons), np.maximum(known, LEAST_PERSONS), persons)
    is_complete = ~np.isnan(groups).any(axis=0)
    usual = groups[:, is_complete].sum(axis=1)
    usual = usual if usual.sum() > 0 else np.ones(len(groups))
    wanted = np.where(np.isnan(groups), usual[:, None], 0.0)
    sums = wanted.sum(axis=0)
    share = np.divide(wanted, sums, out=np.zeros_like(wanted), where=sums > 0)
    return whole, np.nan_to_num(groups) + share * np.maximum(whole - known, 0.0)


def _normed(amount: Floats, area: Indices, n_areas: int, otherwise: Floats) -> Floats:
    """Each amount over its area's sum; ``otherwise`` where that is nothing."""
    sums = np.bincount(area, amount, minlength=n_areas)[area]
    return np.asarray(np.divide(amount, sums, out=otherwise.copy(), where=sums > 0))
