"""What every question of siting shares: how many sites, where at most how many, and the answer with its proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidAmount, ShapeMismatch

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

# the best value so far, what no plan can surpass; False ends the search with what there is
Progress = Callable[[float, float], bool]


def never_stop(_value: float, _bound: float) -> bool:
    """Go on to the end."""
    return True


@dataclass(frozen=True, slots=True)
class Plan:
    """Candidates to build at, the value of that, and what no other choice can surpass.

    chosen : indices of candidates, in the order of choice where that has a meaning, else rising
    bound  : equal to ``value`` where the plan is proven best; nan where nothing was proven
    """

    chosen: tuple[int, ...]
    value: float
    bound: float

    @property
    def is_optimal(self) -> bool:
        """Whether nothing better exists, to a millionth of the value."""
        return bool(abs(self.bound - self.value) <= 1e-6 * max(1.0, abs(self.value)))

    @property
    def gap(self) -> float:
        """By what share of its value the plan may fall short of the best; nan where nothing was proven."""
        return abs(self.bound - self.value) / max(abs(self.value), 1e-12) if self.bound != self.value else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """``k`` of the candidates; where ``group`` is given, at most ``per_group`` of each group.

    group : (n_candidates,) numbers of groups, such as the subregion of each candidate
    """

    n_candidates: int
    k: int
    group: Indices | None = None
    per_group: int = 1

    def __post_init__(self) -> None:
        """Raises InvalidAmount where so many cannot be chosen, ShapeMismatch."""
        if self.group is not None and self.group.shape != (self.n_candidates,):
            raise ShapeMismatch(f"group has shape {self.group.shape}, expected ({self.n_candidates},)")
        if not 1 <= self.k <= self.most:
            raise InvalidAmount(f"k is {self.k}, expected 1 to {self.most}: no more can be chosen of these candidates")

    @property
    def most(self) -> int:
        """How many can be chosen at most."""
        if self.group is None:
            return self.n_candidates
        return int(np.minimum(np.unique(self.group, return_counts=True)[1], self.per_group).sum())

    def open_to(self, chosen: npt.ArrayLike) -> Flags:
        """(n_candidates,) which candidates may be added to those chosen."""
        already = np.asarray(chosen, np.int64)
        free = np.ones(self.n_candidates, np.bool_)
        free[already] = False
        if self.group is not None:
            numbers, counts = np.unique(self.group[already], return_counts=True)
            free &= ~np.isin(self.group, numbers[counts >= self.per_group])
        return free

    def first_allowed(self, order: npt.ArrayLike) -> list[int]:
        """The first ``k`` candidates of an order of all of them, as far as their groups allow."""
        chosen: list[int] = []
        taken: dict[int, int] = {}
        for site in map(int, np.asarray(order)):
            group = site if self.group is None else int(self.group[site])
            if self.group is None or taken.get(group, 0) < self.per_group:
                chosen.append(site)
                taken[group] = taken.get(group, 0) + 1
            if len(chosen) == self.k:
                break
        return chosen

    def groups(self) -> list[Indices]:
        """The candidates of each group; none where there are no groups."""
        if self.group is None:
            return []
        return [np.flatnonzero(self.group == number) for number in np.unique(self.group)]


__all__ = ["Choice", "Plan", "Progress", "never_stop"]
